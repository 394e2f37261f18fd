"""SPARQL 1.1 Protocol at /sparql, as a plain ASGI endpoint: queries in, complete answers out.

An answer is complete before its first byte is sent, so there is no short or broken 200: a query that breaks
a limit ends in a problem. The query is killed when its client leaves.
"""

from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.connections import read_body, unless_client_leaves
from api.negotiation import SHORT_NAMES, choose, read_accept
from api.problems import problem_of, problem_response
from api.protocol import METHODS, Operation, read_operation
from kg.answers import Answer, Question, answer
from kg.errors import AifkgError, BadRequest, Forbidden, MethodNotAllowed
from kg.formats import GRAPHS, RESULTS
from kg.published import PublishedGraph

_CHUNK = 1 << 18
_OPTIONS = {
    "Allow": ", ".join(METHODS),
    "Accept-Query": "application/sparql-query",
    "Accept-Post": "application/x-www-form-urlencoded, application/sparql-query",
}


class SparqlEndpoint:
    """The protocol over one graph."""

    def __init__(self, graph: PublishedGraph, *, base_iri: str, max_body: int, max_result: int) -> None:
        self._graph = graph
        self._base_iri = base_iri
        self._max_body = max_body
        self._max_result = max_result

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; any error of the product becomes a problem."""
        request = Request(scope, receive)
        try:
            await self._respond(request, send)
        except AifkgError as error:
            headers = {"Allow": _OPTIONS["Allow"]} if isinstance(error, MethodNotAllowed) else {}
            await problem_response(problem_of(error), headers)(scope, receive, send)
        except ClientDisconnect:
            return

    async def _respond(self, request: Request, send: Send) -> None:
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=_OPTIONS)(request.scope, request.receive, send)
        elif request.method not in METHODS:
            raise MethodNotAllowed(f"{request.method} is not answered at {request.url.path}")
        else:
            await self._answer(request, send)

    async def _answer(self, request: Request, send: Send) -> None:
        body = await read_body(request, self._max_body)
        operation = read_operation(
            request.method, request.headers.get("content-type"), request.scope["query_string"], body
        )
        if operation.kind == "update":
            raise Forbidden("updates are not accepted here")
        if operation.kind == "description":
            raise BadRequest("a query is needed: ?query=… or a POST; see /docs for the ways to send it")
        question = self._question(operation, request.headers.get("accept"))
        spool = self._graph.pool.new_spool()
        try:
            found = await unless_client_leaves(
                request,
                self._graph.ask(
                    partial(answer, question=question, spool=spool), timeout_s=_timeout(operation)
                ),
            )
            await _send(found, send, body=request.method != "HEAD")
        finally:
            spool.unlink(missing_ok=True)

    def _question(self, operation: Operation, accept: str | None) -> Question:
        results_format, graph_format = _formats(operation, accept)
        return Question(
            operation.text,
            results_format=results_format,
            graph_format=graph_format,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            base_iri=self._base_iri,
            max_bytes=self._max_result,
        )


def _formats(operation: Operation, accept: str | None) -> tuple[str | None, str | None]:
    """The format for tables and that for graphs; `format=` in the request wins over the Accept header."""
    name = operation.options.get("format")
    if name is None:
        ranges = read_accept(accept)
        return choose(ranges, RESULTS), choose(ranges, GRAPHS)
    table, graph = SHORT_NAMES.get(name, (name, name))
    if table not in RESULTS and graph not in GRAPHS:
        known = ", ".join((*SHORT_NAMES, *RESULTS, *GRAPHS))
        raise BadRequest(f"format={name} is not known; these are: {known}")
    return (table if table in RESULTS else None), (graph if graph in GRAPHS else None)


def _timeout(operation: Operation) -> float | None:
    """The client's own deadline in seconds; the service's own stays the longest."""
    text = operation.options.get("timeout")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadRequest("timeout is a number of seconds above 0")
    return seconds


async def _send(found: Answer, send: Send, *, body: bool) -> None:
    headers = [
        (b"content-type", _content_type(found.media_type)),
        (b"content-length", str(found.length).encode()),
        (b"vary", b"Accept"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if not body:
        await send({"type": "http.response.body", "body": b""})
    elif found.file is None:
        await send({"type": "http.response.body", "body": found.body})
    else:
        with found.file.open("rb") as stored:
            while chunk := stored.read(_CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _content_type(media_type: str) -> bytes:
    """The media type, with its charset where a client would otherwise assume another (text/*)."""
    return f"{media_type}; charset=utf-8".encode() if media_type.startswith("text/") else media_type.encode()
