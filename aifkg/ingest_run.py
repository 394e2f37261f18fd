"""files -> store: read what is new, commit report by report, publish; what became of each is told.

Nothing of a file that fails reaches the store. A file whose bytes were read before costs only a hash and a
look-up, so a run that was cut short is resumed when it is run again.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aifkg.files import Source
from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read, Unread
from kg.errors import InvalidGraph
from kg.graph import Graph
from kg.settings import Settings
from kg.vocabulary import short_id

Outcome = Literal["added", "updated", "unchanged", "older", "retracted", "failed"]
_PUBLISH_EVERY_S = 30.0  # so that readers of a long run see it grow


@dataclass(frozen=True)
class Result:
    """What happened to one file."""

    path: Path
    outcome: Outcome
    report: str | None = None  # its id
    claims: int = 0
    rejected: int = 0
    reason: str = ""
    broke: bool = False  # the reader failed, not the report


def ingest(
    graph: Graph,
    sources: Sequence[Source],
    settings: Settings,
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Result]:
    """Bring the files into the graph; one result for each, as soon as it is known. Publishes at the end.

    After `stop` nothing new is begun. StoreUnavailable ends the run; what was committed before stays.
    """
    fresh: list[Source] = []
    for source in sources:
        known = _known(graph, source)
        if known is None:
            fresh.append(source)
        else:
            yield known
    yield from _read_and_commit(graph, fresh, settings, jobs=jobs, stop=stop)
    graph.publish()


def _read_and_commit(
    graph: Graph, fresh: Sequence[Source], settings: Settings, *, jobs: int, stop: Callable[[], bool]
) -> Iterator[Result]:
    named = {source.path: source.named for source in fresh}
    published = time.monotonic()
    with ReadingPool(settings, jobs=min(jobs, max(1, len(fresh))), want="quads") as pool:
        for path, outcome in pool.read(named, stop=stop):
            yield _commit(graph, path, outcome, named=named[path])
            if time.monotonic() - published > _PUBLISH_EVERY_S:
                graph.publish()
                published = time.monotonic()


def _known(graph: Graph, source: Source) -> Result | None:
    """The result for a file that need not be read: its bytes were read before, or taken out before."""
    try:
        sha256 = hashlib.sha256(source.path.read_bytes()).hexdigest()
    except OSError:
        return None  # reading it will tell what is wrong
    report = graph.has_read(sha256)
    if report is not None:
        return Result(source.path, "unchanged", short_id(report))
    taken_out = graph.retracted_bytes(sha256)
    if taken_out is not None and not source.named:
        return _taken_out(source.path, taken_out)
    return None


def _commit(graph: Graph, path: Path, outcome: Read | Unread, *, named: bool) -> Result:
    if isinstance(outcome, Unread) or outcome.prepared is None:
        reason, broke = (outcome.reason, outcome.broke) if isinstance(outcome, Unread) else ("", True)
        return Result(path, "failed", reason=reason, broke=broke)
    prepared = outcome.prepared
    if not named and not graph.has_report(prepared.report) and graph.tombstone_of(prepared.report):
        return _taken_out(path, prepared.report)
    try:
        change = graph.commit(prepared)
    except InvalidGraph as error:
        return Result(path, "failed", reason=str(error))
    return Result(path, change.outcome, short_id(change.report), outcome.claims, outcome.rejected)


def _taken_out(path: Path, report: str) -> Result:
    reason = "was retracted; name the file itself to take it in again"
    return Result(path, "retracted", short_id(report), reason=reason)
