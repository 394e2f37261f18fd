"""files -> what they state, read by processes that have a time and a memory limit each.

Results come in the order in which they are ready. A process that dies or runs past its time costs the report
that it had in hand, and is replaced.
"""

import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from aifkg.reading_worker import Order, Read, Unread, Want, serve_reading
from kg.errors import BadSetting
from kg.settings import Settings

_START_S = 120.0  # longest time that a process may take to load the language model
_SLOWNESS = 5  # times the limit that a report may take on a machine that others keep busy


@dataclass
class _Worker:
    process: SpawnProcess
    channel: Connection
    path: Path | None = None
    deadline: float = 0.0
    last_call: float = 0.0  # however little of the processor it had by then
    spent_s: float = 0.0  # of the processor, before the report in hand
    ready: bool = False


class ReadingPool:
    """Reads reports in `jobs` processes, which start with the first report that is asked for."""

    def __init__(
        self, settings: Settings, *, jobs: int, want: Want, recorded_at: datetime | None = None
    ) -> None:
        """Nothing starts yet, so a run that finds nothing new to read costs no language model."""
        self._settings = settings
        self._recorded_at = recorded_at
        self._jobs = jobs
        self._want = want
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    def read(
        self, paths: Iterable[Path], *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Path, Read | Unread]]:
        """Each path with its outcome, as soon as it is there; after `stop` only what is in hand."""
        waiting = iter(paths)
        exhausted = False
        outcomes: list[tuple[Path, Read | Unread]] = []
        while True:
            while not exhausted and not stop() and self._has_room():
                path = next(waiting, None)
                exhausted = path is None
                if path is not None:
                    self._hand_out(path)
            # The processes read on while the caller does something with what they gave.
            yield from outcomes
            outcomes = []
            if not any(worker.path for worker in self._workers):
                if exhausted or stop():
                    return
                continue
            outcomes = list(self._collect())

    def _has_room(self) -> bool:
        return len(self._workers) < self._jobs or any(worker.path is None for worker in self._workers)

    def _free_worker(self) -> _Worker:
        idle = [worker for worker in self._workers if worker.path is None]
        return idle[0] if idle else self._start()

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=serve_reading, args=(theirs, self._settings, self._want), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _hand_out(self, path: Path) -> None:
        """Give the path to a free process; one that died while it was free is replaced."""
        while True:
            worker = self._free_worker()
            try:
                worker.channel.send(Order(path, self._recorded_at))
            except OSError:
                self._drop(worker)
                continue
            worker.path = path
            _start_clock(worker, self._settings.report_timeout_s if worker.ready else _START_S)
            return

    def _collect(self) -> Iterator[tuple[Path, Read | Unread]]:
        """What came in, or ran out of time, since the last call; waits for the next such thing."""
        busy = [worker for worker in self._workers if worker.path]
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        arrived = wait([worker.channel for worker in busy], timeout=patience)
        for worker in busy:
            path = worker.path
            if path is None:
                continue
            if worker.channel in arrived:
                outcome = self._receive(worker)
                if outcome is not None:
                    worker.path = None
                    if isinstance(outcome, Unread) and outcome.broke:
                        self._drop(worker)  # what filled its memory may still be there
                    yield path, outcome
            elif time.monotonic() >= worker.deadline and not self._has_time_left(worker):
                self._drop(worker)
                limit = f"{self._settings.report_timeout_s:g}"
                yield path, Unread(f"takes longer than {limit} s to read", broke=True)

    def _has_time_left(self, worker: _Worker) -> bool:
        """Whether other work on this machine kept the report from having its time; then it has the rest."""
        limit = self._settings.report_timeout_s if worker.ready else _START_S
        left = limit - (_processor_s(worker) - worker.spent_s)
        now = time.monotonic()
        if left <= 0 or now >= worker.last_call:
            return False
        worker.deadline = min(now + left, worker.last_call)
        return True

    def _receive(self, worker: _Worker) -> Read | Unread | None:
        """The outcome that a process sent; None for its message that it is ready."""
        try:
            message = worker.channel.recv()
        except (EOFError, OSError):
            started = worker.ready
            self._drop(worker)
            code = worker.process.exitcode
            if not started:
                raise BadSetting(f"the reader does not start (exit code {code})") from None
            return Unread(f"ends the reading process (exit code {code})", broke=True)
        if message is None:
            worker.ready = True
            _start_clock(worker, self._settings.report_timeout_s)
            return None
        if isinstance(message, BadSetting):
            raise message
        outcome: Read | Unread = message
        return outcome

    def _drop(self, worker: _Worker) -> None:
        """Let the process go, if that was not done yet."""
        if worker in self._workers:
            self._workers.remove(worker)
            _end(worker)


def _start_clock(worker: _Worker, limit_s: float) -> None:
    now = time.monotonic()
    worker.deadline, worker.last_call = now + limit_s, now + _SLOWNESS * limit_s
    worker.spent_s = _processor_s(worker)


def _processor_s(worker: _Worker) -> float:
    """The processor time of the process and of those it has waited for; where nobody tells, for ever."""
    try:
        told = Path(f"/proc/{worker.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return math.inf
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


def _end(worker: _Worker) -> None:
    worker.channel.close()
    if worker.path is not None:
        worker.process.kill()
    worker.process.join(timeout=5)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
