"""A PDF page's words -> rows of lines: what stands side by side, parted where a wide gap is.

Skips   raised footnote marks, which would otherwise change the figure that they stand at
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Word:
    """A word in its box; points from the page's left and top edge."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True)
class Grid:
    """A table: rows of cell texts, in columns, and where it stands."""

    rows: tuple[tuple[str, ...], ...]
    x0: float
    x1: float
    top: float


@dataclass(frozen=True)
class Line:
    """Words that stand side by side without a wide gap, or the rejoined row of them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    right: float = 0.0  # right edge of the column that the line stands in
    table: Grid | None = None  # a table that takes this line's place


Row = tuple[Line, ...]

_OVERLAP = 0.6  # of the lower one's height: words of one row
_WIDE_GAP = 1.1  # of the size: a gap that parts columns or cells, wider than in justified text
_NO_GAP = 0.12  # of the size: below it two pieces are one word whose font changes in the middle
_RAISED_SIZE = 0.85  # of the size of the text that a mark is raised from
_RAISED_BY = 0.1  # of that size
_FOOTNOTE_MARK = re.compile(r"(?:\d{1,2}(?:,\d{1,2})*|[*†‡§]+)$")


def rows_of(words: Sequence[Word]) -> list[Row]:
    """The words in rows from top to bottom, each row from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.top + w.bottom, w.x0)):
        if rows and _side_by_side(word, max(rows[-1], key=lambda w: w.size)):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [tuple(_lines(_without_marks(row))) for row in _with_raised(rows)]


def _side_by_side(word: Word, other: Word) -> bool:
    overlap = min(word.bottom, other.bottom) - max(word.top, other.top)
    return overlap >= _OVERLAP * min(word.bottom - word.top, other.bottom - other.top)


def _with_raised(rows: list[list[Word]]) -> Iterator[list[Word]]:
    """The rows, where one of nothing but raised marks is dropped."""
    for row in rows:
        near = [
            other
            for other in rows
            if other is not row and row[0].bottom < other[0].bottom < row[0].bottom + other[0].size
        ]
        if not (near and all(_is_mark(word, max(w.size for w in near[0])) for word in row)):
            yield row


def _without_marks(row: list[Word]) -> list[Word]:
    largest = max(row, key=lambda word: word.size)
    raised = largest.bottom - _RAISED_BY * largest.size
    return [w for w in row if w.bottom > raised or not _is_mark(w, largest.size)]


def _is_mark(word: Word, size: float) -> bool:
    return word.size <= _RAISED_SIZE * size and bool(_FOOTNOTE_MARK.match(word.text))


def _lines(row: list[Word]) -> Iterator[Line]:
    row = sorted(row, key=lambda word: word.x0)
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at].x0 - row[at - 1].x1 > _WIDE_GAP * row[at].size:
            yield joined(row[start:at])
            start = at


def _usual_size(words: Sequence[Word | Line]) -> float:
    """The size that most letters have; a list's number is often larger than its text."""
    letters: Counter[float] = Counter()
    for word in words:
        letters[word.size] += len(word.text)
    return letters.most_common(1)[0][0]


def joined(words: Sequence[Word | Line]) -> Line:
    """The words, or the lines of a row, as one line."""
    text = words[0].text
    for before, word in pairwise(words):
        text += ("" if word.x0 - before.x1 < _NO_GAP * word.size else " ") + word.text
    letters = sum(len(word.text) for word in words)
    bold = sum(len(word.text) for word in words if word.bold)
    return Line(
        text=text,
        x0=words[0].x0,
        x1=max(word.x1 for word in words),
        top=min(word.top for word in words),
        bottom=max(word.bottom for word in words),
        size=_usual_size(words),
        bold=bold > 0.8 * letters,
    )
