"""One query process: reads jobs from a socket, runs them over read-only snapshots, writes the outcomes back.

Started by `kg.workers` as `python -m kg.query_worker FD MEMORY_MIB` and killed by it at any moment, also in
the middle of a query; it holds nothing that would be lost. It takes itself out of the network where the
system allows that, so that not even a query that got past `kg.guard` could reach another machine.
"""

import ctypes
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

HEADER = struct.Struct("!I")
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_OPEN_VERSIONS = 3


@dataclass(frozen=True)
class Job:
    """What to call with the opened version of the store, and for how long it may run."""

    work: Callable[[Any], Any]
    version: Any  # kg.snapshots.Version; this process imports the store engine only after isolating itself
    timeout_s: float


def main() -> None:
    """Serve jobs until the other end closes."""
    descriptor, memory_mib = int(sys.argv[1]), int(sys.argv[2])
    _isolate(memory_mib)
    with socket.socket(fileno=descriptor) as connection:
        _serve(connection)


def _isolate(memory_mib: int) -> None:
    """Limit memory, leave the network, die with the parent; the last two only on Linux, where they exist."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mib << 20, memory_mib << 20))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Root may leave the network directly and keeps its right to read files of other owners; anybody
        # else needs a user namespace. Refused in some containers; the guard alone then keeps queries
        # inside.
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


def _serve(connection: socket.socket) -> None:
    from kg.snapshots import open_read_only

    stores: dict[Any, Any] = {}
    while (frame := _receive(connection)) is not None:
        # The parent kills a late query; should it be too busy to do so, the kernel does it a second later.
        job: Job = pickle.loads(frame)  # noqa: S301 - the parent process wrote it
        signal.setitimer(signal.ITIMER_REAL, job.timeout_s + 1)
        if job.version not in stores:
            while len(stores) >= _OPEN_VERSIONS:
                del stores[next(iter(stores))]
            stores[job.version] = open_read_only(job.version)
        outcome = _outcome(job, stores[job.version])
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.sendall(HEADER.pack(len(outcome)) + outcome)


def _outcome(job: Job, store: Any) -> bytes:
    """The pickled result, or the pickled exception, told apart by a leading flag."""
    try:
        return pickle.dumps((True, job.work(store)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it again
        return pickle.dumps((False, error))


def _receive(connection: socket.socket) -> bytes | None:
    header = _receive_exactly(connection, HEADER.size)
    return None if header is None else _receive_exactly(connection, HEADER.unpack(header)[0])


def _receive_exactly(connection: socket.socket, count: int) -> bytes | None:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = connection.recv(count - len(chunks))
        if not chunk:
            return None
        chunks += chunk
    return bytes(chunks)


if __name__ == "__main__":
    main()
