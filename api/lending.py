"""kept connections that ask small queries -> lent to query processes, which answer on them (`api.direct`).

A query that goes through the service wakes two processes; on a lent connection it wakes one. A connection is
lent once it has had a few quick answers, and comes back with whatever is not plain. A process that is at one
query for longer than small ones take is ended at once: nothing of the request has been taken from the socket
before its answer is there, so the service reads it again, and all of its limits hold for it as for any other.
"""

import asyncio
import contextlib
import logging
import mmap
import os
import pickle
import socket
import struct
import sys
import time
from collections.abc import Coroutine
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.direct import BUSY, COUNT, LEND, MESSAGE, REFUSE, SENDING, SETUP, STATE, STATE_BYTES, Terms
from api.observing import Metrics
from kg.errors import AifkgError
from kg.worker_processes import CpuClock, Nursery

_QUICK_S = 0.005
_QUICK_BEFORE = 2  # so many quick answers before a connection is lent, and more after it came back with
_QUICK_AT_MOST = 1024  # what is not plain
_LOOK_S = 0.01
# What a process may be at one query: CPU time from the second look on, and time altogether.
_PATIENCE_CPU_S = 0.02
_PATIENCE_S = 0.5
_log = logging.getLogger("aifkg.api")


class Lenders:
    """The processes that connections are lent to. Belongs to one event loop."""

    def __init__(self, terms: Terms, metrics: Metrics, number: int) -> None:
        """Nothing is lent before `start`."""
        self._terms = terms
        self._metrics = metrics
        self._number = number
        self._nursery: Nursery | None = None
        self._desks: list[_Desk] = []
        self._chores: set[asyncio.Task[None]] = set()
        self._next_look: asyncio.TimerHandle | None = None
        metrics.gauge("aifkg_connections_lent", "Connections that query processes answer on", self._lent)

    def _lent(self) -> float:
        return sum(len(desk.lent) for desk in self._desks)

    async def start(self, nursery: Nursery) -> None:
        """Start the processes, where the system can share memory with them."""
        self._loop = asyncio.get_running_loop()
        if sys.platform != "linux":
            return
        self._nursery = nursery
        for _ in range(self._number):
            await self._open_desk()

    async def _open_desk(self) -> None:
        assert self._nursery is not None  # noqa: S101 - started
        pid, control = await self._nursery.new_server()
        self._desks.append(_Desk(pid, control, self._terms, self))

    @property
    def any(self) -> bool:
        """Whether there is a process to lend to."""
        return bool(self._desks)

    def lend(self, connection: "LendableProtocol") -> None:
        """Lend a connection to the process that has fewest."""
        min(self._desks, key=lambda desk: len(desk.lent)).lend(connection)
        if self._next_look is None:
            self._next_look = self._loop.call_later(_LOOK_S, self._look)

    def count(self, seconds: float) -> None:
        """Count an answer that was given on a lent connection."""
        self._metrics.count("/sparql", 200, seconds)

    def _look(self) -> None:
        self._next_look = None
        for desk in list(self._desks):
            if desk.is_stuck():
                self.close(desk)
        if any(desk.lent for desk in self._desks):
            self._next_look = self._loop.call_later(_LOOK_S, self._look)

    def close(self, desk: "_Desk") -> None:
        """End a process, take back what it has, and start another."""
        if desk in self._desks:
            self._desks.remove(desk)
            self._chore(self._replace(desk))

    async def _replace(self, desk: "_Desk") -> None:
        assert self._nursery is not None  # noqa: S101 - started
        desk.stop_listening()
        await self._nursery.end_process(desk.pid)
        desk.take_all_back()
        with contextlib.suppress(AifkgError):  # the service is ending
            await self._open_desk()

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    async def stop(self) -> None:
        """Lend no more; the processes end with their mother."""
        if self._next_look is not None:
            self._next_look.cancel()
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        for desk in self._desks:
            desk.stop_listening()
        self._desks.clear()


class _Desk:
    """One process, what is lent to it, and the memory in which it tells what it does."""

    def __init__(self, pid: int, control: socket.socket, terms: Terms, lenders: Lenders) -> None:
        self.pid = pid
        self.lent: dict[int, LendableProtocol] = {}
        self._control = control
        self._lenders = lenders
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._last_number = 0
        self._cpu = CpuClock(pid)
        self._seen_since, self._seen_cpu_s = 0.0, 0.0
        self._state = self._set_up(terms)
        control.setblocking(False)
        self._loop.add_reader(control.fileno(), self._hear)

    def _set_up(self, terms: Terms) -> mmap.mmap:
        """Share memory with the process, and tell it the terms."""
        shared = os.memfd_create("aifkg-lent")
        try:
            os.ftruncate(shared, STATE_BYTES)
            packed = pickle.dumps(terms)
            socket.send_fds(self._control, [MESSAGE.pack(SETUP, 0, len(packed))], [shared])
            self._control.sendall(packed)
            return mmap.mmap(shared, STATE_BYTES)
        finally:
            os.close(shared)

    def lend(self, connection: "LendableProtocol") -> None:
        """Hand over a connection that the service does not read meanwhile."""
        self._last_number += 1
        try:
            message = MESSAGE.pack(LEND, self._last_number, 0)
            socket.send_fds(self._control, [message], [connection.fileno()])
        except OSError:
            connection.take_back()
        else:
            self.lent[self._last_number] = connection

    def is_stuck(self) -> bool:
        """Whether the process has been at one query for too long, most of it counted in CPU time."""
        doing, _, since = STATE.unpack_from(self._state)
        if doing != BUSY:
            return False
        if since != self._seen_since:
            self._seen_since, self._seen_cpu_s = since, self._cpu.seconds()
        used = self._cpu.seconds() - self._seen_cpu_s
        return used > _PATIENCE_CPU_S or time.monotonic() - since > _PATIENCE_S

    def take_all_back(self) -> None:
        """After the end of the process: read on, except where a client may have seen half an answer."""
        doing, number, _ = STATE.unpack_from(self._state)
        for key, connection in self.lent.items():
            if key == number and doing == SENDING:
                connection.break_off()
            else:
                connection.take_back(lend_again=key != number or doing != BUSY)
        self.lent.clear()
        self._state.close()

    def stop_listening(self) -> None:
        """Hear nothing more."""
        self._loop.remove_reader(self._control.fileno())
        self._control.close()

    def _hear(self) -> None:
        try:
            data = self._control.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lenders.close(self)
            return
        self._buffer += data
        while (message := self._next_message()) is not None:
            self._take(*message)

    def _next_message(self) -> tuple[int, int, bytes] | None:
        if len(self._buffer) < MESSAGE.size:
            return None
        kind, number, length = MESSAGE.unpack_from(self._buffer)
        end = MESSAGE.size + length
        if len(self._buffer) < end:
            return None
        payload, self._buffer = self._buffer[MESSAGE.size : end], self._buffer[end:]
        return kind, number, payload

    def _take(self, kind: int, number: int, payload: bytes) -> None:
        if kind == COUNT:
            for (seconds,) in struct.iter_unpack("!d", payload):
                self._lenders.count(seconds)
        elif (connection := self.lent.pop(number, None)) is not None:
            if kind == REFUSE:
                connection.lend_later()
            connection.take_back(payload)


class LendableProtocol(HttpToolsProtocol):
    """A connection of the server that may be lent while nothing is going on."""

    lenders: Lenders

    def __init__(self, *args: Any, **more: Any) -> None:
        """As the server does."""
        super().__init__(*args, **more)
        self._quick = 0
        self._quick_before = _QUICK_BEFORE
        self._away = False
        self._may_lend = True

    def on_response_complete(self) -> None:
        """An answer was sent; after a few quick ones the connection is lent."""
        super().on_response_complete()
        if self._was_plain_and_quick():
            self._quick += 1
            if self._quick >= self._quick_before:
                self.loop.call_soon(self._lend)
        else:
            self._quick = 0

    def _was_plain_and_quick(self) -> bool:
        return (
            self._may_lend
            and self.lenders.any
            and self.scope["state"].get("engine_s", _QUICK_S) < _QUICK_S
            and self.scope["path"] == "/sparql"
            and self.scope["method"] == "GET"
            and self.scheme == "http"
        )

    def _lend(self) -> None:
        """Lend the connection if it is still at rest and all was written."""
        cycle = self.cycle
        at_rest = cycle is not None and cycle.response_complete and cycle.keep_alive and not self.pipeline
        if not at_rest or self._away or not self.lenders.any:
            return
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            return
        self._unset_keepalive_if_required()
        self.transport.pause_reading()
        self._away = True
        self._quick = 0
        self.lenders.lend(self)

    def fileno(self) -> int:
        """The socket's descriptor."""
        return int(self.transport.get_extra_info("socket").fileno())

    def lend_later(self) -> None:
        """Its requests are not plain, as behind some proxies: try less and less often."""
        self._quick_before = min(2 * self._quick_before, _QUICK_AT_MOST)

    def take_back(self, unsent: bytes = b"", *, lend_again: bool = True) -> None:
        """Go on with the connection here; send what is left of an answer."""
        self._away = False
        self._may_lend = self._may_lend and lend_again
        if self.transport.is_closing():
            return
        if unsent:
            self.transport.write(unsent)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self.transport.resume_reading()

    def break_off(self) -> None:
        """Let nobody take half an answer for a whole one."""
        self.transport.abort()
