"""Rows of cell texts -> rows that know which cells are headers, where the format itself does not say."""

import re
from collections.abc import Sequence

from ingest.formats.rendering import Written

_FIGURE = re.compile(r"\d")
# A year, a fiscal year, a quarter or a half: a figure that heads a column.
_PERIOD = re.compile(
    r"(?:c?fy|q[1-4]|[1-4]q|h[12]|[12]h)?[\s'’-]*(?:(?:19|20)?\d\d)?[\s/–-]*(?:q[1-4]|[1-4]q|h[12]|e|f|a|(?:19|20)?\d\d)?$",
    re.IGNORECASE,
)


def with_header_row(rows: Sequence[Sequence[str]]) -> tuple[tuple[Written, ...], ...]:
    """The rows, the first one as header if it names columns, that is, holds no figure other than a period.

    >>> [cell.header for cell in with_header_row([["Firm", "2026"], ["Acme", "$3 bn"]])[0]]
    [True, True]
    """
    headers = _header_rows(rows)
    return tuple(
        tuple(Written(text, header=number < headers) for text in row) for number, row in enumerate(rows)
    )


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows name columns: none, the first, or two where cells of the first span several columns."""
    if len(rows) < 2 or not _names_columns(rows[0]):
        return 0
    spans = len(rows) > 2 and any(rows[0][1:]) and not all(rows[0][1:])
    return 2 if spans and all(rows[1][1:]) and not any(_FIGURE.search(text) for text in rows[1]) else 1


def _names_columns(row: Sequence[str]) -> bool:
    figures = [text for text in row[1:] if _FIGURE.search(text)]
    return any(row[1:]) and all(_PERIOD.match(text.strip()) or _has_words(text) for text in figures)


def _has_words(text: str) -> bool:
    """Whether the cell is more words than figures, as "Revenue 2026 (USD bn)" is."""
    letters = sum(char.isalpha() for char in text)
    return letters > 2 * sum(char.isdigit() for char in text)
