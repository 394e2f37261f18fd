"""table headers -> units: what "24,601" means under "Revenue ($ million)".

Reads   text, the report's table blocks
Writes  a unit for each bare number in a table cell
Skips   cells whose number has a unit of its own; columns and rows whose heads name no unit
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from ingest.amounts import Amount
from ingest.numerals import words_of_figures
from ingest.unit_names import UnitName, unit_names
from kg.model import Block


class HeadUnit(NamedTuple):
    """A unit and a scale named by a head; either may be missing."""

    unit: UnitName | None
    scale: Decimal


class CellPlace(NamedTuple):
    """Where a cell stands: the offsets of the cell, its row and the heads over it and beside it."""

    start: int
    end: int
    row: int
    column: int
    table: int


_SCALE_WORD = re.compile(
    r"\b(thousand|million|billion|trillion|crore|lakh crore|lakh|mn|mln|bn|tn|trn)s?\b"
    r"|(?<=[$€£¥])\s?([mbk]n?)\b|\b(?:USD|EUR|RMB|CNY|GBP|INR|JPY|US\$)\s?([mbk]n?)\b",
    re.I,
)
# "in millions of dollars", "(US$)", "million euros": words that state the unit of all cells.
_STATED = re.compile(
    r"\bin (?:the )?(?:thousands?|millions?|billions?|trillions?|crores?|[A-Z]{3}\b|US|RMB|yuan|[$€£¥])"
    r"|\((?:[A-Z]{3}|US\$|[$€£¥])[^)]*\)"
    r"|(?:million|billion|dollars)s? (?:of )?(?:US )?(?:dollars|euros|yuan|yen|won|rupees)\b"
)
_LETTERS = {"m": 10**6, "b": 10**9, "k": 10**3, "mn": 10**6, "bn": 10**9}


def head_unit(head: str) -> HeadUnit:
    """The unit and scale that a head's words name.

    >>> unit, scale = head_unit("Revenue ($ million)")
    >>> unit.name, scale
    ('CCY_USD', Decimal('1000000'))
    """
    scale = Decimal(1)
    if match := _SCALE_WORD.search(head):
        word = (match[1] or match[2] or match[3]).lower()
        scale = Decimal(words_of_figures()["scales"].get(word) or _LETTERS[word])
    names = unit_names()
    if money := names.money_in.search(head):
        return HeadUnit(names.named(money["unit"]), scale)
    if other := names.unit_in.search(head):
        unit = names.named(other["unit"])
        return HeadUnit(unit if unit.kind != "multiple" else None, scale)
    return HeadUnit(None, scale)


def _stated_unit(words: str) -> HeadUnit:
    """The unit that a caption or a table's corner states for all cells ("in millions of dollars")."""
    last = re.split(r"(?<=[.!?])\s+|\n\n", words.strip())[-1]
    if not _STATED.search(last):
        return HeadUnit(None, Decimal(1))
    return head_unit(last)


class TableUnits:
    """Finds the cell of an amount and gives the amount its unit."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        """Lay out the cells of all tables by offset, so that a lookup is a binary search."""
        self._text = text
        self._tables = [block for block in blocks if block.rows]
        self._cells = sorted(
            CellPlace(cell.start, cell.end, row, column, table)
            for table, block in enumerate(self._tables)
            for row, cells in enumerate(block.rows)
            for column, cell in enumerate(cells)
        )
        self._starts = [cell.start for cell in self._cells]
        self._captions = [text[max(0, block.start - 240) : block.start] for block in self._tables]
        self._known: dict[tuple[int, int, int], HeadUnit] = {}

    def place(self, offset: int) -> CellPlace | None:
        """The cell that the offset lies in."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._cells[index].end:
            return None
        return self._cells[index]

    def head(self, place: CellPlace) -> str:
        """The text of the column's head; "" for the head row itself."""
        rows = self._tables[place.table].rows
        if place.row == 0 or place.column >= len(rows[0]):
            return ""
        cell = rows[0][place.column]
        return self._text[cell.start : cell.end]

    def label(self, place: CellPlace) -> str:
        """The text of the row's first cell."""
        cell = self._tables[place.table].rows[place.row][0]
        return self._text[cell.start : cell.end]

    def caption(self, place: CellPlace) -> str:
        """The text directly before the table."""
        return self._captions[place.table]

    def unit_at(self, amount: Amount) -> Amount | None:
        """The amount with its unit from the table around it, or None where nothing changes."""
        if amount.kind not in ("count",) or not self._tables:
            return None
        place = self.place(amount.start)
        if not place or place.row == 0 or place.column == 0:
            return None
        # Only a cell that is little more than the number takes the head's unit.
        if place.end - place.start > amount.end - amount.start + 12:
            return None
        unit, scale = self._heads(place)
        if unit is None or (unit.kind == "time"):
            return None
        factor = scale if amount.scale == 1 and unit.kind == "money" else Decimal(1)
        return replace(amount, value=amount.value * factor, unit=unit.name, kind=unit.kind, has_unit=True)

    def _heads(self, place: CellPlace) -> HeadUnit:
        head = head_unit(self.head(place))
        if head.unit is None:
            row = head_unit(self.label(place))
            head = row if row.unit else HeadUnit(None, max(head.scale, row.scale))
        corner = self._tables[place.table].rows[0][0]
        for outer in (self._text[corner.start : corner.end], self._captions[place.table]):
            if head.unit is None or (head.unit.kind == "money" and head.scale == 1 and outer):
                wider = _stated_unit(outer)
                unit = head.unit or (
                    wider.unit if wider.unit and wider.unit.kind in ("money", "percent") else None
                )
                head = HeadUnit(unit, head.scale if head.scale != 1 else wider.scale)
        return head


def table_units(text: str, blocks: Sequence[Block]) -> TableUnits:
    """The tables of a report, ready for lookups; cheap when there are none."""
    return TableUnits(text, blocks)
