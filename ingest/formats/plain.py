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
_WRAP = range(50, 101)  # usual widths of wrapped text


def read_plain(content: bytes, source: str) -> Rendering:
    """The text as it stands and its blocks; plain text declares nothing. Raises UnreadableReport."""
    text = decode(content, source)
    return Rendering(text, tuple(blocks_of(text)))


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of a plain text in their order."""
    spans = [_trimmed(text, match) for match in _LINE.finditer(text) if match.group().strip()]
    spans = [(start, end) for start, end in spans if not _RULE.match(text[start:end])]
    groups = _paragraphs(text, spans) if _is_wrapped(text, spans) else spans
    for number, (start, end) in enumerate(groups):
        follower = groups[number + 1] if number + 1 < len(groups) else None
        yield _block(text, start, end, first=number == 0, followed=follower is not None)


def _block(text: str, start: int, end: int, *, first: bool, followed: bool) -> Block:
    line = text[start:end]
    if first and followed and _looks_like_title(line):
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


def _is_wrapped(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether lines are broken at a fixed width: none is long, and most go on in the next one."""
    if not spans or max(end - start for start, end in spans) >= _WRAP.stop:
        return False
    inner = [
        (start, end) for (start, end), (after, _) in pairwise(spans) if text.count("\n", end, after) == 1
    ]
    full = [1 for start, end in inner if end - start in _WRAP and not _SENTENCE_END.search(text[start:end])]
    return len(inner) >= 2 and len(full) * 2 > len(inner)


def _paragraphs(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        goes_on = joined and text.count("\n", joined[-1][1], start) == 1
        if goes_on and not _BULLET.match(text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _trimmed(text: str, match: re.Match[str]) -> tuple[int, int]:
    line = match.group()
    start = match.start() + len(line) - len(line.lstrip())
    return start, start + len(line.strip())
