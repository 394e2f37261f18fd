"""Word document -> rendering: headings, paragraphs, list items, quotations and tables in their order.

Text that a tracked change inserts counts, text that one deletes does not. Headers, footers and comments are
no part of the report's text.
"""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from ingest.formats.archives import open_archive
from ingest.formats.rendering import (
    Declared,
    Piece,
    Rendering,
    Written,
    believed_title,
    render,
    squeeze,
    titled,
)
from ingest.formats.tables import with_header_row
from kg.errors import UnreadableReport
from kg.model import BlockKind

_APP = "docProps/app.xml"
_COMPANY = "{http://schemas.openxmlformats.org/officeDocument/2006/extended-properties}Company"
_TEXT, _TAB, _BREAK = qn("w:t"), qn("w:tab"), qn("w:br")
# What a paragraph may hold that is not read with it: deleted text, text boxes, old copies of drawings.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_APART = (qn("w:del"), qn("w:txbxContent"), _FALLBACK)
_FIRST_YEAR = 2000  # older dates are those that a program writes when it knows none
_PROGRAM_TITLES = ("", "word document", "untitled")


def read_docx(content: bytes, source: str) -> Rendering:
    """The document's text and properties; raises UnreadableReport."""
    archive = open_archive(content, source)
    try:
        document = docx.Document(BytesIO(content))
        pieces = list(_pieces(document))
        declared = _declared(document, archive, pieces)
        created = document.core_properties.created
    except (OpcError, KeyError, ValueError, etree.LxmlError, NotImplementedError) as fault:
        raise UnreadableReport(source, "is a damaged Word document; save it anew as .docx") from fault
    printed = created.date() if isinstance(created, datetime) and created.year >= _FIRST_YEAR else None
    return render(titled(pieces, declared.title), declared, printed)


def _pieces(document: Document) -> Iterator[Piece]:
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            yield Piece("table", rows=_rows(item))
            continue
        kind, level = _role(item)
        yield Piece(kind, _text(item._p), level=level)
        for box in item._p.iter(qn("w:txbxContent")):
            yield from (Piece("paragraph", _text(inner)) for inner in box.iter(qn("w:p")))


def _role(paragraph: Paragraph) -> tuple[BlockKind, int]:
    style = (paragraph.style.name or "" if paragraph.style else "").lower()
    if style == "title":
        return "title", 1
    if style.startswith("heading "):
        number = style.removeprefix("heading ")
        return "heading", int(number) + 1 if number.isdigit() else 2
    if style.startswith("list") or paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
        return "list-item", 0
    return ("quote" if "quote" in style else "paragraph"), 0


def _text(element: etree._Element) -> str:
    return "".join(_runs(element))


def _runs(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag in _APART:
            continue
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in (_TAB, _BREAK):
            yield " "
        else:
            yield from _runs(child)


def _rows(table: Table) -> tuple[tuple[Written, ...], ...]:
    seen: set[etree._Element] = set()
    rows = []
    for row in table.rows:
        texts = []
        for cell in row.cells:  # a merged cell comes once for each place that it covers
            texts.append("" if cell._tc in seen else " ".join(_text(p._p) for p in cell.paragraphs))
            seen.add(cell._tc)
        rows.append(texts)
    return with_header_row(rows)


def _declared(document: Document, archive: ZipFile, pieces: list[Piece]) -> Declared:
    title = squeeze(document.core_properties.title or "")
    return Declared(
        title=None if title.lower() in _PROGRAM_TITLES else believed_title(title, pieces),
        publisher=_company(archive),
        kind=squeeze(document.core_properties.category or "") or None,
    )


def _company(archive: ZipFile) -> str | None:
    if _APP not in archive.namelist():
        return None
    properties = etree.fromstring(
        archive.read(_APP), etree.XMLParser(resolve_entities=False, no_network=True)
    )
    return squeeze(properties.findtext(_COMPANY) or "") or None
