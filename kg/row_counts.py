"""a written table -> whether it has more rows than allowed, told from its bytes.

The engine writes a table in one go and counts nothing, so the marks between rows are counted instead: first
all of them, which costs next to nothing and can only be too many (a literal may look like a mark), and only
when these are too many once more with the literals taken out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RowMark:
    """What stands between rows in one format; `beside` is how many rows there are more than marks."""

    mark: bytes
    beside: int
    literal: re.Pattern[bytes] | None = None  # what can contain the mark without being one


# By the names of kg.formats.RESULTS. XML escapes `<`, and TSV escapes line breaks.
ROW_MARKS = {
    "srj": RowMark(b"},{", 1, re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)),
    "srx": RowMark(b"<result>", 0),
    "csv": RowMark(b"\n", -1, re.compile(rb'"(?:[^"]|"")*"')),
    "tsv": RowMark(b"\n", -1),
}


class RowCount:
    """Counts what is written chunk by chunk, never too few."""

    def __init__(self, row_mark: RowMark) -> None:
        """Nothing is counted yet."""
        self._row_mark = row_mark
        self._marks = 0
        self._tail = b""

    def add(self, data: bytes) -> None:
        """Count the marks of a chunk, and one that began in the chunk before."""
        if self._tail:
            data = self._tail + data
        self._marks += data.count(self._row_mark.mark)
        keep = len(self._row_mark.mark) - 1
        if keep:
            self._tail = data[-keep:]

    def exceeds(self, most: int, read: Callable[[], bytes]) -> bool:
        """Whether there are more rows than that; `read` gives the table for a second look.

        >>> counting = RowCount(ROW_MARKS["srj"])
        >>> table = b'[{"o":{"value":"a},{b"}},{"o":{"value":"c"}}]'
        >>> counting.add(table)
        >>> counting.exceeds(2, lambda: table), counting.exceeds(1, lambda: table)
        (False, True)
        """
        row_mark = self._row_mark
        if self._marks + row_mark.beside <= most:
            return False
        if row_mark.literal is None:
            return True
        return row_mark.literal.sub(b"", read()).count(row_mark.mark) + row_mark.beside > most
