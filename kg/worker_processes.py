"""Worker processes: started in milliseconds, asked over a socket, ended at any moment."""

import asyncio
import contextlib
import ctypes
import os
import pickle
import socket
import sys
import time
from typing import Any, cast

from kg.errors import QueryTooHeavy, StoreUnavailable
from kg.query_worker import HEADER, NEW_WORKER, ONLINE, ORDER, Job

_NICENESS_OF_SLOW = 10


class Nursery:
    """The mother process, and how to have workers from it. Belongs to one event loop."""

    def __init__(self, memory_mib: int, *, online: bool = False) -> None:
        """Nothing runs before `start`; `online` lets the workers keep the network."""
        self._memory_mib = memory_mib
        self._online = [ONLINE] if online else []
        self._one_at_a_time = asyncio.Lock()
        self._mother: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None

    async def start(self) -> None:
        """Start the mother."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._mother = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "kg.query_worker",
                str(theirs.fileno()),
                str(self._memory_mib),
                *self._online,
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
            )
        self._control = ours

    async def stop(self) -> None:
        """End the mother, and with her every worker."""
        if self._control is not None:
            self._control.close()
        if self._mother is not None:
            with contextlib.suppress(ProcessLookupError):
                self._mother.kill()
            await self._mother.wait()

    async def new_worker(self) -> "Worker":
        """A fresh worker; StoreUnavailable if the processes cannot be had."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid = await self._order(NEW_WORKER, theirs)
        _, worker = await asyncio.get_running_loop().create_connection(lambda: Worker(pid), sock=ours)
        return worker

    async def end(self, worker: "Worker") -> None:
        """End a worker, whatever it is doing; it is gone when this returns."""
        worker.disconnect()
        with contextlib.suppress(StoreUnavailable):
            await self._order(worker.pid)

    async def _order(self, pid: int, passing: socket.socket | None = None) -> int:
        async with self._one_at_a_time:
            if self._control is None:
                raise StoreUnavailable("the query processes are not running")
            try:
                if passing is None:
                    self._control.send(ORDER.pack(pid))
                else:
                    socket.send_fds(self._control, [ORDER.pack(pid)], [passing.fileno()])
                answer = await asyncio.get_running_loop().sock_recv(self._control, ORDER.size)
            except OSError as error:
                raise StoreUnavailable(f"the query processes are gone: {error}") from error
            if not answer:
                raise StoreUnavailable("the query processes are gone")
            return int(ORDER.unpack(answer)[0])


def _cpu_clock_of(pid: int) -> int:
    """The clock of the CPU time of another process, POSIX clock_getcpuclockid; the wall clock without it."""
    clock = ctypes.c_int()
    try:
        failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    except AttributeError:
        return time.CLOCK_MONOTONIC
    return time.CLOCK_MONOTONIC if failed else clock.value


class Worker(asyncio.Protocol):
    """One process, and the socket to it."""

    def __init__(self, pid: int) -> None:
        """Made by the nursery, connected by the event loop."""
        self.pid = pid
        self._cpu_clock = _cpu_clock_of(pid)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._buffer = bytearray()

    @property
    def ready(self) -> bool:
        """Whether it can take a job: connected, and done with the one before."""
        return self._transport is not None and self._waiting is None

    def submit(self, job: Job) -> "asyncio.Future[bytes]":
        """Give it a job; the future is the outcome as `outcome_of` reads it.

        Cancelling the future leaves the worker unfit for another job. The future fails with QueryTooHeavy if
        the process dies, which only a lack of memory or stack brings about.
        """
        self._waiting = asyncio.get_running_loop().create_future()
        frame = pickle.dumps(job)
        if self._transport is None:
            self._fail()
        else:
            self._transport.write(HEADER.pack(len(frame)) + frame)
        return self._waiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.Transport, transport)  # a stream socket has no other

    def data_received(self, data: bytes) -> None:
        """More of the outcome is here."""
        self._buffer += data
        if len(self._buffer) < HEADER.size:
            return
        (length,) = HEADER.unpack_from(self._buffer)
        if len(self._buffer) - HEADER.size < length:
            return
        outcome = bytes(self._buffer[HEADER.size :])
        self._buffer.clear()
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            self._waiting = None
            waiting.set_result(outcome)

    def connection_lost(self, error: Exception | None) -> None:
        """The process is gone."""
        self._transport = None
        self._fail()

    def _fail(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(QueryTooHeavy("the query ran out of memory or is nested too deeply"))

    def cpu_s(self) -> float:
        """CPU seconds that the process has used; wall time where the system does not tell."""
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:  # the process is gone
            return 0.0

    def yield_to_others(self) -> None:
        """Run only on what the quick ones leave; there is no way back for an ordinary user."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS_OF_SLOW)

    def disconnect(self) -> None:
        """Close the socket to the process."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


def outcome_of(answer: bytes) -> Any:
    """What the job returned; raises what the job raised."""
    succeeded, value = pickle.loads(answer)  # noqa: S301 - our own worker wrote it
    if succeeded:
        return value
    raise value
