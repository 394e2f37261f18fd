"""new versions -> what their readers ask first, and their shelves of claims, made ready in the background.

Part by part at low priority in the processes that queries run in. When versions follow each other quickly, a
shelf is not filled in vain: the pause before the next one is begun grows with each that was not finished.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from pyoxigraph import Store

from kg.counts import count_all
from kg.disagreements import all_conflicts, value_conflicts
from kg.errors import AifkgError
from kg.figures import metric_records
from kg.landscape import landscape
from kg.published import PublishedGraph
from kg.remote_versions import RemoteVersion
from kg.report_records import report_records
from kg.review_queue import prepare_queue
from kg.search_index import prepare_search
from kg.shelf_filling import fill_shelf
from kg.snapshots import Version

_LOOK_EVERY_S = 0.5
_QUIET_S = 2.0
_MOST_QUIET_S = 600.0
_PART_S = 1.0
# What the first pages show of the whole graph: seconds of work at two million quads.
_ASKED_FIRST: tuple[Callable[[Store], object], ...] = (
    *(count_all, report_records, value_conflicts, all_conflicts),
    *(landscape, metric_records),
)
_log = logging.getLogger(__name__)


class Shelving:
    """Fills the shelf of the newest version; use it as a context."""

    def __init__(self, graph: PublishedGraph) -> None:
        """Nothing begins before the context is entered."""
        self._graph = graph
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to look for versions."""
        self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; what is filled stays filled."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        done: Version | None = None
        quiet_s = _QUIET_S
        while True:
            version = self._newest()
            if version is None or version == done:
                await asyncio.sleep(_LOOK_EVERY_S)
                continue
            await asyncio.sleep(quiet_s)
            if self._newest() != version:
                continue
            if await self._fill(version):
                done, quiet_s = version, _QUIET_S
            else:
                quiet_s = min(2 * quiet_s, _MOST_QUIET_S)

    def _newest(self) -> Version | None:
        """The newest version; none of a remote store, whose versions are not kept."""
        try:
            version = self._graph.newest()
        except AifkgError:
            return None
        return None if isinstance(version, RemoteVersion) else version

    async def _fill(self, version: Version) -> bool:
        """Fill the shelf until it is whole, or until there is a newer version, and then say False."""
        work = partial(fill_shelf, version=version, seconds=_PART_S)
        try:
            for of_all in _ASKED_FIRST:
                await self._graph.ask_once(of_all, version)
            # Curators wait for the queue of a version that their own decision made.
            for prepare in (prepare_queue, prepare_search):
                await self._graph.ask(partial(prepare, version=version), version=version, slow=True)
            while not await self._graph.ask(work, version=version, slow=True):
                if self._newest() != version:
                    return False
        except AifkgError:
            return False  # the service has too much to do; later
        except (OSError, sqlite3.Error) as error:
            # Answers are right without it, only slower, so it is not tried again before the next version.
            _log.warning("the shelf of claims of version %d was not filled: %s", version.number, error)
        return True
