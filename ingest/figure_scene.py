"""document -> scene: everything that the choices about a figure look at, laid out once per report.

Reads   doc tokens (lemma, tag and dependency where parsed), sentences, doc.spans quantities, periods,
        mentions, doc._.report (blocks, title, date)
Writes  Scene, with one Place per figure
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from spacy.tokens import Doc

from ingest.extensions import MENTIONS, PERIODS, QUANTITIES, text_of
from ingest.parsed_words import ParsedWords
from ingest.table_units import CellPlace, TableUnits, table_units
from kg.model import Block, Entity, Period, Quantity, Report

_STOPS = frozenset((";", ":", "(", ")", "|"))


@dataclass(frozen=True)
class Place:
    """One figure: its tokens [start:end) in the document, its sentence [left:right), and its block."""

    start: int
    end: int
    left: int
    right: int
    block: int
    quantity: Quantity
    cell: CellPlace | None = None


class Named(NamedTuple):
    """A mention: its tokens [start:end), where it starts in the text, what it names, and how it was found."""

    start: int
    end: int
    start_char: int
    entity: Entity
    how: str


class Timed(NamedTuple):
    """A time: its tokens [start:end), where it starts in the text, its sort, its words and its period."""

    start: int
    end: int
    start_char: int
    sort: str
    text: str
    period: Period


@dataclass
class Scene:
    """A report's words and figures; token lists run parallel to the document."""

    doc: Doc
    report: Report
    text: str
    parse: ParsedWords
    places: list[Place]
    blocks: Sequence[Block]
    headings: list[str]  # per block: the nearest heading above it, or ""
    tables: TableUnits
    mentions: list[Named] = field(default_factory=list)
    periods: list[Timed] = field(default_factory=list)
    sentence_starts: list[int] = field(default_factory=list)
    known: dict[Any, Any] = field(default_factory=dict)  # what was worked out for a sentence or a block

    @property
    def words(self) -> list[str]:
        """All words in lower case."""
        return self.parse.words

    @cached_property
    def stems(self) -> list[str]:
        """The first letters of all words."""
        return [stem(word) for word in self.parse.words]

    @cached_property
    def mention_starts(self) -> list[int]:
        """The first tokens of the mentions, in order."""
        return [mention.start for mention in self.mentions]

    def named_in(self, left: int, right: int) -> list[Named]:
        """The mentions that start in left:right, in order."""
        starts = self.mention_starts
        return self.mentions[bisect_left(starts, left) : bisect_left(starts, right)]

    def count_named(self, left: int, right: int) -> int:
        """How many mentions start in left:right."""
        starts = self.mention_starts
        return bisect_left(starts, right) - bisect_left(starts, left)

    @cached_property
    def stops(self) -> list[int]:
        """How many marks that part clauses stand before each token."""
        return [0, *accumulate(word in _STOPS for word in self.words)]

    @cached_property
    def commas(self) -> list[int]:
        """How many commas stand before each token."""
        return [0, *accumulate(word == "," for word in self.words)]

    def offset(self, token: int) -> int:
        """Where the token starts in the text."""
        return self.parse.starts[token]

    def offset_behind(self, token: int) -> int:
        """Where the token before `token` ends in the text."""
        return self.parse.ends[token - 1]

    def tokens_of(self, start: int, end: int) -> tuple[int, int]:
        """The tokens [first:last) that the characters start:end touch."""
        return bisect_right(self.parse.ends, start), bisect_left(self.parse.starts, end)

    def root(self, place: Place) -> int:
        """The word of the figure that is over the others."""
        key = "root", place.start, place.end
        if key not in self.known:
            self.known[key] = self.parse.root(place.start, place.end)
        found: int = self.known[key]
        return found


def stem(word: str) -> str:
    """A word's first letters, so that "invests", "investing" and "investment" meet.

    >>> stem("investments") == stem("invested")
    True
    """
    return word[:6] if len(word) > 6 else word.removesuffix("s") if len(word) > 3 else word


def scene_of(doc: Doc) -> Scene:
    """The scene of a document that has passed the stages before the claims."""
    report: Report = doc._.report
    text, blocks = text_of(doc), report.blocks
    scene = Scene(
        doc,
        report,
        text,
        ParsedWords(doc),
        [],
        blocks,
        _headings(text, blocks),
        table_units(text, blocks),
        mentions=_mentions(doc),
        periods=_times(doc),
        sentence_starts=[sentence.start for sentence in doc.sents],
    )
    scene.places = list(_places(scene))
    return scene


def _mentions(doc: Doc) -> list[Named]:
    spans = sorted(doc.spans.get(MENTIONS, ()), key=lambda span: (span.start, -span.end))
    return [Named(span.start, span.end, span.start_char, span._.entity, span._.how) for span in spans]


def _times(doc: Doc) -> list[Timed]:
    spans = sorted(doc.spans.get(PERIODS, ()), key=lambda span: span.start)
    return [
        Timed(span.start, span.end, span.start_char, span.label_, span.text, span._.period) for span in spans
    ]


def _headings(text: str, blocks: Sequence[Block]) -> list[str]:
    current, headings = "", []
    for block in blocks:
        headings.append(current)
        if block.kind == "heading":
            current = text[block.start : block.end]
    return headings


def _places(scene: Scene) -> "list[Place]":
    doc = scene.doc
    block_starts = [block.start for block in scene.blocks]
    places = []
    for span in doc.spans.get(QUANTITIES, ()):
        sentence = bisect_right(scene.sentence_starts, span.start) - 1
        left = scene.sentence_starts[sentence]
        right = scene.sentence_starts[sentence + 1] if sentence + 1 < len(scene.sentence_starts) else len(doc)
        block = bisect_right(block_starts, span.start_char) - 1
        cell = scene.tables.place(span.start_char)
        places.append(Place(span.start, span.end, left, max(right, span.end), block, span._.quantity, cell))
    return places
