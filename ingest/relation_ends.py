"""mentions -> ends: what could stand at either end of a relation, sentence by sentence.

Reads   doc.spans["mentions"], sentence starts, dependencies where the sentence was parsed
Gives   `sentence_ends(doc)`: for each sentence its mentions, and those of its surroundings that may be meant
        silently ("chief executive Ada Moe said" after a sentence about Acme)
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Doc, Span, Token

from ingest import extensions
from ingest.relation_predicates import kind_of
from kg.model import Entity

Origin = Literal["here", "alternative", "topic", "previous", "heading"]

_JOINERS = frozenset({",", "and", "or", "&", "as", "well", "plus", "/", "both", "the", "then"})
# How many of the entities named last may be meant, by kind.
_LENT = {
    "Organization": 2,
    "Regulation": 1,
    "Facility": 1,
    "Offering": 1,
    "Term:paradigm": 1,
    "Term:delivery": 1,
    "Term:model": 1,
}
_LONGEST_LEAD = 8  # tokens of words in bold before a paragraph ("Hyperscalers.")


@dataclass(frozen=True)
class End:
    """An entity at a place in a sentence; without a place (`start` is -1) it is only meant."""

    entity: Entity
    origin: Origin
    how: str = ""
    standing: str = ""  # of an entity that is meant or referred to: how near the report keeps it to mind
    start: int = -1  # tokens of the document, half-open
    end: int = -1
    root: int = -1  # the token that its dependencies hang on; of a list, that of the first member
    list_start: int = -1  # the list that it is a member of, or itself
    list_end: int = -1

    @property
    def here(self) -> bool:
        """Whether the sentence itself mentions it."""
        return self.start >= 0


@dataclass(frozen=True)
class Sentence:
    """One sentence with its ends in text order, and those that its surroundings lend it."""

    span: Span
    ends: tuple[End, ...]
    lent: tuple[End, ...]
    before: Span | None = None  # the sentence before
    title: Span | None = None  # the report's first sentence


class _Memory:
    """What a reader has in mind at a sentence: the report's topic, the headings, what was named last."""

    def __init__(self, topic: Entity | None) -> None:
        self._topic = topic
        self._recent: dict[str, list[Entity]] = {}  # by kind, the last one first
        self._previous: list[End] = []
        self._headings: list[Entity] = []

    def lent(self, ends: Sequence[End]) -> tuple[End, ...]:
        """What may be meant without a word, each entity once and none that the sentence names."""
        named = {end.entity.iri for end in ends}
        lent: list[End] = []
        for entity, origin in self._candidates():
            if entity.iri not in named:
                named.add(entity.iri)
                lent.append(End(entity, origin, standing=self.standing(entity)))
        return tuple(lent)

    def alternatives(self, end: End) -> tuple[End, ...]:
        """Other entities that a reference such as "the company" may mean."""
        others = [entity for entity, _ in self._candidates() if entity.type == end.entity.type]
        return tuple(
            replace(end, entity=entity, origin="alternative", standing=self.standing(entity))
            for entity in dict.fromkeys(others)
            if entity.iri != end.entity.iri
        )

    def standing(self, entity: Entity) -> str:
        """A short code: T topic, H in a heading, M main entity of the sentence before, P named in it."""
        code = "T" if self._topic is not None and entity.iri == self._topic.iri else ""
        code += "H" * any(heading.iri == entity.iri for heading in self._headings)
        if self._previous and self._previous[0].entity.iri == entity.iri:
            code += "M"
        code += "P" * any(end.entity.iri == entity.iri for end in self._previous)
        recent = self._recent.get(kind_of(entity), [])
        place = next((i for i, other in enumerate(recent) if other.iri == entity.iri), 9)
        return f"{code}{min(place, 3)}"

    def keep(self, ends: Sequence[End], *, heading: bool) -> None:
        """Remember a sentence after it was read."""
        if heading:
            self._headings = [end.entity for end in ends][:4]
        for end in reversed(ends):
            recent = self._recent.setdefault(kind_of(end.entity), [])
            recent[:] = [end.entity, *(other for other in recent if other.iri != end.entity.iri)][:4]
        if ends:
            self._previous = sorted(ends, key=lambda end: end.entity.type != "Organization")

    def _candidates(self) -> Iterator[tuple[Entity, Origin]]:
        for kind, depth in _LENT.items():
            for entity in self._recent.get(kind, [])[:depth]:
                yield entity, "previous"
        if self._topic is not None:
            yield self._topic, "topic"
        for entity in self._headings:
            if kind_of(entity) in _LENT:
                yield entity, "heading"


def sentence_ends(doc: Doc) -> Iterator[Sentence]:
    """Every sentence with its ends, in text order."""
    memory = _Memory(_topic(doc))
    by_sentence = _mentions_by_sentence(doc)
    before: Span | None = None
    title = next(doc.sents, None)
    for index, sentence in enumerate(doc.sents):
        ends = [
            replace(end, standing=memory.standing(end.entity))
            for end in _ends_of(by_sentence.get(index, ()), sentence)
        ]
        others = [other for end in ends if end.how == "reference" for other in memory.alternatives(end)]
        yield Sentence(sentence, (*ends, *others), memory.lent(ends), before, title)
        before = sentence
        memory.keep(ends, heading=_is_heading(sentence))


def _topic(doc: Doc) -> Entity | None:
    """The organization that the report names most often, the earliest of equals."""
    organizations: list[Entity] = [
        span._.entity
        for span in doc.spans.get(extensions.MENTIONS, ())
        if span._.entity.type == "Organization"
    ]
    counts = Counter(entity.iri for entity in organizations)
    if not counts:
        return None
    most = counts.most_common(1)[0][0]
    return next(entity for entity in organizations if entity.iri == most)


def _is_heading(sentence: Span) -> bool:
    """Whether it is a heading, or a few words without a verb that lead a paragraph."""
    if len(sentence) <= _LONGEST_LEAD and not any(token.pos_ in ("VERB", "AUX") for token in sentence):
        return True
    report = sentence.doc._.report
    if report is None:
        return sentence.text.startswith("#")
    return any(
        block.kind in ("title", "heading") and block.start <= sentence.start_char < block.end
        for block in report.blocks
    )


def _mentions_by_sentence(doc: Doc) -> dict[int, list[Span]]:
    sentence_of: list[int] = []
    for index, sentence in enumerate(doc.sents):
        sentence_of += [index] * len(sentence)
    grouped: dict[int, list[Span]] = {}
    for span in sorted(doc.spans.get(extensions.MENTIONS, ()), key=lambda span: (span.start, span.end)):
        grouped.setdefault(sentence_of[span.start], []).append(span)
    return grouped


def _ends_of(spans: Sequence[Span], sentence: Span) -> tuple[End, ...]:
    ends: list[End] = []
    for group in _lists(spans):
        # A mention may run over the end of a sentence that was cut in the wrong place.
        first = sentence.doc[group[0].start : min(group[0].end, sentence.end)].root
        for span in group:
            ends.append(
                End(
                    entity=span._.entity,
                    origin="here",
                    how=span._.how or "",
                    start=span.start,
                    end=min(span.end, sentence.end),
                    root=_lifted(first, sentence).i,
                    list_start=group[0].start,
                    list_end=min(group[-1].end, sentence.end),
                )
            )
    return tuple(ends)


def _lists(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Neighbouring mentions of one type with nothing but commas and conjunctions between them."""
    group: list[Span] = []
    for span in spans:
        if group and not _continues(group[-1], span):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _continues(before: Span, after: Span) -> bool:
    if before._.entity.type != after._.entity.type:
        return False
    between = [token.lower_ for token in before.doc[before.end : after.start]]
    if not between or len(between) > 5 or not _JOINERS.issuperset(between):
        return False
    # "Dallas, Texas" is one place, not a list of two.
    return before._.entity.type != "Place" or bool({"and", "or"} & set(between))


def _lifted(token: Token, sentence: Span) -> Token:
    """The first conjunct of a coordination that the parser sees."""
    while (
        token.dep_ == "conj"
        and token.head.i >= sentence.start
        and token.head.pos_ in ("PROPN", "NOUN", "PRON")
    ):
        token = token.head
    return token
