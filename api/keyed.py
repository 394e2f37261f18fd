"""Routes that need a key: it is asked for before a byte of the body is read, and the body has a limit."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message

from api.connections import read_body
from api.keys import Keys, Scope
from api.problems import problems
from kg.errors import BodyTooLarge, Forbidden, MissingScope, TooManyRequests, Unauthorized

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

REFUSALS = problems(Unauthorized, Forbidden, MissingScope, TooManyRequests, BodyTooLarge)
_CLIENT_LEFT = 499  # nobody reads it, but it is what the log shows
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key with the scope that the route names: read, ingest, curate or admin",
)


def keyed(scope: Scope, *, body: bool = True) -> type[APIRoute]:
    """A class of routes that only keys with the scope may use; without `body` they read it themselves."""

    class KeyedRoute(APIRoute):
        def get_route_handler(self) -> Handler:
            compute = super().get_route_handler()

            async def handle(request: Request) -> Response:
                keys: Keys = request.app.state.keys
                request.state.by = keys.allow(request.headers.get("authorization"), scope)
                try:
                    if not body:
                        return await compute(request)
                    sent = await read_body(request, request.app.state.max_body)
                except ClientDisconnect:
                    return Response(status_code=_CLIENT_LEFT)
                return await compute(Request(request.scope, _again(sent)))

            return handle

    return KeyedRoute


def _again(body: bytes) -> Callable[[], Coroutine[Any, Any, Message]]:
    """What gives the body that was read to whoever reads next."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _holder(request: Request) -> str:
    name: str = request.state.by
    return name


# The name of the key that a request came with.
ByDep = Annotated[str, Depends(_holder)]
NEEDS_KEY = [Depends(_bearer)]
