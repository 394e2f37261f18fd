"""functions of a store -> their results, computed in processes that can be killed.

The engine offers neither a timeout nor a way to cancel (Oxigraph 0.5.13), so nothing of a stranger's query
runs in the service itself. A worker that misses its deadline, breaks its memory limit, crashes, or whose
client has left is killed, and another takes its place.
"""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import Overloaded, QueryTimeout
from kg.lanes import Lanes, Slot
from kg.query_worker import Job
from kg.snapshots import Version
from kg.worker_processes import Nursery, Worker, outcome_of

T = TypeVar("T")

# How often a running query is looked at, and the CPU seconds that it may use of a quick slot.
_LOOK_S = 0.1
_SLICE_CPU_S = 0.08


@dataclass(frozen=True)
class Limits:
    """What all queries together may use."""

    timeout_s: float = 30.0
    quick: int = 2
    slow: int = 4
    line: int = 200
    memory_mib: int = 1024
    online: bool = False  # whether the processes keep the network, which a remote store is reached by


class QueryPool:
    """Worker processes that call functions of a store. Belongs to one event loop; use it as a context."""

    def __init__(self, limits: Limits) -> None:
        """Nothing runs before the context is entered."""
        self.limits = limits
        self.lanes = Lanes(quick=limits.quick, slow=limits.slow, line=limits.line)
        self._nursery = Nursery(limits.memory_mib, online=limits.online)
        self._idle: list[Worker] = []
        self._chores: set[asyncio.Task[None]] = set()
        self._spool_folder = tempfile.TemporaryDirectory(prefix="aifkg-answers-")
        self._spooled = 0

    async def __aenter__(self) -> "QueryPool":
        """Start the workers, so that the first query finds one ready."""
        await self._nursery.start()
        for _ in range(self.limits.quick):
            self._idle.append(await self._nursery.new_worker())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the workers and delete the answers that nobody has read."""
        for chore in self._chores:
            chore.cancel()
        for worker in self._idle:
            worker.disconnect()
        await self._nursery.stop()
        self._spool_folder.cleanup()

    def new_spool(self) -> Path:
        """A path for one large answer; whoever asks deletes the file, and the pool deletes what is left."""
        self._spooled += 1
        return Path(self._spool_folder.name) / str(self._spooled)

    async def run(
        self,
        work: Callable[[Any], T],
        version: Version | None,
        *,
        timeout_s: float | None = None,
        slow: bool = False,
    ) -> T:
        """What the work finds in the store of that version, or without a store if it opens one itself.

        The work must be importable, such as a `partial` of a function. Work that is `slow`, or whose CPU time
        the process does not show, gets a slow slot from the start.

        Raises:
            QueryTimeout: if it ran past the deadline, which is never later than the pool's own.
            QueryTooHeavy: if it ran out of memory or stack.
            Overloaded: if too many others run and wait.
            AifkgError: whatever the work itself raises.
        """
        timeout_s = min(timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        slot = self.lanes.enter_at_once() or await self.lanes.enter(timeout_s)
        try:
            if slow:
                slot.go_slow()
            worker = self._idle.pop() if self._idle else await self._nursery.new_worker()
            if slow:
                worker.yield_to_others()
            watch = _Watch(worker, slot, worker.submit(Job(work, version, timeout_s)), timeout_s)
            try:
                outcome = await watch.outcome
            finally:
                watch.stop()
                self._put_back(worker, slot)
        finally:
            slot.leave()
        found: T = outcome_of(outcome)
        return found

    def _put_back(self, worker: Worker, slot: Slot) -> None:
        """Keep a worker that is ready for another job; end one that is not, or that others overtake."""
        if worker.ready and not slot.slow and len(self._idle) < self.limits.quick:
            self._idle.append(worker)
        else:
            self._chore(self._replace(worker))

    async def _replace(self, worker: Worker) -> None:
        await self._nursery.end(worker)
        if len(self._idle) < self.limits.quick:
            self._idle.append(await self._nursery.new_worker())

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)


class _Watch:
    """Looks at a running query from time to time, and fails its outcome when it must not go on."""

    def __init__(
        self, worker: Worker, slot: Slot, outcome: "asyncio.Future[bytes]", timeout_s: float
    ) -> None:
        self.outcome = outcome
        self._worker = worker
        self._slot = slot
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + timeout_s
        self._slice_ends: float | None = None
        self._next = self._loop.call_later(min(_LOOK_S, timeout_s), self._look)

    def _look(self) -> None:
        left = self._deadline - self._loop.time()
        if self.outcome.done():
            return
        if left <= 0:
            self.outcome.set_exception(QueryTimeout(f"the query was stopped after {self._timeout_s:g} s"))
            return
        self._next = self._loop.call_later(min(_LOOK_S, left), self._look)
        if not self._slot.slow and self._outlived_slice():
            self._slow_down()

    def _outlived_slice(self) -> bool:
        """Whether the query has had its share; what it used before the first look is not looked at."""
        used = self._worker.cpu_s()
        if self._slice_ends is None:
            self._slice_ends = used + _SLICE_CPU_S
        return used >= self._slice_ends

    def _slow_down(self) -> None:
        try:
            self._slot.outlive_slice()
        except Overloaded as error:
            self.outcome.set_exception(error)
        if self._slot.slow:
            self._worker.yield_to_others()

    def stop(self) -> None:
        """Look no more."""
        self._next.cancel()
