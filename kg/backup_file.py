"""The file of a backup: a tar whose last member says what the others are, by size and hash.

    graph.nq.gz      every quad of the version, as N-Quads
    beside/...       the small files beside the store: broken reports and the like, and the keys' hashes
    manifest.json    format, version of the graph, quads, which versions were kept, SHA-256 of each member

Any tar and any RDF tool reads it. Old versions are noted, not held; what is made again is left out.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from kg.errors import BadBackup

FORMAT = "aifactory-kg backup"
FORMAT_VERSION = 1
GRAPH = "graph.nq.gz"
BESIDE = "beside/"
_MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    version: int  # of the graph
    published_at: datetime
    made_at: datetime
    product: str  # its version
    quads: int
    versions: tuple[tuple[int, str], ...]  # that were kept when it was made: number, time
    sha256: dict[str, str]  # by member

    def written(self) -> bytes:
        """The manifest as the file holds it."""
        told: dict[str, Any] = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        told |= {name: getattr(self, name).isoformat() for name in ("published_at", "made_at")}
        return json.dumps(told, indent=1, ensure_ascii=False).encode()


def verify(path: Path) -> Manifest:
    """The manifest of a backup that is whole; BadBackup says what is wrong with any other file."""
    try:
        with tarfile.open(path, "r:") as tar:
            members = _regular_files(path, tar)
            manifest = _manifest_in(path, tar)
            if members.keys() != manifest.sha256.keys() | {_MANIFEST}:
                raise BadBackup(f"{path} is damaged: it does not hold the files that it lists")
            for name, sha256 in manifest.sha256.items():
                if _sha256_of(tar, members[name]) != sha256:
                    raise BadBackup(f"{path} is damaged: {name} is not as it was written")
            return manifest
    except FileNotFoundError as error:
        raise BadBackup(f"there is no file {path}") from error
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{path} is no backup, or a damaged one: {error}") from error


@contextmanager
def member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A member of a verified backup, open to be read."""
    with tarfile.open(path, "r:") as tar:
        file = tar.extractfile(name)
        if file is None:
            raise BadBackup(f"{path} is damaged: {name} is missing")
        yield file


def files_beside(path: Path, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    """The small files of a verified backup, by their path in the store's directory."""
    for name in manifest.sha256:
        if name.startswith(BESIDE):
            with member(path, name) as file:
                yield name.removeprefix(BESIDE), file.read()


def hashed_copy(source: IO[bytes], target: IO[bytes] | None = None) -> str:
    """The SHA-256 of what is read, and written to the target if there is one."""
    sha = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        sha.update(chunk)
        if target is not None:
            target.write(chunk)
    return sha.hexdigest()


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes, at: datetime) -> None:
    """Add a member that nobody but its owner may read."""
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = len(content), 0o600, at.timestamp()
    tar.addfile(about, BytesIO(content))


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Add the manifest, after everything that it names."""
    add_bytes(tar, _MANIFEST, manifest.written(), manifest.made_at)


def _regular_files(path: Path, tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    members: dict[str, tarfile.TarInfo] = {}
    for one in tar:
        inside = Path(one.name)
        if not one.isfile() or inside.is_absolute() or ".." in inside.parts or one.name in members:
            raise BadBackup(f"{path} is no backup of this product: it holds {one.name!r}")
        members[one.name] = one
    if _MANIFEST not in members or GRAPH not in members:
        raise BadBackup(f"{path} is no backup of this product, or was cut short: it has no manifest")
    return members


def _manifest_in(path: Path, tar: tarfile.TarFile) -> Manifest:
    file = tar.extractfile(_MANIFEST)
    try:
        told = json.loads(file.read() if file else b"")
        if told.pop("format") != FORMAT:
            raise ValueError("it is of another product")
        if (format_version := told.pop("format_version")) != FORMAT_VERSION:
            raise ValueError(f"its format {format_version} is not known here")
        told |= {name: datetime.fromisoformat(told[name]) for name in ("published_at", "made_at")}
        told["versions"] = tuple((int(number), str(at)) for number, at in told["versions"])
        return Manifest(**told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup(f"{path} is no backup of this product: {error}") from error


def _sha256_of(tar: tarfile.TarFile, one: tarfile.TarInfo) -> str:
    file = tar.extractfile(one)
    return hashed_copy(file) if file else ""
