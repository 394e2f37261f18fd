"""a page -> the same as Markdown: what stands in its main part, each statement with a footnote that cites it.

Reads   headings, paragraphs, lists, tables, quotations, code, figures of the pages that we make ourselves
Skips   what is for choosing and typing: forms, buttons, filters
Keeps   source text as text: nothing that a report says can become a link, a tag or a heading
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import cast
from urllib.parse import urljoin

from api.web.markdown_text import escaped, link
from api.web.page_tree import Element, tree_of

_SKIPPED = frozenset(
    ("form", "button", "nav", "script", "noscript", "template", "canvas", "input", "title", "style")
)
_SKIPPED_CLASSES = ("actions", "filters", "more", "pages", "n")
_BLOCKS = frozenset(("p", "div", "section", "aside", "h1", "h2", "h3", "ul", "ol", "dl", "table", "pre"))
_BLOCKS |= {"blockquote", "details", "figure", "main", "article"}
_CLAIM = re.compile(r"#c-([^/#]+)$")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Written:
    """A page as Markdown, and the ids of the claims that its footnotes cite, by their numbers."""

    text: str
    cited: tuple[str, ...]


def as_markdown(html: str, *, address: str, drawing: str) -> Written:
    """The main part of a page at `address`; its figures become links to `drawing`."""
    main = next(tree_of(html).all("main"))
    writing = _Writing(address, drawing, _listed(main))
    return Written("\n\n".join(writing.blocks(main)), tuple(writing.numbers))


def _listed(main: Element) -> list[str]:
    """The ids of the claims of the page's list, in its order: the reader counts them in its text."""
    items = (one for one in main.all("li") if one.attributes.get("id", "").startswith("c-"))
    return [one.attributes["id"].removeprefix("c-") for one in items]


@dataclass
class _Writing:
    address: str
    drawing: str
    listed: list[str]
    numbers: dict[str, int] = field(default_factory=dict)

    def blocks(self, element: Element) -> Iterator[str]:
        """The blocks within an element; words that stand between them make a paragraph."""
        for is_block, some in groupby(element.inside, key=_is_block):
            if is_block:
                for one in some:
                    yield from self.block(cast(Element, one))
            elif said := self.inline(some).strip():
                yield said

    def block(self, element: Element) -> Iterator[str]:
        """What one block becomes: none, one or several blocks."""
        if element.has_class(*_SKIPPED_CLASSES) or element.tag in _SKIPPED:
            return
        tag = element.tag
        if tag in ("h1", "h2", "h3"):
            yield f"{'#' * int(tag[1])} {self.inline(element.inside).strip()}"
        elif tag in ("ul", "ol"):
            yield self.items(element)
        elif tag == "table":
            yield from self.table(element)
        elif tag == "pre":
            yield self.code(element.text)
        elif tag == "dl":
            yield self.terms(element)
        elif tag == "figure":
            yield link(escaped(_name_of(element)), self.drawing)
            yield from self.blocks(Element("div", {}, [*element.all("figcaption"), *element.all("table")]))
        elif tag == "blockquote" or element.has_class("text"):
            yield self.quoted(element)
        else:
            yield from self.blocks(element)

    def items(self, element: Element) -> str:
        """A list; what follows the first block of an item stands below it."""
        lines = []
        items = [one for one in element.inside if isinstance(one, Element) and one.tag == "li"]
        for number, item in enumerate(items, start=1):
            mark = f"{number}." if element.tag == "ol" else "-"
            found = "\n\n".join(self.blocks(item)) or " "
            lines.append(f"{mark} " + found.replace("\n", "\n" + " " * (len(mark) + 1)))
        return re.sub(r"(?m)^ +$", "", "\n".join(lines))

    def terms(self, element: Element) -> str:
        """Terms with what is said of them."""
        pairs = [
            (self.inline(one.inside).strip(), self.inline(other.inside).strip())
            for one, other in zip(element.all("dt"), element.all("dd"), strict=False)
        ]
        return "\n".join(f"- {term}: {said}" for term, said in pairs)

    def table(self, element: Element) -> Iterator[str]:
        """Its caption, then its rows; a table without heads has empty ones, since Markdown wants them."""
        for caption in element.all("caption"):
            yield self.inline(caption.inside).strip()
        heads = [row for head in element.all("thead") for row in head.all("tr")]
        rows = [row for row in element.all("tr") if not any(row is head for head in heads)]
        cells = [self.cells(row) for row in [*heads[:1], *rows]]
        if not cells:
            return
        width = max(len(row) for row in cells)
        if not heads:
            cells.insert(0, [])
        lines = [_row([*row, *[""] * (width - len(row))]) for row in cells]
        yield "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def cells(self, row: Element) -> list[str]:
        """The cells of a row; entries that stand below each other are told apart by semicolons."""
        return [self.cell(one) for one in row.inside if isinstance(one, Element) and one.tag in ("td", "th")]

    def cell(self, element: Element) -> str:
        entries = [one for one in element.all("span") if one.has_class("entry")]
        parts = [self.inline(one.inside) for one in entries] if entries else [self.inline(element.inside)]
        return "; ".join(said for part in parts if (said := part.strip()))

    def code(self, text: str) -> str:
        """A block of code, in a fence that is longer than any in it."""
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{text.strip()}\n{fence}"

    def quoted(self, element: Element) -> str:
        """Source text, line by line, as a quotation."""
        said = self.inline(element.inside, keep=element.has_class("text")).strip("\n")
        return "\n".join(f"> {line}".rstrip() for line in said.split("\n"))

    def inline(self, inside: Iterable[Element | str], *, keep: bool = False) -> str:
        """Words with their links and marks; lines stay as they are with `keep`."""
        said = "".join(
            escaped(one if keep else _SPACE.sub(" ", one)) if isinstance(one, str) else self.span(one, keep)
            for one in inside
        )
        return said if keep else re.sub(r" {2,}", " ", said)

    def span(self, element: Element, keep: bool) -> str:
        """One element within a line."""
        tag = element.tag
        if tag in _SKIPPED or tag == "svg" or element.has_class(*_SKIPPED_CLASSES):
            return ""
        if tag == "br":
            return " · "
        if tag == "a" and element.has_class("chip"):
            return self.footnote(element.attributes.get("href", ""))
        inner = self.inline([one for one in element.inside if not _is_count(one)], keep=keep)
        if tag == "a":
            return self.anchor(element, inner)
        if tag == "code" and "`" not in element.text and element.text.strip():
            return f"`{element.text.strip()}`"
        if tag == "q":
            return f"“{inner.strip()}”"
        if tag in ("b", "strong", "mark") and inner.strip():
            return f"**{inner.strip()}** " if inner.endswith(" ") else f"**{inner.strip()}**"
        if element.has_class("shape", "hidden", "when", "tag"):
            return f"{inner} "
        return inner

    def anchor(self, element: Element, inner: str) -> str:
        """A link; a stretch of source text is its words with the footnotes of the claims that end there."""
        if not element.has_class("evidence"):
            return link(inner, urljoin(self.address, element.attributes.get("href", "")))
        ordinals = [int(number) for one in element.all("sup") for number in one.text.split()]
        cited = (self.listed[number - 1] for number in ordinals if number <= len(self.listed))
        return inner + "".join(self.footnote(f"#c-{id}") for id in cited)

    def footnote(self, address: str) -> str:
        """The mark of the footnote that cites the claim; nothing where the address is of no claim."""
        found = _CLAIM.search(address)
        if found is None:
            return ""
        return f"[^{self.numbers.setdefault(found[1], len(self.numbers) + 1)}]"


def _is_block(one: Element | str) -> bool:
    return isinstance(one, Element) and one.tag in _BLOCKS


def _is_count(one: Element | str) -> bool:
    return isinstance(one, Element) and one.tag == "sup"


def _name_of(figure: Element) -> str:
    """What a drawing is called."""
    titles = [title.text.strip() for title in figure.all("title")]
    labels = [one.attributes["aria-label"] for one in figure.all("svg") if "aria-label" in one.attributes]
    return next(iter([*labels, *titles]), "drawing")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
