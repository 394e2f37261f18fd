"""a page of ours -> its elements as a tree, to be written in another form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset(("area", "br", "hr", "img", "input", "link", "meta", "wbr"))


@dataclass
class Element:
    """An element with its attributes and what is in it, in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list["Element | str"] = field(default_factory=list)

    def has_class(self, *names: str) -> bool:
        """Whether it is of one of these classes."""
        return not set(names).isdisjoint(self.attributes.get("class", "").split())

    def all(self, *tags: str) -> Iterator["Element"]:
        """Itself and all elements within it that have one of these tags, in the order of the page."""
        if self.tag in tags:
            yield self
        for one in self.inside:
            if isinstance(one, Element):
                yield from one.all(*tags)

    @property
    def text(self) -> str:
        """All words in it."""
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)


def tree_of(html: str) -> Element:
    """The elements of a page whose tags are all closed, as ours are.

    >>> tree_of('<p class="a b">x &lt; <b>y</b></p>').text
    'x < y'
    """
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading.root


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        tags = [element.tag for element in self._open]
        if tag in tags[1:]:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)
