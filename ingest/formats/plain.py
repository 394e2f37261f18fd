"""Plain text -> rendering: the text as it stands, a line a block.

The first line is the title if it looks like one. A short line that does not end like a sentence is a heading.
Where lines are broken at a fixed width, the lines between two empty ones are one paragraph.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.formats.decoding import decode
from ingest.formats.rendering import Rendering
from kg.model import Block, BlockKind

_LINE = re.compile(r"[^\n]+")
_BULLET = re.compile(r"(?:[-*•‣▪–]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_RULE = re.compile(r"[-=_*~#]{3,}$")
_NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]+\.|[A-Z]\.)\s+[A-Z]")
_SENTENCE_END = re.compile(r"""[.!?…;,]["”’')\]]*$""")
_TITLE_NEVER_ENDS_IN = re.compile(r"""[.…;,:]["”’')\]]*$""")
_LONGEST_TITLE = 200  # characters
_MOST_WORDS_IN_TITLE = 30
_LONGEST_HEADING = 120  # characters
_MOST_WORDS = 14
_MOST_WORDS_BEFORE_COLON = 9
_NARROWEST_WRAP, _WIDEST_WRAP = 50, 100  # characters: usual widths of wrapped text
_LEAST_CUT = 0.3  # of the lines that are full: those that end in the middle of a sentence for certain
_ROOM = 10  # characters that a line may be shorter than it could be
_PREAMBLE = re.compile(r"(?:for immediate release|(?:press|news|media) release)\b[^a-z]*$", re.IGNORECASE)


def read_plain(content: bytes, source: str) -> Rendering:
    """The text as it stands and its blocks; plain text declares nothing. Raises UnreadableReport."""
    text = decode(content, source)
    return Rendering(text, tuple(blocks_of(text)))


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of a plain text in their order."""
    lines = [_trimmed(text, match) for match in _LINE.finditer(text) if match.group().strip()]
    lines = [(start, end) for start, end in lines if not _RULE.match(text[start:end])]
    spans = _unwrapped(text, lines)
    titled = False
    for number, (start, end) in enumerate(spans):
        may_be_title = not titled and (
            number == 0 or _PREAMBLE.match(text[: spans[0][1]].lstrip()) is not None
        )
        block = _block(text, start, end, may_be_title=may_be_title, followed=number + 1 < len(spans))
        titled = titled or block.kind == "title"
        yield block


def _block(text: str, start: int, end: int, *, may_be_title: bool, followed: bool) -> Block:
    line = text[start:end]
    if may_be_title and followed and _looks_like_title(line) and not _PREAMBLE.match(line):
        return Block(start, end, "title", level=1)
    if followed and _looks_like_heading(line):
        return Block(start, end, "heading", level=2)
    bullet = _BULLET.match(line)
    kind: BlockKind = "list-item" if bullet else "paragraph"
    return Block(start + (bullet.end() if bullet else 0), end, kind)


def _looks_like_title(line: str) -> bool:
    """Whether the first line is a title: these may be longer than headings, and end in a question mark."""
    if "\n" in line or len(line) > _LONGEST_TITLE or len(line.split()) > _MOST_WORDS_IN_TITLE:
        return False
    return any(map(str.isalpha, line)) and not _TITLE_NEVER_ENDS_IN.search(line) and not _BULLET.match(line)


def _looks_like_heading(line: str) -> bool:
    words = line.split()
    if "\n" in line or len(line) > _LONGEST_HEADING or not any(char.isalpha() for char in line):
        return False
    if line.endswith(":"):
        return len(words) <= _MOST_WORDS_BEFORE_COLON and not _BULLET.match(line)
    if _SENTENCE_END.search(line) or line[0].islower():
        return False
    if _BULLET.match(line):
        return bool(_NUMBERED_HEADING.match(line)) and len(words) <= _MOST_WORDS_BEFORE_COLON
    return len(words) <= _MOST_WORDS


def _unwrapped(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The paragraphs, where lines were broken at a fixed width; else the lines."""
    width = max((_column(text, end) for _, end in lines), default=0)
    forced = [
        (before, after)
        for before, after in pairwise(lines)
        if _is_next(text, before, after) and _broken_for_width(text, before, after, width)
    ]
    cut = sum(_is_mid_sentence(text, before, after) for before, after in forced)
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP or not cut or cut < _LEAST_CUT * len(forced):
        return lines
    paragraphs = lines[:1]
    for before, after in pairwise(lines):
        if _is_next(text, before, after) and _goes_on(text, paragraphs[-1], before, after, width):
            paragraphs[-1] = (paragraphs[-1][0], after[1])
        else:
            paragraphs.append(after)
    return paragraphs


def _is_next(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether no empty line and no list item's mark stands between the two lines."""
    return text.count("\n", before[1], after[0]) == 1 and not _BULLET.match(text[slice(*after)])


def _broken_for_width(text: str, before: tuple[int, int], after: tuple[int, int], width: int) -> bool:
    """Whether the next line's first word had no room on the line; writers leave some room of their own."""
    word = text[slice(*after)].split(maxsplit=1)[0]
    return _column(text, before[1]) + 1 + len(word) > width - _ROOM


def _is_mid_sentence(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    return text[after[0]].islower() and not _SENTENCE_END.search(text[slice(*before)])


def _goes_on(
    text: str, paragraph: tuple[int, int], before: tuple[int, int], after: tuple[int, int], width: int
) -> bool:
    hangs = bool(_BULLET.match(text[slice(*paragraph)])) and _column(text, after[0]) > _column(
        text, paragraph[0]
    )
    return hangs or _broken_for_width(text, before, after, width)


def _column(text: str, place: int) -> int:
    return place - (text.rfind("\n", 0, place) + 1)


def _trimmed(text: str, match: re.Match[str]) -> tuple[int, int]:
    line = match.group()
    start = match.start() + len(line) - len(line.lstrip())
    return start, start + len(line.strip())
