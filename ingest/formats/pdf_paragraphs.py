"""Lines of a PDF in reading order -> headings and paragraphs, with words rejoined that a line end had cut.

Reads   lines with their boxes and sizes, page by page
Skips   the entries of a table of contents, whose page numbers would be taken for figures
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.formats.pdf_edges import Page, body_size, without_running_heads
from ingest.formats.pdf_lines import Grid, Line
from ingest.formats.rendering import Piece
from ingest.formats.tables import with_header_row
from kg.model import BlockKind

_BULLET = re.compile(r"(?:[•‣▪●○■◦·–*-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_CONTENTS = re.compile(r"(?:[.·…]\s?){5,}\s*(?:\d{1,4}|[ivxlc]{1,6})$", re.I)
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*[.)]?\s+[^\W\d_]")
_SENTENCE_END = re.compile(r"""[.!?:;]["”’')\]]*\d{0,2}$""")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_LARGER = 1.12  # times the body's size: a heading
_LEADING = 1.45  # times the usual step from line to line: a new paragraph
_SHORT_LINE = 0.85  # of the column's width: the last line of a paragraph
_MOST_HEADING_LETTERS = 160


@dataclass(frozen=True)
class _Paragraph:
    """Lines that belong together, all in one style."""

    lines: tuple[Line, ...]
    page: int

    @property
    def last(self) -> Line:
        return self.lines[-1]


@dataclass(frozen=True)
class _Table:
    grid: Grid
    page: int


def pieces_of(pages: Sequence[Page]) -> list[Piece]:
    """The pages' headings, paragraphs, list items and tables in reading order."""
    pages = list(without_running_heads(pages))
    lines = [item for page in pages for item in page.items if isinstance(item, Line)]
    body = body_size(lines)
    words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
    items = _continued([item for page in pages for item in _grouped(page)], body)
    sizes = sorted(
        {round(each.last.size) for each in items if isinstance(each, _Paragraph) and _is_heading(each, body)},
        reverse=True,
    )
    return [_piece(item, body, sizes, words) for item in items]


def _grouped(page: Page) -> Iterator[_Paragraph | _Table]:
    step = _usual_step(page)
    group: list[Line] = []
    for item in page.items:
        if isinstance(item, Grid) or (group and _breaks(group, item, step)):
            if group:
                yield _Paragraph(tuple(group), page.number)
            group = []
        if isinstance(item, Grid):
            yield _Table(item, page.number)
        elif not _CONTENTS.search(item.text):
            group.append(item)
    if group:
        yield _Paragraph(tuple(group), page.number)


def _usual_step(page: Page) -> float:
    """The distance from one line's top to the next one's, in sizes."""
    steps = [
        (after.top - line.top) / line.size
        for line, after in pairwise(page.items)
        if isinstance(line, Line) and isinstance(after, Line) and 0 < after.top - line.top < 2.5 * line.size
    ]
    return median(steps) if steps else 1.2


def _breaks(group: list[Line], line: Line, step: float) -> bool:
    """Whether the line begins a paragraph of its own."""
    before = group[-1]
    if abs(line.size - before.size) > 0.6 or line.bold != before.bold or _BULLET.match(line.text):
        return True
    if line.top - before.top > _LEADING * step * before.size:
        return True
    if not _SENTENCE_END.search(before.text):
        return False
    left = min(each.x0 for each in group)
    short = before.x1 < left + _SHORT_LINE * (before.right - left)
    indented = line.x0 > left + 0.8 * line.size and not _BULLET.match(group[0].text)
    return short or indented or line.top < before.top


def _continued(items: list[_Paragraph | _Table], body: float) -> list[_Paragraph | _Table]:
    """The items, where a paragraph that a page's end has cut is one again."""
    joined: list[_Paragraph | _Table] = []
    for item in items:
        before = joined[-1] if joined else None
        if isinstance(before, _Paragraph) and isinstance(item, _Paragraph) and _goes_on(before, item, body):
            joined[-1] = replace(before, lines=before.lines + item.lines)
        else:
            joined.append(item)
    return joined


def _goes_on(before: _Paragraph, item: _Paragraph, body: float) -> bool:
    if item.page == before.page or _is_heading(before, body) or _is_heading(item, body):
        return False
    first = item.lines[0].text
    return not _SENTENCE_END.search(before.last.text) and (first[0].islower() or not _BULLET.match(first))


def _is_heading(paragraph: _Paragraph, body: float) -> bool:
    text = " ".join(line.text for line in paragraph.lines)
    larger = paragraph.last.size >= _LARGER * body
    if not (larger or paragraph.last.bold) or len(text) > _MOST_HEADING_LETTERS:
        return False
    if _BULLET.match(text) and not _NUMBERED.match(text):
        return False
    return any(char.isalpha() for char in text) and not text.endswith((".", ",", ";"))


def _piece(item: _Paragraph | _Table, body: float, sizes: list[int], words: Counter[str]) -> Piece:
    if isinstance(item, _Table):
        return Piece("table", page=item.page, rows=with_header_row(item.grid.rows))
    text = _joined([line.text for line in item.lines], words)
    if _is_heading(item, body):
        level = 2 + sizes.index(round(item.last.size))
        return Piece("heading", text, level=min(level, 6), page=item.page)
    bullet = _BULLET.match(text)
    kind: BlockKind = "list-item" if bullet else "paragraph"
    return Piece(kind, text[bullet.end() :] if bullet else text, page=item.page)


def _joined(lines: list[str], words: Counter[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        cut = _CUT_WORD.search(text)
        rest = _WORD.match(line)
        if text.endswith("\u00ad"):
            text = text[:-1] + line
        elif cut and rest and line[0].islower():
            text = text[:-1] + ("-" if _keeps_hyphen(cut.group(1), rest.group(), words) else "") + line
        else:
            text += ("" if text.endswith(("-", "–", "—", "/")) else " ") + line
    return text


def _keeps_hyphen(left: str, right: str, words: Counter[str]) -> bool:
    """Whether "full-" and "stack" are "full-stack": as the document writes it elsewhere, or by its parts."""
    left, right = left.lower(), right.lower()
    if words[left + right] or words[f"{left}-{right}"]:
        return not words[left + right]
    return bool(words[left] > 1 and words[right.split("-")[0]] > 1)
