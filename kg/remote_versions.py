"""A remote store -> the one version that can be asked: its state now, looked up once a second.

A store elsewhere keeps no old versions for the product; the number of its last change stands for what a
version is here, so that caches, ETags and `X-Graph-Version` mean what they always do.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import AifkgError, DamagedVersion, StoreUnavailable
from kg.remote_revision import Revision
from kg.remote_site import Site, find_site
from kg.settings import Settings
from kg.snapshots import Version
from kg.sparql_client import place

_LOOK_EVERY_S = 1.0
_LOOK_S = 5.0
# A store that stays away for longer makes the service say so, instead of answering from memory.
_BLIND_S = 5.0


@dataclass(frozen=True, kw_only=True)
class RemoteVersion(Version):
    """The state of a remote store. Nothing is under its path, which stands for it among what is kept here."""

    site: Site
    revision: Revision

    @classmethod
    def of(cls, revision: Revision, site: Site, state: Path) -> "RemoteVersion":
        """The version that a revision is."""
        path = state / "versions" / f"{revision.number:06d}"
        return cls(revision.number, path, revision.at, site=site, revision=revision)

    def within(self, timeout_s: float | None) -> "RemoteVersion":
        """The version for questions that the store must answer in that time."""
        if timeout_s is None or timeout_s >= self.site.timeout_s:
            return self
        return replace(self, site=replace(self.site, timeout_s=timeout_s))


class RemoteVersions:
    """Looks at the store from time to time; `newest` never waits."""

    limits = " (a remote store keeps no old ones)"

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked before `watching`."""
        self._settings = settings
        self._site: Site | None = None
        self._newest: RemoteVersion | None = None
        self._failure = StoreUnavailable(f"{place(settings.store)} has not answered yet")
        self._seen = 0.0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look once, then every second until the context ends."""
        with suppress(OSError):  # what is kept beside the store only saves work
            self._settings.store_path.mkdir(parents=True, exist_ok=True)
        await self.look()
        task = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            task.cancel()

    async def look(self) -> None:
        """Ask the store for its state; a failure is told to whoever wants the newest version."""
        try:
            self._newest = await asyncio.to_thread(self._look)
            self._seen = time.monotonic()
        except AifkgError as error:
            self._failure = StoreUnavailable(str(error))

    def newest(self) -> Version:
        """The state that was seen last; StoreUnavailable if the store does not answer."""
        if self._newest is None or time.monotonic() > self._seen + _LOOK_EVERY_S + _BLIND_S:
            raise StoreUnavailable(str(self._failure))
        return self._newest

    def kept(self) -> list[Version]:
        """The one version that there is."""
        return [self.newest()]

    def damage_of(self, version: Version) -> DamagedVersion | None:
        """None: the store itself looks after its files."""
        return None

    def distrust(self, version: Version) -> None:
        """There is no other: nothing changes."""

    def passed_over(self) -> int | None:
        """None: the store itself looks after its files."""
        return None

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self.look()

    def _look(self) -> RemoteVersion:
        if self._site is None:
            self._site = find_site(self._settings)
        revision = self._site.until(_LOOK_S).revision()
        return RemoteVersion.of(revision, self._site, self._settings.store_path)
