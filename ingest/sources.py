"""URL -> the reports behind it: one page or document, or one report per entry of a feed.

Only for URLs that a person gave: nothing here follows a link of a report's text. A page's own word for its
URL counts only for its own site, so that no page can pass for another one's.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ingest.addresses import Network
from ingest.feeds import entry_links
from ingest.fetching import Fetched, fetch
from ingest.formats.detection import FORMATS
from ingest.reports import report_of
from kg.errors import UnreadableReport
from kg.model import Report

MOST_ENTRIES = 50
_HTML = ("application/xhtml+xml",)
_CHARSET = re.compile(r"charset=[\"']?([\w-]{2,20})", re.IGNORECASE)


def is_url(source: str) -> bool:
    """Whether the source is a URL of the web and no path."""
    return source.lower().startswith(("http://", "https://"))


def reports_at(
    url: str, *, trusted: Collection[Network] = (), most: int = MOST_ENTRIES
) -> Iterator[Report | UnreadableReport]:
    """The report behind the URL, or those of its feed's entries; for one that cannot be read, its error."""
    try:
        fetched = fetch(url, trusted=trusted)
        links = entry_links(fetched.content, fetched.url)
        if links is None:
            yield report_from(fetched)
            return
    except UnreadableReport as refusal:
        yield refusal
        return
    for link in links[:most]:
        try:
            yield report_at(link, trusted=trusted)
        except UnreadableReport as refusal:
            yield refusal


def report_at(url: str, *, trusted: Collection[Network] = ()) -> Report:
    """The one report behind the URL; raises UnreadableReport."""
    return report_from(fetch(url, trusted=trusted))


def report_from(fetched: Fetched) -> Report:
    """The report that was fetched, with the URL as its source; raises UnreadableReport."""
    name = f"page{_suffix(fetched)}"
    return report_of(_in_utf8(fetched), fetched.url, name=name, url=fetched.url)


def _suffix(fetched: Fetched) -> str:
    """The file ending for what the server says that it sent, or else for what the URL is called."""
    called = PurePosixPath(urlsplit(fetched.url).path).suffix.lower()
    media_type = fetched.content_type.partition(";")[0].strip().lower()
    said = next((each.suffixes for each in FORMATS if each.media_type == media_type), ())
    known = any(called in each.suffixes for each in FORMATS)
    # Servers call all sorts of files plain text or just bytes.
    vague = not said or media_type == "text/plain"
    if known and vague:
        return called
    return said[0] if said else ".html" if media_type in _HTML else ""


def _in_utf8(fetched: Fetched) -> bytes:
    """The content, in UTF-8 if only the server's answer says which encoding it has."""
    charset = _CHARSET.search(fetched.content_type)
    if charset is None or b"charset" in fetched.content[:4096].lower():
        return fetched.content
    try:
        return fetched.content.decode(charset.group(1)).encode()
    except (LookupError, UnicodeDecodeError):
        return fetched.content
