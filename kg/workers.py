"""functions of a store -> their results, computed in processes that can be killed.

The engine offers neither a timeout nor a way to cancel (Oxigraph 0.5.13), so nothing of a stranger's query
runs in the service itself. A worker that misses its deadline, breaks its memory limit, crashes, or whose
client has left is killed, and another takes its place.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kg.carriers import ROOM, Carrier, Recalled, Ride
from kg.errors import StoreUnavailable
from kg.lanes import Lanes, Slot
from kg.query_worker import frame_of
from kg.snapshots import Version
from kg.spools import SpoolFolder
from kg.worker_processes import Nursery, Worker, outcome_of

T = TypeVar("T")

_LOOK_S = 0.01


@dataclass(frozen=True)
class Limits:
    """What all queries together may use."""

    timeout_s: float = 30.0
    quick: int = 2
    slow: int = 4
    line: int = 200
    memory_mib: int = 1024
    online: bool = False  # whether the processes keep the network, which a remote store is reached by
    server: str | None = None  # a module that serves in processes of its own (kg.worker_processes)


class QueryPool:
    """Worker processes that call functions of a store. Belongs to one event loop; use it as a context."""

    def __init__(self, limits: Limits) -> None:
        """Nothing runs before the context is entered."""
        self.limits = limits
        self.lanes: Lanes[Carrier] = Lanes(quick=limits.quick, slow=limits.slow, line=limits.line)
        self.nursery = Nursery(limits.memory_mib, online=limits.online, server=limits.server)
        self._idle: list[Worker] = []
        self._carriers: set[Carrier] = set()
        self._next_look: asyncio.TimerHandle | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._spool_folder = SpoolFolder()
        self._spooled = 0

    async def __aenter__(self) -> "QueryPool":
        """Start the workers, so that the first query finds one ready."""
        self._loop = asyncio.get_running_loop()
        await self.nursery.start()
        for _ in range(self.limits.quick):
            self._idle.append(await self.nursery.new_worker())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the workers and delete the answers that nobody has read."""
        if self._next_look is not None:
            self._next_look.cancel()
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        for worker in self._idle:
            worker.disconnect()
        await self.nursery.stop()
        self._spool_folder.delete()

    def new_spool(self) -> Path:
        """A path for one large answer; whoever asks deletes the file, and the pool deletes what is left."""
        return Path(self.new_spool_name())

    def new_spool_name(self) -> str:
        """As `new_spool`, for those who count microseconds."""
        self._spooled += 1
        return f"{self._spool_folder.path}/{self._spooled}"

    async def run(
        self,
        work: Callable[[Any], T],
        version: Version | None,
        *,
        timeout_s: float | None = None,
        slow: bool = False,
        small: bool = True,
    ) -> T:
        """What the work finds in the store of that version, or without a store if it opens one itself.

        The work must be importable, such as a `partial` of a function. Work that is `slow`, or whose CPU time
        the process does not show, gets a slow slot from the start. Work that is not `small` shares its worker
        with no other: what waits behind it would be recalled, and done twice.

        Raises:
            QueryTimeout: if it ran past the deadline, which is never later than the pool's own.
            QueryTooHeavy: if it ran out of memory or stack.
            Overloaded: if too many others run and wait.
            AifkgError: whatever the work itself raises.
        """
        timeout_s = min(timeout_s or self.limits.timeout_s, self.limits.timeout_s)
        alone = slow or version is None or not small
        ride = Ride(frame_of(work, version), timeout_s, self._loop.create_future())
        recalled = False
        while True:
            carrier = None if recalled else self._joinable(alone)
            carrier = carrier or await self._place(timeout_s, slow=slow, alone=alone, first=recalled)
            carrier.board(ride)
            try:
                found: T = outcome_of(await ride.outcome)
                return found
            except Recalled:
                recalled = True
                ride = Ride(ride.frame, timeout_s, self._loop.create_future())
            except asyncio.CancelledError:
                carrier.leave(ride)
                raise

    def _joinable(self, alone: bool) -> Carrier | None:
        """A worker at work that one more job may join; none while a slot is free, or others wait for one."""
        if alone or self.lanes.free or self.lanes.waiting:
            return None
        with_room = (one for one in self._carriers if one.has_room())
        return min(with_room, key=lambda one: one.load, default=None)

    async def _place(self, patience_s: float, *, slow: bool, alone: bool, first: bool) -> Carrier:
        """A worker of its own for a job, or room with another; `first` stands at the head of the line."""
        slot = self.lanes.enter_at_once()
        while slot is None:
            entered = await self.lanes.enter(patience_s, first=first, takes_lift=not alone)
            if isinstance(entered, Slot):
                slot = entered
            elif entered.has_room():
                return entered
            first = True
        try:
            if slow:
                slot.go_slow()
            worker = self._ready_worker() or await self.nursery.new_worker()
        except BaseException:
            slot.leave()
            raise
        if slow:
            worker.yield_to_others()
        carrier = Carrier(worker, slot, self._let_go, alone=alone)
        self._carriers.add(carrier)
        self._watch()
        if not alone:
            self.lanes.give_lifts(carrier, ROOM - 1)
        return carrier

    def _ready_worker(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.connected:
                return worker
            self._chore(self.nursery.end(worker))
        return None

    def _watch(self) -> None:
        """Look at what runs, again and again while anything runs."""
        if self._next_look is None:
            self._next_look = self._loop.call_later(_LOOK_S, self._look)

    def _look(self) -> None:
        self._next_look = None
        for carrier in list(self._carriers):
            carrier.look()
        if self._carriers:
            self._watch()

    def _let_go(self, carrier: Carrier) -> None:
        """Keep a worker that is ready for another job; end one that is not."""
        self._carriers.discard(carrier)
        worker = carrier.worker
        if carrier.fit and worker.connected and len(self._idle) < self.limits.quick:
            self._idle.append(worker)
        else:
            worker.disconnect()
            self._chore(self._replace(worker))
        carrier.slot.leave()

    async def _replace(self, worker: Worker) -> None:
        """End a worker, and start another if a free place has none; more would end and follow each other."""
        await self.nursery.end(worker)
        if len(self._idle) < self.lanes.free:
            with contextlib.suppress(StoreUnavailable):  # the service ends, or the next query will say so
                self._idle.append(await self.nursery.new_worker())

    def _chore(self, work: Coroutine[Any, Any, None]) -> None:
        chore = asyncio.ensure_future(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)
