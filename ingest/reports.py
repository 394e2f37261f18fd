"""path -> `Report`: the file's text with its structure, and what is known of its publication.

Reads   the file, once; nothing else (no network, no store)
Writes  nothing
Skips   nothing silently: a file that gives no English text raises UnreadableReport with what to do about it
"""

import hashlib
import re
from datetime import date
from pathlib import Path, PurePath

from ingest.formats.detection import Format, format_of
from ingest.formats.isolation import read_apart
from ingest.formats.reading_process import Request
from ingest.formats.rendering import Rendering, squeeze
from ingest.language import foreign_language
from ingest.publications import at_its_own_site, publication_iri, usable_url
from ingest.written_dates import dateline
from kg.errors import UnreadableReport
from kg.model import Report

LARGEST_FILE = 100_000_000  # bytes
LONGEST_TEXT = 1_000_000  # characters: about 500 pages, and the most that the language model takes at once

_WIDEST_CHARACTER = 4  # bytes, in any encoding that is read
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TOO_LONG = f"holds more than {LONGEST_TEXT:,} characters of text; split it"


def read_report(path: Path) -> Report:
    """The report in the file; raises UnreadableReport with the file's name and the reason."""
    return report_of(content_of(path), path.name)


def report_of(content: bytes, source: str, *, name: str | None = None, url: str | None = None) -> Report:
    """The report in the bytes; the same arguments always give the same report. Raises UnreadableReport.

    `name` is the file name whose ending tells the format where the bytes do not, if `source` is not one;
    `url` is where the bytes were fetched from.
    """
    source = squeeze(source)  # a name may hold line breaks or marks that reverse it on the screen
    if not content.strip():
        raise UnreadableReport(source, "is empty")
    file_format = _format(content, squeeze(name or source), source)
    rendering = (
        read_apart(Request(file_format.name, content, source))
        if file_format.risky
        else file_format.read(content, source)
    )
    _check_text(rendering, source)
    declared = at_its_own_site(rendering.declared, url) if url else rendering.declared
    text_sha256 = hashlib.sha256(rendering.text.encode()).hexdigest()
    return Report(
        iri=publication_iri(declared, text_sha256),
        source=source,
        media_type=file_format.media_type,
        text=rendering.text,
        text_sha256=text_sha256,
        bytes_sha256=hashlib.sha256(content).hexdigest(),
        blocks=rendering.blocks,
        title=declared.title or _written_title(rendering) or PurePath(source).stem,
        url=usable_url(declared.url),
        publisher=declared.publisher,
        issued=declared.issued or dateline(_opening(rendering)) or _plausible_printing(rendering),
        kind=declared.kind,
    )


def _format(content: bytes, name: str, source: str) -> Format:
    try:
        file_format = format_of(content, name)
    except UnreadableReport as refusal:
        raise UnreadableReport(source, refusal.reason) from refusal
    if not file_format.risky and len(content) > _WIDEST_CHARACTER * LONGEST_TEXT:
        raise UnreadableReport(source, _TOO_LONG)
    return file_format


def content_of(path: Path) -> bytes:
    """The bytes of a file that is not too large; raises UnreadableReport with its name and the reason."""
    try:
        if path.is_dir():
            raise UnreadableReport(str(path), "is a directory; name the files in it")
        if path.exists() and not path.is_file():
            raise UnreadableReport(str(path), "is a device or a pipe, not a file")
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableReport(path.name, f"is larger than {LARGEST_FILE // 1_000_000} MB; split it")
        return path.read_bytes()
    except FileNotFoundError as fault:
        is_url = str(path).startswith(("http:/", "https:/"))  # a path makes one slash of two
        reason = "is a URL; `aifkg fetch` makes a file of it" if is_url else "no such file"
        raise UnreadableReport(str(path), reason) from fault
    except PermissionError as fault:
        raise UnreadableReport(str(path), "may not be read; check its permissions") from fault
    except (OSError, ValueError) as fault:
        raise UnreadableReport(str(path), f"cannot be opened: {_cause(fault)}") from fault


def _cause(fault: OSError | ValueError) -> str:
    return (fault.strerror or "unknown cause").lower() if isinstance(fault, OSError) else str(fault)


def _check_text(rendering: Rendering, source: str) -> None:
    text = rendering.text
    if not text.strip():
        raise UnreadableReport(source, "holds no text")
    if len(text) > LONGEST_TEXT:
        raise UnreadableReport(source, _TOO_LONG)
    language = foreign_language(text)
    if language:
        raise UnreadableReport(source, f"is not in English ({language}); give an English translation")


def _written_title(rendering: Rendering) -> str | None:
    titles = (block for block in rendering.blocks if block.kind in ("title", "heading"))
    first = next(iter(sorted(titles, key=lambda block: block.kind != "title")), None)
    return squeeze(rendering.text[first.start : first.end]) if first else None


def _plausible_printing(rendering: Rendering) -> date | None:
    """The date of the file's making, unless every year that the text names lies well after it.

    A document that was made from a template often keeps the template's date.
    """
    years = [int(year) for year in _YEAR.findall(rendering.text)]
    printed = rendering.printed
    return None if printed is None or (years and min(years) > printed.year + 1) else printed


def _opening(rendering: Rendering) -> list[str]:
    leading = [block for block in rendering.blocks if block.kind != "title"][:6]
    return [rendering.text[block.start : block.end] for block in leading]
