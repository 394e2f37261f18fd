"""Routes whose answer depends on the version of the graph and the URL alone.

Each answer carries an ETag; a client that has it already gets a 304, and `api.remembering` keeps the answer.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from api.connections import unless_client_leaves
from api.jsonld import LINK
from api.negotiation import quality, read_accept
from api.tables import as_csv, only_fields
from api.versions import asked_version, headers_of_answer
from kg.errors import NotAcceptable
from kg.published import PublishedGraph
from kg.snapshots import Version

_CLIENT_LEFT = 499  # nobody reads it, but it is what the log shows

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class VersionedRoute(APIRoute):
    """A GET route of which every answer belongs to a version."""

    def get_route_handler(self) -> Handler:
        """The handler with versions and tags around it."""
        compute = super().get_route_handler()

        async def handle(request: Request) -> Response:
            graph: PublishedGraph = request.app.state.graph
            return await graph.answered(partial(answer, graph, request))

        async def answer(graph: PublishedGraph, request: Request) -> Response:
            version = asked_version(graph, request, request.query_params)
            request.state.version = version
            tag = _tag_of(version, request)
            if tag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers={"ETag": tag})
            try:
                response = await unless_client_leaves(request, compute(request))
            except ClientDisconnect:
                return Response(status_code=_CLIENT_LEFT)
            if fields := request.query_params.get("fields"):
                response = _only(response, fields)
            if wants_csv(request):
                response = _table_of(response)
            response.headers.update({**headers_of_answer(version, tag), "Link": LINK})
            return response

        return handle


def written(body: bytes) -> Response:
    """An answer that is JSON already."""
    return Response(body, media_type="application/json")


def wants_csv(request: Request) -> bool:
    """Whether a list is asked for as a table: by the suffix .csv, or by an Accept header that prefers it."""
    if request.scope.get("state", {}).get("csv"):
        return True
    accept = read_accept(request.headers.get("accept"))
    return quality(accept, ["text/csv"]) > quality(accept, ["application/json"])


def _only(response: Response, fields: str) -> Response:
    if response.status_code != 200:
        return response
    return JSONResponse(only_fields(json.loads(bytes(response.body)), fields.split(",")))


def _table_of(response: Response) -> Response:
    table = as_csv(json.loads(bytes(response.body))) if response.status_code == 200 else None
    if table is None:
        raise NotAcceptable("this is no list, so it cannot be had as CSV")
    return Response(table, media_type="text/csv")


def _tag_of(version: Version, request: Request) -> str:
    form = "csv" if wants_csv(request) else "json"
    asked = f"{version.published_at.isoformat()} {form} {request.url}"
    return f'W/"{version.number}-{hashlib.sha256(asked.encode()).hexdigest()[:20]}"'


async def _version(
    request: Request,
    version: Annotated[int | None, Query(ge=1, description="An older version, see /api/versions")] = None,
    fields: Annotated[
        str | None,
        Query(max_length=300, description="Of each entry of the list only these, with commas between them"),
    ] = None,
    moment: Annotated[
        datetime | None, Query(alias="asOf", description="The version that was newest at this moment")
    ] = None,
) -> Version:
    found: Version = request.state.version
    return found


VersionDep = Annotated[Version, Depends(_version)]
