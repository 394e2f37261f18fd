"""Which form of a page is asked for: HTML, Markdown, its drawing, or its data as JSON or CSV.

`/id/aws.md` is the page `/id/aws` as Markdown, and `Accept: text/markdown` asks for the same. Filters and the
version stand in the query, so they hold for every form.
"""

import re
from collections.abc import Mapping
from html import unescape
from types import MappingProxyType

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.negotiation import quality, read_accept

FORMS: Mapping[str, str] = MappingProxyType(
    {"md": "text/markdown", "svg": "image/svg+xml", "json": "application/json", "csv": "text/csv"}
)
# Pages that only read; tools such as the review have no other form, and neither have the API's own files.
_PAGES = re.compile(
    r"(/(?:index|landscape|metrics|compare|conflicts|reports|search|ask|changes|conflict/[^/]+"
    rf"|(?:id|vocab|claim|doc)/.+))\.({'|'.join(FORMS)})"
)
_LINK = re.compile(r'<a href="([^"]+)">([^<]+)</a>')


class PageSuffix:
    """Takes the suffix off the path before the framework looks for a route."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and (found := _PAGES.fullmatch(scope["path"])):
            path, form = found.groups()
            state = {**scope.get("state", {}), "form": form}
            # Who names the form wants the page, not what programs get at the same path.
            others = (pair for pair in scope["headers"] if pair[0] != b"accept")
            headers = [*others, (b"accept", b"text/html")]
            scope = {**scope, "path": "/" if path == "/index" else path, "state": state, "headers": headers}
        await self._app(scope, receive, send)


def form_of(request: Request) -> str:
    """The form that the suffix names, else what Accept prefers: "html" unless it likes another better."""
    if form := request.scope.get("state", {}).get("form"):
        return str(form)
    accept = read_accept(request.headers.get("accept"))
    best = max(("md", "svg"), key=lambda name: quality(accept, [FORMS[name]]))
    return best if quality(accept, [FORMS[best]]) > quality(accept, ["text/html"]) else "html"


def data_links(html: str) -> dict[str, str]:
    """Where the data of a page is, by the names that its foot has for it, in lower case.

    >>> data_links('<footer><a href="/api/x?a=1&amp;b=2">JSON</a></footer>')
    {'json': '/api/x?a=1&b=2'}
    """
    foot = html[max(html.rfind("<footer>"), 0) :]
    return {name.lower(): unescape(address) for address, name in _LINK.findall(foot)}
