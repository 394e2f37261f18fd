"""name and first bytes -> the format of a file, by what it holds first and by how it is called second.

A reader is named by module and function and imported when it is first needed: reading a text file should not
wait for the PDF library.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import cast

from ingest.formats.archives import open_archive
from ingest.formats.rendering import Rendering
from kg.errors import UnreadableReport


@dataclass(frozen=True)
class Format:
    """A format that is read, with the function that reads it: `module:function` below `ingest.formats`."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    reader: str
    risky: bool = True  # has a parser of its own, which a hostile file may attack

    def read(self, content: bytes, source: str) -> Rendering:
        """The file's text, blocks and metadata; raises UnreadableReport."""
        module, function = self.reader.split(":")
        read = getattr(import_module(f"ingest.formats.{module}"), function)
        return cast(Callable[[bytes, str], Rendering], read)(content, source)


_OPEN_XML = "application/vnd.openxmlformats-officedocument."
FORMATS = (
    Format("Markdown", "text/markdown", (".md", ".markdown"), "markdown:read_markdown", risky=False),
    Format("plain text", "text/plain", (".txt", ".text"), "plain:read_plain", risky=False),
    Format("HTML", "text/html", (".html", ".htm", ".xhtml"), "html:read_html"),
    Format("PDF", "application/pdf", (".pdf",), "pdf:read_pdf"),
    Format("PowerPoint", _OPEN_XML + "presentationml.presentation", (".pptx",), "pptx:read_pptx"),
    Format("Excel", _OPEN_XML + "spreadsheetml.sheet", (".xlsx", ".xlsm"), "sheets:read_xlsx"),
    Format("CSV", "text/csv", (".csv", ".tsv"), "sheets:read_csv", risky=False),
    Format("fetched page", "message/http", (".http",), "http_message:read_http"),
    Format("mail", "message/rfc822", (".eml",), "mail:read_eml"),
    Format("Word", _OPEN_XML + "wordprocessingml.document", (".docx",), "docx:read_docx"),
)
# What is known but not read: first bytes, what it is, what to do.
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0",
        "an encrypted Office file or an old binary one; save it anew as .docx or PDF",
    ),
    (b"{\\rtf", "a Rich Text file; save it as .docx or PDF"),
    (b"\x89PNG", "a PNG image; give the document, or a PDF with a text layer"),
    (b"\xff\xd8\xff", "a JPEG image; give the document, or a PDF with a text layer"),
    (b"GIF8", "a GIF image; give the document, or a PDF with a text layer"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x7fELF", "a program, not a document"),
    (b"MZ", "a program, not a document"),
    (b"SQLite format 3", "a database, not a document"),
)
_ZIPPED = (("word/", "Word"), ("ppt/", "PowerPoint"), ("xl/", "Excel"))
_HTML_STARTS = (b"<!doctype html", b"<html")
_BINARY = ("PDF", "Word", "PowerPoint", "Excel")


def format_of(content: bytes, name: str) -> Format:
    """The format of the bytes; raises UnreadableReport when none fits, or when name and bytes disagree."""
    suffix = PurePath(name).suffix.lower()
    called = next((each for each in FORMATS if suffix in each.suffixes), None)
    held = _by_bytes(content, name)
    if called and held and called is not held:
        reason = f"is called {suffix} but holds {held.name}; rename it to end in {held.suffixes[0]}"
        raise UnreadableReport(name, reason)
    if called and called.name in _BINARY and not held:
        reason = f"is called {suffix} but holds no {called.name} document; get the file anew"
        raise UnreadableReport(name, reason)
    found = held or called
    if found is None and suffix:
        readable = ", ".join(each.suffixes[0] for each in FORMATS)
        raise UnreadableReport(name, f"ends in {suffix}, which is not read here; readable are {readable}")
    return found or named("plain text")


def named(name: str) -> Format:
    """The format of that name."""
    return next(each for each in FORMATS if each.name == name)


def _by_bytes(content: bytes, source: str) -> Format | None:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, reason in _REFUSED:
        if head.startswith(start):
            raise UnreadableReport(source, f"is {reason}")
    if b"%PDF-" in content[:1024]:
        return named("PDF")
    if head.startswith(b"PK\x03\x04"):
        return _zipped(content, source)
    return named("HTML") if head.lower().startswith(_HTML_STARTS) else None


def _zipped(content: bytes, source: str) -> Format:
    names = open_archive(content, source).namelist()
    for folder, format_name in _ZIPPED:
        if any(each.startswith(folder) for each in names):
            return named(format_name)
    raise UnreadableReport(source, "is a zip archive; unpack it first")
