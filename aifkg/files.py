"""paths that a person names -> the files to read: a directory stands for the readable files below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.formats.detection import FORMATS


@dataclass(frozen=True)
class Source:
    """A file to read; `named` if the person named it, not a directory above it."""

    path: Path
    named: bool


def sources_in(paths: Iterable[Path]) -> list[Source]:
    """The files in the order named, those of a directory by path; none twice.

    Below a directory only files of a known format count, and hidden ones do not. A path that was named is
    kept whatever it is, so that reading it can tell what is wrong.
    """
    found: dict[Path, Source] = {}
    for path in paths:
        if path.is_dir():
            for file in _readable_below(path):
                found.setdefault(file.resolve(), Source(file, named=False))
        else:
            found.setdefault(path.resolve(), Source(path, named=True))
    return list(found.values())


def empty_directories(paths: Iterable[Path]) -> list[Path]:
    """The directories among the paths that hold no readable file."""
    return [path for path in paths if path.is_dir() and not any(_readable_below(path))]


def _readable_below(folder: Path) -> Iterator[Path]:
    known = {suffix for each in FORMATS for suffix in each.suffixes}
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in known and path.is_file():
            yield path
