"""requests -> metrics for Prometheus, and a line of JSON each: what was asked, what came of it, how long."""

import hashlib
import json
import logging
import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import StoreUnavailable
from kg.published import PublishedGraph

access_log = logging.getLogger("aifkg.access")
slow_log = logging.getLogger("aifkg.slow")

# Plain ASGI routes, which leave no trace in the scope.
_OF_PAGES = (b"text/html", b"text/markdown")
_PLAIN_ROUTES = ("/sparql", "/store", "/metrics")
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_LONGEST_TEXT = 500
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What is counted."""

    def __init__(self, graph: PublishedGraph) -> None:
        """Gauges are read when the metrics are."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "aifkg_requests", "Requests answered", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "aifkg_request_seconds",
            "Time to the last byte of the answer",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.gauge("aifkg_queries_running", "Queries that run now", lambda: graph.pool.lanes.running)
        self.gauge("aifkg_queries_waiting", "Queries that wait", lambda: graph.pool.lanes.waiting)
        self.gauge("aifkg_graph_version", "Newest version of the graph", lambda: _version(graph))

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Tell a value that is read whenever the metrics are."""
        Gauge(name, text, registry=self.registry).set_function(read)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        children = self._children.get((route, status))
        if children is None:
            children = self.requests.labels(route, str(status)), self.seconds.labels(route)
            self._children[route, status] = children
        children[0].inc()
        children[1].observe(seconds)

    def page(self) -> Response:
        """The metrics as Prometheus reads them."""
        return Response(generate_latest(self.registry), media_type=_TEXT)


def _version(graph: PublishedGraph) -> float:
    try:
        return graph.newest().number
    except StoreUnavailable:
        return 0


class Observing:
    """Counts and logs every request; one that took long is logged with its query."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, slow_s: float) -> None:
        """Wrap the application."""
        self._app = app
        self._metrics = metrics
        self._slow_s = slow_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note what came back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, sent = 499, 0  # 499: the client left before the answer began

        async def note(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            self._note(scope, status, sent, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, sent: int, seconds: float) -> None:
        route = _route_of(scope)
        self._metrics.count(route, status, seconds)
        if seconds < self._slow_s and not access_log.isEnabledFor(logging.INFO):
            return
        query = scope.get("state", {}).get("query")
        entry = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "bytes": sent,
            "ms": round(seconds * 1000, 2),
        }
        if query is not None:
            entry["query"] = hashlib.sha256(query.encode()).hexdigest()[:16]
        if access_log.isEnabledFor(logging.INFO):
            access_log.info(json.dumps(entry, ensure_ascii=False))
        if seconds >= self._slow_s:
            slow_log.warning(json.dumps({**entry, "text": (query or "")[:_LONGEST_TEXT]}, ensure_ascii=False))


def _route_of(scope: Scope) -> str:
    """The route's pattern, never the path itself: of those there are endlessly many."""
    if "route" in scope:
        return str(scope["route"].path)
    return scope["path"] if scope["path"] in _PLAIN_ROUTES else "other"


def install(app: FastAPI, graph: PublishedGraph) -> Metrics:
    """Serve the metrics of the app at /metrics; they count what `Observing` sees."""
    metrics = Metrics(graph)

    async def page(_: Request) -> Response:
        return metrics.page()

    app.router.routes.insert(0, _ForPrograms("/metrics", page, include_in_schema=False))
    return metrics


class _ForPrograms(Route):
    """A route that leaves browsers to whoever has a page at the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this route answers the request."""
        if scope["type"] == "http" and any(
            name == b"accept" and any(kind in value for kind in _OF_PAGES) for name, value in scope["headers"]
        ):
            return Match.NONE, {}
        return super().matches(scope)
