"""Gold sentences: "[Acme](Organization) leases [40 MW](quantity)" -> the text and its expected spans.

Parsed strictly: a bracket that opens or closes nothing, an empty span or a missing kind is an error, so that
a gold sentence with a slip cannot pass as one that expects nothing.
"""

import re
from typing import NamedTuple

_SPAN = re.compile(r"\[(?P<text>[^\[\]]+)\]\((?P<kind>[A-Za-z][\w-]*)(?:=(?P<value>[^()]+))?\)")


class Marked(NamedTuple):
    """`text[start:end]` is of the kind; `value` says what it stands for, if the mark tells."""

    start: int
    end: int
    kind: str
    value: str | None = None


def parse(marked: str) -> tuple[str, list[Marked]]:
    """The plain text and its marked spans, in text order; ValueError for malformed marks."""
    text, spans, last = "", [], 0
    for match in _SPAN.finditer(marked):
        text += _plain(marked[last : match.start()])
        spans.append(Marked(len(text), len(text) + len(match["text"]), match["kind"], match["value"]))
        text += match["text"]
        last = match.end()
    return text + _plain(marked[last:]), spans


def _plain(between: str) -> str:
    if "[" in between or "]" in between or "](" in between:
        raise ValueError(f"a bracket outside a mark: {between!r}")
    return between
