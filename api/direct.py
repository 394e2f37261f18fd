"""Kept connections, lent by the service -> small SPARQL queries answered on them without a detour.

Runs in a query process (`kg.query_worker`), so it may be killed at any moment. It answers what is plain: a
GET of /sparql with a query and nothing that asks for more than an answer in memory. Everything else, every
error included, goes back to the service with its bytes still unread in the socket, and is answered there.

Its state is told in shared memory, so that the service can see how long it has been at a query and, after a
kill, whether a client may have seen a part of an answer.
"""

import gzip
import mmap
import os
import pickle
import select
import socket
import struct
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import Any

import api.bodies  # noqa: F401 - what other query processes run is loaded once, before they are forked
from api.compressing import coding_of
from api.headers import ALWAYS
from api.negotiation import formats_wanted
from api.protocol import read_operation
from api.replies import content_type
from api.versions import headers_of_answer
from kg.answer_cache import is_steady, tag_of
from kg.answers import Answer, Question, answer
from kg.errors import AifkgError
from kg.snapshots import CURRENT, Version, latest, open_read_only, tells_damage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MESSAGE = struct.Struct("!BII")  # kind, connection, bytes that follow
SETUP, LEND, RETURN, REFUSE, COUNT = range(5)
STATE = struct.Struct("=IId")  # what is done, for which connection, since when (monotonic)
IDLE, BUSY, SENDING = range(3)
STATE_BYTES = 4096

_LARGEST_REQUEST = 1 << 16
_LARGEST_ANSWER = 1 << 20
_MEMORY_BYTES = 1 << 24
_IDLE_S = 1.0
_TELL_EVERY_S = 0.1
# Whoever sends another header may want something that is not done here.
_PLAIN = {
    b"host",
    b"accept",
    b"accept-encoding",
    b"accept-language",
    b"user-agent",
    b"connection",
    b"cache-control",
}


@dataclass(frozen=True)
class Terms:
    """What the service lends its connections for."""

    store_path: Path
    base_iri: str
    max_bytes: int
    max_rows: int
    compress_from: int
    federating: bool


@dataclass(eq=False)
class _Lent:
    number: int
    socket: socket.socket
    last_used: float


def serve(control: socket.socket) -> None:
    """Answer on what is lent over the control socket until that is closed."""
    head, descriptors, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
    if not descriptors:
        return
    _, _, length = MESSAGE.unpack(head)
    terms: Terms = pickle.loads(_exactly(control, length))  # noqa: S301 - the service wrote it
    with mmap.mmap(descriptors[0], STATE_BYTES) as state:
        _Server(control, terms, state).run()


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length and (more := connection.recv(length - len(data))):
        data += more
    return data


class _Server:
    """One process that answers on lent connections."""

    def __init__(self, control: socket.socket, terms: Terms, state: mmap.mmap) -> None:
        self._control = control
        self._state = state
        self._answers = _Answers(terms)
        self._poll = select.epoll()
        self._poll.register(control.fileno(), select.EPOLLIN)
        self._lent: dict[int, _Lent] = {}
        self._untold: list[float] = []
        self._told = time.monotonic()

    def run(self) -> None:
        """Until the service is gone."""
        self._answers.open_newest()
        while True:
            events = self._poll.poll(_TELL_EVERY_S if self._lent or self._untold else None)
            for descriptor, _ in events:
                if descriptor == self._control.fileno():
                    if not self._take():
                        return
                elif descriptor in self._lent:
                    self._attend(self._lent[descriptor])
            now = time.monotonic()
            if now - self._told > _TELL_EVERY_S:
                self._tell(now)

    def _take(self) -> bool:
        """Take a connection that is lent; False if the service is gone."""
        data, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE.size, 1)
        if not data or not descriptors:
            return False
        _, number, _ = MESSAGE.unpack(data)
        lent = _Lent(number, socket.socket(fileno=descriptors[0]), time.monotonic())
        lent.socket.setblocking(False)
        self._lent[descriptors[0]] = lent
        self._poll.register(descriptors[0], select.EPOLLIN)
        return True

    def _attend(self, lent: _Lent) -> None:
        """Answer what came in, or give the connection back as it is."""
        is_open = self._answers.open_newest()  # takes its time now and then, which is no fault of the query
        began = time.monotonic()
        STATE.pack_into(self._state, 0, BUSY, lent.number, began)
        try:
            request = lent.socket.recv(_LARGEST_REQUEST, socket.MSG_PEEK)
            reply = self._answers.reply(request) if is_open else None
        except OSError:
            reply = None
        if reply is None:
            self._give_back(lent, kind=REFUSE)
        else:
            STATE.pack_into(self._state, 0, SENDING, lent.number, began)
            self._send(lent, len(request), reply)
            lent.last_used = time.monotonic()
            self._untold.append(lent.last_used - began)
        STATE.pack_into(self._state, 0, IDLE, 0, 0.0)

    def _send(self, lent: _Lent, consumed: int, reply: bytes) -> None:
        """Send the reply; what the client does not take at once, the service sends."""
        try:
            lent.socket.recv(consumed)
            sent = lent.socket.send(reply)
        except BlockingIOError:
            sent = 0
        except OSError:
            sent = len(reply)  # the client is gone, as the service will see
            self._give_back(lent)
        if sent < len(reply):
            self._give_back(lent, reply[sent:])

    def _give_back(self, lent: _Lent, unsent: bytes = b"", *, kind: int = RETURN) -> None:
        self._poll.unregister(lent.socket.fileno())
        del self._lent[lent.socket.fileno()]
        lent.socket.close()
        self._control.sendall(MESSAGE.pack(kind, lent.number, len(unsent)) + unsent)

    def _tell(self, now: float) -> None:
        """Tell how long answers took, and give back what is not used."""
        self._told = now
        if self._untold:
            told = struct.pack(f"!{len(self._untold)}d", *self._untold)
            self._control.sendall(MESSAGE.pack(COUNT, 0, len(told)) + told)
            self._untold.clear()
        for lent in [one for one in self._lent.values() if now - one.last_used > _IDLE_S]:
            self._give_back(lent)


class _Answers:
    """Plain requests to whole replies; None for whatever the service has to answer itself."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._max_bytes = min(terms.max_bytes, _LARGEST_ANSWER)
        self._current = terms.store_path / CURRENT
        self._pointer: tuple[int, int] | None = None
        self._version: Version | None = None
        self._store: Any = None
        self._heads: dict[tuple[str, str | None, bool], bytes] = {}
        self._memory: OrderedDict[bytes, bytes] = OrderedDict()
        self._memory_bytes = 0

    def reply(self, request: bytes) -> bytes | None:
        """The reply to the bytes of one request, from the version that is open."""
        wishes = _plain_request(request)
        if wishes is None:
            return None
        known = self._memory.get(request)
        if known is not None:
            self._memory.move_to_end(request)
            return _start(int(time.time())) + known
        try:
            return self._find(request, *wishes)
        except AifkgError as error:
            if tells_damage(error):
                self._store = None  # the service goes on with the version before; here until the next one
            return None  # the service finds it again, and makes a problem of it

    def open_newest(self) -> bool:
        """Have the newest version open, as it is at this moment; False if that cannot be."""
        try:
            found = self._current.stat()
            pointer = found.st_ino, found.st_mtime_ns
            if pointer != self._pointer:
                self._version = latest(self._terms.store_path)
                self._store = open_read_only(self._version)
                self._pointer = pointer
                self._heads.clear()
                self._memory.clear()
                self._memory_bytes = 0
        except (OSError, AifkgError):
            return False
        return self._store is not None

    def _find(self, request: bytes, query_string: bytes, wishes: "_Wishes") -> bytes | None:
        started = time.perf_counter()
        operation = read_operation("GET", None, query_string, b"")
        if operation.kind != "query" or (operation.options and operation.options.keys() - {"format"}):
            return None
        if self._terms.federating and "service" in operation.text.casefold():
            return None
        table, graph = formats_wanted(operation.options.get("format"), wishes.accept)
        question = Question(
            operation.text,
            results_format=table,
            graph_format=graph,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            base_iri=self._terms.base_iri,
            max_bytes=self._max_bytes,
            max_rows=self._terms.max_rows,
        )
        found = answer(self._store, question=question, spool=os.devnull)
        if found.file is not None or self._version is None:
            return None
        tag = tag_of(self._version, question) if is_steady(question) else None
        written = self._written(found, tag, wishes.coding)
        if tag is not None:
            self._remember(request, b"server-timing: cache;desc=hit\r\n" + written)
        total_ms = (time.perf_counter() - started) * 1000
        timing = f"server-timing: engine;dur={found.engine_s * 1000:.2f}, total;dur={total_ms:.2f}\r\n"
        return _start(int(time.time())) + timing.encode() + written

    def _written(self, found: Answer, tag: str | None, coding: str | None) -> bytes:
        """What follows the time in the reply: headers, and the body in the coding."""
        body = found.body
        if coding is None or len(body) < self._terms.compress_from:
            coding = None
        else:
            body = zstd.compress(body) if coding == "zstd" else gzip.compress(body, 4)
        head = self._head(found.media_type, coding, steady=tag is not None)
        tagged = b"" if tag is None else b"etag: %s\r\n" % tag.encode("ascii")
        return b"%s%scontent-length: %d\r\n\r\n%s" % (head, tagged, len(body), body)

    def _head(self, media_type: str, coding: str | None, *, steady: bool) -> bytes:
        """The headers that all answers of a kind have in common; made once a version."""
        kind = media_type, coding, steady
        if kind not in self._heads:
            assert self._version is not None  # noqa: S101 - it is open
            headers = headers_of_answer(self._version, "tag" if steady else None)
            headers.pop("ETag", None)
            if coding:
                headers |= {"Content-Encoding": coding, "Vary": headers["Vary"] + ", Accept-Encoding"}
            headers["Content-Type"] = content_type(media_type)
            lines = [f"{name.lower()}: {value}\r\n".encode("latin-1") for name, value in headers.items()]
            self._heads[kind] = b"".join([*lines, _ALWAYS])
        return self._heads[kind]

    def _remember(self, request: bytes, reply: bytes) -> None:
        self._memory[request] = reply
        self._memory_bytes += len(request) + len(reply)
        while self._memory_bytes > _MEMORY_BYTES:
            gone, forgotten = self._memory.popitem(last=False)
            self._memory_bytes -= len(gone) + len(forgotten)


_ALWAYS = b"".join(b"%s: %s\r\n" % header for header in ALWAYS)


@lru_cache(maxsize=4)
def _start(second: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\ndate: {formatdate(second, usegmt=True)}\r\n".encode()


@dataclass(frozen=True)
class _Wishes:
    accept: str | None
    coding: str | None


def _plain_request(request: bytes) -> tuple[bytes, _Wishes] | None:
    """Query string and wishes of exactly one whole GET of /sparql; None for anything else."""
    if not request.startswith(b"GET /sparql?") or not request.endswith(b"\r\n\r\n"):
        return None
    line, version, head = request.partition(b" HTTP/1.1\r\n")
    if not version or b"#" in line:
        return None
    wishes = _wishes_of(head)
    return None if wishes is None else (line[12:], wishes)


@lru_cache(maxsize=256)
def _wishes_of(head: bytes) -> _Wishes | None:
    """What the headers ask for; None if they ask for something that is not done here, or are not the last."""
    values: dict[bytes, bytes] = {}
    for line in head[:-4].split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or name in values or name not in _PLAIN:
            return None
        values[name] = value.strip(b" \t")
    if values.get(b"connection", b"keep-alive").lower() != b"keep-alive" or b"host" not in values:
        return None
    accept = values.get(b"accept")
    coding = coding_of(values[b"accept-encoding"]) if b"accept-encoding" in values else None
    return _Wishes(None if accept is None else accept.decode("latin-1"), coding)
