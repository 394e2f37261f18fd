"""What is known of a publication -> its IRI, which stays the same for a later version of the report."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from ingest.formats.rendering import Declared
from kg.iris import DOC, digest

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid|msclkid|ref_src", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:?#[]@!$&'()*+,;=~"


def publication_iri(declared: Declared, text_sha256: str) -> str:
    """The IRI of the publication: from its URL, else title with publisher or date, else its text."""
    url = usable_url(declared.url)
    if url:
        return DOC + digest(canonical_url(url))
    if declared.title and (declared.publisher or declared.issued):
        issued = declared.issued.isoformat() if declared.issued else ""
        return DOC + digest(_folded(declared.title), _folded(declared.publisher or ""), issued)
    return DOC + digest(text_sha256)


def at_its_own_site(declared: Declared, url: str) -> Declared:
    """What was declared, with the URL that it was fetched from unless it names another one of the same site.

    Otherwise a page could pass for one of another site and take the place of that one's claims.
    """
    own = usable_url(declared.url)
    same = own is not None and urlsplit(own).hostname == urlsplit(url).hostname
    return declared if same else replace(declared, url=url)


def usable_url(written: str | None) -> str | None:
    """The URL if it is an absolute one of the web, with characters escaped that no IRI may hold; else None.

    >>> usable_url("https://example.org/a b")
    'https://example.org/a%20b'
    >>> usable_url("/a/b") is None
    True
    """
    if not written:
        return None
    try:
        parts = urlsplit(written.strip())
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        return None
    return quote(written.strip(), safe=_SAFE)


def canonical_url(url: str) -> str:
    """One spelling of a URL: without tracking parameters, fragment, default port and capitals of the host.

    >>> canonical_url("HTTPS://Example.org:443/a?utm_source=x&id=1#top")
    'https://example.org/a?id=1'
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{parts.port}"
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    return urlunsplit((scheme, host, parts.path or "/", urlencode(kept), ""))


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
