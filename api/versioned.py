"""Routes whose answer depends on the version of the graph and the URL alone.

Each answer carries an ETag; a client that has it already gets a 304, and an answer that was given before is
given again from memory.
"""

import copy
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.jsonld import LINK
from api.versions import asked_version, headers_of_answer
from kg.published import PublishedGraph
from kg.snapshots import Version

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_LARGEST_KEPT = 1 << 20


class BodyCache:
    """Responses by tag, up to a number of bytes; the longest unused go first."""

    def __init__(self, max_bytes: int) -> None:
        """Empty."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, Response] = OrderedDict()

    def get(self, tag: str) -> Response | None:
        """The response, if it is still here."""
        found = self._kept.get(tag)
        if found is not None:
            self._kept.move_to_end(tag)
        return found

    def put(self, tag: str, response: Response) -> None:
        """Keep a whole, successful response of ordinary size."""
        body = getattr(response, "body", None)
        if response.status_code != 200 or body is None or len(body) > _LARGEST_KEPT or tag in self._kept:
            return
        self._kept[tag] = response
        self._bytes += len(body)
        while self._bytes > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.body)


class VersionedRoute(APIRoute):
    """A GET route of which every answer is remembered under its version."""

    def get_route_handler(self) -> Handler:
        """The handler with versions, tags and memory around it."""
        compute = super().get_route_handler()

        async def handle(request: Request) -> Response:
            graph: PublishedGraph = request.app.state.graph
            cache: BodyCache = request.app.state.bodies
            version = asked_version(graph, request, request.query_params)
            request.state.version = version
            tag = _tag_of(version, request)
            if tag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers={"ETag": tag})
            known = cache.get(tag)
            if known is not None:
                return _copy(known)
            response = await compute(request)
            response.headers.update({**headers_of_answer(version, tag), "Link": LINK})
            cache.put(tag, _copy(response))
            return response

        return handle


def _copy(response: Response) -> Response:
    """The same response with headers of its own, since what sends it adds to them."""
    copied = copy.copy(response)
    copied.raw_headers = list(response.raw_headers)
    return copied


def _tag_of(version: Version, request: Request) -> str:
    asked = f"{version.published_at.isoformat()} {request.headers.get('accept', '')} {request.url}"
    return f'W/"{version.number}-{hashlib.sha256(asked.encode()).hexdigest()[:20]}"'


def _version(
    request: Request,
    version: Annotated[int | None, Query(ge=1, description="An older version, see /api/versions")] = None,
    moment: Annotated[
        datetime | None, Query(alias="asOf", description="The version that was newest at this moment")
    ] = None,
) -> Version:
    found: Version = request.state.version
    return found


VersionDep = Annotated[Version, Depends(_version)]
