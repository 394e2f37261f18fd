r"""bytes -> text, or the reason why these bytes are no text.

Reads UTF-8, UTF-16 and UTF-32 with a byte order mark, and windows-1252 where the few bytes beyond ASCII make
sense as its quotes, dashes and letters. Line ends become "\n", a byte order mark goes; nothing else changes.
"""

import codecs
import re

from kg.errors import UnreadableReport

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is how this one begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_END = re.compile(r"\r\n?")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
# What windows-1252 adds to ASCII and English prose uses; other high bytes come from another code page.
_LEGACY = re.compile(r"[“”‘’–—…•€™®©£¥°±²³·×½¼¾§\u00a0àáâäãåçèéêëíîïñóôöõøúûüßÄÅÇÉÖØÜ]")
_LEGACY_SHARE = 0.12
_LEGACY_FEW = 3
_NUL = "holds NUL bytes, so it is a binary file or UTF-16 without its mark; save it as UTF-8 text"
_BINARY = "holds control characters, so it is a binary file; give the document that it was made from"


def decode(content: bytes, source: str) -> str:
    r"""The text of the bytes with "\n" as line end; raises UnreadableReport.

    >>> decode(b"Capex \x96 caf\xe9 society, year by year\r\n", "a.txt")
    'Capex – café society, year by year\n'
    """
    try:
        text = _LINE_END.sub("\n", _decoded(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        reason = f"breaks {fault.encoding.upper()} at byte {fault.start}; save it as UTF-8 text"
        raise UnreadableReport(source, reason) from fault
    control = _CONTROLS.search(text)
    if control is not None:
        raise UnreadableReport(source, _NUL if control.group() == "\x00" else _BINARY)
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        legacy = _legacy(content)
        if legacy is None:
            raise
        return legacy


def _legacy(content: bytes) -> str | None:
    high = sum(1 for byte in content if byte > 127)
    text = content.decode("cp1252", errors="replace")
    foreign = [char for char in text if ord(char) > 127 and not _LEGACY.match(char)]
    return None if foreign or high > max(_LEGACY_FEW, _LEGACY_SHARE * len(content)) else text
