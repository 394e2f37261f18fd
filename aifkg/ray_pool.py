"""files -> what they state, read by the machines of a Ray cluster, each report written to a shard.

Stands in the place of `ReadingPool`. Results come in the order of the files, so that two versions of one
report meet in the same order as on one machine. A node that dies costs time: what it had in hand is read
again elsewhere.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from aifkg.ray_reading import read_bytes
from aifkg.reading_worker import Read, Unread
from kg.errors import BadSetting, UnreadableReport
from kg.settings import Settings
from kg.shards import prepared_of, write_shard

_TRIES_MORE = 3  # for a report whose node or worker died
_IN_HAND = 2  # reports that a processor has or will have next, so that none is idle
_AHEAD = 64  # reports for each processor that may be done before an earlier one is
_LOOK_S = 0.5  # how soon a wish to stop is seen
_ANSWER_S = 5.0  # how soon a cluster has to answer
_OBJECT_STORE = 256 * 2**20


@dataclass(frozen=True)
class Cluster:
    """Where to read: at the address of a Ray cluster, or in one of this machine with so many processes."""

    address: str | None = None
    jobs: int = 1


@dataclass(frozen=True)
class _Written:
    """A report that was read: its counts, and where its shard is."""

    claims: int
    rejected: int
    shard: Path

    def as_read(self, *, keep: bool) -> Read:
        content = self.shard.read_bytes()
        if not keep:
            self.shard.unlink(missing_ok=True)
        return Read(self.claims, self.rejected, prepared=prepared_of(content))


class RayPool:
    """Reads reports on a Ray cluster, which it joins, or starts, with the first report."""

    def __init__(
        self,
        settings: Settings,
        cluster: Cluster,
        *,
        shards: Path | None = None,
        recorded_at: datetime | None = None,
    ) -> None:
        """Nothing starts yet, and a folder for shards keeps them. BadSetting if Ray is not installed."""
        if find_spec("ray") is None:
            raise BadSetting("--engine ray needs Ray; install the project with its extra: aifactory-kg[ray]")
        self._settings = settings
        self._cluster = cluster
        self._open = ExitStack()
        self._keep = shards is not None
        self._shards = shards or Path(self._open.enter_context(TemporaryDirectory(prefix="aifkg-")))
        # One clock for all machines, since theirs may differ.
        self._recorded_at = recorded_at or datetime.now(UTC)
        self._ray: Any = None

    def __enter__(self) -> Self:
        # Ray tells of nodes that die on standard output, which is for our results.
        self._open.enter_context(redirect_stdout(sys.stderr))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ray is not None:
            self._ray.shutdown()
        self._open.close()

    def read(
        self, paths: Iterable[Path], *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Path, Read | Unread]]:
        """Each path with its outcome, in order; after `stop` only what is in hand."""
        waiting = list(paths)[::-1]
        in_hand: dict[Any, int] = {}
        given: list[Path] = []
        done: dict[int, _Written | Unread] = {}
        told = 0
        while (waiting and not stop()) or in_hand:
            while waiting and not stop() and self._has_room(len(in_hand), len(given) - told):
                given.append(waiting.pop())
                self._begin(given[-1], len(given) - 1, in_hand, done)
            for reference in self._ready(in_hand):
                done[in_hand.pop(reference)] = self._end(reference)
            while told in done:
                outcome = done.pop(told)
                yield (
                    given[told],
                    outcome if isinstance(outcome, Unread) else outcome.as_read(keep=self._keep),
                )
                told += 1

    def _has_room(self, in_hand: int, untold: int) -> bool:
        processors = max(1, int(self._connected().cluster_resources().get("CPU", 1)))
        return in_hand < _IN_HAND * processors and untold < _AHEAD * processors

    def _begin(
        self, path: Path, number: int, in_hand: dict[Any, int], done: dict[int, _Written | Unread]
    ) -> None:
        from ingest.reports import content_of

        try:
            content = content_of(path)
        except UnreadableReport as error:
            done[number] = Unread(error.reason)
            return
        read = self._connected().remote(num_cpus=1, max_retries=_TRIES_MORE)(read_bytes)
        wanted = version("aifactory-kg")
        in_hand[read.remote(path.name, content, self._settings, self._recorded_at, wanted)] = number

    def _ready(self, in_hand: dict[Any, int]) -> list[Any]:
        """What has come to an end, after a short wait for the next that does."""
        ready: list[Any] = self._ray.wait(list(in_hand), timeout=_LOOK_S)[0] if in_hand else []
        return ready

    def _end(self, reference: Any) -> _Written | Unread:
        """The outcome of a report, its shard written; BadSetting if the cluster cannot read at all."""
        from ray.exceptions import RayError, RayTaskError

        try:
            outcome: Read | Unread = self._ray.get(reference)
        except RayTaskError as error:
            raise BadSetting(f"the cluster cannot read reports: {error.cause!s}") from error
        except RayError as error:
            return Unread(f"was lost by the cluster {_TRIES_MORE + 1} times ({type(error).__name__})")
        if isinstance(outcome, Unread):
            return outcome
        if outcome.shard is None:
            raise TypeError("the cluster was asked for a shard and gave none")
        return _Written(outcome.claims, outcome.rejected, write_shard(self._shards, outcome.shard))

    def _connected(self) -> Any:
        """Ray, connected; BadSetting if there is no cluster at the address."""
        if self._ray is None:
            on_terminate = signal.getsignal(signal.SIGTERM)
            try:
                self._ray = _joined(self._cluster.address) if self._cluster.address else self._started()
            except (OSError, RuntimeError, ValueError) as error:
                where = self._cluster.address or "this machine"
                raise BadSetting(f"no Ray cluster at {where}: {error!s:.200}") from error
            signal.signal(signal.SIGTERM, on_terminate)  # Ray takes it, but we finish what is in hand
        return self._ray

    def _started(self) -> Any:
        """Ray with a cluster of this machine that nobody outside it can reach."""
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # as on a laptop: bound to the loopback
        ray = _quiet_ray()
        ray.init(
            address="local",
            num_cpus=self._cluster.jobs,
            object_store_memory=_OBJECT_STORE,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        return ray


def _joined(address: str) -> Any:
    host, _, port = address.rpartition(":")
    if host and port.isdigit():
        # Ray itself would try for minutes, and tell of each try.
        socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()
    ray = _quiet_ray()
    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    return ray


def _quiet_ray() -> Any:
    """The library, which then tells nobody that it is used."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    return ray
