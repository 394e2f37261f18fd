"""Rows of lines -> tables that have no rules: rows whose lines stand in the same columns.

A cell's text may go on in the next row; a row of the first column alone stays a row of its own, since it
names the rows below it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.formats.pdf_lines import Grid, Line, Row

_LIST_MARK = re.compile(r"(?:[•‣▪●○■◦·–*-]|\(?\d{1,2}[.)]|\(?[a-z]\))$")
_NUMBER = re.compile(r"\d{1,2}$")
_LARGEST_GAP = 2.0  # of the size: from one row of a table to the next
_CELL_GAP = 0.35  # of the size: from one line of a cell to the next
_FEWEST_ROWS = 3  # with two columns; with more, two rows make a table


@dataclass(frozen=True)
class _Column:
    x0: float
    x1: float

    def meets(self, line: Line) -> bool:
        return line.x0 < self.x1 and line.x1 > self.x0


def grid_at(rows: Sequence[Row], start: int) -> tuple[Grid, int] | None:
    """The table that begins with that row, and how many rows it has; None if none begins there."""
    if not _has_cells(rows[start]):
        return None
    columns = [_Column(line.x0, line.x1) for line in rows[start]]
    end = start + 1
    while end < len(rows) and _follows(rows[end], rows[end - 1]):
        widened = _widened(columns, rows[end])
        if widened is None:
            break
        columns, end = widened, end + 1
    while len(rows[end - 1]) == 1 and columns[0].meets(rows[end - 1][0]):
        end -= 1  # more likely the text after the table than its last row
    columns = [column for column in columns if _is_used(column, rows[start:end])]
    full = sum(len(row) > 1 for row in rows[start:end])
    if full < 2 or (full < _FEWEST_ROWS and len(columns) < 3):
        return None
    return _grid(rows[start:end], columns), end - start


def is_list_mark(row: Row) -> bool:
    """Whether the row begins with the mark or number of a list item, set apart from its text."""
    return bool(_LIST_MARK.match(row[0].text)) or (len(row) == 2 and bool(_NUMBER.match(row[0].text)))


def _has_cells(row: Row) -> bool:
    return len(row) > 1 and not is_list_mark(row)


def _follows(row: Row, before: Row) -> bool:
    gap = _top(row) - max(line.bottom for line in before)
    return row[0].table is None and gap <= _LARGEST_GAP * row[0].size and not is_list_mark(row)


def _widened(columns: list[_Column], row: Row) -> list[_Column] | None:
    """The columns so that the row's lines are in them; None if a line runs over two of them."""
    result = list(columns)
    for line in row:
        met = [at for at, column in enumerate(result) if column.meets(line)]
        if len(met) > 1:
            return None
        if met:
            column = result[met[0]]
            result[met[0]] = _Column(min(column.x0, line.x0), max(column.x1, line.x1))
        else:
            result.append(_Column(line.x0, line.x1))
            result.sort(key=lambda column: column.x0)
    apart = all(left.x1 <= right.x0 for left, right in pairwise(result))
    return result if apart else None


def _grid(rows: Sequence[Row], columns: list[_Column]) -> Grid:
    groups: list[list[Row]] = []
    for row in rows:
        if groups and _belong_together(groups[-1], row, columns):
            groups[-1].append(row)
        else:
            groups.append([row])
    cells = tuple(
        tuple(
            " ".join(line.text for row in group for line in row if column.meets(line)) for column in columns
        )
        for group in groups
    )
    return Grid(cells, columns[0].x0, columns[-1].x1, _top(rows[0]))


def _is_used(column: _Column, rows: Sequence[Row]) -> bool:
    return any(column.meets(line) for row in rows for line in row)


def _belong_together(group: list[Row], row: Row, columns: list[_Column]) -> bool:
    """Whether the row belongs to the group: lines of one cell, around at most one full row."""
    if _top(row) - max(line.bottom for line in group[-1]) > _CELL_GAP * row[0].size:
        return False
    return _is_part_of_cell(row, columns) or all(_is_part_of_cell(each, columns) for each in group)


def _is_part_of_cell(row: Row, columns: list[_Column]) -> bool:
    """Whether the row is one line of words outside the first column."""
    return len(row) == 1 and not columns[0].meets(row[0]) and any(map(str.isalpha, row[0].text))


def _top(row: Row) -> float:
    return min(line.top for line in row)
