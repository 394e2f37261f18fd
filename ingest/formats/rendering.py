"""What a format module hands back: text, blocks over it, and what the file declares of its publication.

`Writer` is for formats whose text has to be put together (HTML, PDF, DOCX, slides, sheets): it appends one
block after the other and keeps the offsets. Blocks stand apart by an empty line, rows of a table by a line
break, cells by " | ", so that the same sentence reader serves every format.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kg.model import Block, BlockKind, Cell

_SPACES = re.compile(r"\s+")
# Marks that reverse or hide text on a screen but not for a reader of characters, and control characters.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
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
    r"""The text with runs of white space as one space and without invisible characters.

    >>> squeeze(" a\u200b\n  b ")
    'a b'
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


class Writer:
    """Puts a report's text together block by block."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    @property
    def text(self) -> str:
        """All text written so far."""
        return "".join(self._parts)

    def add(self, text: str, kind: BlockKind, *, level: int = 0, page: int | None = None) -> None:
        """Append one block; text that is empty once squeezed adds nothing."""
        written = squeeze(text)
        if not written:
            return
        start = self._begin()
        self._put(written)
        self.blocks.append(Block(start, self._length, kind, level=level, page=page))

    def add_table(
        self, rows: Iterable[Sequence[str]], *, header_rows: int = 0, page: int | None = None
    ) -> None:
        """Append a table, one line per row; rows without any text are left out."""
        written = [[squeeze(cell).replace("|", "/") for cell in row] for row in rows]
        kept = [(row, number < header_rows) for number, row in enumerate(written) if any(row)]
        if not kept:
            return
        start = self._begin()
        cells = []
        for number, (row, header) in enumerate(kept):
            if number:
                self._put("\n")
            cells.append(self._put_row(row, header))
        self.blocks.append(Block(start, self._length, "table", page=page, rows=tuple(cells)))

    def rendering(self, declared: Declared, printed: date | None = None) -> Rendering:
        """Everything written, with what the file declares."""
        return Rendering(self.text, tuple(self.blocks), declared, printed)

    def _begin(self) -> int:
        if self.blocks:
            self._put("\n\n")
        return self._length

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _put_row(self, row: Sequence[str], header: bool) -> tuple[Cell, ...]:
        cells = []
        for number, text in enumerate(row):
            if number:
                self._put(" | ")
            cells.append(Cell(self._length, self._length + len(text), header))
            self._put(text)
        return tuple(cells)
