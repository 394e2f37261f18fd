"""A process that reads reports: path in, what the report states out. It can be killed at any moment.

It holds no store and writes nothing. It ignores Ctrl-C, since the parent lets it finish the report in hand.
"""

import ctypes
import resource
import signal
import sys
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from kg.errors import AifkgError, BadSetting, UnreadableReport
from kg.extraction_json import as_json
from kg.model import Extraction
from kg.prepared import Prepared
from kg.settings import Settings
from kg.shards import shard_of
from kg.soundness import prepare_sound

Want = Literal["quads", "shard", "json"]
_PR_SET_PDEATHSIG = 1
_WARM_UP = b"Amazon Web Services will spend $150 billion on data centers in 2026, the company said on Monday."


@dataclass(frozen=True)
class Order:
    """A file to read; without `recorded_at` it is recorded with the time at which it was read."""

    path: Path
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Read:
    """A report that was read: its quads for the store, its shard, or its JSON object."""

    claims: int
    rejected: int
    prepared: Prepared | None = None
    shard: bytes | None = None
    json: dict[str, Any] | None = None


@dataclass(frozen=True)
class Unread:
    """A report that gave nothing, and why. `broke`: the reader itself failed, not the report."""

    reason: str
    broke: bool = False


def serve_reading(channel: Connection, settings: Settings, want: Want) -> None:
    """Answer each order with `Read` or `Unread` until the channel closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    from ingest.pipeline import Reader  # the language model: slow to load, and only wanted here
    from ingest.reports import report_of

    try:
        reader = Reader(settings)
    except BadSetting as error:
        channel.send(error)
        return
    # Some parts load with the first sentence that needs them; no report should pay for that.
    prepare_sound(reader.read(report_of(_WARM_UP, "warm-up.txt")))
    _limit_memory(settings.report_memory_mib)
    channel.send(None)  # ready: from now on the clock of a report runs
    while True:
        try:
            order = channel.recv()
        except (EOFError, OSError):
            return
        channel.send(_read(reader, order, want, settings.report_memory_mib))


def _read(reader: Any, order: Order, want: Want, memory_mib: int) -> Read | Unread:
    from ingest.reports import read_report

    try:
        extraction: Extraction = reader.read(read_report(order.path))
        return _wanted(extraction, want, order.recorded_at)
    except UnreadableReport as error:
        return Unread(error.reason)
    except AifkgError as error:
        return Unread(str(error))
    except MemoryError:
        return Unread(f"needs more than {memory_mib} MiB of memory to read", broke=True)
    except RecursionError:
        return Unread("is nested too deeply to read", broke=True)
    except Exception as error:  # noqa: BLE001 - a fault in one report must not end the others; it is told
        return Unread(f"could not be read because of a fault of the reader: {error!r}", broke=True)


def _wanted(extraction: Extraction, want: Want, recorded_at: datetime | None) -> Read:
    extraction, prepared = prepare_sound(extraction, recorded_at=recorded_at)
    claims, rejected = len(extraction.claims), len(extraction.rejected)
    if want == "json":
        return Read(claims, rejected, json=as_json(extraction))
    if want == "shard":
        return Read(claims, rejected, shard=shard_of(prepared))
    return Read(claims, rejected, prepared=prepared)


def _limit_memory(mib: int) -> None:
    """Let this process grow by so much from here; beyond it, allocation fails in here and nowhere else."""
    if not sys.platform.startswith("linux"):
        return  # elsewhere the limit on address space is not kept, and a report is only limited in time
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + mib * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _die_with_parent() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
