"""published versions + query processes -> answers: what the service knows of the graph."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pyoxigraph import Store

from kg.errors import DamagedVersion, QueryTooHeavy, StoreUnavailable, UnknownIri
from kg.remote_versions import RemoteVersion, RemoteVersions
from kg.settings import Settings
from kg.snapshots import CURRENT, Version, latest, open_read_only, sound, versions
from kg.workers import QueryPool

_log = logging.getLogger("aifkg.versions")

T = TypeVar("T")
# What a query process is given to do.
Work = Callable[[Store], T]

# At thousands of requests a second the pointer need not be read for each.
_LOOK_EVERY_S = 0.01


class Versions(Protocol):
    """Which versions there are."""

    limits: str  # what is said with a refusal, beginning with a space; empty where there is nothing to say

    def watching(self) -> AbstractAsyncContextManager[None]:
        """While the context lasts, new versions are noticed."""
        ...

    async def look(self) -> None:
        """Notice at once what was just written."""
        ...

    def newest(self) -> Version:
        """The version that answers come from now; StoreUnavailable if there is none."""
        ...

    def kept(self) -> list[Version]:
        """The versions that can be asked, oldest first."""
        ...

    def damage_of(self, version: Version) -> DamagedVersion | None:
        """What is wrong with the files of a version; None if it opens."""
        ...

    def distrust(self, version: Version) -> None:
        """Take no answers from a version that turned out to be damaged, unless it is asked for by number."""
        ...

    def passed_over(self) -> int | None:
        """The number of the version that would be the newest if it were not damaged; None if it is none."""
        ...


def versions_of(settings: Settings) -> Versions:
    """The versions of the settings' store."""
    return RemoteVersions(settings) if settings.remote else KeptVersions(settings.store_path)


class KeptVersions:
    """The versions in the directory of an embedded store."""

    limits = ""

    def __init__(self, store_path: Path) -> None:
        """Nothing is read before the first question."""
        self.store_path = store_path
        self._pointer: str | None = None
        self._newest: Version | None = None
        self._passed_over: int | None = None
        self._damaged: set[Version] = set()
        self._looked = 0.0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """The directory is looked at when it is asked for."""
        yield

    async def look(self) -> None:
        """Read the pointer for the next question, however soon it comes."""
        self._looked = 0.0

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
            self._newest, self._pointer = self._look(), pointer
        self._looked = now
        return self._newest

    def kept(self) -> list[Version]:
        """The versions that are kept, oldest first."""
        return versions(self.store_path)

    def damage_of(self, version: Version) -> DamagedVersion | None:
        """What keeps the version from being opened; None if nothing does."""
        try:
            open_read_only(version)
        except DamagedVersion as error:
            return error
        except StoreUnavailable:
            pass
        return None

    def distrust(self, version: Version) -> None:
        """Pass the version over from now on; what is published later is tried again."""
        self._damaged.add(version)
        self._newest, self._looked = None, 0.0

    def passed_over(self) -> int | None:
        """The number of the damaged version in whose place an older one answers."""
        return self._passed_over

    def _look(self) -> Version:
        wanted, found = latest(self.store_path), sound(self.store_path, but=self._damaged)
        self._passed_over = wanted.number if found != wanted else None
        if self._passed_over is not None:
            _log.warning("version %d is damaged: version %d answers", wanted.number, found.number)
        return found

    def _read_pointer(self) -> str | None:
        try:
            return (self.store_path / CURRENT).read_text("ascii")
        except OSError:
            return None


class PublishedGraph:
    """The versions of one store, always asked at the newest unless another is named."""

    def __init__(self, versions: Versions, pool: QueryPool) -> None:
        """Nothing is read before the first question."""
        self.pool = pool
        self._versions = versions
        self._outcomes: dict[Hashable, tuple[int, asyncio.Future[Any]]] = {}
        self._one_writer = asyncio.Lock()

    def watching(self) -> AbstractAsyncContextManager[None]:
        """While the context lasts, new versions are noticed."""
        return self._versions.watching()

    def newest(self) -> Version:
        """The version that answers come from now.

        Raises:
            StoreUnavailable: if nothing has been published yet, or a remote store does not answer.
        """
        return self._versions.newest()

    def version(self, number: int | None, moment: datetime | None) -> Version:
        """The version of that number, else the one that was newest at that moment, else the newest.

        Raises:
            UnknownIri: if that version is not kept.
            StoreUnavailable: if nothing has been published yet.
        """
        newest = self.newest()
        if number is None and moment is None:
            return newest
        kept = self._versions.kept()
        if number is not None:
            fitting = [version for version in kept if version.number == number]
        else:
            fitting = [version for version in kept if moment and version.published_at <= moment]
        if not fitting:
            raise UnknownIri(f"that version is not kept; these are: {_range(kept)}{self._versions.limits}")
        return fitting[-1]

    def versions(self) -> list[Version]:
        """The versions that are kept, oldest first."""
        return self._versions.kept()

    def passed_over(self) -> int | None:
        """The number of the version that would be the newest if it were not damaged; None if it is none."""
        return self._versions.passed_over()

    async def write(self, work: Callable[[Store | None], T], *, timeout_s: float | None = None) -> T:
        """What the work, which opens the live store itself, did; writes wait for each other."""
        async with self._one_writer:
            try:
                return await self.pool.run(work, None, timeout_s=timeout_s)
            finally:
                await self._versions.look()

    async def ask_once(self, work: Callable[[Store], T], version: Version, key: Hashable = None) -> T:
        """As `ask`, for work of which there are few: its last outcome is kept while the version stays.

        What is asked with parameters needs a `key` that tells it from other work.
        """
        key = key or work
        known = self._outcomes.get(key)
        if known is None or known[0] != version.number:
            asked = asyncio.ensure_future(self.ask(work, version=version))
            known = self._outcomes[key] = version.number, asked
        try:
            # Who asks meanwhile waits for the same outcome, and whoever leaves takes it from nobody.
            found: T = await asyncio.shield(known[1])
        except BaseException:
            if known[1].done() and self._outcomes.get(key) is known:
                del self._outcomes[key]
            raise
        return found

    async def ask(
        self,
        work: Callable[[Store], T],
        *,
        version: Version | None = None,
        timeout_s: float | None = None,
        slow: bool = False,
        small: bool = False,
    ) -> T:
        """What the work finds in the version, the newest if none is given; errors as in `QueryPool.run`.

        Raises DamagedVersion if the version cannot be read; then the one before it is the newest from now on.
        """
        asked = version or self.newest()
        if isinstance(asked, RemoteVersion):
            asked = asked.within(timeout_s)  # which is passed on to the store
        try:
            return await self.pool.run(work, asked, timeout_s=timeout_s, slow=slow, small=small)
        except DamagedVersion as error:
            if error.number != asked.number:  # the work looked at an older one too
                raise
            damage = error
        except QueryTooHeavy as error:
            # A process that is gone may have met damage as well as its limit.
            if not (found := await asyncio.to_thread(self._versions.damage_of, asked)):
                raise
            damage, damage.__cause__ = found, error
        self._versions.distrust(asked)
        if version is None and self.newest() != asked:
            return await self.ask(work, timeout_s=timeout_s, slow=slow, small=small)
        raise damage

    async def answered(self, answer: Callable[[], Awaitable[T]]) -> T:
        """What `answer` makes of the newest version; once more when that turned out to be damaged."""
        while True:
            before = self.newest()
            try:
                return await answer()
            except DamagedVersion:
                if self.newest() == before:
                    raise


def _range(kept: list[Version]) -> str:
    """The kept versions in words."""
    return ", ".join(f"{version.number} of {version.published_at:%Y-%m-%dT%H:%M:%SZ}" for version in kept)
