"""Every IRI of the graph at its own path: a page for people, triples for programs.

`/id/aws` names the company itself, so a program is sent on with 303 to the triples about it at `/id/aws.ttl`,
and a person gets the page. `.ttl`, `.jsonld` and the other suffixes name a format and win over Accept.
"""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import GraphDep
from api.jsonld import CONTEXT
from api.negotiation import choose, quality, read_accept
from api.pages import page
from api.replies import answer_response
from api.web.thing_pages import page_of
from api.web.unknown_page import unknown_page
from api.web.versioned_pages import answer_in_version, page_graph
from kg.dataset_description import describe_dataset
from kg.descriptions import describe, describe_for_people
from kg.errors import NotAcceptable, UnknownIri, UnknownReport
from kg.formats import GRAPHS
from kg.graph_reads import read_graph
from kg.iris import BASE
from kg.names import check_node
from kg.published import PublishedGraph
from ontology import terms
from ontology.docs import SERIALISATIONS, html, serialised, versions

router = APIRouter(include_in_schema=False)

_HTML = ("text/html", "application/xhtml+xml")
_LARGEST = 1 << 24


@router.get("/ns")
async def ontology(request: Request) -> Response:
    """The ontology: its documentation, or its triples."""
    if _wants_page(request):
        return HTMLResponse(html(), headers={"Vary": "Accept"})
    format_name = choose(read_accept(request.headers.get("accept")), GRAPHS)
    return RedirectResponse(f"/ns.{format_name}", 303, headers={"Vary": "Accept"})


@router.get("/ns/{version}")
async def ontology_version(request: Request, version: str) -> Response:
    """The ontology by its version IRI: the version of this installation and no other."""
    if f"{terms.ONTOLOGY}/{version}" not in versions():
        raise UnknownIri(f"version {version} of the ontology is not kept here; {versions()[0]} is")
    return await ontology(request)


@router.get("/ns.{suffix}")
async def ontology_in_format(graph: GraphDep, suffix: str) -> Response:
    """The whole ontology as triples: as it is written where it can be, else as the store gives it."""
    if suffix in SERIALISATIONS:
        return Response(serialised(suffix), media_type=SERIALISATIONS[suffix][0])
    if suffix not in GRAPHS:
        raise UnknownIri(f"the ontology is not written as {suffix}")
    work = partial(
        read_graph,
        graph=terms.G_SCHEMA,
        format_name=suffix,
        max_bytes=_LARGEST,
        spool=graph.pool.new_spool(),
    )
    return answer_response(await graph.ask(work))


@router.get("/context.jsonld")
async def context() -> Response:
    """What the keys of the JSON API mean."""
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response(CONTEXT, media_type="application/ld+json", headers=headers)


@router.get("/dataset")
async def dataset(request: Request) -> Response:
    """The data set as catalogues list it."""
    format_name = choose(read_accept(request.headers.get("accept")), GRAPHS) or "ttl"
    return RedirectResponse(f"/dataset.{format_name}", 303, headers={"Vary": "Accept"})


@router.get("/dataset.{suffix}")
async def dataset_in_format(graph: GraphDep, request: Request, suffix: str) -> Response:
    """The description of the data set, with the counts of the newest version."""
    if suffix not in GRAPHS:
        raise UnknownIri(f"the data set is not described as {suffix}")
    newest = graph.newest()
    work = partial(
        describe_dataset,
        address=str(request.base_url),
        version=newest.number,
        format_name=suffix,
        max_bytes=_LARGEST,
        spool=graph.pool.new_spool(),
    )
    return answer_response(await graph.ask(work, version=newest))


@router.get("/.well-known/void")
async def void() -> Response:
    """Where the data set is described, VoID 7.2."""
    return RedirectResponse("/sparql", 303)


@router.get("/id/{name}")
@router.get("/vocab/{name}")
@router.get("/claim/{name}")
@router.get("/doc/{name}")
async def thing(graph: GraphDep, request: Request, name: str) -> Response:
    """A thing by the path of its IRI."""
    kind = request.scope["route"].path.split("/")[1]
    stem, _, suffix = name.rpartition(".")
    if stem and suffix in GRAPHS:
        return await _triples(graph, f"{BASE}{kind}/{stem}", suffix)
    iri = f"{BASE}{kind}/{name}"
    if _wants_page(request):
        return await answer_in_version(partial(_page, iri), request)
    format_name = choose(read_accept(request.headers.get("accept")), GRAPHS)
    if format_name is None:
        raise NotAcceptable("things are shown as text/html or as triples, see /docs")
    return RedirectResponse(f"/{kind}/{name}.{format_name}", 303, headers={"Vary": "Accept"})


def _wants_page(request: Request) -> bool:
    accept = read_accept(request.headers.get("accept"))
    triples = max(quality(accept, entry.media_types) for entry in GRAPHS.values())
    return quality(accept, _HTML) >= triples


async def _triples(graph: PublishedGraph, iri: str, format_name: str) -> Response:
    spool = graph.pool.new_spool()
    work = partial(describe, iri=_checked(iri), format_name=format_name, max_bytes=_LARGEST, spool=spool)
    return answer_response(await graph.ask(work))


async def _page(iri: str, request: Request) -> Response:
    graph = page_graph(request)
    try:
        made = await page_of(graph, _checked(iri), asked=request.query_params)
        if made is not None:
            return made
        found = await graph.ask(partial(describe_for_people, iri=iri))
    except (UnknownIri, UnknownReport) as unknown:
        return await unknown_page(graph, unknown, iri)
    return page("thing", found=found, base=BASE)


def _checked(iri: str) -> str:
    try:
        return check_node(iri)
    except ValueError as error:
        raise UnknownIri(f"{iri} is no IRI: {error}") from error
