"""graph -> pages beside the things: two of them compared, what changed, and the SPARQL workbench."""

import secrets
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.assets import asset
from api.claims import Id, check_id
from api.pages import feed_of, page
from api.web.grouping import numbered
from api.web.unknown_page import unknown_page
from api.web.versioned_pages import PageGraph, PageGraphDep, PageRoute
from kg.comparison import compare
from kg.errors import UnknownIri
from kg.gaps import gaps_of
from kg.iris import ID, VOCAB
from kg.landscape import landscape
from kg.names import candidates_for, refs_for
from kg.records import Ref
from kg.report_records import report_records
from kg.version_changes import ChangedClaim, version_changes
from ontology.questions import load_questions

router = APIRouter(include_in_schema=False, route_class=PageRoute)
# Its pages hold a word that may be used once, so none is kept.
unkept = APIRouter(include_in_schema=False)

_MOST_COMPARED = 6
_MOST_IN_CELL = 12
_LIKELY = 12
_MOST_CHANGES = 200
_FIRST_QUERY = """\
PREFIX aif: <https://w3id.org/ai-factory/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?claim ?about ?statement ?quote WHERE {
  ?claim aif:subject/skos:prefLabel ?about ;
         aif:statement ?statement ;
         aif:evidence/oa:hasSelector/oa:exact ?quote .
}
LIMIT 20
"""


@router.get("/compare")
async def compared(
    graph: PageGraphDep, e: Annotated[list[str] | None, Query(max_length=9)] = None
) -> Response:
    """Two to six things side by side; with fewer, the providers of which most is said to choose from."""
    parts = [part.strip() for text in e or () for part in text.split(",")]
    ids = tuple(dict.fromkeys(part for part in parts if part))
    providers = sorted((await graph.ask(landscape)).providers, key=lambda one: -one.claims)
    if not 2 <= len(ids) <= _MOST_COMPARED:
        return page("compare", ids=ids, found=None, providers=providers, likely=providers[:_LIKELY])
    try:
        found = await graph.ask(partial(compare, ids=tuple(_checked(one) for one in ids), most=_MOST_IN_CELL))
    except UnknownIri as unknown:
        return page("compare", 404, ids=(), found=None, providers=providers, reason=str(unknown))
    sources = numbered(claim for row in found.rows for cell in row.cells for claim in cell)
    reports = {report.iri: report for report in await graph.ask(report_records)}
    return page("compare", ids=ids, found=found, providers=providers, sources=sources, reports=reports)


def _checked(text: str) -> str:
    try:
        return check_id(text)
    except ValueError as error:
        raise UnknownIri(f"{text!r} names nothing that can be compared") from error


@router.get("/changes")
async def changes(
    graph: PageGraphDep, since: Annotated[int | None, Query(ge=1)] = None, about: Id | None = None
) -> Response:
    """What came, went and changed its standing since a version, or since the last before the newest."""
    thing = await _thing(graph, about)
    newest, kept = graph.newest(), graph.versions()
    earlier = [one.number for one in kept if one.number < newest.number]
    start = since or (earlier[-1] if earlier else None)
    if start is None:
        return page("changes", newest=newest, versions=kept, since=None, found=None, about=thing)
    work = partial(version_changes, since=graph.version(start), limit=_MOST_CHANGES, about=about)
    found = await graph.ask(work, version=newest)
    return page("changes", newest=newest, versions=kept, since=start, found=found, about=thing)


async def _thing(graph: PageGraph, about: str | None) -> Ref | None:
    """What the changes are narrowed to, by name."""
    if about is None:
        return None
    iri = candidates_for(about, ID, VOCAB)
    refs = await graph.ask(partial(refs_for, iris=iri))
    return next((refs[one] for one in iri if refs[one].label != refs[one].id), refs[iri[0]])


@router.get("/changes.atom")
async def feed(graph: PageGraphDep, request: Request, about: Id | None = None) -> Response:
    """The last changes as an Atom feed (RFC 4287), of one thing where it is named."""
    newest = graph.newest()
    earlier = [one.number for one in graph.versions() if one.number < newest.number]
    claims: tuple[ChangedClaim, ...] = ()
    if earlier:
        work = partial(version_changes, since=graph.version(earlier[-1]), limit=_MOST_CHANGES, about=about)
        claims = (await graph.ask(work, version=newest)).claims
    address, thing = str(request.base_url).rstrip("/"), await _thing(graph, about)
    return feed_of(newest=newest, claims=claims, address=address, about=thing)


@router.get("/id/{name}/gaps")
async def gaps(graph: PageGraphDep, name: str) -> Response:
    """What reports say of things like this one, and not of it."""
    try:
        work = partial(gaps_of, version=graph.newest(), id=_checked(name))
        return page("gaps", found=await graph.ask(work))
    except UnknownIri as unknown:
        return await unknown_page(graph, unknown, f"/id/{name}")


@router.get("/upload")
async def upload(request: Request) -> Response:
    """A form that brings reports in; what it does goes through the API, with the key of who uses it."""
    megabytes = request.app.state.settings.upload_mib
    return page("upload", megabytes=megabytes, address=str(request.base_url).rstrip("/"))


@unkept.get("/query")
async def workbench(
    request: Request,
    query: Annotated[str | None, Query(max_length=20_000)] = None,
    example: Annotated[int | None, Query(ge=1)] = None,
    run: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """A place to write SPARQL, with the competency questions as examples; a link opens on its result."""
    questions = load_questions()
    chosen = next((one.query for one in questions if one.number == example), None)
    return page(
        "query",
        questions=questions,
        example=example,
        query=query or chosen or _FIRST_QUERY,
        folded=run is not None and asset("workbench.js") is not None,
        seconds=f"{request.app.state.graph.pool.limits.timeout_s:g}",
        nonce=secrets.token_urlsafe(16),
    )
