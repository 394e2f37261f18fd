"""A PDF page's words -> its lines in reading order: columns one after the other, tables as rows of cells.

Reads   words with their boxes, sizes and fonts
Skips   raised footnote marks, which would otherwise change the figure that they stand at
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median


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
Item = Line | Grid

_SAME_ROW = 0.4  # of the size: how far baselines in a row may be apart
_WIDE_GAP = 1.1  # of the size: a gap that parts columns or cells, wider than in justified text
_NO_GAP = 0.12  # of the size: below it two pieces are one word whose font changes in the middle
_RAISED_SIZE = 0.85  # of the size of the text that a mark is raised from
_RAISED_BY = 0.1  # of that size
_FOOTNOTE_MARK = re.compile(r"(?:\d{1,2}(?:,\d{1,2})*|[*†‡§]+)$")
_LIST_MARK = re.compile(r"(?:[•‣▪●○■◦·–*-]|\(?\d{1,2}[.)]|\(?[a-z]\))$")
_FEWEST_IN_COLUMN = 4  # rows
_LEAST_FILL = 0.55  # of a column's width that its lines fill in the middle
_MOST_CROSSING = 0.5  # of the rows that may run across both columns


def items_of(words: Sequence[Word], tables: Sequence[Grid] = ()) -> list[Item]:
    """The page's lines and tables in reading order; `tables` are those found by their rules."""
    placed = [(Line("", each.x0, each.x1, each.top, each.top, 0, bold=False, table=each),) for each in tables]
    return list(_ordered(sorted([*_rows(words), *placed], key=lambda row: row[0].bottom)))


def _rows(words: Sequence[Word]) -> list[Row]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.bottom, w.x0)):
        if rows and abs(word.bottom - rows[-1][0].bottom) <= _SAME_ROW * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [tuple(_lines(_without_marks(row))) for row in _with_raised(rows)]


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
            yield _line(row[start:at])
            start = at


def _line(words: Sequence[Word | Line]) -> Line:
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
        size=max(word.size for word in words),
        bold=bold > 0.8 * letters,
    )


def _ordered(rows: list[Row]) -> Iterator[Item]:
    gutter = _gutter(rows)
    if gutter is None:
        yield from _single_column(rows)
        return
    for crossing, band in groupby(rows, key=lambda row: any(x.x0 < gutter < x.x1 for x in row)):
        band_rows = list(band)
        if crossing:
            yield from _single_column(band_rows)
            continue
        for side in (_side(band_rows, lambda x: x.x1 <= gutter), _side(band_rows, lambda x: x.x0 >= gutter)):
            yield from _ordered(side)


def _side(rows: list[Row], belongs: Callable[[Line], bool]) -> list[Row]:
    kept = (tuple(line for line in row if belongs(line)) for row in rows)
    return [row for row in kept if row]


def _gutter(rows: list[Row]) -> float | None:
    """Where the empty strip between two columns of text is; None where there is one column or a table."""
    lines = [line for row in rows for line in row]
    if len(rows) < _FEWEST_IN_COLUMN:
        return None
    left, right = min(x.x0 for x in lines), max(x.x1 for x in lines)
    width = right - left
    tried = [left + width * step / 100 for step in range(25, 76)]
    crossing = [sum(any(x.x0 < at < x.x1 for x in row) for row in rows) for at in tried]
    fewest = min(crossing)
    if fewest > _MOST_CROSSING * len(rows):
        return None
    clear = [at for at, count in zip(tried, crossing, strict=True) if count == fewest]
    at = clear[len(clear) // 2]
    apart = [row for row in rows if not any(x.x0 < at < x.x1 for x in row)]
    sides = ([x for row in apart for x in row if x.x1 <= at], [x for row in apart for x in row if x.x0 >= at])
    return at if _are_columns(sides) else None


def _are_columns(sides: tuple[list[Line], list[Line]]) -> bool:
    """Whether both sides hold running text, that is, lines that mostly fill their column."""
    for side in sides:
        if len(side) < _FEWEST_IN_COLUMN:
            return False
        width = max(x.x1 for x in side) - min(x.x0 for x in side)
        letters = median(len(x.text) for x in side)
        if median(x.x1 - x.x0 for x in side) < _LEAST_FILL * width or letters < 15:
            return False
    return True


def _single_column(rows: Iterable[Row]) -> Iterator[Item]:
    rows = list(rows)
    right = max((line.x1 for row in rows for line in row), default=0.0)
    at = 0
    while at < len(rows):
        run = _table_run(rows, at)
        table = rows[at][0].table
        if table:
            yield table
            at += 1
        elif run:
            yield _grid(rows[at : at + run])
            at += run
        else:
            yield replace(_line(rows[at]), right=right)
            at += 1


def _table_run(rows: list[Row], start: int) -> int:
    """How many rows from `start` on make a table; 0 if none."""
    end = start
    while end < len(rows) and _has_cells(rows[end]) and _columns(rows[start : end + 1]):
        end += 1
    count = end - start
    columns = len(_columns(rows[start:end])) if count else 0
    return count if count >= 3 or (count == 2 and columns >= 3) else 0


def _has_cells(row: Row) -> bool:
    return len(row) > 1 and not _LIST_MARK.match(row[0].text)


def _columns(rows: list[Row]) -> list[tuple[float, float]]:
    """The rows' columns from left to right; empty if the rows do not agree on any."""
    merged: list[tuple[float, float]] = []
    for line in sorted((line for row in rows for line in row), key=lambda x: x.x0):
        if merged and line.x0 < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], line.x1))
        else:
            merged.append((line.x0, line.x1))
    widest = max(len(row) for row in rows)
    return merged if len(merged) == widest and widest > 1 else []


def _grid(rows: list[Row]) -> Grid:
    columns = _columns(rows)
    cells = tuple(
        tuple(
            " ".join(line.text for line in row if left <= line.x0 and line.x1 <= right)
            for left, right in columns
        )
        for row in rows
    )
    return Grid(cells, columns[0][0], columns[-1][1], rows[0][0].top)
