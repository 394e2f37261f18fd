"""Worker processes: started in milliseconds, asked over a socket, ended at any moment."""

import asyncio
import contextlib
import ctypes
import os
import pickle
import socket
import sys
import time
from typing import Any

from kg.errors import QueryTooHeavy, StoreUnavailable
from kg.query_worker import HEADER, NEW_WORKER, ORDER, Job

_LARGEST_FRAME = 1 << 26
_NICENESS_OF_SLOW = 10


class Nursery:
    """The mother process, and how to have workers from it. Belongs to one event loop."""

    def __init__(self, memory_mib: int) -> None:
        """Nothing runs before `start`."""
        self._memory_mib = memory_mib
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
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LARGEST_FRAME)
        return Worker(pid, reader, writer)

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


class Worker:
    """One process and the socket to it. `ready` is False from the start of a job to its complete outcome."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Made by the nursery."""
        self.pid = pid
        self.ready = True
        self._cpu_clock = _cpu_clock_of(pid)
        self._reader = reader
        self._writer = writer

    async def outcome(self, job: Job) -> Any:
        """The job's result; raises what the job raised.

        Raises:
            QueryTooHeavy: if the process died, which only memory, stack and the kernel's own timer bring
            about.
        """
        self.ready = False
        frame = pickle.dumps(job)
        try:
            self._writer.write(HEADER.pack(len(frame)) + frame)
            header = await self._reader.readexactly(HEADER.size)
            answer = await self._reader.readexactly(*HEADER.unpack(header))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise QueryTooHeavy("the query ran out of memory or is nested too deeply") from error
        self.ready = True
        succeeded, value = pickle.loads(answer)  # noqa: S301 - our own worker wrote it
        if succeeded:
            return value
        raise value

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
        self.ready = False
        self._writer.close()
