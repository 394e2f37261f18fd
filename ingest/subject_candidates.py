"""figure -> candidates: the entities and noun phrases that a figure can be a property of.

Reads   Scene (mentions, parse, tables, headings)
Writes  Candidate objects, each with the occurrence that is nearest to the figure
Skips   phrases that are only a pronoun, a time or the figure itself
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from ingest.attribution import claimants_of, voices_of
from ingest.extensions import text_of
from ingest.figure_scene import Place, Scene
from kg.model import Entity
from ontology.turtle import REFERENCE, subjects_of

_NP_TAGS = frozenset(("NOUN", "PROPN", "ADJ", "NUM"))
_EDGE = frozenset(
    (
        "the",
        "a",
        "an",
        "its",
        "their",
        "his",
        "her",
        "this",
        "that",
        "these",
        "those",
        "our",
        "your",
        "some",
        "any",
        "each",
        "such",
        "own",
        "other",
        "another",
        "all",
        "both",
        "same",
        "more",
        "most",
        "many",
    )
)
_NO_HEAD = frozenset(
    [
        "year",
        "years",
        "quarter",
        "quarters",
        "month",
        "months",
        "percent",
        "cent",
        "%",
        "billion",
        "million",
        "trillion",
        "half",
        "period",
        "time",
        "today",
        "end",
        "day",
        "days",
        "week",
        "weeks",
        "hour",
        "hours",
        "rate",
        "increase",
        "rise",
        "growth",
        "gain",
        "decline",
        "drop",
        "total",
        "amount",
        "sum",
        "figure",
        "number",
        "share",
        "part",
    ]
)


@dataclass(frozen=True)
class Candidate:
    """Something that a figure may be about; tokens [start:end) of the occurrence that was looked at.

    `origin` is where it stands: sentence, previous, earlier, title, heading, row, column, lead.
    """

    label: str
    entity: Entity | None
    start: int
    end: int
    origin: str

    @property
    def key(self) -> str:
        """One string per thing."""
        return self.entity.iri if self.entity else self.label.lower()


def phrases(doc: Doc, left: int, right: int) -> Iterator[Span]:
    """Noun phrases of doc[left:right] without their determiners, and those joined by "of" or "for"."""
    spans: list[Span] = []
    position = left
    while position < right:
        if doc[position].pos_ in _NP_TAGS and not doc[position].is_space:
            end = position + 1
            while end < right and (doc[end].pos_ in _NP_TAGS or _joins(doc, end, right)):
                end += 1
            span = _trimmed(doc, position, end)
            if span is not None:
                spans.append(span)
            position = end
        else:
            position += 1
    yield from spans
    for first, second in pairwise(spans):
        gap = doc[first.end : second.start].text.lower()
        if gap in (
            "of",
            "for",
            "of the",
            "for the",
            "in",
            "in the",
            "from",
            "with",
            "of its",
            "at",
            "behind",
            "and",
            "between",
        ):
            yield doc[first.start : second.end]


def _joins(doc: Doc, position: int, right: int) -> bool:
    """Hyphens and possessives inside a phrase."""
    token = doc[position]
    return (
        position + 1 < right
        and (token.text in ("-", "/", "&", "'s", "’s") or token.tag_ in ("HYPH", "POS"))
        and doc[position + 1].pos_ in _NP_TAGS
    )


def _trimmed(doc: Doc, start: int, end: int) -> Span | None:
    while start < end and (doc[start].lower_ in _EDGE or doc[start].is_punct):
        start += 1
    while end > start and (doc[end - 1].is_punct or doc[end - 1].text in ("'s", "’s")):
        end -= 1
    if start >= end or not any(token.pos_ in ("NOUN", "PROPN") for token in doc[start:end]):
        return None
    return doc[start:end]


def _is_listed(doc: Doc, end: int, start: int) -> bool:
    words = [token.lower_ for token in doc[end:start]]
    return 0 < len(words) <= 2 and all(word in (",", "and", "&", "or") for word in words)


@cache
def research_firms() -> frozenset[str]:
    """The IRIs of the firms that publish studies, ratings and forecasts."""
    return frozenset(subjects_of(REFERENCE / "research-firms.ttl"))


class SubjectFinder:
    """Finds candidates; keeps what belongs to the whole report."""

    def __init__(self, scene: Scene) -> None:
        """Index mentions by sentence and count how often each entity is named."""
        self._scene = scene
        self._doc = scene.doc
        self.frequency: dict[str, int] = {}
        self.first: dict[str, int] = {}
        for mention in scene.mentions:
            iri = mention._.entity.iri
            self.frequency[iri] = self.frequency.get(iri, 0) + 1
            self.first.setdefault(iri, mention.start)
        text = text_of(scene.doc).lower()
        self._text = text
        title = scene.blocks[0] if scene.blocks else None
        self._in_title = {
            mention._.entity.iri
            for mention in scene.mentions
            if title is not None and title.start <= mention.start_char < title.end
        }
        self.speakers = frozenset(
            entity.iri for speaker in voices_of(scene.doc).speakers for entity in speaker.claimants
        )
        firms = research_firms()
        self.research_share = sum(mention._.entity.iri in firms for mention in scene.mentions)
        self._claimants: dict[int, frozenset[str]] = {}
        self._phrases: dict[tuple[int, int], list[Span]] = {}

    def is_listed(self, candidate: Candidate, place: Place) -> bool:
        """Whether the name is one of several that the sentence lists."""
        inside = [m for m in self._scene.mentions if place.left <= m.start < place.right]
        for first, second in pairwise(inside):
            if candidate.start in (first.start, second.start) and _is_listed(
                self._doc, first.end, second.start
            ):
                return True
        return False

    def claimants(self, place: Place) -> frozenset[str]:
        """The IRIs of those who say the figure."""
        if place.start not in self._claimants:
            doc = self._doc
            last = doc[place.end - 1]
            found = claimants_of(doc, doc[place.start].idx, last.idx + len(last)).entities
            self._claimants[place.start] = frozenset(entity.iri for entity in found)
        return self._claimants[place.start]

    def in_title(self, iri: str) -> bool:
        """Whether the report's title names the entity."""
        return iri in self._in_title

    def is_repeated(self, label: str) -> bool:
        """Whether the report writes the phrase more than once."""
        return self._text.count(label.lower()) > 1

    def _phrases_of(self, left: int, right: int) -> list[Span]:
        if (left, right) not in self._phrases:
            self._phrases[left, right] = list(phrases(self._doc, left, right))
        return self._phrases[left, right]

    def candidates(self, index: int) -> list[Candidate]:
        """The candidates for a figure, unique by key; the nearest occurrence stands for each."""
        place = self._scene.places[index]
        found: dict[str, Candidate] = {}
        for candidate in self._all(place):
            kept = found.get(candidate.key)
            if kept is None:
                found[candidate.key] = candidate
        return list(found.values())

    def _all(self, place: Place) -> Iterator[Candidate]:
        scene = self._scene
        inside = [m for m in scene.mentions if place.left <= m.start < place.right]
        covered = [(m.start, m.end) for m in inside]
        for mention in sorted(inside, key=lambda m: min(abs(place.start - m.end), abs(m.start - place.end))):
            yield self._of_mention(mention, "sentence")
        yield from self._groups(inside)
        if place.cell:
            yield from self._table(place)
        for span in self._phrases_of(place.left, place.right):
            # Part of a name is no thing of its own.
            inside_a_name = any(start <= span.start and span.end <= end for start, end in covered)
            if self._is_subject_like(span, place) and not inside_a_name:
                yield Candidate(span.text, None, span.start, span.end, "sentence")
        yield from self._before(place)
        yield from self._outside(place)

    def _of_mention(self, mention: Span, origin: str) -> Candidate:
        return Candidate(mention._.entity.label, mention._.entity, mention.start, mention.end, origin)

    def _groups(self, inside: list[Span]) -> Iterator[Candidate]:
        """Names that the sentence lists, as one: "Microsoft, Amazon and Meta"."""
        run: list[Span] = []
        for mention in [*inside, None]:
            if mention is not None and run and _is_listed(self._doc, run[-1].end, mention.start):
                run.append(mention)
                continue
            if len(run) > 1 and self._doc[run[-1].start - 1].lower_ in ("and", "&", "or"):
                yield Candidate(
                    self._doc[run[0].start : run[-1].end].text, None, run[0].start, run[-1].end, "sentence"
                )
            run = [mention] if mention is not None else []

    def _is_subject_like(self, span: Span, place: Place) -> bool:
        if span.end - span.start > 9 or (span.start < place.end and place.start < span.end):
            # A phrase around the figure is fine when it goes on behind it: "five largest US hyperscalers".
            return (
                place.start <= span.start < place.end < span.end
                or span.start < place.start < place.end < span.end
            )
        return span[-1].lower_ not in _NO_HEAD or len(span) > 2

    def _table(self, place: Place) -> Iterator[Candidate]:
        scene, cell = self._scene, place.cell
        if cell is None or cell.column == 0:
            return
        label = scene.tables.label(cell).strip(" *_")
        row = scene.blocks[place.block].rows[cell.row][0]
        span = self._doc.char_span(row.start, row.end, alignment_mode="expand")
        if span is not None and label:
            yield Candidate(label, self._entity_in(span), span.start, span.end, "row")
            if self._entity_in(span):
                yield Candidate(label, None, span.start, span.end, "row")
        head = scene.tables.head(cell).strip(" *_")
        heads = scene.blocks[place.block].rows[0]
        if head and cell.column < len(heads):
            over = self._doc.char_span(
                heads[cell.column].start, heads[cell.column].end, alignment_mode="expand"
            )
            if over is not None:
                yield Candidate(head, self._entity_in(over), over.start, over.end, "column")

    def _entity_in(self, span: Span) -> Entity | None:
        for mention in self._scene.mentions:
            if span.start <= mention.start and mention.end <= span.end:
                entity: Entity = mention._.entity
                return entity
        return None

    def _before(self, place: Place) -> Iterator[Candidate]:
        """What the two sentences before name, and the words that lead a list item."""
        scene = self._scene
        starts = [start for start in scene.sentence_starts if start < place.left][-2:]
        right = place.left
        for start in reversed(starts):
            for mention in scene.mentions:
                if start <= mention.start < right:
                    yield self._of_mention(mention, "previous")
            for span in self._phrases_of(start, right)[:6]:
                if span[-1].lower_ not in _NO_HEAD:
                    yield Candidate(span.text, None, span.start, span.end, "previous")
            right = start

    def _outside(self, place: Place) -> Iterator[Candidate]:
        scene, doc = self._scene, self._doc
        heading = next(
            (b for b in reversed(scene.blocks[: max(place.block, 0)]) if b.kind == "heading"), None
        )
        for block, origin in ((heading, "heading"), (scene.blocks[0] if scene.blocks else None, "title")):
            if block is None:
                continue
            span = doc.char_span(block.start, block.end, alignment_mode="expand")
            if span is None:
                continue
            for mention in scene.mentions:
                if span.start <= mention.start < span.end:
                    yield self._of_mention(mention, origin)
            if origin == "heading":
                for phrase in self._phrases_of(span.start, span.end)[:4]:
                    yield Candidate(phrase.text, None, phrase.start, phrase.end, origin)
        seen: set[str] = set()
        for mention in reversed([m for m in scene.mentions if m.start < place.left]):
            if mention._.entity.iri not in seen:
                seen.add(mention._.entity.iri)
                yield self._of_mention(mention, "earlier")
        for mention in scene.mentions[:4]:
            yield self._of_mention(mention, "earlier")


def governing_verb(doc: Doc, place: Place) -> Token | None:
    """The nearest verb over the figure in the parse."""
    token = doc[place.start : place.end].root
    for _ in range(6):
        if token.pos_ in ("VERB", "AUX") and token.i >= place.left:
            return token
        if token.head is token:
            return None
        token = token.head
    return None
