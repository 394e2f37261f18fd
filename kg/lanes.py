"""Who may run now: a few quick slots, a few slow ones, and a bounded line of those who wait.

A query starts in a quick slot. When it outlives its slice it moves to a slow slot, so the quick ones stay
open for questions that take milliseconds. When both are taken and others wait, the long query is turned
away.

The line is served oldest first as long as it moves. When the oldest has waited too long, the newest is
served first and, when the line is full, the oldest is turned away: under a flood somebody who still waits for
an answer gets one, instead of everybody getting theirs too late.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kg.errors import Overloaded

_TOO_LONG_S = 0.25

Lift = TypeVar("Lift")


class Lanes(Generic[Lift]):
    """Slots for running queries. Belongs to one event loop.

    Instead of a slot, somebody in the line may be given a lift: a share in what somebody else has a slot for.
    """

    def __init__(self, *, quick: int, slow: int, line: int) -> None:
        self._quick_free = quick
        self._slow_free = slow
        self._slots = quick + slow
        self._line_limit = line
        self._line: deque[_Turn[Lift]] = deque()

    @property
    def free(self) -> int:
        """How many quick slots are free."""
        return self._quick_free

    @property
    def running(self) -> int:
        """How many run, quick and slow ones."""
        return self._slots - self._quick_free - self._slow_free

    @property
    def waiting(self) -> int:
        """How many wait for a quick slot."""
        return len(self._line)

    def enter_at_once(self) -> "Slot | None":
        """A quick slot if one is free now."""
        if not self._quick_free:
            return None
        self._quick_free -= 1
        return Slot(self)

    async def enter(
        self, patience_s: float, *, first: bool = False, takes_lift: bool = False
    ) -> "Slot | Lift":
        """A quick slot, at once or after waiting in line, or a lift for those who take one.

        Whoever is `first` stands at the head of the line.

        Raises:
            Overloaded: if the line was full and this was the oldest in it, or its patience is at an end.
        """
        if slot := self.enter_at_once():
            return slot
        loop = asyncio.get_running_loop()
        turn: _Turn[Lift] = _Turn(loop.create_future(), loop.time(), takes_lift)
        give_up = loop.call_later(patience_s, turn.refuse, f"no process became free in {patience_s:g} s")
        if first:
            self._line.appendleft(turn)
        else:
            self._line.append(turn)
        if len(self._line) > self._line_limit:
            self._line.popleft().refuse("the line of waiting queries is full")
        try:
            lift = await turn.coming
        except (asyncio.CancelledError, Overloaded):
            if turn in self._line:
                self._line.remove(turn)
            elif turn.has_slot():
                self._pass_on_quick()  # the slot came in the moment in which the client left
            raise
        finally:
            give_up.cancel()
        return Slot(self) if lift is None else lift

    def give_lifts(self, lift: Lift, most: int) -> None:
        """Give a lift to those who are next in line, as long as they take one."""
        for _ in range(most):
            turn = self._next()
            if turn is None:
                return
            if not turn.takes_lift:
                self._line.appendleft(turn)
                return
            turn.coming.set_result(lift)

    def _next(self) -> "_Turn[Lift] | None":
        """Whose turn it is, no more in the line."""
        while self._line:
            waited_s = asyncio.get_running_loop().time() - self._line[0].since
            turn = self._line.popleft() if waited_s < _TOO_LONG_S else self._line.pop()
            if not turn.coming.done():
                return turn
        return None

    def _pass_on_quick(self) -> None:
        turn = self._next()
        if turn is None:
            self._quick_free += 1
        else:
            turn.coming.set_result(None)

    def _take_slow(self) -> bool:
        if not self._slow_free:
            return False
        self._slow_free -= 1
        return True

    def _give_back_slow(self) -> None:
        self._slow_free += 1


@dataclass(eq=False)
class _Turn(Generic[Lift]):
    """Somebody in the line: what will come, a slot (None) or a lift, and since when it is waited for."""

    coming: "asyncio.Future[Lift | None]"
    since: float
    takes_lift: bool

    def has_slot(self) -> bool:
        """Whether a slot came."""
        done = self.coming.done() and not self.coming.cancelled() and self.coming.exception() is None
        return done and self.coming.result() is None

    def refuse(self, reason: str) -> None:
        if not self.coming.done():
            self.coming.set_exception(Overloaded(reason))


class Slot:
    """The right of one query to run, given back with `leave`."""

    def __init__(self, lanes: "Lanes[Any]") -> None:
        self._lanes = lanes
        self.slow = False

    def outlive_slice(self) -> None:
        """Move to a slow slot if one is free; otherwise stay, unless others wait.

        Raises:
            Overloaded: if the slow slots are taken and others wait for this one.
        """
        if self.slow:
            return
        if self._lanes._slow_free or self._lanes.waiting:
            self.go_slow()

    def go_slow(self) -> None:
        """Move to a slow slot; Overloaded if none is free."""
        if not self._lanes._take_slow():
            raise Overloaded("too many long queries at once; try again later, or ask for less")
        self.slow = True
        self._lanes._pass_on_quick()

    def leave(self) -> None:
        """Give the slot to the next in line."""
        if self.slow:
            self._lanes._give_back_slow()
        else:
            self._lanes._pass_on_quick()
