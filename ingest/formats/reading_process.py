"""The process apart in which files are read that may be hostile; `isolation` starts it and calls `main`.

Reads   requests from standard input: format name, bytes, source
Writes  answers to standard output: a rendering, or the reason why there is none

It lives on from file to file. Its memory is limited here, its time by the process that asks (`isolation`).
"""

import os
import pickle
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct
from time import process_time
from typing import BinaryIO

from ingest.formats.detection import named
from ingest.formats.rendering import Rendering
from kg.errors import UnreadableReport

MEMORY = 1_500_000_000  # bytes of address space
CPU_S = 120  # of one file; in case the process that watches the time is killed itself
_TOO_LARGE = "needs more than {:.1f} GB of memory to be read; split it"
_MALFORMED = "is malformed ({}); open it in its program and save it anew"
LENGTH = Struct(">Q")


@dataclass(frozen=True)
class Request:
    """A file to read, in the format of that name."""

    format_name: str
    content: bytes
    source: str


@dataclass(frozen=True)
class Answer:
    """What came of it: a rendering or a reason."""

    rendering: Rendering | None = None
    reason: str = ""
    exhausted: bool = False  # the process ran out of memory and should not read another file


def answer_to(request: Request) -> Answer:
    """The answer to a request, whatever the file does to its reader."""
    try:
        rendering = named(request.format_name).read(request.content, request.source)
    except UnreadableReport as refusal:
        return Answer(reason=refusal.reason)
    except MemoryError:
        return Answer(reason=_TOO_LARGE.format(MEMORY / 1e9), exhausted=True)
    except RecursionError:
        return Answer(reason=_MALFORMED.format("nested too deeply"))
    except Exception as fault:  # noqa: BLE001 - a parser may raise anything on a broken or hostile file
        return Answer(reason=_MALFORMED.format(type(fault).__name__))
    return Answer(rendering)


def send(pipe: BinaryIO, message: Request | Answer) -> None:
    """Write one message, its length first."""
    packed = pickle.dumps(message)
    pipe.write(LENGTH.pack(len(packed)) + packed)
    pipe.flush()


def _limit_cpu() -> None:
    """Let the next file use so much processor time; past it the system ends this process."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + CPU_S, most))


def main() -> None:
    """Answer requests until standard input closes."""
    with suppress(ValueError, OSError):  # not every system has this limit; the time limit holds everywhere
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks: it ends this one
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    while head := sys.stdin.buffer.read(LENGTH.size):
        _limit_cpu()
        request = pickle.loads(sys.stdin.buffer.read(*LENGTH.unpack(head)))  # noqa: S301 - from our own parent
        send(answers, answer_to(request))
