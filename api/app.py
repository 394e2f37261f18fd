"""settings -> the web application: the only place where its parts meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import Route

from api import (
    claims,
    disputes,
    entities,
    exporting,
    finding,
    health,
    history,
    linked_data,
    market,
    observing,
    openapi,
    pages,
    problems,
    reports,
    stats,
)
from api.compressing import Compressing
from api.graph_store import GraphStoreEndpoint
from api.headers import SecurityHeaders
from api.keys import read_keys
from api.plain_path import CsvSuffix, PlainPath
from api.remembering import Remembering
from api.sparql import SparqlEndpoint
from kg.published import PublishedGraph
from kg.settings import Settings
from kg.workers import Limits, QueryPool
from kg.writes import Target

DESCRIPTION = """\
A knowledge graph of claims about the AI-factory market: who said what about whom, when, how surely, with
the exact sentence. Contradictions stay side by side. SPARQL 1.1 is at `/sparql`."""

# In the order in which paths are matched: the timeline of an entity before the entity of any path.
PARTS = (
    *(health, stats, market, finding, disputes, entities, claims, reports, history, exporting),
    *(pages, linked_data),
)


def create_app(settings: Settings) -> FastAPI:
    """The application; its query processes start and stop with its lifespan."""
    pool = QueryPool(
        Limits(
            timeout_s=settings.query_timeout_s,
            quick=settings.query_workers,
            slow=2 * settings.query_workers,
            line=settings.query_queue,
            memory_mib=settings.query_memory_mib,
        )
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(
        title="aifactory-kg",
        version=version("aifactory-kg"),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.graph = PublishedGraph(settings.store_path, pool)
    problems.install(app)
    for part in PARTS:
        app.include_router(part.router)
    plain = _protocols(app.state.graph, settings)
    app.router.routes += plain
    openapi.install(app)
    # SPARQL queries go past the framework's own layers, which cost more than a small query does.
    app.add_middleware(CsvSuffix)
    app.add_middleware(PlainPath, path="/sparql", endpoint=plain[0].endpoint)
    app.add_middleware(Compressing, minimum_size=1000, compresslevel=4)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Remembering, graph=app.state.graph, max_bytes=settings.cache_mib << 20)
    observing.install(app, app.state.graph, slow_s=settings.slow_request_s)
    return app


def _protocols(graph: PublishedGraph, settings: Settings) -> list[Route]:
    """The two W3C protocols, as plain ASGI endpoints."""
    keys = read_keys(settings.keys, per_minute=settings.writes_per_minute)
    target = Target(settings.store_path, settings.keep_versions)
    limits = {"max_body": settings.body_mib << 20, "max_result": settings.result_mib << 20}
    sparql = SparqlEndpoint(
        graph, keys, target, base_iri=settings.base_iri, cache_bytes=settings.cache_mib << 20, **limits
    )
    store = GraphStoreEndpoint(graph, keys, target, base_iri=settings.base_iri, **limits)
    return [
        Route("/sparql", endpoint=sparql),
        Route("/store", endpoint=store),
        Route("/graph/{path:path}", endpoint=store),
    ]
