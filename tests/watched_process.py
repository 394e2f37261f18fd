"""A process and all its descendants, watched while they run: memory and processor time."""

import os
import threading
import time
from bisect import bisect_left
from pathlib import Path

_EVERY_S = 0.5
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGESIZE")


class Watch:
    """Samples a process tree from beginning to end of a `with` block."""

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0  # resident memory of all, what they share counted in each
        self._pid = pid
        # Moment, and the processor seconds until then: of all, and of the descendants alone.
        self._samples: list[tuple[float, float, float]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
        self._thread.join()

    def processor_s(self, moment: float) -> float:
        """Processor seconds that the tree had used at a moment of the monotonic clock, interpolated."""
        return self._at(moment, 1)

    def descendants_s(self, moment: float) -> float:
        """Of these, what the process itself had not used, with all its threads."""
        return self._at(moment, 2)

    def _at(self, moment: float, what: int) -> float:
        after = bisect_left(self._samples, (moment, 0.0, 0.0))
        if after in (0, len(self._samples)):
            return self._samples[min(after, len(self._samples) - 1)][what]
        before, then = self._samples[after - 1], self._samples[after]
        share = (moment - before[0]) / (then[0] - before[0])
        return before[what] + (then[what] - before[what]) * share

    def _watch(self) -> None:
        while not self._done.wait(_EVERY_S):
            family = _family(self._pid)
            self.peak_mib = max(self.peak_mib, sum(map(_resident_mib, family)))
            used = sum(map(_processor_s, family))
            self._samples.append((time.monotonic(), used, used - _processor_s(self._pid, children=False)))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident_mib(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE / 2**20
    except (OSError, IndexError):
        return 0.0


def _processor_s(pid: int, *, children: bool = True) -> float:
    """Of the process and, if wanted, of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if children else 13])) / _TICKS
