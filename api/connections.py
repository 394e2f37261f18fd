"""The two things that a client can do to us while we work: send too much, or leave."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from kg.errors import BodyTooLarge

T = TypeVar("T")

# Most answers take less; only after this is it worth to listen for a client that leaves.
_PATIENCE_S = 0.02
_PATIENCE_FOR_BODIES = 4


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: if it is longer than allowed.
        ClientDisconnect: if the client leaves before it is complete.
    """
    body = bytearray()
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= max_bytes:
            body += chunk
        # A client that is still sending may not hear an answer, so some more is let pass unread.
        elif length > _PATIENCE_FOR_BODIES * max_bytes:
            break
    if length > max_bytes:
        raise BodyTooLarge(f"at most {max_bytes} bytes are read")
    return bytes(body)


async def unless_client_leaves(request: Request, work: Awaitable[T]) -> T:
    """The result of the work, which is cancelled as soon as the client closes the connection.

    Raises:
        ClientDisconnect: if the client left first.
    """
    watch = _Watch(request)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.client_left:
            raise ClientDisconnect from None
        raise
    finally:
        watch.stop()


class _Watch:
    """Cancels the task that made it when the client leaves."""

    def __init__(self, request: Request) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - requests are answered inside of tasks
        self.client_left = False
        self._request = request
        self._working = task
        self._listening: asyncio.Task[None] | None = None
        self._start = asyncio.get_running_loop().call_later(_PATIENCE_S, self._listen)

    def _listen(self) -> None:
        self._listening = asyncio.ensure_future(self._wait_for_departure())

    async def _wait_for_departure(self) -> None:
        # A body that nobody wanted is let pass.
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self.client_left = True
        self._working.cancel()

    def stop(self) -> None:
        self._start.cancel()
        if self._listening is not None:
            self._listening.cancel()
