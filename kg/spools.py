"""Folders for answers that are too large for memory, one a process; those of dead processes are cleared.

A process that is killed deletes nothing. So each holds a lock in its folder, which the system takes back
however its holder dies: a folder whose lock can be had belongs to nobody, whatever process has its id now.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

PREFIX = "aifkg-answers-"
_LOCK = "lock"


class SpoolFolder:
    """A folder of this process among the temporary files, until `delete`."""

    def __init__(self) -> None:
        """Make the folder, after clearing those of processes that are gone."""
        clear_abandoned()
        self.path, self._lock = _new_folder()

    def delete(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def clear_abandoned() -> None:
    """Delete the folders whose processes are gone; never one of another user, or one without a lock."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it went in the meantime, or somebody lives in it
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / _LOCK).open("r+", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def _new_folder() -> tuple[Path, TextIO]:
    """A folder and the lock that is held in it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = (folder / _LOCK).open("a", encoding="ascii")
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (folder / _LOCK).exists():
                return folder, lock
        lock.close()  # another process that starts now took the folder for an abandoned one
