"""Runs jobs one after the other, each in a process of its own, and lets clients follow them.

The process is `aifkg job`, so the service itself never loads what reads reports. It tells what happens as
lines of JSON, which become the job's events. A job that the service left unfinished was interrupted.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self, TextIO

from kg.errors import AifkgError, BadRequest, Overloaded, StoreUnavailable
from kg.jobs import FINAL, Event, Job, JobShelf
from kg.settings import Settings

COMMAND = (sys.executable, "-m", "aifkg", "job")
_MOST_WAITING = 100
_GRACE_S = 10.0  # between the request to stop and the end by force
_LOOK_EVERY_S = 0.5
_LONGEST_LINE = 1 << 20


class JobRunner:
    """The jobs of one service."""

    def __init__(self, shelf: JobShelf, settings: Settings) -> None:
        """Nothing runs before the service has begun."""
        self._shelf = shelf
        self._settings = settings
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._running: str | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._worker: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._place: TextIO | None = None
        self._closing = False
        self._cancelled: set[str] = set()

    async def __aenter__(self) -> Self:
        """Begin to run jobs; those that an earlier service left unfinished are interrupted.

        Of several services over one store the first one runs the jobs.
        """
        self._worker = asyncio.create_task(self._work())
        return self

    def _take_place(self) -> None:
        """Be the service that runs jobs over this store; StoreUnavailable if another one is."""
        if self._place is None:
            self._place = self._shelf.lock()
            self._interrupt()
            self._shelf.tidy()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process that runs; what it has not committed is not there."""
        self._closing = True
        self._wake()
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        if self._place is not None:
            self._interrupt()
            self._place.close()

    def _interrupt(self) -> None:
        for job in self._shelf.all():
            if job.state not in FINAL:
                self._shelf.add(job.id, "interrupted", reason="the service was stopped before it was done")

    def submit(self, id: str) -> Job:
        """Have the job run when those before it have; Overloaded or StoreUnavailable if it cannot."""
        try:
            self._take_place()
            if self._waiting.qsize() >= _MOST_WAITING:
                raise Overloaded("too many jobs are waiting; try again later")
        except AifkgError:
            self._shelf.discard(id)
            raise
        self._note(id, "queued")
        self._waiting.put_nowait(id)
        return self._shelf.get(id)

    async def cancel(self, id: str) -> Job:
        """Have the job end without a trace; BadRequest if it has ended already."""
        job = self._shelf.get(id)
        if job.state in FINAL:
            raise BadRequest(f"the job is over: {job.state}")
        if id == self._running and self._process:
            self._cancelled.add(id)
            await _end(self._process)
            while self._running == id:
                await self._wait_for_news(1.0)
        else:
            self._note(id, "cancelled")
        return self._shelf.get(id)

    async def follow(self, id: str, *, after: int, every_s: float) -> AsyncIterator[Event | None]:
        """The events after a number, as they happen, until the job ends; None when nothing does for long."""
        self._shelf.folder(id)
        while True:
            news = self._news
            for event in self._shelf.events(id, after=after):
                after = event.id
                yield event
                if event.event in FINAL:
                    return
            if self._shelf.get(id).state in FINAL or self._closing:
                return
            try:
                await asyncio.wait_for(news.wait(), every_s)
            except TimeoutError:
                yield None

    async def _work(self) -> None:
        while self._place is None:  # a service that is being replaced may still be ending its job
            with contextlib.suppress(StoreUnavailable):
                self._take_place()
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        while True:
            id = await self._waiting.get()
            if self._shelf.get(id).state != "queued":
                continue  # cancelled while it waited
            self._running = id
            try:
                await self._run(id)
            except OSError as error:
                self._note(id, "failed", reason=f"the process cannot be started: {error}")
            finally:
                self._running = self._process = None
                self._wake()

    async def _run(self, id: str) -> None:
        self._note(id, "started")
        folder = self._shelf.folder(id)
        with (folder / "log").open("wb") as log:
            self._process = process = await asyncio.create_subprocess_exec(
                *COMMAND,
                str(folder.resolve()),
                env={**os.environ, "AIFKG_STORE": self._settings.store},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=_LONGEST_LINE,
                start_new_session=True,
            )
            try:
                ended = await self._listen(id, process)
                code = await process.wait()
            finally:
                await _end(process)
        if not ended and id in self._cancelled:
            self._note(id, "cancelled")
        elif not ended:
            self._note(id, "failed", reason=f"the process ended with code {code}; its log is beside the job")

    async def _listen(self, id: str, process: asyncio.subprocess.Process) -> bool:
        """Take down what the process tells; whether it told its end."""
        if process.stdout is None:
            raise TypeError("the process has a pipe for what it tells")
        async for line in process.stdout:
            told = _told(line)
            if told:
                self._note(id, told["event"], **told["data"])
                if told["event"] in FINAL:
                    return True
        return False

    def _note(self, id: str, event: str, **data: Any) -> None:
        self._shelf.add(id, event, **data)
        self._wake()

    def _wake(self) -> None:
        """Have everybody who follows look again."""
        self._news.set()
        self._news = asyncio.Event()

    async def _wait_for_news(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)


def _told(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and told.keys() == {"event", "data"} else None


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and all that it has started, politely first."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
