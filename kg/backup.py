"""a store in use -> one file that it can be had back from, on this kind of store or another.

The newest published version is read, so writers and the service go on meanwhile; of a remote store its state
as one query sees it.
"""

import gzip
import hashlib
import os
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import RdfFormat, Store

from kg.backup_file import BESIDE, GRAPH, Manifest, add_bytes, add_manifest, hashed_copy, verify
from kg.claim_shelf import FOLDER as CLAIMS
from kg.errors import BadBackup, StoreUnavailable
from kg.reading import open_newest
from kg.settings import Settings
from kg.snapshots import CURRENT, LIVE, VERSIONS, Version, versions

_LEVEL = 5  # of gzip: most of what 9 saves, in a third of the time
_KEYS = "keys"
_TRIES = 10
_PAUSE_S = 0.05
# What is made again from the graph, or belongs to a running process.
_LEFT_OUT = frozenset(
    {LIVE, CURRENT, VERSIONS, "search", CLAIMS, "writer.lock", "unpublished", "restoring", "replaced"}
)


def backup(settings: Settings, path: Path) -> Manifest:
    """Write the backup, read it back, and only then give it its name; what it holds.

    Raises:
        BadBackup: if there is a file of that name, or it cannot be written.
        StoreUnavailable: if the store cannot be read.
    """
    if path.exists():
        raise BadBackup(f"{path} exists; a backup replaces no file")
    draft = path.with_name(path.name + ".unfinished")
    try:
        with _private(draft) as file, tarfile.open(fileobj=file, mode="w") as tar:
            _write(settings, tar, path.parent)
        manifest = verify(draft)
        draft.rename(path)
        return manifest
    except OSError as error:
        raise BadBackup(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _write(settings: Settings, tar: tarfile.TarFile, folder: Path) -> None:
    """Fill the tar; the folder has room for a copy of the graph meanwhile."""
    version, engine = _opened(settings)
    made_at = datetime.now(UTC)
    sha256 = {}
    with tempfile.TemporaryFile(dir=folder) as packed:
        quads = _pack(engine, packed)
        packed.seek(0)
        sha256[GRAPH] = hashed_copy(packed)
        about = tarfile.TarInfo(GRAPH)
        about.size, about.mode, about.mtime = packed.tell(), 0o600, made_at.timestamp()
        packed.seek(0)
        tar.addfile(about, packed)
    for name, content in _beside(settings):
        sha256[BESIDE + name] = hashlib.sha256(content).hexdigest()
        add_bytes(tar, BESIDE + name, content, made_at)
    add_manifest(
        tar,
        Manifest(
            version=version.number,
            published_at=version.published_at,
            made_at=made_at,
            product=version_of("aifactory-kg"),
            quads=quads,
            versions=tuple(
                (one.number, one.published_at.isoformat()) for one in versions(settings.store_path)
            ),
            sha256=sha256,
        ),
    )


def _opened(settings: Settings) -> tuple[Version, Store]:
    """The newest version; where few are kept, a writer may take one away while it is being opened."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return open_newest(settings)
        except StoreUnavailable:
            if not tries_left or settings.remote:
                raise
            time.sleep(_PAUSE_S)
    raise StoreUnavailable(f"the store in {settings.store_path} cannot be read")


def _pack(engine: Store, file: IO[bytes]) -> int:
    """Write the quads down, compressed; how many."""
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0) as packing:
        counting = _Counting(packing)
        try:
            engine.dump(cast(IO[bytes], counting), RdfFormat.N_QUADS)
        except SyntaxError as error:
            raise StoreUnavailable("the store broke off in the middle of an answer") from error
    return counting.lines


class _Counting:
    """A file that counts lines; in N-Quads each is a quad."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.lines = 0

    def write(self, data: bytes) -> int:
        self.lines += data.count(b"\n")
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def _beside(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The small files that the store's directory holds beside the graph, and the file of the keys' hashes."""
    folder = settings.store_path
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.name in _LEFT_OUT or entry.name.endswith(".unfinished"):
            continue
        for path in sorted(entry.rglob("*")) if entry.is_dir() else [entry]:
            with suppress(FileNotFoundError):  # a writer may have taken it away meanwhile
                if path.is_file() and not path.name.endswith(".unfinished"):
                    yield path.relative_to(folder).as_posix(), path.read_bytes()
    if settings.keys is not None and settings.keys.is_file() and not (folder / _KEYS).exists():
        yield _KEYS, settings.keys.read_bytes()


def _private(path: Path) -> IO[bytes]:
    """The file, open to be written, that only its owner can read: it holds everything that the store does."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
