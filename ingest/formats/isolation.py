"""A file of a risky format -> its rendering, read in a process apart that is killed when it takes too long.

Formats with parsers of their own (PDF, office files, web pages, mail) can be made to swell, loop or crash.
What they do happens in `reading_process`; here it is one clear reason, and the next file finds a new process.
"""

import atexit
import os
import pickle
import subprocess
import sys
from functools import cache
from select import select
from threading import Lock
from time import monotonic
from typing import BinaryIO, cast

from ingest.formats.reading_process import LENGTH, Answer, Request, send
from ingest.formats.rendering import Rendering
from kg.errors import UnreadableReport

LONGEST_S = 60.0
_START = "from ingest.formats.reading_process import main; main()"


def read_apart(request: Request, *, longest_s: float = LONGEST_S) -> Rendering:
    """The file's rendering; raises UnreadableReport with the reader's reason or when it took too long."""
    answer = _reader(os.getpid()).ask(request, longest_s)
    if answer.rendering is None:
        raise UnreadableReport(request.source, answer.reason)
    return answer.rendering


class _Reader:
    """One process that reads, started when it is first needed and again after it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()
        self._owner = os.getpid()

    def ask(self, request: Request, longest_s: float) -> Answer:
        with self._lock:
            process = self._running()
            try:
                send(cast(BinaryIO, process.stdin), request)
                answer = _receive(process, monotonic() + longest_s)
            except TimeoutError:
                self._end()
                return Answer(reason=f"took longer than {longest_s:g} s to read; split it or save it as text")
            except (OSError, EOFError):
                self._end()
                return Answer(reason="crashed the program that reads it; open it in its own and save it anew")
            if answer.exhausted:
                self._end()
            return answer

    def close(self) -> None:
        if os.getpid() == self._owner:  # a fork ends too, and must not end its parent's process
            with self._lock:
                self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # it was ended from outside, which is no fault of the file in hand
        if self._process is None:
            command = [sys.executable, "-c", _START]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


@cache
def _reader(pid: int) -> _Reader:
    """The reader of this process; a forked one must not share its parent's pipes, so it gets its own."""
    reader = _Reader()
    atexit.register(reader.close)
    return reader


def _receive(process: subprocess.Popen[bytes], deadline: float) -> Answer:
    (length,) = LENGTH.unpack(_read(process, LENGTH.size, deadline))
    answer = pickle.loads(_read(process, length, deadline))  # noqa: S301 - from the process that we started
    if not isinstance(answer, Answer):
        raise EOFError
    return answer


def _read(process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    """Exactly so many bytes; raises TimeoutError past the deadline, EOFError when the process has ended."""
    pipe = process.stdout.fileno() if process.stdout else -1
    parts = []
    while length:
        ready, _, _ = select([pipe], [], [], max(0.0, deadline - monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(pipe, min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
