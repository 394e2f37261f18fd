"""an address of nothing -> a page that says so, with what has a name like it."""

import re
from functools import partial

from starlette.responses import Response

from api.pages import page
from api.problems import problem_of
from api.web.versioned_pages import PageGraph
from kg.errors import AifkgError
from kg.search_index import Hit, search

_MOST = 5


async def unknown_page(graph: PageGraph, unknown: AifkgError, path: str) -> Response:
    """The page for a path or IRI that the graph has never seen; things with a name like its last part."""
    words = re.sub(r"[^\w]+", " ", path.rstrip("/").rpartition("/")[2]).strip()[:80]
    nearest = await _nearest(graph, words)
    return page("unknown", 404, problem=problem_of(unknown), iri=path, words=words, nearest=nearest)


async def _nearest(graph: PageGraph, words: str) -> tuple[Hit, ...]:
    try:
        newest = graph.newest()
        work = partial(search, version=newest, words=words, kind="entity", limit=_MOST)
        return (await graph.ask(work, version=newest)).hits
    except AifkgError:
        return ()  # what is not there can be said without
