"""a worker process at a slot, with the job that it does now and those that wait behind it in its socket.

Waking a process costs more than a small query does. So while many small queries come in, a worker is given
several at once: it takes the next without being woken. The others are in no danger from the first: when it
takes longer than small queries do, they are recalled and find another worker.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kg.errors import Overloaded, QueryTimeout, QueryTooHeavy
from kg.lanes import Slot
from kg.worker_processes import Worker

ROOM = 8
# A job may join a worker whose present job began this recently, and is recalled when that lasts so long.
_FRESH_S = 0.005
_PATIENCE_S = 0.025
# A job that outlives this is looked at, and moves to a slow slot after so many CPU seconds.
_SLICE_S = 0.1
_SLICE_CPU_S = 0.08


class Recalled(Exception):
    """The worker has no time for this job."""


@dataclass(eq=False)
class Ride:
    """One job with a worker: what is sent, how long it may run, and who waits for its outcome."""

    frame: bytes
    timeout_s: float
    outcome: "asyncio.Future[bytes]"

    def settle(self, outcome: bytes) -> None:
        """Give the outcome to whoever still waits for it."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def fail(self, error: Exception) -> None:
        """Give an error to whoever still waits."""
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Carrier:
    """One worker at one slot, until it has nothing more to do; then `ended` is told."""

    def __init__(
        self, worker: Worker, slot: Slot, ended: "Callable[[Carrier], None]", *, alone: bool = False
    ) -> None:
        """Nothing is sent yet; what runs `alone` is joined by no other job."""
        self.worker = worker
        self.slot = slot
        self.fit = True
        self._ended = ended
        self._alone = alone
        self._rides: deque[Ride] = deque()
        self._loop = asyncio.get_running_loop()
        self._began = 0.0
        self._slice_ends: float | None = None
        worker.listen(self._settle, self._lose)

    @property
    def load(self) -> int:
        """How many jobs it has."""
        return len(self._rides)

    def has_room(self) -> bool:
        """Whether one more job may join; none joins a worker that is done or new."""
        if not self.fit or self._alone or not 0 < len(self._rides) < ROOM:
            return False
        return self._loop.time() - self._began < _FRESH_S

    def board(self, ride: Ride) -> None:
        """Send a job."""
        self._rides.append(ride)
        if len(self._rides) == 1:
            self._begin()
        self.worker.send(ride.frame)

    def leave(self, ride: Ride) -> None:
        """Nobody waits for this job any more: end the worker if it is at it, otherwise let it come and go."""
        if self.fit and self._rides and self._rides[0] is ride:
            self._end()

    def look(self) -> None:
        """Recall those who wait too long, and fail a job that must not go on."""
        if not self.fit:
            return
        head = self._rides[0]
        age_s = self._loop.time() - self._began
        if age_s >= head.timeout_s:
            head.fail(QueryTimeout(f"the query was stopped after {head.timeout_s:g} s"))
            self._end()
        elif age_s >= _PATIENCE_S:
            for waiting in list(self._rides)[1:]:
                waiting.fail(Recalled())
            if age_s >= _SLICE_S:
                self._look_at_long(head)

    def _look_at_long(self, head: Ride) -> None:
        if head.outcome.done():  # recalled before it began, or its client left
            self._end()
        elif not self.slot.slow and self._outlived_slice():
            self._slow_down(head)

    def _begin(self) -> None:
        self._began = self._loop.time()
        self._slice_ends = None

    def _settle(self, outcome: bytes) -> None:
        """The worker has done its job, and is at the next one if there is one."""
        self._rides.popleft().settle(outcome)
        if self.slot.slow:  # it runs at low priority, and there is no way back
            self._end()
        elif self._rides:
            self._begin()
        else:
            self._ended(self)

    def _lose(self) -> None:
        """The process died; only the job that it was at can have brought that about."""
        if self.fit and self._rides:
            self._rides[0].fail(QueryTooHeavy("the query ran out of memory or is nested too deeply"))
            self._end()

    def _outlived_slice(self) -> bool:
        """Whether the job has had its share; what it used before the first look is not looked at."""
        used = self.worker.cpu_s()
        if self._slice_ends is None:
            self._slice_ends = used + _SLICE_CPU_S
        return used >= self._slice_ends

    def _slow_down(self, head: Ride) -> None:
        try:
            self.slot.outlive_slice()
        except Overloaded as error:
            head.fail(error)
            self._end()
        if self.slot.slow:
            self.worker.yield_to_others()

    def _end(self) -> None:
        """Have the worker ended; whoever still waits for it finds another."""
        self.fit = False
        for ride in self._rides:
            ride.fail(Recalled())
        self._ended(self)
