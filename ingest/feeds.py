"""An RSS or Atom feed -> the links of its entries, newest first as the feed has them."""

from urllib.parse import urljoin

from lxml import etree

_LARGEST = 5_000_000  # bytes
_STARTS = (b"<rss", b"<feed", b"<rdf:RDF", b"<?xml")
_ROOTS = ("rss", "feed", "RDF")
_ENTRIES = ("item", "entry")


def entry_links(content: bytes, base: str) -> list[str] | None:
    """The absolute links of the feed's entries, each once; None when the bytes are no feed."""
    root = _root(content)
    if root is None or etree.QName(root).localname not in _ROOTS:
        return None
    entries = (each for each in root.iter(etree.Element) if etree.QName(each).localname in _ENTRIES)
    links = (_link(entry) for entry in entries)
    return list(dict.fromkeys(urljoin(base, link) for link in links if link))


def _root(content: bytes) -> etree._Element | None:
    if len(content) > _LARGEST or not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_STARTS):
        return None
    # Entities are left alone, so that a small feed cannot name a file or grow to a large one.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def _link(entry: etree._Element) -> str | None:
    for child in entry:
        if not isinstance(child.tag, str) or etree.QName(child).localname != "link":
            continue
        written = child.get("href") or child.text or ""
        if child.get("rel", "alternate") == "alternate" and written.strip():
            return written.strip()
    return None
