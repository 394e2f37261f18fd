"""Jobs that bring reports in, each a folder beside the store: what was asked, its files, and what happened.

    STORE/jobs/<id>/request.json   who asked for what, and when
    STORE/jobs/<id>/files/         what was uploaded or fetched, until the job has ended
    STORE/jobs/<id>/events.jsonl   one event a line; how the job stands follows from them

Only the service writes events, so their numbers grow by one, and a client that lost its connection goes on
after the last one that it saw. Ids cannot be guessed: whoever was given one may follow the job.
"""

import fcntl
import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO

from kg.errors import StoreUnavailable, UnknownIri

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
FINAL: frozenset[str] = frozenset({"done", "failed", "cancelled", "interrupted"})
_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 120
_KEPT = 200  # ended jobs; older ones are forgotten


@dataclass(frozen=True)
class JobFile:
    """A report of a job and what became of it; `outcome` as `aifkg ingest` tells it."""

    name: str
    outcome: str | None = None
    report: str | None = None  # id
    claims: int = 0
    rejected: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened in a job, numbered from 1."""

    id: int
    event: str
    at: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A job as its events have it."""

    id: str
    by: str
    url: str | None
    created: str
    state: State
    stage: str  # the last event's name
    started: str | None
    finished: str | None
    files: tuple[JobFile, ...]
    version: int | None  # published with what the job brought
    reason: str | None  # why it failed
    last_event: int


class JobShelf:
    """The jobs of one store."""

    def __init__(self, store_path: Path) -> None:
        """The folder is made with the first job."""
        self._folder = store_path / "jobs"

    def lock(self) -> TextIO:
        """The place of the one service that runs the jobs, until it is closed; StoreUnavailable if taken."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / "lock").open("a+")
        except OSError as error:
            raise StoreUnavailable(f"jobs cannot be kept: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StoreUnavailable("another service over this store runs the jobs; ask that one") from error
        return file

    def new(
        self, *, by: str, url: str | None = None, names: Iterable[str] = (), samples: bool = False
    ) -> tuple[str, list[Path]]:
        """A job's id and where its files are to be put, named as safely as they can be.

        Raises:
            StoreUnavailable: if the folder cannot be written.
        """
        id = secrets.token_hex(16)
        folder = self._folder / id
        paths = [folder / "files" / name for name in safe_names(names)]
        request = {
            "by": by,
            "url": url,
            "created": _now(),
            "files": [path.name for path in paths],
            "samples": samples,
        }
        try:
            (folder / "files").mkdir(parents=True)
            (folder / "request.json").write_text(json.dumps(request, ensure_ascii=False), "utf-8")
        except OSError as error:
            raise StoreUnavailable(f"the job cannot be kept: {error.strerror}") from error
        return id, paths

    def folder(self, id: str) -> Path:
        """Where a job's things are; UnknownIri if there is no such job."""
        folder = self._folder / id
        if not _ID.fullmatch(id) or not (folder / "request.json").is_file():
            raise UnknownIri(f"no job {id} is known")
        return folder

    def add(self, id: str, event: str, **data: Any) -> Event:
        """Note that something happened; StoreUnavailable if it cannot be written."""
        path = self.folder(id) / "events.jsonl"
        happened = Event(len(self.events(id)) + 1, event, _now(), data)
        line = {"id": happened.id, "event": event, "at": happened.at, "data": data}
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise StoreUnavailable(f"the job's progress cannot be written: {error.strerror}") from error
        if event in FINAL:
            shutil.rmtree(self.folder(id) / "files", ignore_errors=True)
        return happened

    def events(self, id: str, *, after: int = 0) -> list[Event]:
        """What happened after the event of that number; UnknownIri if there is no such job."""
        try:
            lines = (self.folder(id) / "events.jsonl").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        told = (_told(line) for line in lines)
        return [
            Event(one["id"], one["event"], one["at"], one["data"])
            for one in told
            if one and one["id"] > after
        ]

    def get(self, id: str) -> Job:
        """How a job stands; UnknownIri if there is no such job."""
        request = json.loads((self.folder(id) / "request.json").read_text("utf-8"))
        return _job(id, request, self.events(id))

    def all(self) -> list[Job]:
        """Every job, newest first."""
        ids = [path.name for path in self._folder.glob("*") if (path / "request.json").is_file()]
        return sorted((self.get(id) for id in ids), key=lambda job: (job.created, job.id), reverse=True)

    def discard(self, id: str) -> None:
        """Forget a job."""
        shutil.rmtree(self._folder / id, ignore_errors=True)

    def tidy(self) -> None:
        """Forget the oldest of the ended jobs when there are many."""
        ended = [job for job in self.all() if job.state in FINAL]
        for job in ended[_KEPT:]:
            self.discard(job.id)


def safe_names(names: Iterable[str]) -> list[str]:
    r"""File names without folders, control and direction marks, none twice, in the same order.

    >>> safe_names(["../../etc/passwd", "C:\\x\\a.md", ".hidden", "a.md", ""])
    ['passwd', 'a.md', 'hidden', 'a-2.md', 'report']
    """
    found: list[str] = []
    for name in names:
        last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
        shown = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*')
        path = Path(shown.strip().lstrip(".").strip() or "report")
        stem, suffix = path.stem[:_LONGEST_NAME], path.suffix[:12]
        safe, number = f"{stem}{suffix}", 2
        while safe in found:
            safe, number = f"{stem}-{number}{suffix}", number + 1
        found.append(safe)
    return found


def _job(id: str, request: dict[str, Any], events: list[Event]) -> Job:
    files = {name: JobFile(name) for name in request["files"]}
    state: State = "queued"
    started = finished = reason = version = None
    for event in events:
        data = event.data
        if event.event == "started":
            state, started = "running", event.at
        elif event.event in ("fetched", "reading") and "file" in data:
            files.setdefault(data["file"], JobFile(data["file"]))
        elif event.event == "file":
            files[data["file"]] = _file(data)
        elif event.event == "published":
            version = data["version"]
        elif event.event in FINAL:
            state, finished, reason = event.event, event.at, data.get("reason")  # type: ignore[assignment]
    return Job(
        id,
        request["by"],
        request["url"],
        request["created"],
        state,
        events[-1].event if events else "queued",
        started,
        finished,
        tuple(files.values()),
        version,
        reason,
        events[-1].id if events else 0,
    )


def _file(data: dict[str, Any]) -> JobFile:
    return JobFile(
        data["file"],
        data["outcome"],
        data.get("report"),
        data["claims"],
        data["rejected"],
        data.get("reason"),
    )


def _told(line: str) -> dict[str, Any] | None:
    """The event of a line; None for one that a crash cut short."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and told.keys() >= {"id", "event", "at", "data"} else None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
