"""Spreadsheets and CSV files -> rendering: each sheet a heading, each block of rows a table.

Rows parted by an empty one are tables of their own; rows of a single cell around a table are paragraphs,
such as titles and notes. Values are written as the sheet shows them. A formula counts with the value that
was saved with it and is never computed; hidden sheets are not read.
"""

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from itertools import groupby

from openpyxl import load_workbook

from ingest.formats.archives import open_archive
from ingest.formats.decoding import decode
from ingest.formats.number_formats import as_shown
from ingest.formats.rendering import Declared, Piece, Rendering, render, squeeze, titled
from ingest.formats.tables import with_header_row
from kg.errors import UnreadableReport

_MOST_ROWS = 20_000
_MOST_COLUMNS = 200
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_FIRST_YEAR = 2000


def read_xlsx(content: bytes, source: str) -> Rendering:
    """The workbook's visible sheets; raises UnreadableReport."""
    open_archive(content, source)
    workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
    pieces: list[Piece] = []
    for number, sheet in enumerate(workbook.worksheets, start=1):
        if sheet.sheet_state != "visible":
            continue
        rows = (
            [as_shown(cell.value, getattr(cell, "number_format", "")) for cell in row[:_MOST_COLUMNS]]
            for row in sheet.iter_rows()
        )
        found = pieces_of_rows(rows, source, page=number)
        pieces += [Piece("heading", sheet.title, level=2, page=number), *found] if found else []
    properties = workbook.properties
    declared = Declared(title=squeeze(properties.title or "") or None)
    made = properties.created
    printed = made.date() if made and made.year >= _FIRST_YEAR else None
    return render(titled(pieces, declared.title), declared, printed)


def read_csv(content: bytes, source: str) -> Rendering:
    """The file's rows; raises UnreadableReport."""
    text = decode(content, source)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as fault:
        raise UnreadableReport(source, f"is no table of values ({fault}); save it anew as CSV") from fault
    return render(pieces_of_rows(rows, source), Declared())


def pieces_of_rows(rows: Iterable[list[str]], source: str, *, page: int | None = None) -> list[Piece]:
    """The tables and single lines that the rows make."""
    kept: list[list[str]] = []
    for number, row in enumerate(rows):
        if number == _MOST_ROWS:
            raise UnreadableReport(source, f"has more than {_MOST_ROWS:,} rows; split it")
        kept.append([squeeze(text) for text in row])
    return [piece for full, block in groupby(kept, key=any) if full for piece in _block(list(block), page)]


def _block(rows: list[list[str]], page: int | None) -> Iterator[Piece]:
    """The table that the rows make, after and before the single cells that lead it in and end it."""
    wide = [number for number, row in enumerate(rows) if sum(map(bool, row)) > 1]
    first, last = (wide[0], wide[-1] + 1) if wide else (len(rows), len(rows))
    yield from (Piece("paragraph", "".join(row), page=page) for row in rows[:first])
    if wide:
        yield Piece("table", page=page, rows=with_header_row(_trimmed(rows[first:last])))
    yield from (Piece("paragraph", "".join(row), page=page) for row in rows[last:])


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without columns that are empty in all of them."""
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    used = [column for column in range(width) if any(row[column] for row in full)]
    return [[row[column] for column in used] for row in full]


def _delimiter(text: str) -> str:
    """The sign that parts the first lines into equally many fields, the most if several do."""
    lines = [line for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()]

    def fields(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        most = max(set(counts), key=counts.count)
        return (counts.count(most) / len(counts) if most > 1 else 0.0), most

    return max(_DELIMITERS, key=fields)
