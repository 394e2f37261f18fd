"""Markdown -> rendering: the text is the raw body after the front matter, so every quote stands in the file.

Blocks are the leaves of the document: one per heading, paragraph, list item, quotation, table and code block.
A block starts after its marker ("## ", "- "); markup inside it stays ("**", links, "> " on later lines). HTML
inside Markdown is a code block, that is, not read.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.formats.decoding import decode
from ingest.formats.front_matter import split_front_matter
from ingest.formats.rendering import Rendering
from kg.model import Block, BlockKind, Cell

_DEEPEST = 50  # levels of nested quotations and lists that are still told apart


def read_markdown(content: bytes, source: str) -> Rendering:
    """The body as it stands, its blocks, and what its front matter declares; raises UnreadableReport."""
    text = decode(content, source)
    declared, body_start = split_front_matter(text)
    body = text[body_start:]
    return Rendering(body, tuple(_blocks(body)), declared)


def _blocks(body: str) -> Iterator[Block]:
    lines = _Lines(body)
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.disable("inline")  # only the blocks are wanted, and inline markup is where hostile text costs time
    tokens = parser.parse(body)
    inside: list[str] = []
    titled = False
    for position, token in enumerate(tokens):
        if token.nesting == 1:
            inside.append(token.type)
            if token.type == "table_open":
                yield _table(lines, tokens, position)
        elif token.nesting == -1:
            inside.pop()
        elif token.type == "inline" and "table_open" not in inside:
            block = _leaf(lines, token, inside, tokens[position - 1])
            if block and block.kind == "heading" and block.level == 1 and not titled:
                titled = True
                block = Block(block.start, block.end, "title", level=1)
            if block:
                yield block
        elif token.type in ("fence", "code_block", "html_block") and token.map:
            start, end = lines.stripped(token.map[0], token.map[1])
            if start < end:
                yield Block(start, end, "code")


def _leaf(lines: "_Lines", token: Token, inside: list[str], opening: Token) -> Block | None:
    written = [line.strip() for line in token.content.split("\n") if line.strip()]
    if not token.map or not written:
        return None
    kind = _kind(inside)
    level = int(opening.tag[1:]) if kind == "heading" else 0
    if kind == "heading" and opening.markup.startswith("#"):
        start = lines.find(written[0], token.map[0], after="#")
        return Block(start, start + len(written[0]), kind, level=level)
    # A paragraph's line is what remains of the file's line after the markers of lists and quotations.
    rows = range(*token.map)
    first = next(lines.end(row) for row in rows if lines.ends_with(row, written[0]))
    last = next(lines.end(row) for row in reversed(rows) if lines.ends_with(row, written[-1]))
    return Block(first - len(written[0]), last, kind, level=level)


def _kind(inside: list[str]) -> BlockKind:
    if inside and inside[-1] == "heading_open":
        return "heading"
    if "list_item_open" in inside:
        return "list-item"
    return "quote" if "blockquote_open" in inside else "paragraph"


def _table(lines: "_Lines", tokens: list[Token], position: int) -> Block:
    rows: list[tuple[Cell, ...]] = []
    for token in tokens[position:]:
        if token.type == "tr_open" and token.map:
            rows.append(_row(lines, token.map[0], header=not rows))
        if token.type == "table_close":
            break
    first, last = tokens[position].map or [0, 0]
    start, end = lines.stripped(first, last)
    return Block(start, end, "table", rows=tuple(rows))


def _row(lines: "_Lines", line: int, *, header: bool) -> tuple[Cell, ...]:
    start, end = lines.stripped(line, line + 1)
    bars = [m.start() for m in re.finditer(r"(?<!\\)\|", lines.body[start:end])]
    edges = [-1, *bars, end - start]
    cells = [_cell(lines.body, start + left + 1, start + right, header) for left, right in pairwise(edges)]
    if bars and bars[0] == 0:
        cells = cells[1:]
    if bars and bars[-1] == end - start - 1:
        cells = cells[:-1]
    return tuple(cells)


def _cell(body: str, start: int, end: int, header: bool) -> Cell:
    text = body[start:end]
    start += len(text) - len(text.lstrip())
    return Cell(start, max(start, start + len(text.strip())), header)


class _Lines:
    """Offsets of the body's lines."""

    def __init__(self, body: str) -> None:
        self.body = body
        self._starts = [0, *(m.end() for m in re.finditer("\n", body))]

    def end(self, line: int) -> int:
        """Where the line's text ends, white space at its end left off."""
        return self.stripped(line, line + 1)[1]

    def ends_with(self, line: int, text: str) -> bool:
        """Whether the line ends with the text, white space at its end left off."""
        return self.body.endswith(text, self._start(line), self.end(line))

    def stripped(self, first: int, last: int) -> tuple[int, int]:
        """The stretch from line `first` up to line `last`, without white space around it."""
        start = self._start(first)
        text = self.body[start : self._start(last)]
        return start + len(text) - len(text.lstrip()), start + len(text.rstrip())

    def find(self, text: str, line: int, *, after: str) -> int:
        """Where the text stands in the line, behind the last of the characters `after` that opens it."""
        start, end = self.stripped(line, line + 1)
        start = self.body.index(after, start)
        while self.body.startswith(after, start):
            start += 1
        return self.body.index(text, start, end)

    def _start(self, line: int) -> int:
        return self._starts[line] if line < len(self._starts) else len(self.body)
