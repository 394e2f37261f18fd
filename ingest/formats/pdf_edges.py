"""Pages of a PDF -> the same pages without running heads and feet.

Skips   lines at a page's upper or lower edge, in the text's size or smaller, that recur on other pages or
hold the page's number: alone, in small print, or counting on from page to page
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.formats.pdf_layout import Item
from ingest.formats.pdf_lines import Line

_EDGE = 0.11  # of the page's height: where running heads and feet stand
_LARGEST = 1.12  # times the body's size
_SMALL_PRINT = 0.92  # times the body's size
_RECURS = 0.4  # of the pages
_COUNTS_ON = 3  # pages whose lines hold a number that grows with the page
_NUMBER = r"(?:\d{1,4}|[ivx]{1,5})"
_PAGE_NUMBER = re.compile(rf"(?:page\s*)?[-–|]?\s*{_NUMBER}\s*(?:(?:of|/)\s*\d{{1,4}})?\s*[-–|]?$", re.I)
_AT_END = re.compile(r"^(\d{1,4})\b|\b(\d{1,4})$")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Page:
    """A page's items in reading order, with its height in points."""

    number: int
    height: float
    items: tuple[Item, ...]


def without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """The pages, their running heads and feet left out."""
    body = body_size([item for page in pages for item in page.items if isinstance(item, Line)])
    edges = [
        [line for line in page.items if isinstance(line, Line) and _at_edge(page, line, body)]
        for page in pages
    ]
    seen = Counter(key for lines in edges for key in {_key(line) for line in lines})
    recurring = {key for key, count in seen.items() if count >= max(2, _RECURS * len(pages))}
    offsets = _counting_on(pages, edges)
    return [
        replace(
            page, items=tuple(item for item in page.items if not _runs(page, item, body, recurring, offsets))
        )
        for page in pages
    ]


def body_size(lines: Sequence[Line]) -> float:
    """The size that most letters have."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.size, 1)] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _runs(page: Page, item: Item, body: float, recurring: set[str], offsets: set[int]) -> bool:
    if not isinstance(item, Line) or not _at_edge(page, item, body):
        return False
    numbers = set(_numbers_at_ends(item))
    small = item.size <= _SMALL_PRINT * body and page.number in numbers
    counts = any(number - page.number in offsets for number in numbers)
    return small or counts or _key(item) in recurring or bool(_PAGE_NUMBER.match(item.text))


def _at_edge(page: Page, line: Line, body: float) -> bool:
    if line.size > _LARGEST * body:
        return False
    return line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _counting_on(pages: Sequence[Page], edges: Sequence[Sequence[Line]]) -> set[int]:
    """How far printed page numbers are from the pages' own, where enough pages agree."""
    found = Counter(
        offset
        for page, lines in zip(pages, edges, strict=True)
        for offset in {number - page.number for line in lines for number in _numbers_at_ends(line)}
    )
    return {offset for offset, count in found.items() if count >= _COUNTS_ON}


def _numbers_at_ends(line: Line) -> Iterator[int]:
    return (int(first or last) for first, last in _AT_END.findall(line.text))
