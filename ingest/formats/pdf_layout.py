"""A PDF page's words -> its lines in reading order: columns one after the other, tables as rows of cells."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from ingest.formats.pdf_grids import grid_at, is_list_mark
from ingest.formats.pdf_lines import Grid, Line, Row, Word, joined, rows_of

Item = Line | Grid

_FEWEST_IN_COLUMN = 4  # rows
_FEWEST_LETTERS = 15  # in most lines of a column; cells are shorter
_LEAST_FILL = 0.55  # of a column's width that its lines fill in the middle
_MOST_CROSSING = 0.5  # of the rows that may run across both columns


def items_of(words: Sequence[Word], tables: Sequence[Grid] = ()) -> list[Item]:
    """The page's lines and tables in reading order; `tables` are those found by their rules."""
    placed = [(Line("", each.x0, each.x1, each.top, each.top, 0, bold=False, table=each),) for each in tables]
    return list(_ordered(sorted([*rows_of(words), *placed], key=lambda row: row[0].bottom)))


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
    at = _middle_of_first_run(tried, [count == fewest for count in crossing])
    apart = [row for row in rows if not any(x.x0 < at < x.x1 for x in row)]
    sides = (_side(apart, lambda x: x.x1 <= at), _side(apart, lambda x: x.x0 >= at))
    return at if all(map(_is_running_text, sides)) else None


def _middle_of_first_run(places: list[float], clear: list[bool]) -> float:
    """The middle of the first stretch of places that are clear: the next one may be another gutter."""
    start = clear.index(True)
    end = clear.index(False, start) if False in clear[start:] else len(clear)
    return places[(start + end - 1) // 2]


def _is_running_text(rows: list[Row]) -> bool:
    """Whether the rows are of text that mostly fills its column, or parts into such columns itself."""
    lines = [line for row in rows for line in row]
    if len(lines) < _FEWEST_IN_COLUMN or median(len(x.text) for x in lines) < _FEWEST_LETTERS:
        return False
    width = max(x.x1 for x in lines) - min(x.x0 for x in lines)
    return median(x.x1 - x.x0 for x in lines) >= _LEAST_FILL * width or _gutter(rows) is not None


def _single_column(rows: Iterable[Row]) -> Iterator[Item]:
    rows = list(rows)
    right = max((line.x1 for row in rows for line in row), default=0.0)
    at = 0
    while at < len(rows):
        table = rows[at][0].table
        found = None if table else grid_at(rows, at)
        if found:
            table, count = found
            at += count
            yield table
            continue
        yield table or replace(_marked(rows[at]), right=right)
        at += 1


def _marked(row: Row) -> Line:
    """The row as one line; the bare number of a list item gets the dot that tells it from a figure."""
    if len(row) == 2 and is_list_mark(row) and row[0].text.isdigit():
        row = (replace(row[0], text=f"{row[0].text}."), row[1])
    return joined(row)
