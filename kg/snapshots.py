"""store -> numbered versions that never change, for readers and for looking back.

    STORE/live             the writer's database
    STORE/versions/000007  a version: hard links to the database's immutable files
    STORE/versions/000007.json  when it was published
    STORE/current          the number of the version that readers take, swung atomically

A version is complete before `current` names it, so a crash at any moment leaves the last one readable.
"""

import json
import os
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Store

from kg.errors import DamagedVersion, StoreUnavailable

LIVE = "live"
CURRENT = "current"
VERSIONS = "versions"
_UNFINISHED = ".unfinished"
_DAMAGE = ("Corruption: ", "IO error: No such file")  # as the engine begins to tell of it
_RECENT = 3  # the last versions stay whatever they are, since a reader may just be opening one


@dataclass(frozen=True)
class Version:
    """A published version; a higher number is a later one, whatever the clock said."""

    number: int
    path: Path
    published_at: datetime
    interim: bool = False  # published in the middle of a long run: it goes first


def latest(store_path: Path) -> Version:
    """The version that readers take now; StoreUnavailable if nothing was ever published."""
    try:
        number = int((store_path / CURRENT).read_text("ascii"))
    except (OSError, ValueError) as error:
        reason = "holds no published version; run `aifkg ingest` first"
        raise StoreUnavailable(f"the store in {store_path} {reason}") from error
    for version in reversed(versions(store_path)):
        if version.number <= number:
            return version
    raise StoreUnavailable(f"the published versions of the store in {store_path} are missing")


def versions(store_path: Path) -> list[Version]:
    """The versions that are kept, oldest first."""
    kept = []
    for note in sorted((store_path / VERSIONS).glob("[0-9]*.json")):
        version = _noted(note)
        if version is not None:
            kept.append(version)
    return sorted(kept, key=lambda version: version.number)


def version_at(store_path: Path, moment: datetime) -> Version:
    """The version that readers took at a moment; StoreUnavailable if none of then is kept."""
    for version in reversed(versions(store_path)):
        if version.published_at <= moment:
            return version
    raise StoreUnavailable(f"no version of {moment.isoformat()} or before is kept")


def open_read_only(version: Version) -> Store:
    """The engine over a version.

    Raises DamagedVersion if its files are damaged or gone, StoreUnavailable if they cannot be opened now.
    """
    try:
        return Store.read_only(str(version.path))
    except (OSError, RuntimeError) as error:
        if tells_damage(error):
            raise damaged(version, error) from error
        raise StoreUnavailable(f"version {version.number} cannot be opened: {error}") from error


def tells_damage(error: BaseException) -> bool:
    """Whether the engine failed for what is in the files of a version, at opening or at reading them.

    It opens a version whose tables are damaged in the middle, and finds that out when a query comes there.
    """
    causes = (error, error.__cause__)
    # The engine tells some damage as the one error, some as the other.
    return any(isinstance(one, OSError | RuntimeError) and str(one).startswith(_DAMAGE) for one in causes)


def damaged(version: Version, error: BaseException) -> DamagedVersion:
    """The error that tells of it."""
    return DamagedVersion(f"version {version.number} of the store is damaged: {error}", version.number)


def open_latest(store_path: Path, *, but: Collection[Version] = ()) -> tuple[Version, Store]:
    """The newest version that opens, with the engine over it; an older one when the newest is damaged.

    Those that are known to be damaged, although they open, are passed over too: `but`.
    Raises StoreUnavailable when none opens.
    """
    newest = latest(store_path)
    older = [version for version in versions(store_path) if version.number < newest.number]
    failure: StoreUnavailable | None = None
    for version in [newest, *reversed(older)]:
        if version in but:
            said = f"version {version.number} of the store is damaged"
            failure = failure or DamagedVersion(said, version.number)
            continue
        try:
            return version, open_read_only(version)
        except StoreUnavailable as error:
            failure = failure or error
    raise failure or StoreUnavailable(f"no version of the store in {store_path} opens")


def sound(store_path: Path, *, but: Collection[Version] = ()) -> Version:
    """The newest version that opens and is none of those; StoreUnavailable if there is none."""
    return open_latest(store_path, but=but)[0]


def publish(
    store_path: Path,
    checkpoint: Callable[[Path], None],
    *,
    keep: int,
    now: datetime | None = None,
    interim: bool = False,
    at_least: int = 1,
) -> Version:
    """Write the next version with `checkpoint`, make it current, and remove all but the last `keep`.

    Its number is `at_least` that. Versions of the middle of a run do not push out those of earlier runs: only
    the last few of them stay.
    Raises StoreUnavailable when it cannot be written; then the last version stays current.
    """
    folder = store_path / VERSIONS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = max(_next_number(store_path), at_least)
        path = folder / f"{number:06d}"
        building = folder / (path.name + _UNFINISHED)
        for leftover in (building, path):
            shutil.rmtree(leftover, ignore_errors=True)
        checkpoint(building)
        building.rename(path)
        published_at = now or datetime.now(UTC)
        note = {"published_at": published_at.isoformat(), "interim": interim}
        _write(folder / f"{path.name}.json", json.dumps(note))
        _write(store_path / CURRENT, str(number))
    except OSError as error:
        raise StoreUnavailable(f"a new version could not be published: {error}") from error
    _prune(store_path, keep)
    return Version(number, path, published_at, interim)


def _next_number(store_path: Path) -> int:
    """One more than any number ever used here, also by a version whose publication was cut short."""
    used = [int(entry.name.split(".")[0]) for entry in (store_path / VERSIONS).glob("[0-9]*")]
    # Nothing was published yet, or the pointer is damaged and is about to be replaced.
    with suppress(OSError, ValueError):
        used.append(int((store_path / CURRENT).read_text("ascii")))
    return max(used, default=0) + 1


def _noted(note: Path) -> Version | None:
    path = note.with_suffix("")
    try:
        told = json.loads(note.read_text("utf-8"))
        version = Version(
            int(path.name), path, datetime.fromisoformat(told["published_at"]), bool(told.get("interim"))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return version if path.is_dir() else None


def _write(path: Path, text: str) -> None:
    """Write the file so that after a power cut it holds either the old text or the new."""
    draft = path.with_name(path.name + _UNFINISHED)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _prune(store_path: Path, keep: int) -> None:
    """Remove the oldest versions and what a cut-short publication left; readers keep what they have open."""
    folder = store_path / VERSIONS
    all_of_them = versions(store_path)
    lasting = [version for version in all_of_them if not version.interim]
    recent = all_of_them[-min(keep, _RECENT) :]
    kept = {version.path.name for version in [*lasting[-keep:], *recent, latest(store_path)]}
    for entry in list(folder.iterdir()):
        name = entry.name.removesuffix(_UNFINISHED).removesuffix(".json")
        if entry.name.endswith(_UNFINISHED) or name not in kept:
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
