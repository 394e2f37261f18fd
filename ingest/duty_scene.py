"""duties, addressees -> what a regulation may impose and whom it may bind.

Reads   doc.spans["mentions"], sentences, dependencies, the report's headings
Gives   `Scene(doc)`: for each duty or addressee the regulation in force where it stands, and its features
Skips   duties of reports that name no regulation, or that stand far from where they name it
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from ingest import extensions
from ingest.duties import Duty, find_duties
from ingest.duty_addressees import Addressee, find_addressees, name_of, short_name_of
from ingest.duty_words import duty_words
from ingest.evidence import heading_above
from kg.iris import entity_iri
from kg.model import Entity

_FARTHEST = 8  # sentences from a duty back to the regulation that it is read for
_NEAR = 2  # sentences back, where neither the title nor the heading above names the regulation
_OFTEN_NAMED = 3  # a regulation that the report names so often is what it is about
_ENDS = frozenset(("Organization", "Offering", "Facility"))
_STEPS = (1, 2, 3, 5)
_TOLD_WORDS = ("would", "will", "had", "was", "if", "could", "should", "said", "new", "under")
# How much speaks for a regulation: its sentence is about it, the title, how often it is named, its name.
_GOVERNS, _TITLED, _OFTEN, _LAWFUL, _BACK, _MOST_BACK = 1.0, 0.5, 1.0, 1.0, 0.3, 5
_LAW = re.compile(
    r"\b(?:Act|Law|Bill|Directive|Regulations?|Rules?|Order|Code|Policy|Regime|Ordinance|Decree|Circular|Amendment|"
    r"[A-Z]{2,}[\w.-]*|Decision|controls|[Ff]ramework)\b|\b[A-Z]\w*(?:Cloud|DATA)\b"
)


@dataclass(frozen=True)
class Force:
    """The regulation in force somewhere: where it is named, how many sentences back."""

    span: Span
    back: int

    @property
    def rule(self) -> Entity:
        """The regulation."""
        rule: Entity = self.span._.entity
        return rule


@dataclass(frozen=True)
class Bound:
    """Somebody whom the regulation in force may bind, with features of the choice."""

    entity: Entity
    force: Force
    addressee: Addressee
    features: tuple[str, ...]


class Scene:
    """One report that names regulations."""

    def __init__(self, doc: Doc) -> None:
        """Look up where regulations, other ends and figures stand."""
        mentions = list(doc.spans.get(extensions.MENTIONS, ()))
        self._doc = doc
        self._rules = [span for span in mentions if span._.entity.type == "Regulation"]
        self._counts = Counter(span._.entity.iri for span in self._rules)
        self._ends = _places([span for span in mentions if span._.entity.type in _ENDS])
        self._rule_at = _places(self._rules)
        figures = [span for key in _FIGURES for span in doc.spans.get(key, ())]
        self._figures = {i for span in figures for i in range(span.start, span.end)}
        self._sentence_of = [index for index, sentence in enumerate(doc.sents) for _ in sentence]
        title = _end_of_title(doc)
        self._titled = {span._.entity.iri for span in self._rules if span.start_char < title}

    def duties(self) -> Iterator[tuple[Force, Duty]]:
        """What is demanded, with the regulation that it follows from."""
        for index, sentence in enumerate(self._doc.sents if self._rules else ()):
            for duty in find_duties(sentence):
                force = self._force_at(duty.head, index)
                if force is not None and self._is_imposed(duty, force, sentence):
                    yield force, duty

    def bound(self) -> Iterator[Bound]:
        """Who may be bound, with the regulation that may bind them."""
        for index, sentence in enumerate(self._doc.sents if self._rules else ()):
            for addressee in find_addressees(sentence):
                force = self._force_at(addressee.verb, index)
                if force is not None and addressee.head.i not in self._rule_at:
                    features = tuple(self._features(addressee, force, sentence))
                    yield Bound(self._entity(addressee), force, addressee, features)

    # -- the regulation in force --

    def _force_at(self, cue: Token, index: int) -> Force | None:
        """The regulation that fits best of those named before: near, and what its sentence is about."""
        best: tuple[float, Force] | None = None
        for span in self._rules:
            back = index - self._sentence_of[span.start]
            if back < 0 or (back == 0 and span.start > cue.i and not _governs(span)):
                break
            if back <= _FARTHEST:
                weight = self._weight(span, back)
                if best is None or weight >= best[0]:
                    best = weight, Force(span, back)
        return best[1] if best else None

    def _weight(self, span: Span, back: int) -> float:
        iri = span._.entity.iri
        return (
            _GOVERNS * _governs(span)
            + _TITLED * (iri in self._titled)
            + _OFTEN * self._counts[iri] / max(self._counts.values())
            + _LAWFUL * bool(_LAW.search(f"{span._.entity.label} {span.text}"))
            - _BACK * min(back, _MOST_BACK)
        )

    def _is_imposed(self, duty: Duty, force: Force, sentence: Span) -> bool:
        """Whether the duty may follow from the regulation: not told as past, near or under its heading."""
        if duty.head.tag_ == "VBD":
            return False
        if duty.cue == "demand" and (duty.thing.i in self._figures or not self._can_demand(duty)):
            return False
        if duty.cue == "subject-to" and duty.thing.i in {*self._rule_at, *self._ends}:
            return False
        if force.back <= _NEAR or force.rule.iri in self._titled or self._section(sentence):
            return True
        return self._counts[force.rule.iri] >= _OFTEN_NAMED

    def _can_demand(self, duty: Duty) -> bool:
        words, subject = duty_words(), duty.subject
        if words.has("papers", duty.thing.lemma_.lower()):
            return True
        if subject is None or subject.i in self._rule_at:
            return True
        if subject.i in self._ends:
            return False
        return words.has("actors", subject.lemma_.lower()) or words.has("empty", subject.lower_)

    def _section(self, sentence: Span) -> bool:
        """Whether the heading above names a regulation."""
        report = self._doc._.report
        heading = heading_above(report.blocks, sentence.start_char) if report is not None else None
        if heading is None:
            return False
        return any(heading.start <= span.start_char < heading.end for span in self._rules)

    # -- addressees --

    def _entity(self, addressee: Addressee) -> Entity:
        """The named one, or the group that the words describe."""
        if addressee.head.i in self._ends:
            entity: Entity = self._ends[addressee.head.i]._.entity
            return entity
        label, short = name_of(addressee.head), short_name_of(addressee.head)
        label = label[:1].lower() + label[1:] if label[1:2].islower() else label
        aliases = (short,) if short and short.lower() != label.lower() else ()
        return Entity(entity_iri("Market", label), label, "Market", aliases, known=False)

    def _features(self, one: Addressee, force: Force, sentence: Span) -> Iterator[str]:
        yield from self._of_force(one, force)
        others = {self._ends[i]._.entity.type for i in range(sentence.start, sentence.end) if i in self._ends}
        yield from (f"has={type_}" for type_ in sorted(others))
        words = {token.lower_ for token in sentence}
        yield from (f"w={word}" for word in _TOLD_WORDS if word in words)
        yield f"section={self._section(sentence)}"
        yield f"length={bisect_right((8, 16, 30), len(sentence))}"
        lemma = one.head.lemma_.lower()
        named = self._ends.get(one.head.i)
        who = (
            f"{named._.entity.type}:{named._.how}"
            if named is not None
            else f"group:{duty_words().has('actors', lemma)}"
        )
        yield from (f"word={one.word}", f"cue={one.cue}:{one.word}", f"negated={one.negated}")
        yield from (f"who={who}", f"who={who}:{one.cue}", f"head={lemma}")
        yield f"plural={one.head.tag_ in ('NNS', 'NNPS')}:{named is not None}"
        yield from (f"det={child.lower_}" for child in one.head.children if child.dep_ == "det")

    def _of_force(self, one: Addressee, force: Force) -> Iterator[str]:
        span, iri, cue = force.span, force.rule.iri, one.cue
        where = "before" if span.start < one.verb.i else "after"
        back = where if force.back == 0 else f"back{bisect_right(_STEPS, force.back)}"
        yield from (f"cue={cue}", f"force={back}", f"force={back}:{cue}", f"how={span._.how}:{back}")
        yield f"known={force.rule.known}"
        yield f"count={bisect_right(_STEPS, self._counts[iri])}"
        yield f"top={self._counts.most_common(1)[0][0] == iri}"
        yield f"rules={min(len(self._counts), 4)}"
        yield f"titled={iri in self._titled}"
        yield f"tense={one.verb.tag_}"
        if force.back == 0:
            above = span.root.head
            yield f"rule-dep={span.root.dep_}:{above.lower_ if above.pos_ == 'ADP' else above.pos_}"
            if above.i == one.verb.i and span.root.dep_ == "nsubj":
                yield f"rule-is-subject:{cue}"


_FIGURES = (extensions.QUANTITIES, extensions.PERIODS)


def _places(spans: list[Span]) -> dict[int, Span]:
    return {i: span for span in spans for i in range(span.start, span.end)}


def _end_of_title(doc: Doc) -> int:
    report = doc._.report
    titles = [block.end for block in report.blocks if block.kind in ("title", "heading")] if report else []
    return titles[0] if titles else 0


def _governs(span: Span) -> bool:
    """Whether its sentence is about the regulation: it is the subject, or what is told is told under it."""
    root = span.root
    if root.dep_ in ("nsubj", "nsubjpass", "ROOT", "poss"):
        return True
    return root.dep_ == "pobj" and root.head.lower_ in ("under", "by", "in", "within")
