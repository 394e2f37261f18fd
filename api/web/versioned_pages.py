"""Pages of one version: `v=` and `asof=` pin an older one, each page has an ETag, a pinned one stays.

Each page has other forms too (`api.web.page_forms`), and names them in its foot and in its Link header.

A pinned page says so in a bar above its content. Links lead on to the newest version, since a reader who
follows one wants to know what is so now.
"""

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.assets import asset
from api.versioned import Handler
from api.versions import asked_version
from api.web.cited_pages import page_as_markdown
from api.web.page_forms import FORMS, data_links, form_of
from kg.errors import NotAcceptable, StoreUnavailable
from kg.published import PublishedGraph, Work
from kg.snapshots import Version
from kg.workers import QueryPool

T = TypeVar("T")

_OF_QUERIES = "!$%&'()*+,-./:;=?@_~"  # what stays as it is in a query, RFC 3986, 3.4
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Shown:
    """The version of a page beside the newest one, and the number of a newer one that is damaged."""

    version: Version
    newest: Version
    form: str = "html"
    root: str = ""  # the address of the service
    path: str = "/"
    query: str = ""
    damaged: int | None = None

    @property
    def address(self) -> str:
        """Where the page itself is."""
        return f"{self.root}{self.path}{self.query}"

    def in_form(self, form: str) -> str:
        """The path at which the page is to be had in a form, with its filters.

        >>> from datetime import datetime
        >>> from pathlib import Path
        >>> version = Version(1, Path("v1"), datetime(2026, 11, 24))
        >>> Shown(version, version, path="/landscape", query="?view=network").in_form("svg")
        '/landscape.svg?view=network'
        """
        return f"{'/index' if self.path == '/' else self.path}.{form}{self.query}"

    @property
    def pinned(self) -> bool:
        """Whether the page shows an older version."""
        return self.version.number != self.newest.number


_SHOWN: ContextVar[Shown | None] = ContextVar("shown", default=None)


def shown() -> Shown | None:
    """The version that the page being made shows; None outside of a page, or without any version."""
    return _SHOWN.get()


class PageGraph:
    """The graph as a page asks it: always at the version that the page shows."""

    def __init__(self, graph: PublishedGraph, version: Version | None) -> None:
        """`version` is None where nothing has been published; a question then says so."""
        self._graph = graph
        self._version = version

    @property
    def pool(self) -> QueryPool:
        """The query processes."""
        return self._graph.pool

    @property
    def published(self) -> PublishedGraph:
        """The graph with all its versions."""
        return self._graph

    def newest(self) -> Version:
        """The version of the page; StoreUnavailable if there is none."""
        return self._version or self._graph.newest()

    def version(self, number: int) -> Version:
        """Another version; UnknownIri if it is not kept."""
        return self._graph.version(number, None)

    def versions(self) -> list[Version]:
        """The versions that are kept, oldest first."""
        return self._graph.versions()

    async def ask(self, work: Work[T], *, version: Version | None = None) -> T:
        """What the work finds in the version of the page, or in the one given.

        Work without parameters, such as the whole landscape, is done once for a version.
        """
        asked = version or self.newest()
        if isinstance(work, FunctionType):
            return await self._graph.ask_once(work, asked)
        return await self._graph.ask(work, version=asked)


def page_graph(request: Request) -> PageGraph:
    """The graph at the version of the page being made."""
    now = shown()
    return PageGraph(request.app.state.graph, now.version if now else None)


async def _page_graph(request: Request) -> PageGraph:
    return page_graph(request)


PageGraphDep = Annotated[PageGraph, Depends(_page_graph)]


class PageRoute(APIRoute):
    """A GET route whose page hangs on the version, the address and the build of the pages alone."""

    def get_route_handler(self) -> Handler:
        """The handler with the version and the tag around it."""
        return partial(answer_in_version, super().get_route_handler())


async def answer_in_version(compute: Handler, request: Request) -> Response:
    """What the handler answers, with its version; 304 to a browser that has the page already."""
    graph: PublishedGraph = request.app.state.graph
    try:
        graph.newest()
    except StoreUnavailable:
        return await compute(request)
    return await graph.answered(partial(_answer, graph, compute, request))


async def _answer(graph: PublishedGraph, compute: Handler, request: Request) -> Response:
    now = _shown_to(request, asked_version(graph, request, _options(request)), graph)
    tag = _tag_of(now)
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    token = _SHOWN.set(now)
    try:
        response = await _in_form(await compute(request), graph, now)
    finally:
        _SHOWN.reset(token)
    if response.status_code == 200 and response.media_type in ("text/html", *FORMS.values()):
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = _FOR_EVER if now.pinned else "no-cache"
        response.headers["X-Graph-Version"] = str(now.version.number)
        response.headers["Vary"] = "Accept"
    return response


async def _in_form(response: Response, graph: PublishedGraph, now: Shown) -> Response:
    """The page in the form that is asked for; drawings come from their templates as they should be."""
    if response.media_type != "text/html" or (response.status_code != 200 and now.form != "md"):
        return response
    html = bytes(response.body).decode()
    if now.form == "md":
        text = await page_as_markdown(
            html, graph, now.version, address=now.address, drawing=now.root + now.in_form("svg")
        )
        return Response(text, response.status_code, media_type=FORMS["md"])
    links = data_links(html)
    if now.form in ("json", "csv"):
        if now.form not in links:
            raise NotAcceptable(f"this page is not to be had as {now.form}; its foot says as what it is")
        return RedirectResponse(_pinned(links[now.form], now), 303)
    named = [(FORMS[name], address) for name, address in links.items() if name in FORMS]
    made = [(FORMS[form], now.in_form(form)) for form in ("md", "svg")]
    named += [(media_type, address) for media_type, address in made if address in links.values()]
    response.headers["Link"] = ", ".join(
        f'<{address}>; rel="alternate"; type="{media_type}"' for media_type, address in named
    )
    return response


def _pinned(address: str, now: Shown) -> str:
    """The address of data, at the version of the page where that is an older one."""
    if not now.pinned:
        return address
    return f"{address}{'&' if '?' in address else '?'}version={now.version.number}"


def _shown_to(request: Request, version: Version, graph: PublishedGraph) -> Shown:
    query = f"?{quote(request.url.query, safe=_OF_QUERIES)}" if request.url.query else ""
    root = str(request.base_url).rstrip("/")
    path = quote(request.scope["path"])
    return Shown(version, graph.newest(), form_of(request), root, path, query, graph.passed_over())


def _options(request: Request) -> dict[str, str]:
    """The names that pages have for what the API calls version and asOf."""
    asked = request.query_params
    return {name: asked[own] for own, name in (("v", "version"), ("asof", "asOf")) if own in asked}


def _tag_of(now: Shown) -> str:
    build = f"{asset('style.css')} {asset('page.js')}"
    seen = f"{now.version.published_at.isoformat()} {now.newest.number} {now.damaged}"
    asked = f"{seen} {build} {now.form} {now.address}"
    return f'W/"page-{now.version.number}-{hashlib.sha256(asked.encode()).hexdigest()[:20]}"'
