"""Answers that were given before, given again to the same request while the version of the graph stays.

Reads   GET requests of whatever path, and the ETag of what was answered
Keeps   small, whole answers that carry an ETag, as they were sent: compressed, with all headers
Skips   requests whose answer hangs on more than URL, Accept and Accept-Encoding
"""

from collections import OrderedDict
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import StoreUnavailable
from kg.published import PublishedGraph

Key = tuple[int, str, bytes, bytes, bytes, bytes, bytes]
_LARGEST = 1 << 22
_HIT = (b"server-timing", b"cache;desc=hit")
# Whoever sends one of these may have another answer than the rest.
_PERSONAL = frozenset(
    (b"accept-datetime", b"authorization", b"if-none-match", b"origin", b"range", b"cookie")
)


@dataclass(frozen=True)
class _Kept:
    start: Message
    body: Message
    weight: int


class Memory:
    """Answers up to a number of bytes; the longest unused go first."""

    def __init__(self, max_bytes: int) -> None:
        """Empty."""
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def get(self, key: Key) -> _Kept | None:
        """The answer, if it is still here."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: _Kept) -> None:
        """Keep an answer."""
        before = self._kept.pop(key, None)
        self._bytes += kept.weight - (before.weight if before else 0)
        self._kept[key] = kept
        while self._bytes > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= gone.weight


class Remembering:
    """Memory in front of an application."""

    def __init__(self, app: ASGIApp, graph: PublishedGraph, memory: Memory) -> None:
        """Wrap the application."""
        self._app = app
        self._graph = graph
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the answer of before, or pass the request on and keep what comes back."""
        key = self._key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        kept = self._memory.get(key)
        if kept is None:
            listening = _Listening(send)
            await self._app(scope, receive, listening.send)
            if (kept := listening.whole()) is not None:
                self._memory.put(key, kept)
            return
        scope.setdefault("state", {})["engine_s"] = 0.0
        await send(kept.start)
        await send(kept.body)

    def _key(self, scope: Scope) -> Key | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        accept = encoding = host = b""
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = value
            elif name == b"accept-encoding":
                encoding = value
            elif name == b"host":
                host = value
            elif name in _PERSONAL:
                return None
        try:
            version = self._graph.newest().number
        except StoreUnavailable:
            return None
        address = scope["scheme"], host, scope["raw_path"], scope["query_string"]
        return version, *address, accept, encoding


class _Listening:
    """Passes an answer on, and has it afterwards if it was small and came in one piece."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._bodies: list[Message] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif len(self._bodies) < 2:
            self._bodies.append(message)
        await self._send(message)

    def whole(self) -> _Kept | None:
        if self._start is None or self._start["status"] != 200 or len(self._bodies) != 1:
            return None
        headers = self._start["headers"]
        body = self._bodies[0].get("body", b"")
        if len(body) > _LARGEST or not any(name.lower() == b"etag" for name, _ in headers):
            return None
        timeless = [(name, value) for name, value in headers if name.lower() != _HIT[0]]
        return _Kept({**self._start, "headers": [*timeless, _HIT]}, self._bodies[0], len(body) + 2000)
