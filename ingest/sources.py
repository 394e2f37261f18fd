"""URL -> the reports behind it: one page or document, or one report per entry of a feed.

Only for URLs that a person gave: nothing here follows a link of a report's text. A page's own word for its
URL counts only for its own site, so that no page can pass for another one's.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from ingest.addresses import Network
from ingest.feeds import entry_links
from ingest.fetching import Fetched, fetch
from ingest.formats.http_message import http_message, in_utf8, suffix_for
from ingest.publications import canonical_url
from ingest.reports import report_of
from kg.errors import UnreadableReport
from kg.iris import digest
from kg.model import Report

MOST_ENTRIES = 50


def is_url(source: str) -> bool:
    """Whether the source is a URL of the web and no path."""
    return source.lower().startswith(("http://", "https://"))


def fetched_from(
    url: str, *, trusted: Collection[Network] = (), most: int = MOST_ENTRIES
) -> Iterator[Fetched | UnreadableReport]:
    """What is behind the URL, or behind each entry of its feed; for what cannot be fetched, the error."""
    try:
        fetched = fetch(url, trusted=trusted)
    except UnreadableReport as refusal:
        yield refusal
        return
    links = entry_links(fetched.content, fetched.url)
    if links is None:
        yield fetched
        return
    for link in links[:most]:
        try:
            yield fetch(link, trusted=trusted)
        except UnreadableReport as refusal:
            yield refusal


def reports_at(
    url: str, *, trusted: Collection[Network] = (), most: int = MOST_ENTRIES
) -> Iterator[Report | UnreadableReport]:
    """The report behind the URL, or those of its feed's entries; for one that cannot be read, its error."""
    for found in fetched_from(url, trusted=trusted, most=most):
        try:
            yield found if isinstance(found, UnreadableReport) else report_from(found)
        except UnreadableReport as refusal:
            yield refusal


def save(fetched: Fetched, folder: Path) -> Path:
    """The file in the folder that now holds what was fetched, and from where; one file per URL."""
    host = re.sub(r"[^\w.-]", "_", urlsplit(fetched.url).hostname or "")
    path = folder / f"{host}-{digest(canonical_url(fetched.url))}.http"
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(http_message(fetched.url, fetched.content_type, fetched.content))
    unfinished.replace(path)
    return path


def report_from(fetched: Fetched) -> Report:
    """The report that was fetched, with the URL as its source; raises UnreadableReport."""
    name = f"page{suffix_for(fetched.url, fetched.content_type)}"
    content = in_utf8(fetched.content, fetched.content_type)
    return report_of(content, fetched.url, name=name, url=fetched.url)
