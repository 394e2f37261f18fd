"""document -> scene: everything that the choices about a figure look at, laid out once per report.

Reads   doc tokens (lemma, tag and dependency where parsed), sentences, doc.spans quantities, periods,
        mentions, doc._.report (blocks, title, date)
Writes  Scene, with one Place per figure
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span, Token

from ingest.extensions import MENTIONS, PERIODS, QUANTITIES, text_of
from ingest.table_units import CellPlace, TableUnits, table_units
from kg.model import Block, Quantity, Report


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


@dataclass
class Scene:
    """A report's words and figures; token lists run parallel to the document."""

    doc: Doc
    report: Report
    words: list[str]
    stems: list[str]
    places: list[Place]
    blocks: Sequence[Block]
    headings: list[str]  # per block: the nearest heading above it, or ""
    tables: TableUnits
    mentions: list[Span] = field(default_factory=list)
    periods: list[Span] = field(default_factory=list)
    sentence_starts: list[int] = field(default_factory=list)
    grammar: dict[int, tuple[Token | None, list[Token]]] = field(default_factory=dict)  # by start of a figure


def stem(word: str) -> str:
    """A word's first letters, so that "invests", "investing" and "investment" meet.

    >>> stem("investments") == stem("invested")
    True
    """
    return word[:6] if len(word) > 6 else word.removesuffix("s") if len(word) > 3 else word


def scene_of(doc: Doc) -> Scene:
    """The scene of a document that has passed the stages before the claims."""
    report: Report = doc._.report
    words = [token.lower_ for token in doc]
    blocks = report.blocks
    scene = Scene(
        doc,
        report,
        words,
        [stem(word) for word in words],
        [],
        blocks,
        _headings(text_of(doc), blocks),
        table_units(text_of(doc), blocks),
        mentions=sorted(doc.spans.get(MENTIONS, ()), key=lambda span: (span.start, -span.end)),
        periods=sorted(doc.spans.get(PERIODS, ()), key=lambda span: span.start),
        sentence_starts=[sentence.start for sentence in doc.sents],
    )
    scene.places = list(_places(scene))
    return scene


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
