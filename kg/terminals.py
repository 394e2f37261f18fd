"""SPARQL text -> its terminals: enough of the grammar to tell a keyword from the same letters elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# SPARQL 1.1, 19.8: terminals that can contain the letters of a keyword without being one.
_TERMINAL = re.compile(
    r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
    | <(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:[\w][\w.\-]*)
    | (?P<prefix>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?):
      (?P<local>(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<word>\w+)
    | (?P<mark>[{};])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Terminal:
    """One terminal: a string, iri, variable, tag, blank, name (prefix:local), word, or a mark of `{};`."""

    kind: str
    text: str
    start: int
    prefix: str = ""
    local: str = ""

    def is_word(self, keyword: str) -> bool:
        """Whether it is this keyword, in whatever case."""
        return self.kind == "word" and self.text.upper() == keyword


def terminals(text: str) -> Iterator[Terminal]:
    """The terminals in order, comments left out; the text of an IRI comes without its brackets."""
    for match in _TERMINAL.finditer(text):
        kind = match.lastgroup or ""
        if kind == "local":
            yield Terminal("name", match[0], match.start(), match["prefix"], match["local"])
        elif kind != "comment":
            yield Terminal(kind, match[kind], match.start())


def place_of(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column of an offset, both from 1, columns in characters.

    >>> place_of("ASK\n{ }", 6)
    (2, 3)
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
