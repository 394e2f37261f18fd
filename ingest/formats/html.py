"""HTML -> rendering: the article without navigation, its headings, paragraphs, lists, quotations and tables.

trafilatura finds the article. Where a page is too short or too odd for it, so that much of the <article> or
<main> would be lost, that element is read as it stands, without its navigation, forms and scripts.
"""

import re
import tomllib
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from ingest.formats.decoding import decode
from ingest.formats.html_metadata import declared_by
from ingest.formats.rendering import Declared, Piece, Rendering, Written, render, titled
from ingest.written_dates import dateline
from kg.errors import UnreadableReport
from kg.model import BlockKind

_LARGEST = 10_000_000  # bytes
_MOST_ELEMENTS = 50_000
_LITTLE = 200  # characters; where no article is marked, what trafilatura finds counts from here on
_MOST_OF_PAGE = 0.4  # an element that holds as much is no boilerplate, whatever it is called
_NAME_PART = re.compile(r"[\s_-]+")
_AGREED = 1.03  # times the length of what trafilatura found
_WIDEST = 100  # columns of a table, and rows that one cell may span
_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f]")
_MOST_WRONG = 0.001  # of the characters
_OPENING = 4  # blocks among which author and date may stand
_MOST_WORDS_IN_BYLINE = 14
_CELLS = ("td", "th", "cell")
_LEAST_SHARE = 0.8  # of the marked article's text that trafilatura has to keep
_LONGEST_LINK = 200  # characters; a longer line that is all link is a paragraph of the article
_MOSTLY = 0.7  # of a line
_ROLES: dict[str, BlockKind] = {
    "p": "paragraph",
    "head": "heading",
    **{f"h{level}": "heading" for level in range(1, 7)},
    "li": "list-item",
    "item": "list-item",
    "dt": "list-item",
    "dd": "list-item",
    "blockquote": "quote",
    "quote": "quote",
    "pre": "code",
}
_BREAKS = {"br", "lb"}
_BLOCKS = {
    *_ROLES,
    *(
        "div",
        "section",
        "article",
        "main",
        "body",
        "header",
        "figure",
        "figcaption",
        "address",
        "details",
        "summary",
    ),
    *("ul", "ol", "dl", "list", "hr", "center", "fieldset", "caption"),
}
_LEFT_OUT = {
    *("script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "audio", "video"),
    *("nav", "footer", "aside", "form", "button", "select", "input", "textarea", "dialog", "menu"),
}


def read_html(content: bytes, source: str) -> Rendering:
    """The page's article and what the page declares; raises UnreadableReport when it has none."""
    if len(content) > _LARGEST:
        raise UnreadableReport(
            source, f"is a page larger than {_LARGEST // 1_000_000} MB; save the article alone"
        )
    page = parse_page(content, source)
    if sum(1 for _ in page.iter()) > _MOST_ELEMENTS:
        raise UnreadableReport(source, f"has more than {_MOST_ELEMENTS:,} elements; save the article alone")
    declared = declared_by(page)
    pieces, dated = _without_bylines(_article(page))
    declared = replace(declared, issued=declared.issued or dated)
    if not any(piece.text or piece.rows for piece in pieces):
        raise UnreadableReport(source, "holds no article text; if a script writes it, save the page as PDF")
    return render(titled(pieces, declared.title), declared)


def _without_bylines(pieces: list[Piece]) -> tuple[list[Piece], date | None]:
    """The pieces without opening lines of only author and date; and that date."""
    dates = {
        number: dateline([piece.text]) for number, piece in enumerate(pieces[:_OPENING]) if _is_line(piece)
    }
    dated = [number for number, found in dates.items() if found]
    kept = [piece for number, piece in enumerate(pieces) if number not in dated]
    return kept, dates[dated[0]] if dated else None


def _is_line(piece: Piece) -> bool:
    text = piece.text.strip()
    return piece.kind == "paragraph" and len(text.split()) <= _MOST_WORDS_IN_BYLINE and not text.endswith(".")


def parse_page(content: bytes, source: str) -> HtmlElement:
    """The page's tree; raises UnreadableReport."""
    text = _decoded(content, source)
    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as fault:
        raise UnreadableReport(source, "holds no HTML; get the page anew") from fault


def _decoded(content: bytes, source: str) -> str:
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = _CONTROLS.sub(b"", _as_declared(content))
    try:
        return decode(content, source)
    except UnreadableReport:
        # Pages are put together from many sources, and a browser shows them in spite of a few wrong bytes.
        text = content.decode("utf-8", errors="replace")
        if "\x00" in text or text.count("\ufffd") > _MOST_WRONG * len(text):
            raise
        return text


def _as_declared(content: bytes) -> bytes:
    """The page in UTF-8 if it is in the encoding that it declares, else as it is: then its bytes decide."""
    declared = _CHARSET.search(content[:4096])
    try:
        return content.decode(declared.group(1).decode("ascii")).encode() if declared else content
    except (UnicodeError, LookupError):
        return content


def _article(page: HtmlElement) -> list[Piece]:
    """The blocks of that part of the page which is the article."""
    marked = list(page.iter("article")) or list(page.iter("main"))
    # trafilatura changes the tree that it is given, so it gets a copy.
    found = bare_extraction(deepcopy(page), include_comments=False, include_tables=True, favor_recall=True)
    _drop_boilerplate(page)
    own = max(map(pieces_of, marked or page.iter("body")), key=_length, default=[])
    body = getattr(found, "body", None)
    return own if body is None else _better(own, pieces_of(body), marked=bool(marked))


def _better(own: list[Piece], found: list[Piece], *, marked: bool) -> list[Piece]:
    """What trafilatura found, unless it has lost much of an element that is marked as the article.

    That element is nearer to the page, with its spaces and header cells, so it also wins where both agree.
    """
    length, whole = _length(found), _length(own)
    lost = length < (_LEAST_SHARE * whole if marked else min(_LITTLE, whole))
    return own if lost or whole <= _AGREED * length else found


def _drop_boilerplate(page: HtmlElement) -> None:
    """Take out the elements whose class or id tells that they stand around the article."""
    most = _MOST_OF_PAGE * sum(len(text) for text in page.itertext())
    for element in list(page.iter("div", "section", "ul", "ol", "span", "p", "header")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if not _boilerplate().isdisjoint(_NAME_PART.split(names)):
            parent = element.getparent()
            if parent is not None and sum(len(text) for text in element.itertext()) < most:
                element.drop_tree()


@cache
def _boilerplate() -> frozenset[str]:
    with files("ingest.formats").joinpath("boilerplate.toml").open("rb") as data:
        return frozenset(tomllib.load(data)["words"])


def _length(pieces: list[Piece]) -> int:
    return len(render(pieces, Declared()).text)


def pieces_of(element: etree._Element) -> list[Piece]:
    """The element's blocks in reading order, from the tags of HTML or those of trafilatura."""
    reader = _ElementReader()
    reader.visit(element)
    reader.flush()
    return reader.pieces


class _ElementReader:
    """Walks an element; inline elements belong to the block around them."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._line: list[str] = []
        self._linked = 0  # characters of the line that are part of a link
        self._kind: BlockKind = "paragraph"
        self._level = 0
        self._term = -1  # how many pieces there were when a term had been read

    def visit(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _LEFT_OUT or element.get("aria-hidden") == "true":
            return
        if tag == "table":
            self.flush()
            self._table(element)
        elif tag in _BREAKS:
            self._break()
        elif tag in _BLOCKS:
            self._block(element, str(tag))
        else:
            if tag == "a":
                self._linked += sum(len(text.strip()) for text in element.itertext())
            self._inside(element)

    def flush(self) -> None:
        text = "".join(self._line)
        if text.strip() and not self._is_navigation(text.strip()):
            self.pieces.append(Piece(self._kind, text, level=self._level))
        self._line, self._linked = [], 0

    def _is_navigation(self, text: str) -> bool:
        """Whether most of a short line is a link, as in "Read more: ..." and lists of articles."""
        short = len(text) <= _LONGEST_LINK and self._kind in ("paragraph", "list-item")
        return short and self._linked >= _MOSTLY * len(text)

    def _block(self, element: etree._Element, tag: str) -> None:
        self.flush()
        outer = self._kind, self._level
        # A paragraph in a list item or a quotation is a part of it.
        if tag != "p" or self._kind not in ("list-item", "quote"):
            self._kind = _ROLES.get(tag, self._kind)
        written = str(element.get("rend") or tag)
        self._level = int(written[1]) if self._kind == "heading" and written[1:2].isdigit() else 0
        self._inside(element)
        self.flush()
        self._kind, self._level = outer
        if tag == "dt":
            self._term = len(self.pieces)
        if tag == "dd":
            self._join_term()

    def _join_term(self) -> None:
        """Make one item of a term and its definition: neither says anything alone."""
        if len(self.pieces) > 1 and self._term == len(self.pieces) - 1:
            term, definition = self.pieces.pop(-2), self.pieces.pop()
            text = f"{term.text.strip().rstrip(':')}: {definition.text.strip()}"
            self.pieces.append(replace(definition, text=text))
        self._term = -1

    def _inside(self, element: etree._Element) -> None:
        self._line.append(element.text or "")
        for child in element:
            self.visit(child)
            self._line.append(child.tail or "")

    def _break(self) -> None:
        # Two breaks in a row are how old pages part their paragraphs.
        kept = [part for part in self._line if part.strip() or part == "\n"]
        if kept and kept[-1] == "\n":
            self.flush()
        else:
            self._line.append("\n")

    def _table(self, element: etree._Element) -> None:
        rows = [row for row in element.iter("tr", "row") if next(row.iterancestors("table")) is element]
        grid = grid_of([[cell for cell in row if cell.tag in _CELLS] for row in rows])
        if all(len(row) < 2 for row in grid):
            self._inside(element)  # a table of one column only lays the page out
            self.flush()
        else:
            self.pieces.append(Piece("table", rows=grid))


def grid_of(rows: list[list[etree._Element]]) -> tuple[tuple[Written, ...], ...]:
    """The cells in their columns: where a cell spans rows or columns, the further places are empty."""
    taken: dict[int, int] = {}  # column -> rows that a cell from above still covers
    grid = []
    for row in rows:
        written: list[Written] = []
        for cell in row:
            _skip_taken(written, taken)
            if len(written) >= _WIDEST:
                break
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            header = cell.tag == "th" or cell.get("role") == "head"
            taken.update(
                dict.fromkeys(range(len(written), len(written) + width), height - 1) if height > 1 else {}
            )
            text = " ".join(piece.text.strip() for piece in pieces_of(cell))
            written += [Written(text, header), *[Written("", header)] * (width - 1)]
        _skip_taken(written, taken)
        grid.append(tuple(written))
    return tuple(grid)


def _skip_taken(row: list[Written], taken: dict[int, int]) -> None:
    while taken.get(len(row)):
        taken[len(row)] -= 1
        row.append(Written(""))


def _span(cell: etree._Element, attribute: str) -> int:
    written = str(cell.get(attribute) or "1")
    return min(max(int(written), 1), _WIDEST) if written.isdecimal() else 1
