"""aifkg job: one job of the service in a process of its own; what happens is told as lines of JSON.

It reads without the store, so that others may write meanwhile, and takes the writer's place only to commit.
Told to stop it stops at once, except in a commit, which takes a moment and ends whole.
"""

import ctypes
import hashlib
import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import typer

from aifkg.edge import settings_with
from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read, Unread
from aifkg.serve_commands import SAMPLES
from kg.errors import AifkgError, BadSetting, StoreUnavailable, UnreadableReport
from kg.graph import Graph
from kg.prepared import Prepared
from kg.settings import Settings
from kg.vocabulary import short_id

_PR_SET_PDEATHSIG = 1
_PATIENCE_S = 300.0  # other writers, such as a long ingest, are waited for so long
_MOST_ENTRIES = 50  # of a feed


class _Cancelled(BaseException):
    """The service asked to stop."""


def register(app: typer.Typer) -> None:
    """Give the app this command, which people have no use for."""
    app.command("job", hidden=True)(job_command)


def job_command(
    folder: Annotated[Path, typer.Argument(help="The job's folder", exists=True, file_okay=False)],
    store: Annotated[str | None, typer.Option(help="Directory of the store  [AIFKG_STORE]")] = None,
) -> None:
    """Do a job of the service: read what it holds or names, commit it, publish."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    job = _Job(folder)
    try:
        job.run(settings_with(store=store))
    except _Cancelled:
        _tell("cancelled")
    except AifkgError as error:
        _tell("failed", reason=str(error))


class _Job:
    """One job, with whether it may be stopped right now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._committing = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)

    def _stop(self, *_: object) -> None:
        if not self._committing:
            raise _Cancelled

    def run(self, settings: Settings) -> None:
        request = json.loads((self._folder / "request.json").read_text("utf-8"))
        failed = 0
        if request["url"]:
            failed = _fetch(request["url"], self._folder / "files", settings)
        if request.get("samples"):
            shutil.copytree(SAMPLES, self._folder / "files", dirs_exist_ok=True)
        files = sorted(path for path in (self._folder / "files").iterdir() if path.suffix != ".part")
        prepared = list(self._read(settings, files))
        version = self._commit(settings, prepared)
        _tell("published", version=version)
        if failed and not files:
            _tell("failed", reason="nothing could be fetched")
        else:
            _tell("done")

    def _read(self, settings: Settings, files: list[Path]) -> Iterator[tuple[Path, Read]]:
        fresh = []
        with Graph.open_published(settings) as graph:
            for path in files:
                known = graph.has_read(hashlib.sha256(path.read_bytes()).hexdigest())
                if known:
                    _tell_file(path, "unchanged", report=short_id(known))
                else:
                    fresh.append(path)
        with ReadingPool(settings, jobs=1, want="quads") as pool:
            for number, path in enumerate(fresh, 1):
                _tell("reading", file=path.name, number=number, of=len(fresh), bytes=path.stat().st_size)
                for _, outcome in pool.read([path]):
                    if isinstance(outcome, Unread):
                        _tell_file(path, "failed", reason=outcome.reason)
                    else:
                        _tell("read", file=path.name, claims=outcome.claims, rejected=outcome.rejected)
                        yield path, outcome

    def _commit(self, settings: Settings, prepared: list[tuple[Path, Read]]) -> int:
        """Commit and publish, which nothing stops any more; the number of the version that readers have."""
        with _writer(settings) as graph:
            self._committing = True
            for path, read in prepared:
                change = graph.commit(_quads(read))
                _tell_file(
                    path,
                    change.outcome,
                    report=short_id(change.report),
                    claims=change.added + change.kept,
                    rejected=read.rejected,
                )
            return graph.publish()


def _quads(read: Read) -> Prepared:
    if read.prepared is None:
        raise TypeError("the pool was asked for quads and gave none")
    return read.prepared


@contextmanager
def _writer(settings: Settings) -> Iterator[Graph]:
    """The graph, open for writing once others have let go of it."""
    deadline, told = time.monotonic() + _PATIENCE_S, False
    while True:
        try:
            graph = Graph.open(settings)
            break
        except StoreUnavailable as error:
            if time.monotonic() > deadline:
                raise
            if not told:
                _tell("waiting", reason=str(error))
                told = True
            time.sleep(0.1)
    with graph:
        yield graph


def _fetch(url: str, folder: Path, settings: Settings) -> int:
    """Fetch what is behind the URL into files; how many could not be had."""
    from ingest.sources import fetched_from, save  # only some jobs need the network

    try:
        trusted = [ip_network(each) for each in settings.fetch_networks.split()]
    except ValueError as error:
        raise BadSetting(f"AIFKG_FETCH_NETWORKS: {error}") from error
    _tell("fetching", url=url)
    failed = 0
    for found in fetched_from(url, trusted=trusted, most=_MOST_ENTRIES):
        if isinstance(found, UnreadableReport):
            _tell("file", file=found.source, outcome="failed", claims=0, rejected=0, reason=found.reason)
            failed += 1
        else:
            _tell("fetched", file=save(found, folder).name, url=found.url, bytes=len(found.content))
    return failed


def _tell_file(path: Path, outcome: str, **more: Any) -> None:
    _tell("file", **{"file": path.name, "outcome": outcome, "claims": 0, "rejected": 0, **more})


def _tell(event: str, **data: Any) -> None:
    print(json.dumps({"event": event, "data": data}, ensure_ascii=False), flush=True)
