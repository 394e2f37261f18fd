"""The processes that queries run in: one mother that has everything loaded, and the workers that it forks.

Started by `kg.worker_processes` as `python -m kg.query_worker FD MEMORY_MIB [online]`. On the control socket
FD the mother gets the socket of a new worker and answers with its process id, or gets a process id and ends
that worker. A worker reads jobs from its socket, runs them over read-only versions of the store, and writes
the outcomes back. It may be killed at any moment, also in the middle of a query; it holds nothing that would
be lost.

Unless they reach the store by it, all of them take themselves out of the network where the system allows
that, so that not even a query that got past `kg.guard` could reach another machine.
"""

import ctypes
import importlib
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

HEADER = struct.Struct("!I")
# To the mother: the id of a worker to end, or 0 with the socket of a new one. Back: the id of the worker, or
# NONE if the system starts no more.
ORDER = struct.Struct("!I")
NEW_WORKER = NONE = 0
NEW_SERVER = 0xFFFFFFFF  # as NEW_WORKER, for a process that the named module serves in
ONLINE = "online"  # the argument that lets the processes keep the network, which a remote store is reached by

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_OPEN_VERSIONS = 3
_AT_ONCE = 1 << 16
_JOB = struct.Struct(
    "!II"
)  # how many bytes of version and work follow, and how many of these are the version


def frame_of(work: Callable[[Any], Any], version: Any) -> bytes:
    """A job as it is sent: what to call with the opened version of the store, or with None."""
    packed, packed_work = _packed(version), pickle.dumps(work)
    return _JOB.pack(len(packed) + len(packed_work), len(packed)) + packed + packed_work


@lru_cache(maxsize=16)
def _packed(version: Any) -> bytes:
    """The same bytes for the same version (kg.snapshots.Version), so that workers know it by them."""
    return pickle.dumps(version)


def main() -> None:
    """Be the mother until the service closes the control socket."""
    descriptor, memory_mib, online = int(sys.argv[1]), int(sys.argv[2]), ONLINE in sys.argv[3:]
    server = next((name for name in sys.argv[3:] if name != ONLINE), None)
    _isolate(memory_mib, online=online)
    # Loaded once here, so that a fork has it at no cost.
    import kg.answers
    import kg.asking.looking
    import kg.claim_pages
    import kg.curation_preview
    import kg.curation_writes
    import kg.entity_records
    import kg.reading
    import kg.report_records
    import kg.review_queue
    import kg.writes  # noqa: F401
    from kg.claim_shelf import record_form

    record_form()
    serve = _serve if server is None else importlib.import_module(server).serve
    with socket.socket(fileno=descriptor) as control:
        _raise_workers(control, serve)


def _isolate(memory_mib: int, *, online: bool) -> None:
    """Limit memory and leave the network, unless the store is reached by it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the service ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mib << 20, memory_mib << 20))
    _die_with_parent()
    if sys.platform == "linux" and not online:
        # Root may leave the network directly and keeps its right to read files of other owners; anybody
        # else needs a user namespace. Refused in some containers; the guard alone then keeps queries inside.
        libc = ctypes.CDLL(None, use_errno=True)
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


def _die_with_parent() -> None:
    """Have the kernel end this process with its parent, where the kernel can; elsewhere the socket closes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _raise_workers(control: socket.socket, server: Callable[[socket.socket], None]) -> None:
    children: set[int] = set()
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, ORDER.size, 1)
        if not order:
            return
        (pid,) = ORDER.unpack(order)
        if pid in (NEW_WORKER, NEW_SERVER):
            pid = _fork(control, descriptors[0], _serve if pid == NEW_WORKER else server)
            children.add(pid)
        elif pid in children:
            # A worker that is gone already stays known to the kernel until it is waited for here, so the id
            # cannot have passed to another process; once it was waited for it may have.
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            children.discard(pid)
        control.sendall(ORDER.pack(pid))


def _fork(control: socket.socket, descriptor: int, serve: Callable[[socket.socket], None]) -> int:
    try:
        pid = os.fork()
    except OSError:
        os.close(descriptor)
        return NONE
    if pid:
        os.close(descriptor)
        return pid
    _die_with_parent()
    control.close()
    try:
        with socket.socket(fileno=descriptor) as connection:
            serve(connection)
    finally:
        os._exit(0)


def _serve(connection: socket.socket) -> None:
    stores = _Stores()
    for version, work in _jobs(connection):
        outcome = _outcome(stores, version, work)
        # At once, although more jobs may wait: the next one may take long, or be the last of this process.
        connection.sendall(HEADER.pack(len(outcome)) + outcome)


def _outcome(stores: "_Stores", version: bytes, work: bytes) -> bytes:
    try:
        # The service wrote both.
        return pickle.dumps((True, pickle.loads(work)(stores.open(version))))  # noqa: S301
    except Exception as error:  # noqa: BLE001 - whatever it is, the service raises it again
        return _failure(stores, version, error)


def _failure(stores: "_Stores", version: bytes, error: Exception) -> bytes:
    """The error as the service is told it.

    It is named in no frame that its traceback holds: what the work had open would stay open with that circle,
    such as the live store after a write that was refused.
    """
    told = _as_told(error, version)
    if told is not error:
        stores.refuse(version, told)
    return pickle.dumps((False, told))


def _as_told(error: Exception, packed: bytes) -> Exception:
    """The error, or that the version is damaged where the engine stumbled over that."""
    from kg.errors import DamagedVersion
    from kg.snapshots import Version, damaged, tells_damage

    version = pickle.loads(packed)  # noqa: S301 - the service wrote it
    if isinstance(error, DamagedVersion) or not isinstance(version, Version):
        return error
    # Work may look at an older version too; the engine names the file.
    return damaged(version, error) if tells_damage(error) and str(version.path) in str(error) else error


class _Stores:
    """The versions that were asked last, open."""

    def __init__(self) -> None:
        self._open: dict[bytes, Any] = {}
        self._refused: dict[bytes, tuple[Exception, Any]] = {}

    def refuse(self, packed: bytes, error: Exception) -> None:
        """Give the version to nobody any more: the engine, once it met damage, may end the process.

        It stays open, since even to close it may.
        """
        self._refused[packed] = error, self._open.pop(packed, None)

    def open(self, packed: bytes) -> Any:
        """The store of a version; None for no version."""
        if packed in self._refused:
            raise self._refused[packed][0]
        if packed not in self._open:
            from kg.reading import open_version

            version = pickle.loads(packed)  # noqa: S301 - the service wrote it
            while len(self._open) >= _OPEN_VERSIONS:
                del self._open[next(iter(self._open))]
            self._open[packed] = None if version is None else open_version(version)
        return self._open[packed]


def _jobs(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Version and work of each job, until the service closes the socket."""
    buffer = bytearray()
    while data := connection.recv(_AT_ONCE):
        buffer += data
        position = 0
        while (end := _end_of_job(buffer, position)) is not None:
            _, version_length = _JOB.unpack_from(buffer, position)
            start = position + _JOB.size
            middle = start + version_length
            position = end
            yield bytes(buffer[start:middle]), bytes(buffer[middle:end])
        del buffer[:position]


def _end_of_job(buffer: bytearray, position: int) -> int | None:
    """Where the job that starts there ends; None if it is not here as a whole."""
    if len(buffer) - position < _JOB.size:
        return None
    length, _ = _JOB.unpack_from(buffer, position)
    end: int = position + _JOB.size + length
    return end if end <= len(buffer) else None


if __name__ == "__main__":
    main()
