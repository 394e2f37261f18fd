"""settings -> the store as readers see it, whether it is a directory here or a SPARQL 1.1 store elsewhere."""

from typing import cast

from pyoxigraph import Store

from kg.remote_engine import RemoteEngine
from kg.remote_site import find_site
from kg.remote_versions import RemoteVersion
from kg.settings import Settings
from kg.snapshots import Version, open_latest, open_read_only
from kg.version_store import VersionStore

Engine = Store  # what the functions that read a version are given


def open_newest(settings: Settings) -> tuple[Version, Store]:
    """What readers take now, with an engine over it; StoreUnavailable if there is nothing that opens."""
    if not settings.remote:
        return open_latest(settings.store_path)
    site = find_site(settings)
    version = RemoteVersion.of(site.revision(), site, settings.store_path)
    return version, open_version(version)


def open_version(version: Version, *, timeout_s: float | None = None) -> Store:
    """An engine over the version; a remote one answers what is asked of it in that time.

    What comes back has all methods of an engine that readers call.
    """
    if isinstance(version, RemoteVersion):
        return cast(Store, RemoteEngine(version.site.until(timeout_s), version.revision))
    return cast(Store, VersionStore(open_read_only(version), version))
