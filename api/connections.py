"""The two things that a client can do to us while we work: send too much, or leave."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from kg.errors import BodyTooLarge

T = TypeVar("T")


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: as soon as it is clear that it is longer than allowed.
        ClientDisconnect: if the client leaves before it is complete.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > max_bytes:
        raise BodyTooLarge(f"at most {max_bytes} bytes are read")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise BodyTooLarge(f"at most {max_bytes} bytes are read")
    return bytes(body)


async def unless_client_leaves(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of the work, which is cancelled as soon as the client closes the connection.

    Raises:
        ClientDisconnect: if the client left first.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_departure(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def _departure(request: Request) -> None:
    """Return when the client has left; a body that nobody wanted is let pass."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
