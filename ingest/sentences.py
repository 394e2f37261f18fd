"""report -> sentences: where sentences start, from the report's blocks and its punctuation.

Reads   doc.text, doc._.report (its blocks; without a report, blank lines part the blocks)
Writes  token.is_sent_start of every token
Skips   full stops of abbreviations, decimals and initials; a line break inside a paragraph starts nothing

Headings, list items, quotes and table rows are sentences of their own.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.extensions import text_of
from kg.model import Block

extensions.register()

_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_OPENING = "\"'\u201c\u2018([*_"
_CLOSING = "\"'\u201d\u2019)]*_"
# The mark, closing quotes or brackets or emphasis, white space, and a character that may open a sentence.
_END = re.compile(
    rf"[.!?\u2026]+[{re.escape(_CLOSING)}]*\s+(?=[{re.escape(_OPENING)}]*\s?[A-Z0-9$\u20ac\u00a3\u00c0-\u00de])"
)
_LAST_WORD = re.compile(r"\S+$")
_FIRST_WORD = re.compile(rf"[{re.escape(_OPENING)}]*([^\W_]+)")
_INITIAL = re.compile(r"(?:[A-Z]\.)+$")


class _Words(NamedTuple):
    never_final: frozenset[str]
    sometimes_final: frozenset[str]
    openers: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))
    return _Words(*(frozenset(data[field]) for field in _Words._fields))


def _is_end(text: str, block_start: int, mark: re.Match[str]) -> bool:
    """Whether the punctuation ends a sentence, by the words on both sides of it."""
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    before = _LAST_WORD.search(text, block_start, mark.start() + 1)
    word = before.group().lstrip(_OPENING) if before else ""
    words = _words()
    if word in words.never_final:
        return False
    if word not in words.sometimes_final and not _INITIAL.match(word):
        return True
    following = _FIRST_WORD.match(text, mark.end())
    return following is not None and following.group(1) in words.openers


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _BLANK_LINE.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _block_starts(block: Block) -> Iterator[int]:
    """Where a table's rows start; a block of another kind starts once."""
    yield block.start
    for row in block.rows:
        if row and row[0].start > block.start:
            yield row[0].start


def find_sentence_starts(text: str, blocks: Sequence[Block] = ()) -> list[int]:
    """Offsets at which sentences start, ascending; the text's own start is always one of them.

    >>> find_sentence_starts("It paid $3.5 bn. to Acme Inc. in May. More follows.")
    [0, 38]
    """
    starts = {0}
    stretches = [(block.start, block.end) for block in blocks if block.kind != "table"] or _paragraphs(text)
    for block in blocks:
        starts.update(_block_starts(block))
    for start, end in stretches:
        starts.add(start)
        starts.update(mark.end() for mark in _END.finditer(text, start, end) if _is_end(text, start, mark))
    return sorted(starts)


@Language.component("sentences", assigns=["token.is_sent_start", "doc.sents"])
def sentences(doc: Doc) -> Doc:
    """Mark the first token of every sentence of `doc`, and every other token as not the first."""
    if not len(doc):
        return doc
    report = doc._.report
    starts = find_sentence_starts(text_of(doc), report.blocks if report else ())
    offsets = doc.to_array("IDX")
    first = np.searchsorted(offsets, starts)
    flags: Any = np.full((len(doc), 1), -1, dtype=np.int64).astype(np.uint64)
    flags[first[first < len(doc)]] = 1
    doc.from_array(["SENT_START"], flags)
    return doc
