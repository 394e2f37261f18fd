"""A directory -> the files in it that are new or changed and no longer being written."""

from collections.abc import Iterable
from pathlib import Path

from aifkg.files import Source, sources_in

_Mark = tuple[int, int]  # size, time of the last change


class Watch:
    """Remembers what it has seen of the directories."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Nothing is seen yet, so the first look finds all files once they are still."""
        self._folders = list(folders)
        self._last: dict[Path, _Mark] = {}
        self._given: dict[Path, _Mark] = {}

    def look(self) -> list[Source]:
        """The files that are as they were at the last look, and not as they were when last given out."""
        now = {
            source.path: (source, mark)
            for source in sources_in(self._folders)
            if (mark := _mark(source.path))
        }
        still = [source for path, (source, mark) in now.items() if self._last.get(path) == mark]
        ready = [source for source in still if self._given.get(source.path) != now[source.path][1]]
        self._last = {path: mark for path, (_, mark) in now.items()}
        self._given |= {source.path: now[source.path][1] for source in ready}
        return ready


def _mark(path: Path) -> _Mark | None:
    try:
        status = path.stat()
    except OSError:
        return None  # it is gone again
    return status.st_size, status.st_mtime_ns
