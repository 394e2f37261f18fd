"""SPARQL 1.1 Protocol at /sparql, as a plain ASGI endpoint: queries in, complete answers out.

An answer is complete before its first byte is sent, so there is no short or broken 200: a query that breaks
a limit ends in a problem. The query is killed when its client leaves.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.connections import read_body, unless_client_leaves
from api.keys import Keys
from api.negotiation import choose, formats_wanted, read_accept
from api.problems import headers_of, problem_of, problem_response, unforeseen
from api.protocol import FORM, METHODS, QUERY, UPDATE, Operation, read_operation
from api.replies import send_answer
from api.versions import asked_version, headers_of_answer
from kg.answer_cache import AnswerCache, is_steady, tag_of
from kg.answers import Answer, Question, answer
from kg.errors import AifkgError, BadRequest, MethodNotAllowed, QueryTimeout, RemoteServiceFailed
from kg.explaining import explain
from kg.federation import ServiceClause, service_clauses, with_tables
from kg.formats import GRAPHS
from kg.published import PublishedGraph
from kg.remote_services import RemoteServices
from kg.self_description import Endpoint, describe_service
from kg.snapshots import Version
from kg.writes import Target, Update, apply_update

_FEDERATED = re.compile("service", re.IGNORECASE)
_OPTIONS = {
    "Allow": ", ".join(METHODS),
    "Accept-Query": "application/sparql-query",
    "Accept-Post": ", ".join((FORM, QUERY, UPDATE)),
}


@dataclass(frozen=True)
class AnswerLimits:
    """How much is read of a request and written of an answer."""

    body_bytes: int
    result_bytes: int
    result_rows: int
    cache_bytes: int


class SparqlEndpoint:
    """The protocol over one graph."""

    def __init__(
        self,
        graph: PublishedGraph,
        keys: Keys,
        target: Target,
        services: RemoteServices,
        *,
        base_iri: str,
        limits: AnswerLimits,
    ) -> None:
        """SERVICE may ask `services`."""
        self._graph = graph
        self._keys = keys
        self._target = target
        self._services = services
        self._base_iri = base_iri
        self._limits = limits
        self._cache = AnswerCache(limits.cache_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; any error of the product becomes a problem."""
        request = Request(scope, receive)
        try:
            await self._respond(request, send)
        except AifkgError as error:
            headers = headers_of(error)
            if isinstance(error, MethodNotAllowed):
                headers["Allow"] = _OPTIONS["Allow"]
            await problem_response(problem_of(error), headers)(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - this endpoint stands before the framework's own net
            await (await unforeseen(request, error))(scope, receive, send)

    async def _respond(self, request: Request, send: Send) -> None:
        if request.method == "OPTIONS":
            await Response(status_code=204, headers=_OPTIONS)(request.scope, request.receive, send)
        elif request.method not in METHODS:
            raise MethodNotAllowed(f"{request.method} is not answered at {request.url.path}")
        else:
            await self._answer(request, send)

    async def _answer(self, request: Request, send: Send) -> None:
        body = b"" if request.method in ("GET", "HEAD") else await read_body(request, self._limits.body_bytes)
        operation = read_operation(
            request.method, request.headers.get("content-type"), request.scope["query_string"], body
        )
        request.state.query = operation.text
        if operation.kind == "update":
            await self._update(request, operation)
            await Response(status_code=204)(request.scope, request.receive, send)
            return
        if operation.kind == "description":
            await self._describe(request, operation, send)
            return
        await self._graph.answered(partial(self._answer_query, request, operation, send))

    async def _answer_query(self, request: Request, operation: Operation, send: Send) -> None:
        """Answer from the version that is asked for; nothing is sent before the answer is complete."""
        version = asked_version(self._graph, request, operation.options)
        question = self._question(operation, request.headers.get("accept"))
        timeout_s = _timeout(operation)
        if self._services.any and _FEDERATED.search(question.query):
            question, timeout_s = await self._with_remote_tables(request, question, timeout_s)
            tag = None
        else:
            tag = tag_of(version, question) if is_steady(question) else None
        if _wants_plan(operation):
            plan = partial(explain, location=version.path, question=question)
            await self._find(request, version, plan, None, timeout_s, send, slow=True)
            return
        if tag is not None and tag in request.headers.get("if-none-match", ""):
            await Response(status_code=304, headers={"ETag": tag})(request.scope, request.receive, send)
            return
        known = self._cache.get(version, question) if tag is not None else None
        if known is None:
            found = await self._find(
                request, version, partial(answer, question=question), tag, timeout_s, send
            )
            if tag is not None:
                self._cache.put(version, question, found)
        else:
            request.state.engine_s = 0.0
            headers = headers_of_answer(version, tag, "cache;desc=hit")
            await send_answer(known, send, body=request.method != "HEAD", headers=headers)

    async def _find(
        self,
        request: Request,
        version: Version,
        work: Callable[..., Answer],
        tag: str | None,
        timeout_s: float | None,
        send: Send,
        *,
        slow: bool = False,
    ) -> Answer:
        """Have the answer found by a query process, and send it."""
        started = time.perf_counter()
        spool = self._graph.pool.new_spool_name()
        found: Answer | None = None
        try:
            found = await unless_client_leaves(
                request,
                self._graph.ask(
                    partial(work, spool=spool), version=version, timeout_s=timeout_s, slow=slow, small=True
                ),
            )
            request.state.engine_s = found.engine_s
            total_ms = (time.perf_counter() - started) * 1000
            timing = f"engine;dur={found.engine_s * 1000:.2f}, total;dur={total_ms:.2f}"
            headers = headers_of_answer(version, tag, timing)
            await send_answer(found, send, body=request.method != "HEAD", headers=headers)
            return found
        finally:
            # An answer in memory left no file behind; only one that broke off or is in a file did.
            if found is None or found.file is not None:
                Path(spool).unlink(missing_ok=True)

    async def _with_remote_tables(
        self, request: Request, question: Question, timeout_s: float | None
    ) -> tuple[Question, float]:
        """The question with what other endpoints answered in place of SERVICE, and the time that is left."""
        longest = self._graph.pool.limits.timeout_s
        timeout_s = min(timeout_s or longest, longest)
        ends = time.monotonic() + timeout_s
        most = self._services.limits.rows
        clauses = service_clauses(question.query, base_iri=self._base_iri, most_rows=most)
        tables = [
            await unless_client_leaves(request, self._remote_table(clause, ends - time.monotonic()))
            for clause in clauses
        ]
        text = with_tables(question.query, clauses, tables, most)
        left = ends - time.monotonic()
        if left <= 0:
            raise QueryTimeout(f"other endpoints did not answer in {timeout_s:g} s")
        return replace(question, query=text), left

    async def _remote_table(self, clause: ServiceClause, timeout_s: float) -> bytes | None:
        """What an endpoint answers; None if it gives no answer and the query says SILENT."""
        try:
            return await self._services.ask(clause.endpoint, clause.query, timeout_s=timeout_s)
        except RemoteServiceFailed:
            if clause.silent:
                return None
            raise

    async def _describe(self, request: Request, operation: Operation, send: Send) -> None:
        """SPARQL 1.1 Service Description, 2: a GET of the endpoint without a query describes it."""
        format_name = choose(read_accept(request.headers.get("accept")), GRAPHS)
        if format_name is None:
            raise BadRequest("a query is needed: ?query=… or a POST; see /docs for the ways to send it")
        version = asked_version(self._graph, request, operation.options)
        endpoint = Endpoint(
            str(request.url.replace(query="")), self._keys.any, self._services.any, version.number
        )
        spool = self._graph.pool.new_spool()
        work = partial(
            describe_service,
            endpoint=endpoint,
            format_name=format_name,
            max_bytes=self._limits.result_bytes,
            spool=spool,
        )
        try:
            found = await unless_client_leaves(request, self._graph.ask(work, version=version))
            await send_answer(found, send, body=request.method != "HEAD")
        finally:
            spool.unlink(missing_ok=True)

    async def _update(self, request: Request, operation: Operation) -> None:
        """Run an update for somebody who has a key; the new version is published when this returns."""
        self._keys.writer(request.headers.get("authorization"))
        update = Update(
            operation.text,
            using=operation.default_graphs,
            using_named=operation.named_graphs,
            base_iri=self._base_iri,
        )
        await self._graph.write(
            partial(apply_update, target=self._target, update=update), timeout_s=_timeout(operation)
        )

    def _question(self, operation: Operation, accept: str | None) -> Question:
        results_format, graph_format = formats_wanted(operation.options.get("format"), accept)
        return Question(
            operation.text,
            results_format=results_format,
            graph_format=graph_format,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            base_iri=self._base_iri,
            max_bytes=self._limits.result_bytes,
            max_rows=self._limits.result_rows,
        )


def _wants_plan(operation: Operation) -> bool:
    """Whether the plan is asked for instead of the answer."""
    wish = operation.options.get("explain", "false").lower()
    if wish not in ("true", "false"):
        raise BadRequest("explain is true or false")
    return wish == "true"


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
