"""any text -> the same in Markdown: no sign of it makes a link, a tag, a list (CommonMark 0.31)."""

import re
from urllib.parse import quote, urlsplit

_SIGNS = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;)|!(?=\[))")
_AT_START = re.compile(r"^([ \t]*)([#+=-]|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE)
_SAFE = "!#$%&'*+,-./:;=?@_~"


def escaped(text: str) -> str:
    r"""The text with a backslash before every sign that Markdown would read.

    >>> escaped("[a](b) <script> 1. *x*"), escaped("# 1")
    ('\\[a\\](b) \\<script\\> 1. \\*x\\*', '\\# 1')
    """
    return _AT_START.sub(_at_start, _SIGNS.sub(r"\\\1", text))


def _at_start(found: re.Match[str]) -> str:
    space, sign = found.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def link(words: str, address: str) -> str:
    r"""A link with words that are Markdown already; the words alone where the address is of no web page.

    >>> link("x", "https://a.example/b c"), link("x", "javascript:alert(1)")
    ('[x](https://a.example/b%20c)', 'x')
    """
    if urlsplit(address).scheme not in ("http", "https") or not words.strip():
        return words
    return f"[{words}]({quote(address, safe=_SAFE)})"
