"""reports -> extractions in several processes; reading shares nothing, so it grows with the cores."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.pool import Pool

from ingest.pipeline import Reader
from kg.model import Extraction, Report
from kg.settings import Settings

_CHUNK = 32  # reports given to a process at once

_reader: Reader | None = None


class Readers:
    """Processes that have a reader each."""

    def __init__(self, pool: Pool, processes: int) -> None:
        """Kept by `readers`, which ends them."""
        self._pool = pool
        self.processes = processes

    def read_many(self, reports: Iterable[Report]) -> Iterator[Extraction]:
        """The extractions in the order of the reports."""
        for extractions in self._pool.imap(_read, _chunks(reports)):
            yield from extractions


@contextmanager
def readers(settings: Settings, processes: int) -> Iterator[Readers]:
    """Processes that read reports; each loads the model when it starts, and all end with the context."""
    with get_context("spawn").Pool(processes, _load, (settings,)) as pool:
        yield Readers(pool, processes)


def _chunks(reports: Iterable[Report]) -> Iterator[list[Report]]:
    rest = iter(reports)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _load(settings: Settings) -> None:
    global _reader
    _reader = Reader(settings)


def _read(reports: list[Report]) -> list[Extraction]:
    if _reader is None:
        raise RuntimeError("the process has no reader")
    return list(_reader.read_many(reports))
