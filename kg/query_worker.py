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
# To the mother: the id of a worker to end, or 0 with the socket of a new one. Back: the id of the worker.
ORDER = struct.Struct("!I")
NEW_WORKER = 0
ONLINE = "online"  # the argument that lets the processes keep the network, which a remote store is reached by

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_OPEN_VERSIONS = 3
_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Job:
    """What to call with the opened version of the store, or with None."""

    work: Callable[[Any], Any]
    version: Any  # kg.snapshots.Version, which this module loads only after it has isolated itself
    timeout_s: float | None = None  # passed on to a remote store; here it is the service that stops a worker


def main() -> None:
    """Be the mother until the service closes the control socket."""
    descriptor, memory_mib, online = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == [ONLINE]
    _isolate(memory_mib, online=online)
    # Loaded once here, so that a fork has it at no cost.
    import kg.answers
    import kg.asking.looking
    import kg.claim_pages
    import kg.curation_preview
    import kg.curation_writes
    import kg.entity_records
    import kg.report_records
    import kg.review_queue
    import kg.snapshots
    import kg.writes  # noqa: F401

    with socket.socket(fileno=descriptor) as control:
        _raise_workers(control)


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


def _raise_workers(control: socket.socket) -> None:
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, ORDER.size, 1)
        if not order:
            return
        (pid,) = ORDER.unpack(order)
        if pid == NEW_WORKER:
            pid = _fork_worker(control, descriptors[0])
        else:
            # A worker that is gone already stays known to the kernel until it is waited for here, so the id
            # cannot have passed to another process.
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        control.sendall(ORDER.pack(pid))


def _fork_worker(control: socket.socket, descriptor: int) -> int:
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    _die_with_parent()
    control.close()
    try:
        with socket.socket(fileno=descriptor) as connection:
            _serve(connection)
    finally:
        os._exit(0)


def _serve(connection: socket.socket) -> None:
    from kg.reading import open_version
    from kg.remote_versions import RemoteVersion

    stores: dict[Any, Any] = {}
    while (frame := _receive(connection)) is not None:
        job: Job = pickle.loads(frame)  # noqa: S301 - the service wrote it
        try:
            if isinstance(job.version, RemoteVersion):
                store = open_version(job.version, timeout_s=job.timeout_s)
            else:
                store = _kept_open(stores, job.version)
            outcome = pickle.dumps((True, job.work(store)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the service raises it again
            outcome = pickle.dumps((False, error))
        connection.sendall(HEADER.pack(len(outcome)) + outcome)


def _kept_open(stores: dict[Any, Any], version: Any) -> Any:
    """The store of a version, opened once while it is asked often; None for no version."""
    from kg.reading import open_version

    if version is not None and version not in stores:
        while len(stores) >= _OPEN_VERSIONS:
            del stores[next(iter(stores))]
        stores[version] = open_version(version)
    return stores.get(version)


def _receive(connection: socket.socket) -> bytes | None:
    """The next frame, None at the end; one system call where the frame is small, since those are most."""
    received = bytearray(connection.recv(_AT_ONCE))
    while received:
        if len(received) >= HEADER.size:
            (length,) = HEADER.unpack_from(received)
            if len(received) - HEADER.size == length:
                return bytes(received[HEADER.size :])
        chunk = connection.recv(_AT_ONCE)
        if not chunk:
            break
        received += chunk
    return None


if __name__ == "__main__":
    main()
