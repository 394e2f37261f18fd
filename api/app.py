"""settings -> the web application: the only place where its parts meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    analysis,
    ask,
    assets,
    citing,
    claims,
    curation,
    curation_drafts,
    disputes,
    entities,
    exporting,
    finding,
    health,
    history,
    jobs,
    linked_data,
    market,
    neighbours,
    observing,
    openapi,
    pages,
    problems,
    reports,
    stats,
    uploads,
    vocabulary,
    webhooks,
)
from api.compressing import COMPRESS_FROM, Compressing
from api.csv_suffix import CsvSuffix
from api.direct import Terms
from api.graph_store import GraphStoreEndpoint
from api.headers import SecurityHeaders
from api.job_runner import JobRunner
from api.keys import Keys
from api.lending import Lenders
from api.observing import Observing
from api.private import Private
from api.remembering import Memory, Remembering
from api.sparql import AnswerLimits, SparqlEndpoint
from api.web import entity_lists, landscape_page, market_pages, review_page, side_pages
from api.web.page_forms import PageSuffix
from api.webhook_sender import WebhookSender
from kg.jobs import JobShelf
from kg.published import PublishedGraph, versions_of
from kg.remote_services import RemoteServices
from kg.settings import Settings
from kg.shelving import Shelving
from kg.webhooks import Webhooks
from kg.workers import Limits, QueryPool
from kg.writes import Target

DESCRIPTION = """\
A knowledge graph of claims about the AI-factory market: who said what about whom, when, how surely, with
the exact sentence. Contradictions stay side by side. SPARQL 1.1 is at `/sparql`."""

# In the order in which paths are matched: the timeline of an entity before the entity of any path.
PARTS = (
    *(
        vocabulary,
        citing,
        ask,
        health,
        stats,
        market,
        analysis,
        finding,
        disputes,
        neighbours,
        entities,
        claims,
        curation,
        jobs,
        reports,
        history,
        exporting,
    ),
    *(assets, pages, landscape_page, review_page, market_pages, side_pages, entity_lists, linked_data),
)
# What needs a key comes first, since drafts are not entries of the log.
KEYED = (curation_drafts.router, curation.writing, uploads.router, jobs.keyed_router, webhooks.router)


class Application(FastAPI):
    """FastAPI with SPARQL in front of it: the framework's own layers cost more than a small query does."""

    sparql: ASGIApp
    lenders: Lenders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] == "/sparql":
            await self.sparql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> Application:
    """The application; its query processes start and stop with its lifespan."""
    pool = QueryPool(
        Limits(
            timeout_s=settings.query_timeout_s,
            quick=settings.query_workers,
            slow=2 * settings.query_workers,
            line=settings.query_queue,
            memory_mib=settings.query_memory_mib,
            online=settings.remote,
            server="api.direct",
        )
    )
    graph = PublishedGraph(versions_of(settings), pool)
    shelf = JobShelf(settings.store_path)
    runner = JobRunner(shelf, settings)
    hooks = Webhooks(settings.store_path)
    sender = WebhookSender(hooks, graph, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool, graph.watching(), Shelving(graph), runner, sender:
            await app.lenders.start(pool.nursery)
            yield
            await app.lenders.stop()

    app = Application(
        title="aifactory-kg",
        version=version("aifactory-kg"),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.graph = graph
    app.state.settings = settings
    app.state.keys = Keys(settings.keys, per_minute=settings.writes_per_minute)
    app.state.shelf, app.state.runner = shelf, runner
    app.state.hooks, app.state.sender = hooks, sender
    app.state.max_body = settings.body_mib << 20
    problems.install(app)
    for router in (*KEYED, *(part.router for part in PARTS)):
        # As they are, not included: the framework would look through every router twice for each request.
        app.router.routes += router.routes
    app.router.routes += side_pages.unkept.routes
    plain = _protocols(app.state.graph, app.state.keys, settings)
    app.router.routes += plain
    openapi.install(app)
    _put_layers_around(app, plain[0].endpoint, settings)
    return app


def _put_layers_around(app: Application, sparql: ASGIApp, settings: Settings) -> None:
    """The same layers around the framework and around SPARQL, outermost last."""
    metrics = observing.install(app, app.state.graph)
    memory = Memory(settings.cache_mib << 20)
    layers: list[tuple[Any, dict[str, Any]]] = [
        *([(Private, {"keys": app.state.keys})] if settings.private else []),
        (Compressing, {"minimum_size": COMPRESS_FROM}),
        (SecurityHeaders, {}),
        (Remembering, {"graph": app.state.graph, "memory": memory}),
        (Observing, {"metrics": metrics, "slow_s": settings.slow_request_s}),
    ]
    app.add_middleware(CsvSuffix)
    app.add_middleware(PageSuffix)
    for layer, options in layers:
        app.add_middleware(layer, **options)
        sparql = layer(sparql, **options)
    app.sparql = sparql
    # What is answered on a lent connection leaves no line in the access log, and is read from files here.
    number = 0 if settings.remote or settings.access_log else settings.query_workers
    app.lenders = Lenders(_terms(settings), metrics, number)


def _terms(settings: Settings) -> Terms:
    return Terms(
        settings.store_path,
        settings.base_iri,
        settings.result_mib << 20,
        settings.result_rows,
        COMPRESS_FROM,
        federating=bool(settings.service_prefixes),
    )


def _protocols(graph: PublishedGraph, keys: Keys, settings: Settings) -> list[Route]:
    """The two W3C protocols, as plain ASGI endpoints."""
    target = Target(settings.store_path, settings.keep_versions, settings if settings.remote else None)
    limits = {"max_body": settings.body_mib << 20, "max_result": settings.result_mib << 20}
    sparql = SparqlEndpoint(
        graph,
        keys,
        target,
        RemoteServices(settings.service_prefixes.split()),
        base_iri=settings.base_iri,
        limits=AnswerLimits(
            body_bytes=limits["max_body"],
            result_bytes=limits["max_result"],
            result_rows=settings.result_rows,
            cache_bytes=settings.cache_mib << 20,
        ),
    )
    store = GraphStoreEndpoint(graph, keys, target, base_iri=settings.base_iri, **limits)
    return [
        Route("/sparql", endpoint=sparql),
        Route("/store", endpoint=store),
        Route("/graph/{path:path}", endpoint=store),
    ]
