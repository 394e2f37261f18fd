"""One writer at a time: an advisory lock that the system takes back when its holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import TextIO

from kg.errors import StoreUnavailable

_WRITTEN_S = 1.0  # longest wait for a holder to write down its id, right after it took the lock


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
        holder = _holder_of(file)
        file.close()
        raise StoreUnavailable(
            f"process {holder} is writing to the store in {path.parent}; try again when it is done"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _holder_of(file: TextIO) -> str:
    """The process id in the lock file, as soon as it is a living one's: it may yet be the last holder's."""
    until = time.monotonic() + _WRITTEN_S
    while True:
        written = os.pread(file.fileno(), 32, 0).decode("ascii", "replace").strip()
        if _is_alive(written) or time.monotonic() > until:
            return written or "unknown"
        time.sleep(0.01)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:  # of another user
        return True
    return True
