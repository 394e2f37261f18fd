"""files -> store: read what is new, commit report by report, publish; what became of each is told.

Nothing of a file that fails reaches the store. A file whose bytes were read before costs only a hash and a
look-up, so a run that was cut short is resumed when it is run again.
"""

import gc
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from aifkg.broken_reports import BrokenReports
from aifkg.files import Source
from aifkg.ray_pool import Cluster, RayPool
from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read, Unread
from kg.graph import Graph
from kg.settings import Settings
from kg.vocabulary import short_id

Outcome = Literal["added", "updated", "unchanged", "older", "retracted", "failed"]
_PUBLISH_EVERY_S = 30.0  # so that readers of a long run see it grow


@dataclass(frozen=True)
class Result:
    """What happened to one file; `at_s` is when, in seconds from the beginning of the run."""

    path: Path
    outcome: Outcome
    report: str | None = None  # its id
    claims: int = 0
    rejected: int = 0
    reason: str = ""
    at_s: float = 0.0


@dataclass(frozen=True)
class Plan:
    """How to ingest. `dry` reads and checks but commits nothing; `retry` reads what broke before.

    A `cluster` of Ray reads, and `shards` keeps what it read. `recorded_at` is recorded instead of the time.
    """

    jobs: int = 1
    dry: bool = False
    retry: bool = False
    cluster: Cluster | None = None
    shards: Path | None = None
    recorded_at: datetime | None = None


def ingest(
    graph: Graph,
    sources: Sequence[Source],
    settings: Settings,
    *,
    plan: Plan,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Bring the files into the graph; one result for each, as soon as it is known. Publishes at the end.

    After `stop` nothing new is begun. StoreUnavailable ends the run; what was committed before stays.
    """
    began = time.monotonic()
    with _seldom_collected():
        for result in _Ingest(graph, settings, plan, stop).run(sources):
            yield replace(result, at_s=round(time.monotonic() - began, 3))
    if not plan.dry:
        graph.publish()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles seldom: a commit leaves hardly any, and a look goes through all that is kept."""
    youngest, *older = gc.get_threshold()
    gc.set_threshold(50_000, *older)
    try:
        yield
    finally:
        gc.set_threshold(youngest, *older)


class _Ingest:
    """One run, with what it knows of each file."""

    def __init__(self, graph: Graph, settings: Settings, plan: Plan, stop: Callable[[], bool]) -> None:
        self._graph = graph
        self._settings = settings
        self._plan = plan
        self._stop = stop
        self._broken = BrokenReports(settings)
        self._hashes: dict[Path, str] = {}

    def run(self, sources: Sequence[Source]) -> Iterator[Result]:
        fresh: dict[Path, bool] = {}
        for source in sources:
            known = self._known(source)
            if known is None:
                fresh[source.path] = source.named
            else:
                yield known
        published = time.monotonic()
        with self._pool(len(fresh)) as pool:
            for path, outcome in pool.read(fresh, stop=self._stop):
                yield self._take(path, outcome, named=fresh[path])
                if time.monotonic() - published > _PUBLISH_EVERY_S and not self._plan.dry:
                    self._graph.publish(interim=True)
                    published = time.monotonic()

    def _pool(self, reports: int) -> ReadingPool | RayPool:
        plan = self._plan
        if plan.cluster:
            return RayPool(self._settings, plan.cluster, shards=plan.shards, recorded_at=plan.recorded_at)
        jobs = min(plan.jobs, max(1, reports))
        return ReadingPool(self._settings, jobs=jobs, want="quads", recorded_at=plan.recorded_at)

    def _known(self, source: Source) -> Result | None:
        """The result for a file that need not be read: it was before, or it broke the reader."""
        try:
            sha256 = hashlib.sha256(source.path.read_bytes()).hexdigest()
        except OSError:
            return None  # reading it will tell what is wrong
        self._hashes[source.path] = sha256
        report = self._graph.has_read(sha256)
        if report is not None:
            return Result(source.path, "unchanged", short_id(report))
        taken_out = self._graph.retracted_bytes(sha256)
        if taken_out is not None and not source.named:
            return taken_out_before(source.path, taken_out)
        broken = None if self._plan.retry else self._broken.reason(sha256)
        return Result(source.path, "failed", reason=broken) if broken else None

    def _take(self, path: Path, outcome: Read | Unread, *, named: bool) -> Result:
        sha256 = self._hashes.get(path, "")
        if isinstance(outcome, Unread):
            if outcome.broke and sha256 and not self._plan.dry:
                self._broken.add(sha256, path, outcome.reason)
            return Result(path, "failed", reason=outcome.reason)
        prepared = outcome.prepared
        if prepared is None:
            raise TypeError("the pool was asked for quads and gave none")
        if not named and not self._graph.has_report(prepared.report):
            stone = self._graph.tombstone_of(prepared.report)
            if stone is not None:
                return taken_out_before(path, prepared.report)
        if self._plan.dry:
            change = self._graph.preview(prepared)
        else:
            change = self._graph.commit(prepared)
            self._broken.discard(sha256)
        report = short_id(change.report)
        return Result(path, change.outcome, report, outcome.claims, outcome.rejected)


def taken_out_before(path: Path, report: str) -> Result:
    """The result for a report that was retracted and does not come back by itself."""
    reason = "was retracted; name the file itself to take it in again"
    return Result(path, "retracted", short_id(report), reason=reason)
