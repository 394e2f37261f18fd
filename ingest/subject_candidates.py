"""figure -> candidates: the entities and noun phrases that a figure can be a property of.

Reads   Scene (mentions, parse, tables, headings)
Writes  Candidate objects, each with the occurrence that is nearest to the figure
Skips   phrases that are only a pronoun, a time or the figure itself
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ingest.attribution import claimants_of, voices_of
from ingest.figure_scene import Named, Place, Scene
from ingest.parsed_words import ParsedWords
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


class Candidate(NamedTuple):
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


class Phrase(NamedTuple):
    """A noun phrase: its tokens [start:end) and its words."""

    start: int
    end: int
    label: str


def phrases(scene: Scene, left: int, right: int) -> Iterator[Phrase]:
    """Noun phrases of left:right without their determiners, and those joined by "of" or "for"."""
    parse, text = scene.parse, scene.text
    classes = parse.classes
    spans: list[tuple[int, int]] = []
    position = left
    while position < right:
        if classes[position] in _NP_TAGS and not parse.words[position].isspace():
            end = position + 1
            while end < right and (classes[end] in _NP_TAGS or _joins(parse, end, right)):
                end += 1
            span = _trimmed(parse, position, end)
            if span is not None:
                spans.append(span)
            position = end
        else:
            position += 1
    starts, ends = parse.starts, parse.ends
    for start, end in spans:
        yield Phrase(start, end, text[starts[start] : ends[end - 1]])
    for first, second in pairwise(spans):
        if text[starts[first[1]] : ends[second[0] - 1]].lower() in _JOINED:
            yield Phrase(first[0], second[1], text[starts[first[0]] : ends[second[1] - 1]])


_JOINED = frozenset(
    (
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
    )
)


def _joins(parse: ParsedWords, position: int, right: int) -> bool:
    """Hyphens and possessives inside a phrase."""
    return (
        position + 1 < right
        and (parse.words[position] in ("-", "/", "&", "'s", "’s") or parse.tags[position] in ("HYPH", "POS"))
        and parse.classes[position + 1] in _NP_TAGS
    )


def _trimmed(parse: ParsedWords, start: int, end: int) -> tuple[int, int] | None:
    words = parse.words
    while start < end and (words[start] in _EDGE or parse.is_punct(start)):
        start += 1
    while end > start and (parse.is_punct(end - 1) or words[end - 1] in ("'s", "’s")):
        end -= 1
    if "NOUN" not in parse.classes[start:end] and "PROPN" not in parse.classes[start:end]:
        return None
    return start, end


def _is_listed(words: Sequence[str], end: int, start: int) -> bool:
    return 0 < start - end <= 2 and all(word in (",", "and", "&", "or") for word in words[end:start])


@cache
def research_firms() -> frozenset[str]:
    """The IRIs of the firms that publish studies, ratings and forecasts."""
    return frozenset(subjects_of(REFERENCE / "research-firms.ttl"))


class Standing(NamedTuple):
    """How many things are named more often, its share of the most often named, how many come before."""

    rank: int
    share: int
    ahead: int


class SubjectFinder:
    """Finds candidates; keeps what belongs to the whole report."""

    def __init__(self, scene: Scene) -> None:
        """Index mentions by sentence and count how often each entity is named."""
        self._scene = scene
        self.frequency: dict[str, int] = {}
        self.first: dict[str, int] = {}
        for mention in scene.mentions:
            iri = mention.entity.iri
            self.frequency[iri] = self.frequency.get(iri, 0) + 1
            self.first.setdefault(iri, mention.start)
        self._text = scene.text.lower()
        title = scene.blocks[0] if scene.blocks else None
        self._in_title = {
            mention.entity.iri
            for mention in scene.mentions
            if title is not None and title.start <= mention.start_char < title.end
        }
        self.speakers = frozenset(
            entity.iri for speaker in voices_of(scene.doc).speakers for entity in speaker.claimants
        )
        firms = research_firms()
        self.research_share = sum(mention.entity.iri in firms for mention in scene.mentions)
        self.how = {(mention.start, mention.end): mention.how for mention in scene.mentions}
        self._claimants: dict[int, frozenset[str]] = {}
        self._phrases: dict[tuple[int, int], list[Phrase]] = {}
        self._listed: dict[int, frozenset[int]] = {}
        self._repeated: dict[str, bool] = {}
        self._around: dict[tuple[int, int], list[tuple[str, Candidate]]] = {}
        self._standing: dict[str, Standing] = {}

    def is_listed(self, candidate: Candidate, place: Place) -> bool:
        """Whether the name is one of several that the sentence lists."""
        if place.left not in self._listed:
            inside = self._scene.named_in(place.left, place.right)
            self._listed[place.left] = frozenset(
                start
                for first, second in pairwise(inside)
                if _is_listed(self._scene.words, first.end, second.start)
                for start in (first.start, second.start)
            )
        return candidate.start in self._listed[place.left]

    def claimants(self, place: Place) -> frozenset[str]:
        """The IRIs of those who say the figure."""
        if place.start not in self._claimants:
            scene = self._scene
            found = claimants_of(scene.doc, scene.offset(place.start), scene.offset_behind(place.end))
            self._claimants[place.start] = frozenset(entity.iri for entity in found.entities)
        return self._claimants[place.start]

    def in_title(self, iri: str) -> bool:
        """Whether the report's title names the entity."""
        return iri in self._in_title

    def is_repeated(self, label: str) -> bool:
        """Whether the report writes the phrase more than once."""
        known = self._repeated.get(label)
        if known is None:
            known = self._repeated[label] = self._text.count(label.lower()) > 1
        return known

    def standing(self, iri: str) -> Standing:
        """What the thing is in the report."""
        known = self._standing.get(iri)
        if known is None:
            times, first = self.frequency.get(iri, 0), self.first.get(iri, 9999)
            known = self._standing[iri] = Standing(
                sum(1 for count in self.frequency.values() if count > times),
                int(4 * times / max(self.frequency.values(), default=1)),
                sum(1 for start in self.first.values() if start < first),
            )
        return known

    def _phrases_of(self, left: int, right: int) -> list[Phrase]:
        if (left, right) not in self._phrases:
            self._phrases[left, right] = list(phrases(self._scene, left, right))
        return self._phrases[left, right]

    def candidates(self, index: int) -> list[Candidate]:
        """The candidates for a figure, unique by key; the nearest occurrence stands for each."""
        place = self._scene.places[index]
        found: dict[str, Candidate] = {}
        for candidate in self._inside(place):
            found.setdefault(candidate.key, candidate)
        around = self._around.get((place.left, place.block))
        if around is None:
            around = self._around[place.left, place.block] = [
                (candidate.key, candidate) for candidate in (*self._before(place), *self._outside(place))
            ]
        for key, candidate in around:
            if key not in found:
                found[key] = candidate
        return list(found.values())

    def _inside(self, place: Place) -> Iterator[Candidate]:
        """What the sentence and the table's heads offer."""
        scene = self._scene
        inside = scene.named_in(place.left, place.right)
        covered = [(m.start, m.end) for m in inside]
        for mention in sorted(inside, key=lambda m: min(abs(place.start - m.end), abs(m.start - place.end))):
            yield _of_mention(mention, "sentence")
        yield from self._groups(inside)
        if place.cell:
            yield from self._table(place)
        for phrase in self._phrases_of(place.left, place.right):
            # Part of a name is no thing of its own.
            inside_a_name = any(start <= phrase.start and phrase.end <= end for start, end in covered)
            if not inside_a_name and self._is_subject_like(phrase, place):
                yield Candidate(phrase.label, None, phrase.start, phrase.end, "sentence")

    def _groups(self, inside: list[Named]) -> Iterator[Candidate]:
        """Names that the sentence lists, as one: "Microsoft, Amazon and Meta"."""
        scene = self._scene
        run: list[Named] = []
        for mention in [*inside, None]:
            if mention is not None and run and _is_listed(scene.words, run[-1].end, mention.start):
                run.append(mention)
                continue
            if len(run) > 1 and scene.words[run[-1].start - 1] in ("and", "&", "or"):
                label = scene.text[scene.offset(run[0].start) : scene.offset_behind(run[-1].end)]
                yield Candidate(label, None, run[0].start, run[-1].end, "sentence")
            run = [mention] if mention is not None else []

    def _is_subject_like(self, span: Phrase, place: Place) -> bool:
        if span.end - span.start > 9 or (span.start < place.end and place.start < span.end):
            # A phrase around the figure is fine when it goes on behind it: "five largest US hyperscalers".
            return (
                place.start <= span.start < place.end < span.end
                or span.start < place.start < place.end < span.end
            )
        return span.end - span.start > 2 or self._scene.words[span.end - 1] not in _NO_HEAD

    def _table(self, place: Place) -> Iterator[Candidate]:
        scene, cell = self._scene, place.cell
        if cell is None or cell.column == 0:
            return
        label = scene.tables.label(cell).strip(" *_")
        row = scene.blocks[place.block].rows[cell.row][0]
        start, end = scene.tokens_of(row.start, row.end)
        if label and start < end:
            entity = self._entity_in(start, end)
            yield Candidate(label, entity, start, end, "row")
            if entity:
                yield Candidate(label, None, start, end, "row")
        head = scene.tables.head(cell).strip(" *_")
        heads = scene.blocks[place.block].rows[0]
        if head and cell.column < len(heads):
            start, end = scene.tokens_of(heads[cell.column].start, heads[cell.column].end)
            if start < end:
                yield Candidate(head, self._entity_in(start, end), start, end, "column")

    def _entity_in(self, start: int, end: int) -> Entity | None:
        return next((m.entity for m in self._scene.named_in(start, end) if m.end <= end), None)

    def _before(self, place: Place) -> Iterator[Candidate]:
        """What the two sentences before name, and the words that lead a list item."""
        scene = self._scene
        here = bisect_left(scene.sentence_starts, place.left)
        starts = scene.sentence_starts[max(0, here - 2) : here]
        right = place.left
        for start in reversed(starts):
            for mention in scene.named_in(start, right):
                yield _of_mention(mention, "previous")
            for span in self._phrases_of(start, right)[:6]:
                if scene.words[span.end - 1] not in _NO_HEAD:
                    yield Candidate(span.label, None, span.start, span.end, "previous")
            right = start

    def _outside(self, place: Place) -> Iterator[Candidate]:
        scene = self._scene
        heading = next(
            (b for b in reversed(scene.blocks[: max(place.block, 0)]) if b.kind == "heading"), None
        )
        for block, origin in ((heading, "heading"), (scene.blocks[0] if scene.blocks else None, "title")):
            if block is None:
                continue
            start, end = scene.tokens_of(block.start, block.end)
            for mention in scene.named_in(start, end):
                yield _of_mention(mention, origin)
            if origin == "heading":
                for phrase in self._phrases_of(start, end)[:4]:
                    yield Candidate(phrase.label, None, phrase.start, phrase.end, origin)
        seen: set[str] = set()
        for mention in reversed(scene.named_in(0, place.left)):
            if mention.entity.iri not in seen:
                seen.add(mention.entity.iri)
                yield _of_mention(mention, "earlier")
        for mention in scene.mentions[:4]:
            yield _of_mention(mention, "earlier")


def _of_mention(mention: Named, origin: str) -> Candidate:
    return Candidate(mention.entity.label, mention.entity, mention.start, mention.end, origin)
