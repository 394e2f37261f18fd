"""shards -> store: commit what was read elsewhere, in any order, as often as one likes; then publish.

Several versions of one report end as if they had been committed as they came out, whenever each is loaded:
what the older ones said is history. Only where the store read the report in another way too, and so has a
version that is in no shard, does one that is older than the store's change nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aifkg.ingest_run import Result, taken_out_before
from kg.errors import InvalidGraph, UnreadableReport
from kg.graph import Graph
from kg.quotes import check_quotes
from kg.shapes import check_shapes
from kg.shards import SUFFIX, bytes_read, claims_in, read_shard
from kg.vocabulary import short_id


@dataclass(frozen=True, order=True)
class _Turn:
    """When a shard's turn comes: by the report's date, then by when it was read, then by its content."""

    of_version: tuple[str, str]
    name: str
    path: Path


def shards_in(paths: Iterable[Path]) -> list[Path]:
    """The shards that are named, and those in directories that are named, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        for file in sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]:
            found[file] = None
    return list(found)


def load(
    graph: Graph, shards: Sequence[Path], *, stop: Callable[[], bool] = lambda: False
) -> Iterator[Result]:
    """Bring the shards into the graph; one result for each. Publishes at the end.

    StoreUnavailable ends the run; what was committed before stays.
    """
    began = time.monotonic()
    turns: list[_Turn] = []
    for path in shards:
        try:
            turns.append(_turn(path))
        except UnreadableReport as error:
            yield Result(path, "failed", reason=error.reason)
    for turn in sorted(turns):
        if stop():
            break
        result = _commit(graph, turn.path)
        yield replace(result, at_s=round(time.monotonic() - began, 3))
    graph.publish()


def _turn(path: Path) -> _Turn:
    prepared = read_shard(path)
    return _Turn(prepared.turn, path.name, path)


def _commit(graph: Graph, path: Path) -> Result:
    try:
        prepared = read_shard(path)
        check_shapes(prepared.quads)
        check_quotes(prepared.quads)
    except UnreadableReport as error:
        return Result(path, "failed", reason=error.reason)
    except InvalidGraph as error:
        return Result(path, "failed", reason=str(error))
    report, claims = short_id(prepared.report), claims_in(prepared)
    read_before = graph.has_read(bytes_read(prepared))
    if read_before is not None:
        return Result(path, "unchanged", short_id(read_before))
    if not graph.has_report(prepared.report) and graph.tombstone_of(prepared.report) is not None:
        return taken_out_before(path, prepared.report)
    return Result(path, graph.commit_in_turn(prepared).outcome, report, claims)
