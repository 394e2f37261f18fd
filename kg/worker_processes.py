"""Worker processes: started in milliseconds, asked over a socket, ended at any moment."""

import asyncio
import contextlib
import ctypes
import logging
import os
import pickle
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from kg.errors import StoreUnavailable
from kg.query_worker import HEADER, NEW_SERVER, NEW_WORKER, NONE, ONLINE, ORDER

T = TypeVar("T")

_NICENESS_OF_SLOW = 10
# A small query takes and gives back hundreds of pieces of memory. With more than the usual seven of a size at
# hand the C library need not look for them, which makes the engine 4 % faster; other libraries ignore this.
_ALLOCATOR = "glibc.malloc.tcache_count=100"
_log = logging.getLogger("aifkg.processes")


class Nursery:
    """The mother process, and how to have workers from it. Belongs to one event loop."""

    def __init__(self, memory_mib: int, *, online: bool = False, server: str | None = None) -> None:
        """Nothing runs before `start`; `online` lets the workers keep the network.

        `server` names a module whose function `serve` is what `new_server` runs on a socket.
        """
        self._memory_mib = memory_mib
        self._options = [*([ONLINE] if online else []), *([server] if server else [])]
        self._one_at_a_time = asyncio.Lock()
        self._mother: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._chores: set[asyncio.Task[Any]] = set()

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
                *self._options,
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                env={"GLIBC_TUNABLES": _ALLOCATOR, **os.environ},
            )
        self._control = ours

    async def stop(self) -> None:
        """End the mother, and with her every worker."""
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await self._end_mother()

    async def _end_mother(self) -> None:
        control, self._control = self._control, None
        if control is not None:
            control.close()
        if self._mother is not None:
            with contextlib.suppress(ProcessLookupError):
                self._mother.kill()
            await self._mother.wait()

    async def new_worker(self) -> "Worker":
        """A fresh worker; StoreUnavailable if the processes cannot be had.

        Whoever leaves meanwhile, such as a client, leaves no process behind.
        """
        making = self._chore(self._new_worker())
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(self._end_unwanted)
            raise

    async def _new_worker(self) -> "Worker":
        pid, ours = await self._new_process(NEW_WORKER)
        try:
            _, worker = await asyncio.get_running_loop().create_connection(lambda: Worker(pid), sock=ours)
        except BaseException:
            ours.close()
            raise
        return worker

    def _end_unwanted(self, making: "asyncio.Future[Worker]") -> None:
        if not making.cancelled() and making.exception() is None:
            self._chore(self.end(making.result()))

    async def new_server(self) -> tuple[int, socket.socket]:
        """A fresh process that runs `serve`, and the socket to it; errors as in `new_worker`."""
        return await self._new_process(NEW_SERVER)

    async def _new_process(self, kind: int) -> tuple[int, socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                pid = await self._order(kind, theirs)
                if pid == NONE:
                    raise StoreUnavailable("the system starts no more processes")
            except BaseException:
                ours.close()
                raise
        return pid, ours

    async def end(self, worker: "Worker") -> None:
        """End a worker, whatever it is doing; it is gone when this returns."""
        worker.disconnect()
        await self.end_process(worker.pid)

    async def end_process(self, pid: int) -> None:
        """End a process that was had from here."""
        with contextlib.suppress(StoreUnavailable):
            # Whoever leaves before the answer is read would leave it to the next order, for which it would
            # name another process.
            await asyncio.shield(self._chore(self._order(pid)))

    def _chore(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)
        return chore

    async def _order(self, pid: int, passing: socket.socket | None = None) -> int:
        """What the mother answers; one that is gone has a successor, who knows nothing of her children."""
        async with self._one_at_a_time:
            if self._control is None:
                raise StoreUnavailable("the query processes are not running")
            try:
                return await _answer(self._control, pid, passing)
            except OSError as error:
                _log.warning("the query processes are gone (%s); they are started again", error)
            await self._end_mother()
            await self.start()
            try:
                return await _answer(self._control, pid, passing)
            except OSError as error:
                raise StoreUnavailable(f"the query processes are gone: {error}") from error


async def _answer(control: socket.socket, pid: int, passing: socket.socket | None) -> int:
    """The answer to one order; OSError if nobody gives it."""
    if passing is None:
        control.send(ORDER.pack(pid))
    else:
        socket.send_fds(control, [ORDER.pack(pid)], [passing.fileno()])
    answer = await asyncio.get_running_loop().sock_recv(control, ORDER.size)
    if not answer:
        raise ConnectionResetError("no answer")
    return int(ORDER.unpack(answer)[0])


class CpuClock:
    """The CPU time of another process (POSIX clock_getcpuclockid); wall time where none is told."""

    def __init__(self, pid: int) -> None:
        """Find the clock of the process."""
        clock = ctypes.c_int()
        try:
            failed = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
        except AttributeError:
            failed = 1
        self._clock = time.CLOCK_MONOTONIC if failed else clock.value

    def seconds(self) -> float:
        """CPU seconds that the process has used; 0 once it is gone."""
        try:
            return time.clock_gettime(self._clock)
        except OSError:
            return 0.0


class Worker(asyncio.Protocol):
    """One process, and the socket to it. It does its jobs in order."""

    def __init__(self, pid: int) -> None:
        """Made by the nursery, connected by the event loop."""
        self.pid = pid
        self._cpu = CpuClock(pid)
        self._transport: asyncio.Transport | None = None
        self._on_outcome: Callable[[bytes], None] | None = None
        self._on_lost: Callable[[], None] | None = None
        self._buffer = b""

    @property
    def connected(self) -> bool:
        """Whether the process is there, as far as is known."""
        return self._transport is not None

    def listen(self, on_outcome: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """From now on, tell of the outcome of each job (`outcome_of` reads it) and of its end."""
        self._on_outcome, self._on_lost = on_outcome, on_lost

    def send(self, frame: bytes) -> None:
        """Give it a job, as `kg.query_worker.frame_of` writes it."""
        if self._transport is not None:
            self._transport.write(frame)
        elif self._on_lost is not None:
            self._on_lost()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.Transport, transport)  # a stream socket has no other

    def data_received(self, data: bytes) -> None:
        """More of the outcomes is here."""
        buffer = self._buffer + data if self._buffer else data
        position = 0
        while len(buffer) - position >= HEADER.size:
            (length,) = HEADER.unpack_from(buffer, position)
            end = position + HEADER.size + length
            if end > len(buffer):
                break
            outcome = buffer[position + HEADER.size : end]
            position = end
            if self._on_outcome is not None:
                self._on_outcome(outcome)
        self._buffer = buffer[position:]

    def connection_lost(self, error: Exception | None) -> None:
        """The process is gone."""
        self._transport = None
        if self._on_lost is not None:
            self._on_lost()

    def cpu_s(self) -> float:
        """CPU seconds that the process has used."""
        return self._cpu.seconds()

    def yield_to_others(self) -> None:
        """Run only on what the quick ones leave; there is no way back for an ordinary user."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS_OF_SLOW)

    def disconnect(self) -> None:
        """Close the socket to the process, and tell nothing more."""
        self._on_outcome = self._on_lost = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


def outcome_of(answer: bytes) -> Any:
    """What the job returned; raises what the job raised."""
    succeeded, value = pickle.loads(answer)  # noqa: S301 - our own worker wrote it
    if succeeded:
        return value
    raise value
