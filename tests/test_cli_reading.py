"""The time that a report may take is its own: what else the machine does does not count, up to a point."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read, Unread
from kg.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inbox") / "a.md"
    path.write_text("# Capex\n\nAmazon Web Services will spend $150 billion in 2026.\n")
    return path


@pytest.fixture
def pool(report: Path) -> Iterator[ReadingPool]:
    """A pool whose one process has loaded the model."""
    with ReadingPool(Settings(report_timeout_s=2), jobs=1, want="json") as pool:
        assert isinstance(read(pool, report), Read)
        yield pool


def read(pool: ReadingPool, report: Path) -> Read | Unread:
    ((_, outcome),) = pool.read([report])
    return outcome


def stopped() -> int:
    """The reading process, which does nothing now, as if others had the processor."""
    (child,) = multiprocessing.active_children()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGSTOP)
    return child.pid


def test_a_report_that_did_not_have_its_time_is_waited_for(pool: ReadingPool, report: Path) -> None:
    threading.Timer(4, os.kill, (stopped(), signal.SIGCONT)).start()
    assert isinstance(read(pool, report), Read)


def test_a_process_that_hangs_is_given_up_and_replaced(pool: ReadingPool, report: Path) -> None:
    stopped()
    outcome = read(pool, report)
    assert isinstance(outcome, Unread)
    assert (outcome.broke, outcome.reason) == (True, "takes longer than 2 s to read")
    assert isinstance(read(pool, report), Read)
