"""An HTML page -> what it declares of its publication: JSON-LD, meta tags, canonical link, <time>.

Reads what is written for machines only; a date in the running text is the dateline's business.
"""

import json
import re
from collections.abc import Iterator
from datetime import date

from lxml.html import HtmlElement

from ingest.formats.rendering import Declared, squeeze
from ingest.written_dates import as_date

_TITLE = ("og:title", "twitter:title", "dc.title", "citation_title", "headline")
_PUBLISHER = ("og:site_name", "dc.publisher", "publisher", "citation_publisher", "application-name")
_ISSUED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "dcterms.issued",
    "dcterms.date",
    "citation_publication_date",
    "publication_date",
    "publish-date",
    "parsely-pub-date",
    "date",
)
_KINDS = {"newsarticle": "news", "reportagenewsarticle": "news", "blogposting": "blog", "report": "report"}
_SEPARATOR = re.compile(r"\s+[|–—-]\s+")
_FRONT_PAGE = re.compile(r"(?:https?://[^/?#]*)?/?(?:#.*)?$", re.IGNORECASE)
_LONGEST_JSON = 1_000_000
_DEEPEST_JSON = 6


def declared_by(page: HtmlElement) -> Declared:
    """Title, URL, publisher, date and kind as the page's metadata give them."""
    meta = _meta(page)
    things = [thing for data in _json_ld(page) for thing in _things(data, 0)]
    articles = [thing for thing in things if "headline" in thing or "datePublished" in thing]
    publisher = _first(*(_name(a.get("publisher")) for a in articles), *(meta.get(k) for k in _PUBLISHER))
    return Declared(
        title=_title(page, meta, articles, publisher),
        url=_url(page, meta, articles),
        publisher=publisher,
        issued=_issued(page, meta, articles),
        kind=next((kind for article in articles if (kind := _kind(article))), None),
    )


def _meta(page: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in page.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        content = squeeze(tag.get("content") or "")
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _json_ld(page: HtmlElement) -> Iterator[object]:
    for script in page.iter("script"):
        written = script.text or ""
        if script.get("type") == "application/ld+json" and len(written) < _LONGEST_JSON:
            try:
                yield json.loads(written)
            except (ValueError, RecursionError):
                continue


def _things(data: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST_JSON:
        return
    if isinstance(data, list):
        for each in data:
            yield from _things(each, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _things(data.get("@graph"), depth + 1)


def _title(
    page: HtmlElement, meta: dict[str, str], articles: list[dict[str, object]], publisher: str | None
) -> str | None:
    headings = [_text(heading) for heading in page.iter("h1")]
    title = next((_text(tag) for tag in page.iter("title")), "")
    found = _first(
        *(meta.get(key) for key in _TITLE),
        *(article.get("headline") for article in articles),
        headings[0] if len(headings) == 1 else None,
        title,
    )
    return _without_site(found, publisher) if found else None


def _without_site(title: str, publisher: str | None) -> str:
    """The title without " | Publisher" at its end."""
    cut = [match.span() for match in _SEPARATOR.finditer(title)]
    if cut and publisher and title[cut[-1][1] :].casefold() == publisher.casefold():
        return title[: cut[-1][0]]
    return title


def _url(page: HtmlElement, meta: dict[str, str], articles: list[dict[str, object]]) -> str | None:
    links = [link.get("href") for link in page.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    written = (*links, meta.get("og:url"), *(article.get("url") for article in articles))
    # A site whose pages all name its front page would make all its reports one.
    return _first(*(url for url in written if isinstance(url, str) and not _FRONT_PAGE.match(url.strip())))


def _issued(page: HtmlElement, meta: dict[str, str], articles: list[dict[str, object]]) -> date | None:
    times = [time for time in page.iter("time") if time.get("datetime")]
    marked = [t for t in times if t.get("pubdate") is not None or t.get("itemprop") == "datePublished"]
    written: list[object] = [article.get("datePublished") for article in articles]
    written += [meta.get(key) for key in _ISSUED]
    # Several <time> tags are mostly those of other articles listed on the page.
    written += [time.get("datetime") for time in (marked or (times if len(times) == 1 else []))]
    return next((found for value in written if (found := as_date(value))), None)


def _kind(article: dict[str, object]) -> str | None:
    written = article.get("@type")
    types = written if isinstance(written, list) else [written]
    return next((kind for each in types if (kind := _KINDS.get(str(each).lower()))), None)


def _name(thing: object) -> str | None:
    if isinstance(thing, list):
        thing = thing[0] if thing else None
    if isinstance(thing, dict):
        thing = thing.get("name")
    return squeeze(thing) if isinstance(thing, str) else None


def _first(*values: object) -> str | None:
    return next((squeeze(value) for value in values if isinstance(value, str) and squeeze(value)), None)


def _text(element: HtmlElement) -> str:
    return squeeze("".join(element.itertext()))
