"""references -> antecedents: what a reader has in mind, weighed by a small classifier.

Every thing of the right kind that was named before is looked at: how long ago, how prominently, in which
place of its sentence, and whether the words describe it. The weights (`references.json`) come from
`ingest.training.references`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from spacy.tokens import Doc, Span

from ingest.linear import load_linear
from ingest.reference_words import Reference
from kg.model import Entity
from ontology.labels import load_labels

_MOST = 8  # candidates per reference, the latest named
_TOLD_BY_NOUN = ("unit", "parent", "topic", "type")
_LEAST = 0.12  # probability under which a reference stands for nothing that we know


@dataclass
class _Thing:
    """What is known of a thing named so far."""

    entity: Entity
    sentence: int = -1
    start: int = -1
    role: str = ""
    how: str = ""
    first: bool = False
    block: int = -1
    count: int = 0
    subject_of: int = -1  # the last sentence that it was the subject of


@dataclass
class _Here:
    """The sentence that is being read."""

    index: int = -1
    block: int = -1
    named: list[Span] = field(default_factory=list)


class Antecedents:
    """Keeps in mind what was named, sentence by sentence."""

    def __init__(self, doc: Doc, named: Sequence[Span]) -> None:
        """The report's topic is known from the start."""
        counts = Counter(span._.entity.iri for span in named if span.label_ == "Organization")
        self._topic = counts.most_common(1)[0][0] if counts else None
        self._homes = _homes(named)
        self._parents = _parents(named)
        report = doc._.report
        self._blocks = [(block.start, block.end, block.kind) for block in (report.blocks if report else ())]
        self._heading: set[str] = set()
        self._title: set[str] = set()
        self._things: dict[str, _Thing] = {}
        self._here = _Here()

    def enter(self, sentence: Span) -> None:
        """Begin a sentence."""
        start = sentence.start_char
        block = next(
            (n for n, each in enumerate(self._blocks) if each[0] <= start < each[1]), self._here.block
        )
        self._here = _Here(self._here.index + 1, block)

    def name(self, span: Span) -> None:
        """Keep a mention in mind, in text order."""
        self._here.named.append(span)
        iri = span._.entity.iri
        thing = self._things.setdefault(iri, _Thing(span._.entity))
        thing.role, thing.how = _role(span), span._.how or ""
        thing.first = all(other.start >= span.start for other in self._here.named)
        thing.sentence, thing.start, thing.block = self._here.index, span.start, self._here.block
        thing.count += 1
        if thing.role == "subject":
            thing.subject_of = self._here.index
        kind = self._blocks[self._here.block][2] if 0 <= self._here.block < len(self._blocks) else ""
        if kind in ("title", "heading"):
            (self._title if kind == "title" else self._heading).add(iri)
            self._heading = {iri} if len(self._here.named) == 1 else self._heading

    def of(self, reference: Reference) -> list[Entity]:
        """What the reference stands for, the likeliest first; as many as it counts, or none."""
        ranked = sorted(
            (
                (_probability(features), thing.start, thing.entity)
                for thing, features in self.candidates(reference)
            ),
            key=lambda each: (-each[0], -each[1]),
        )[: reference.number]
        if len(ranked) < reference.number or ranked[0][0] < _LEAST:
            return []
        return [entity for _, _, entity in ranked]

    def candidates(self, reference: Reference) -> Iterator[tuple[_Thing, list[str]]]:
        """Things that the reference may stand for, with what speaks for and against each."""
        fitting = [thing for thing in self._things.values() if thing.entity.type in reference.types]
        fitting.sort(key=lambda thing: -thing.start)
        for rank, thing in enumerate(fitting[:_MOST]):
            yield thing, list(self._features(reference, thing, rank, len(fitting)))

    def _features(self, reference: Reference, thing: _Thing, rank: int, among: int) -> Iterator[str]:
        away = self._here.index - thing.sentence
        distance = str(away) if away < 3 else "3" if away < 6 else "6"
        form = reference.form
        facts = [
            f"d{distance}",
            f"rank{min(rank, 4)}",
            f"d{distance}-{thing.role}",
            f"role-{thing.role}",
            f"how-{thing.how}",
            f"type-{thing.entity.type}",
            f"count{min(thing.count, 5)}",
            f"among{min(among, 4)}",
        ]
        facts += ["topic"] if thing.entity.iri == self._topic else []
        facts += ["title"] if thing.entity.iri in self._title else []
        facts += ["heading"] if thing.entity.iri in self._heading else []
        facts += ["paragraph"] if thing.block == self._here.block else []
        facts += [f"first-d{distance}"] if thing.first else []
        facts += ["home"] if set(reference.places) & self._homes.get(thing.entity.iri, set()) else []
        facts += ["not-home"] if reference.places and "home" not in facts else []
        facts += ["unit"] if thing.entity.iri in self._parents else []
        facts += ["parent"] if thing.entity.iri in self._parents.values() else []
        if 0 <= thing.subject_of < self._here.index:
            facts.append(f"subject-of-{min(self._here.index - thing.subject_of, 3)}")
        elif thing.subject_of == self._here.index:
            facts.append("subject-here")
        yield from facts
        yield from (f"{form}:{fact}" for fact in facts)
        yield from (f"{reference.word}:{fact}" for fact in facts if fact.startswith(_TOLD_BY_NOUN))
        yield f"{form}{reference.opens}:d{distance}-{thing.role}"


def _probability(features: Sequence[str]) -> float:
    return load_linear("references").probabilities(features)["yes"]


def _role(span: Span) -> str:
    root = span.root
    if root.dep_ == "conj":
        root = root.head
    if root.dep_ in ("nsubj", "nsubjpass", "ROOT"):
        return "subject"
    if root.dep_ == "poss":
        return "poss"
    if root.dep_ in ("dobj", "pobj", "appos"):
        return root.dep_
    return "other"


def _homes(named: Sequence[Span]) -> dict[str, set[str]]:
    """By organization or site: places that stand right before or behind its name."""
    homes: dict[str, set[str]] = {}
    for before, after in pairwise(named):
        kinds = {before.label_, after.label_}
        if "Place" in kinds and kinds & {"Organization", "Facility"} and after.start - before.end <= 3:
            place, other = (before, after) if before.label_ == "Place" else (after, before)
            homes.setdefault(other._.entity.iri, set()).add(place._.entity.iri)
    return homes


def _parents(named: Sequence[Span]) -> dict[str, str]:
    """By unit: the organization above it, when the report names both."""
    here = {span._.entity.iri for span in named}
    known = load_labels().named
    return {iri: parent for iri in here if iri in known and (parent := known[iri].parent) in here and parent}
