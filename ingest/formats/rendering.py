"""What a format module hands back: text, blocks over it, and what the file declares of its publication.

Formats whose text has to be put together (HTML, PDF, DOCX, slides, sheets) give `Piece`s, and `render` writes
them one after the other and keeps the offsets: blocks apart by an empty line, rows of a table by a line end,
cells by " | ", so that the same sentence reader serves every format.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from kg.model import Block, BlockKind, Cell

_GAP = "\n\n"
_BAR = " | "
_SPACES = re.compile(r"\s+")
# A hyphen that only forbids a line break is one for a reader of words.
_HYPHENS = {0x2010: "-", 0x2011: "-"}
# Marks that reverse or hide text on a screen but not for a reader of characters, icons, control characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


@dataclass(frozen=True)
class Declared:
    """What a file's own metadata says of the publication: front matter, meta tags, document properties."""

    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    issued: date | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Rendering:
    """A file as text. `printed` is the date of the file's making, used only where nothing better is known."""

    text: str
    blocks: tuple[Block, ...]
    declared: Declared = field(default_factory=Declared)
    printed: date | None = None


def squeeze(text: str) -> str:
    r"""The text with runs of white space as one space, plain hyphens, and without invisible characters.

    >>> squeeze(" a\u200b\n  drop\u2011in ")
    'a drop-in'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", text).translate(_HYPHENS)).strip()


class Written(NamedTuple):
    """A table's cell before it has a place in the text."""

    text: str
    header: bool = False


@dataclass(frozen=True)
class Piece:
    """A block before it has a place in the text; `rows` instead of `text` for a table."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    page: int | None = None
    rows: tuple[tuple[Written, ...], ...] = ()


def titled(pieces: Sequence[Piece], title: str | None) -> list[Piece]:
    """The pieces with one title: a heading that leads or repeats the given one, else that one put first."""
    first = next((number for number, piece in enumerate(pieces) if piece.kind in ("heading", "title")), None)
    if first is not None:
        leads = (
            pieces[first].level == 1 or squeeze(pieces[first].text) == title or (title is None and first == 0)
        )
        if leads or pieces[first].kind == "title":
            heading = replace(pieces[first], kind="title", level=1)
            return [*pieces[:first], heading, *pieces[first + 1 :]]
    return [Piece("title", title, level=1), *pieces] if title else list(pieces)


def believed_title(title: str | None, pieces: Sequence[Piece]) -> str | None:
    """The title of a document's properties, unless its text shows another one.

    Properties often keep the title of the template or of the report that the file was copied from.
    """
    shown = any(piece.kind == "title" for piece in pieces)
    words = " ".join(squeeze(piece.text) for piece in pieces).casefold()
    return title if title and (not shown or title.casefold() in words) else None


def render(pieces: Iterable[Piece], declared: Declared, printed: date | None = None) -> Rendering:
    r"""The pieces as one text with their places in it; pieces without text are left out.

    >>> render([Piece("title", "A"), Piece("paragraph", " "), Piece("paragraph", "B")], Declared()).text
    'A\n\nB'
    """
    text: list[str] = []
    blocks: list[Block] = []
    at = 0
    for piece in pieces:
        written, rows = _table(piece.rows) if piece.rows else (squeeze(piece.text), ())
        if not written:
            continue
        if text:
            text.append(_GAP)
            at += len(_GAP)
        placed = tuple(tuple(Cell(at + c.start, at + c.end, c.header) for c in row) for row in rows)
        end = at + len(written)
        blocks.append(Block(at, end, piece.kind, level=piece.level, page=piece.page, rows=placed))
        text.append(written)
        at = end
    return Rendering("".join(text), tuple(blocks), declared, printed)


def _table(rows: Sequence[Sequence[Written]]) -> tuple[str, tuple[tuple[Cell, ...], ...]]:
    """A table's text, one line per row that holds any, and its cells with offsets in that text."""
    lines: list[str] = []
    placed: list[tuple[Cell, ...]] = []
    line_start = 0
    for row in rows:
        texts = [squeeze(cell.text).replace("|", "/") for cell in row]  # the bar stands between cells
        if not any(texts):
            continue
        cells = []
        at = line_start
        for text, cell in zip(texts, row, strict=True):
            cells.append(Cell(at, at + len(text), cell.header))
            at += len(text) + len(_BAR)
        placed.append(tuple(cells))
        lines.append(_BAR.join(texts))
        line_start += len(lines[-1]) + 1
    return "\n".join(lines), tuple(placed)
