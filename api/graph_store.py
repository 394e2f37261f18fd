"""SPARQL 1.1 Graph Store Protocol: /store?graph=IRI, /store?default, and each of our graphs at its own path.

GET and HEAD are open; PUT, POST and DELETE need a key and publish a new version.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.connections import unless_client_leaves
from api.keys import Keys
from api.negotiation import choose, read_accept
from api.payloads import read_payloads
from api.problems import headers_of, problem_of, problem_response
from api.replies import send_answer
from kg.answers import Answer
from kg.descriptions import read_graph_or_describe
from kg.errors import AifkgError, BadRequest, MethodNotAllowed, NotAcceptable, UnknownIri
from kg.formats import GRAPHS
from kg.graph_reads import read_graph
from kg.names import check_node
from kg.published import PublishedGraph
from kg.writes import GraphWrite, Payload, Target, write_graph

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
_WRITES: dict[str, GraphWrite] = {"PUT": "replace", "POST": "add", "DELETE": "delete"}


class GraphStoreEndpoint:
    """The protocol over one graph store; `path` graphs are those under our own namespace."""

    def __init__(
        self,
        graph: PublishedGraph,
        keys: Keys,
        target: Target,
        *,
        base_iri: str,
        max_body: int,
        max_result: int,
    ) -> None:
        """The limits are bytes."""
        self._graph = graph
        self._keys = keys
        self._target = target
        self._namespace = f"{base_iri}graph/"
        self._max_body = max_body
        self._max_result = max_result

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; any error of the product becomes a problem."""
        request = Request(scope, receive)
        try:
            await self._respond(request, send)
        except AifkgError as error:
            headers = headers_of(error)
            if isinstance(error, MethodNotAllowed):
                headers["Allow"] = ", ".join(METHODS)
            await problem_response(problem_of(error), headers)(scope, receive, send)
        except ClientDisconnect:
            return

    async def _respond(self, request: Request, send: Send) -> None:
        method = request.method
        if method not in METHODS:
            raise MethodNotAllowed(f"{method} is not answered at {request.url.path}")
        if method == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
        elif method in _WRITES:
            response = await self._write(request)
        else:
            await self._read(request, send)
            return
        await response(request.scope, request.receive, send)

    def _name(self, request: Request) -> str | None:
        """The IRI of the graph that the request is about, None for the default graph.

        Raises:
            BadRequest: if it names no graph, several, or something that is no absolute IRI.
        """
        if "path" in request.path_params:
            return self._checked(f"{self._namespace}{request.path_params['path']}")
        parameters = parse_qs(request.url.query, keep_blank_values=True)
        names = parameters.get("graph", [])
        if ("default" in parameters) + len(names) != 1:
            raise BadRequest("name one graph: ?graph=IRI or ?default")
        if not names:
            return None
        return self._ours(self._checked(names[0]), request)

    @staticmethod
    def _checked(name: str) -> str:
        try:
            return check_node(name)
        except ValueError as error:
            raise BadRequest(f"{name!r} is not an absolute IRI: {error}") from error

    def _ours(self, iri: str, request: Request) -> str:
        """The name of the graph that the service itself answers at this address; any other IRI unchanged."""
        address = f"{request.base_url}graph/"
        return f"{self._namespace}{iri.removeprefix(address)}" if iri.startswith(address) else iri

    async def _read(self, request: Request, send: Send) -> None:
        name = self._name(request)
        format_name = choose(read_accept(request.headers.get("accept")), GRAPHS)
        if format_name is None:
            offered = ", ".join(entry.media_type for entry in GRAPHS.values())
            raise NotAcceptable(f"graphs are written as {offered}")
        spool = self._graph.pool.new_spool()
        place: dict[str, Any] = {"format_name": format_name, "max_bytes": self._max_result, "spool": spool}
        reading: Callable[[Any], Answer]
        if name is not None and "path" in request.path_params:
            reading = partial(read_graph_or_describe, iri=name, **place)
        else:
            reading = partial(read_graph, graph=name, **place)
        try:
            found = await unless_client_leaves(request, self._graph.ask(reading))
            await send_answer(found, send, body=request.method != "HEAD")
        finally:
            spool.unlink(missing_ok=True)

    async def _write(self, request: Request) -> Response:
        self._keys.writer(request.headers.get("authorization"))
        payloads: tuple[Payload, ...] = ()
        if request.method != "DELETE":
            payloads = await read_payloads(request, self._max_body)
        location = None
        if request.method == "POST" and "path" not in request.path_params and not request.url.query:
            # 5.5: a POST to the store itself makes a new graph and tells where.
            identifier = secrets.token_hex(8)
            location = f"{request.base_url}graph/{identifier}"
            name: str | None = self._namespace + identifier
        else:
            name = self._name(request)
        return await self._apply(_WRITES[request.method], name, payloads, location)

    async def _apply(
        self, how: GraphWrite, name: str | None, payloads: tuple[Payload, ...], location: str | None
    ) -> Response:
        writing = partial(write_graph, target=self._target, graph=name, how=how, payloads=payloads)
        written = await self._graph.write(writing)
        if written is None:
            raise UnknownIri(f"<{name}> is not a graph of this store")
        headers = {"Location": location} if location else {}
        return Response(status_code=201 if written.created else 204, headers=headers)
