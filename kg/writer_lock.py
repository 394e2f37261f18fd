"""One writer at a time: an advisory lock that the system takes back when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from typing import TextIO

from kg.errors import StoreUnavailable


def take_writer_lock(path: Path) -> TextIO:
    """The open lock file; closing it gives the lock back.

    Raises StoreUnavailable with the holder's process id if another process writes, or with the system's
    reason if the store's directory cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise StoreUnavailable(f"the store in {path.parent} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise StoreUnavailable(
            f"process {holder} is writing to the store in {path.parent}; try again when it is done"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
