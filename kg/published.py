"""published versions + query processes -> answers: what the service knows of the graph."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pyoxigraph import Store

from kg.errors import UnknownIri
from kg.snapshots import CURRENT, Version, latest, versions
from kg.workers import QueryPool

T = TypeVar("T")

# At thousands of requests a second the pointer need not be read for each.
_LOOK_EVERY_S = 0.01


class PublishedGraph:
    """The versions of one store, always asked at the newest unless another is named."""

    def __init__(self, store_path: Path, pool: QueryPool) -> None:
        """Nothing is read before the first question."""
        self.store_path = store_path
        self.pool = pool
        self._pointer: str | None = None
        self._newest: Version | None = None
        self._looked = 0.0
        self._outcomes: dict[Callable[[Store], Any], tuple[int, Any]] = {}
        self._one_writer = asyncio.Lock()

    def newest(self) -> Version:
        """The version that answers come from now; a new one is noticed within milliseconds.

        Raises:
            StoreUnavailable: if nothing has been published yet.
        """
        now = time.monotonic()
        if self._newest is not None and now < self._looked + _LOOK_EVERY_S:
            return self._newest
        pointer = self._read_pointer()
        if self._newest is None or pointer is None or pointer != self._pointer:
            self._newest, self._pointer = latest(self.store_path), pointer
        self._looked = now
        return self._newest

    def version(self, number: int | None, moment: datetime | None) -> Version:
        """The version of that number, else the one that was newest at that moment, else the newest.

        Raises:
            UnknownIri: if that version is not kept.
            StoreUnavailable: if nothing has been published yet.
        """
        newest = self.newest()
        if number is None and moment is None:
            return newest
        kept = versions(self.store_path)
        if number is not None:
            fitting = [version for version in kept if version.number == number]
        else:
            fitting = [version for version in kept if moment and version.published_at <= moment]
        if not fitting:
            raise UnknownIri(f"that version is not kept; these are: {_range(kept)}")
        return fitting[-1]

    def versions(self) -> list[Version]:
        """The versions that are kept, oldest first."""
        return versions(self.store_path)

    def _read_pointer(self) -> str | None:
        try:
            return (self.store_path / CURRENT).read_text("ascii")
        except OSError:
            return None

    async def write(self, work: Callable[[Store | None], T], *, timeout_s: float | None = None) -> T:
        """What the work, which opens the live store itself, did; writes wait for each other."""
        async with self._one_writer:
            try:
                return await self.pool.run(work, None, timeout_s=timeout_s)
            finally:
                self._looked = 0.0

    async def ask_once(self, work: Callable[[Store], T], version: Version) -> T:
        """As `ask`, for work without parameters: its last outcome is kept while the version stays."""
        known = self._outcomes.get(work)
        if known is None or known[0] != version.number:
            known = self._outcomes[work] = version.number, await self.ask(work, version=version)
        found: T = known[1]
        return found

    async def ask(
        self,
        work: Callable[[Store], T],
        *,
        version: Version | None = None,
        timeout_s: float | None = None,
        slow: bool = False,
    ) -> T:
        """What the work finds in the version, the newest if none is given; errors as in `QueryPool.run`."""
        return await self.pool.run(work, version or self.newest(), timeout_s=timeout_s, slow=slow)


def _range(kept: list[Version]) -> str:
    """The kept versions in words."""
    return ", ".join(f"{version.number} of {version.published_at:%Y-%m-%dT%H:%M:%SZ}" for version in kept)
