"""functions of a store -> their results, computed in processes that can be killed.

The engine offers neither a timeout nor a way to cancel (Oxigraph 0.5.13), so nothing of a stranger's query
runs in the service itself. A worker that misses its deadline, breaks its memory limit, crashes, or whose
client has left is killed, and another takes its place.
"""

import asyncio
import contextlib
import pickle
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import Store

from kg.errors import QueryTimeout, QueryTooHeavy
from kg.lanes import Lanes, Slot
from kg.query_worker import HEADER, Job
from kg.snapshots import Version

T = TypeVar("T")

# How long a query may hold a quick slot while others could use it.
_SLICE_S = 0.3
_LARGEST_FRAME = 1 << 26


@dataclass(frozen=True)
class Limits:
    """What all queries together may use."""

    timeout_s: float = 30.0
    quick: int = 2
    slow: int = 4
    line: int = 200
    memory_mib: int = 1024


class QueryPool:
    """Worker processes that call functions of a store. Belongs to one event loop; use it as a context."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lanes = Lanes(quick=limits.quick, slow=limits.slow, line=limits.line)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._spool_folder = tempfile.TemporaryDirectory(prefix="aifkg-answers-")
        self._spooled = 0

    async def __aenter__(self) -> "QueryPool":
        """Start the workers, so that the first query finds one ready."""
        await asyncio.gather(*(self._stock() for _ in range(self.limits.quick)))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill the workers and delete the answers that nobody has read."""
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*(worker.kill() for worker in tuple(self._all)))
        self._spool_folder.cleanup()

    def new_spool(self) -> Path:
        """A path for one large answer; whoever asks deletes the file, and the pool deletes what is left."""
        self._spooled += 1
        return Path(self._spool_folder.name) / str(self._spooled)

    async def run(self, work: Callable[[Store], T], version: Version, *, timeout_s: float | None = None) -> T:
        """What the work finds in the store of that version; it must be importable, such as a `partial`.

        Raises:
            QueryTimeout: if it ran past the deadline, which is never later than the pool's own.
            QueryTooHeavy: if it ran out of memory or stack.
            Overloaded: if too many others run and wait.
            AifkgError: whatever the work itself raises.
        """
        timeout_s = min(timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        slot = await self._lanes.enter()
        try:
            worker = self._idle.pop() if self._idle else await self._start_worker()
            try:
                found: T = await self._outcome(worker, slot, Job(work, version, timeout_s))
            finally:
                self._put_back(worker)
        finally:
            slot.leave()
        return found

    async def _outcome(self, worker: "_Worker", slot: Slot, job: Job) -> Any:
        """The outcome of a job; on any other way out the worker is left unfit and will be killed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + job.timeout_s
        outcome = asyncio.ensure_future(worker.outcome(job))
        try:
            while not outcome.done():
                left = deadline - loop.time()
                if left <= 0:
                    raise QueryTimeout(f"the query was stopped after {job.timeout_s:g} s")
                await asyncio.wait({outcome}, timeout=min(_SLICE_S, left))
                if not outcome.done():
                    slot.outlive_slice()
            return outcome.result()
        finally:
            outcome.cancel()

    def _put_back(self, worker: "_Worker") -> None:
        """Keep a worker that is ready for another job; replace one that is not."""
        if worker.ready and len(self._idle) < self.limits.quick:
            self._idle.append(worker)
            return
        self._chore(self._retire(worker))
        if len(self._idle) < self.limits.quick:
            self._chore(self._stock())

    def _chore(self, work: Any) -> None:
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    async def _retire(self, worker: "_Worker") -> None:
        await worker.kill()
        self._all.discard(worker)

    async def _stock(self) -> None:
        worker = await self._start_worker()
        if len(self._idle) < self.limits.quick:
            self._idle.append(worker)
        else:
            await self._retire(worker)

    async def _start_worker(self) -> "_Worker":
        worker = await _Worker.start(self.limits.memory_mib)
        self._all.add(worker)
        return worker


class _Worker:
    """One process and the socket to it. `ready` is False from the start of a job to its complete outcome."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.ready = True
        self._process = process
        self._reader = reader
        self._writer = writer

    @classmethod
    async def start(cls, memory_mib: int) -> "_Worker":
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "kg.query_worker",
                str(theirs.fileno()),
                str(memory_mib),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
            )
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LARGEST_FRAME)
        return cls(process, reader, writer)

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

    async def kill(self) -> None:
        """End the process at once and wait until it is gone."""
        self._writer.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
