"""PDF with a text layer -> rendering: columns in reading order, without running heads, words rejoined.

A page is read as lines (`pdf_layout`), a table with rules by pdfplumber. Lines become paragraphs over all
pages (`pdf_paragraphs`), since one may go on over a page's end; its block has the page where it starts.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from itertools import islice
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import Page as PdfPage
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from ingest.formats import ocr
from ingest.formats.pdf_edges import Page
from ingest.formats.pdf_layout import items_of
from ingest.formats.pdf_lines import Grid, Word
from ingest.formats.pdf_paragraphs import pieces_of
from ingest.formats.rendering import Declared, Piece, Rendering, believed_title, render, squeeze, titled
from ingest.written_dates import parse_date
from kg.errors import UnreadableReport

_MOST_PAGES = 1_000
_FEWEST_LETTERS = 20  # on a page that is no scan
_LONGEST_CELL = 200  # characters; boxes of running text are no table
_WORD_GAP = 0.15  # of the size
_SAME_PLACE = 0.12  # of the size
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_JUNK_TITLE = re.compile(
    r"untitled|\(?anonymous|microsoft (?:word|powerpoint)|.*\.(?:docx?|pptx?|indd|pdf)$", re.IGNORECASE
)
_GLYPH = re.compile(r"\(cid:\d+\)")
# The first day of 2000 is what programs write that are to make the same bytes every time.
_MADE = re.compile(r"D:(?=20\d\d)(?!20000101)")
_ENCRYPTED = "is encrypted; remove its password and try again"
_SCAN = "is a scan without a text layer; install Tesseract, or run OCR on it and give the result"
_MOST_SCANNED = 20  # pages, so that OCR ends within the time for a file
_DAMAGED = "is no PDF that can be opened; it may be damaged or cut off: get it anew"


def read_pdf(content: bytes, source: str) -> Rendering:
    """The document's text and metadata; raises UnreadableReport when it has no text or cannot be opened."""
    try:
        with pdfplumber.open(BytesIO(content)) as document:
            pages = _pages(document, source)
            info = {str(key): squeeze(str(value)) for key, value in document.metadata.items()}
    except (PdfminerException, PDFException) as fault:
        cause = fault.args[0] if fault.args else None
        if isinstance(cause, MemoryError):
            raise MemoryError from fault
        locked = isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError)
        raise UnreadableReport(source, _ENCRYPTED if locked else _DAMAGED) from fault
    pieces = _with_title(pieces_of(pages))
    title = info.get("Title", "")
    declared = Declared(title=None if _JUNK_TITLE.match(title) else believed_title(title, pieces))
    made = _MADE.match(info.get("CreationDate", ""))
    printed = parse_date(info["CreationDate"][made.end() :][:8]) if made else None
    return render(titled(pieces, declared.title), declared, printed)


def _pages(document: PDF, source: str) -> list[Page]:
    # Counted apart, because `document.pages` builds them all.
    if sum(1 for _ in islice(PDFPage.create_pages(document.doc), _MOST_PAGES + 1)) > _MOST_PAGES:
        raise UnreadableReport(source, f"has more than {_MOST_PAGES:,} pages; split it")
    pages, letters, scanned = [], 0, 0
    for page in document.pages:
        letters += len(page.chars)
        is_scan = bool(page.images) and len(page.chars) < _FEWEST_LETTERS
        scanned += is_scan
        if scanned > _MOST_SCANNED and ocr.is_available():
            raise UnreadableReport(
                source, f"has more than {_MOST_SCANNED} scanned pages; run OCR on it first"
            )
        pages.append(_scanned_page(page) if is_scan and ocr.is_available() else _page(page))
        page.close()
    if not pages:
        raise UnreadableReport(source, _DAMAGED)
    if scanned and letters < _FEWEST_LETTERS * len(pages) and not any(page.items for page in pages):
        raise UnreadableReport(source, _SCAN)
    return pages


def _scanned_page(page: PdfPage) -> Page:
    picture = page.to_image(resolution=ocr.RESOLUTION).original
    return Page(page.page_number, float(page.height), tuple(items_of(ocr.words_in(picture))))


def _page(page: PdfPage) -> Page:
    upright = page.filter(_Wanted())
    tables = _tables(upright)
    words = [
        _word(found)
        for found in upright.extract_words(x_tolerance_ratio=_WORD_GAP, extra_attrs=["size", "fontname"])
        if not any(_inside(found, box) for _, box in tables)
    ]
    items = items_of(words, [grid for grid, _ in tables])
    return Page(page.page_number, float(page.height), tuple(items))


def _word(found: dict[str, Any]) -> Word:
    x0, x1, top, bottom, size = (float(found[name]) for name in ("x0", "x1", "top", "bottom", "size"))
    bold = bool(_BOLD.search(found["fontname"]))
    return Word(_readable(found["text"]), x0, x1, top, bottom, size, bold)


class _Wanted:
    """Tells of each thing on a page in turn whether to keep it.

    Turned letters go, they are watermarks and labels of charts; so do letters printed once more in their own
    place, which is how some programs make them bold.
    """

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, int], list[float]] = defaultdict(list)

    def __call__(self, thing: dict[str, Any]) -> bool:
        if thing["object_type"] != "char":
            return True
        places = self._seen[thing["text"], round(thing["top"])]
        if not thing["upright"] or any(abs(thing["x0"] - x) < _SAME_PLACE * thing["size"] for x in places):
            return False
        places.append(thing["x0"])
        return True


def _readable(text: str) -> str:
    """The word; a glyph that stands for no letter is a bullet if alone, else a replacement mark."""
    return "•" if _GLYPH.fullmatch(text) else _GLYPH.sub("\ufffd", text)


def _tables(page: PdfPage) -> list[tuple[Grid, tuple[float, float, float, float]]]:
    found = []
    for table in page.find_tables():
        rows = [[squeeze(text or "") for text in row] for row in table.extract(x_tolerance_ratio=_WORD_GAP)]
        rows = [row for row in rows if any(row)]
        if _is_table(rows):
            x0, top, x1, _ = table.bbox
            found.append((Grid(tuple(map(tuple, rows)), x0, x1, top), table.bbox))
    return found


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    cells = [text for row in rows for text in row]
    filled = [text for text in cells if text]
    wide = any(sum(map(bool, row)) > 1 for row in rows)
    return len(rows) > 1 and wide and 2 * len(filled) >= len(cells) and max(map(len, filled)) <= _LONGEST_CELL


def _inside(word: dict[str, float], box: tuple[float, float, float, float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _with_title(pieces: list[Piece]) -> list[Piece]:
    """The pieces, where the highest heading of the first page is the title."""
    first = [number for number, piece in enumerate(pieces) if piece.kind == "heading" and piece.page == 1]
    if not first:
        return pieces
    at = min(first, key=lambda number: pieces[number].level)
    title = Piece("title", pieces[at].text, level=1, page=1)
    below = [
        replace(piece, level=max(piece.level - 1, 2)) if piece.level else piece for piece in pieces[at + 1 :]
    ]
    return [*pieces[:at], title, *below]
