"""`aifkg run`, as `make run` starts it: samples are read once, its lines can be pasted, Ctrl-C stops it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.snapshots import latest

pytestmark = pytest.mark.slow


@contextmanager
def running(store: Path) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """The process, all that it printed until it served, and the seconds that this took."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aifkg", "run", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "AIFKG_STORE": str(store)},
    )
    try:
        assert process.stdout is not None
        printed = ""
        while "/api/claims" not in printed:
            line = process.stdout.readline()
            assert line, f"it ended: {printed}"
            printed += line
        yield process, printed, time.monotonic() - began
    finally:
        process.kill()
        process.communicate()


def test_the_second_run_serves_at_once_and_changes_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with running(store) as (process, printed, _):
        assert "Reading the sample reports" in printed
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
    before = latest(store).number
    with running(store) as (process, printed, seconds):
        assert "Reading the sample reports" not in printed
        assert seconds < 10
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
    assert latest(store).number == before


def test_what_it_prints_can_be_pasted(tmp_path: Path) -> None:
    with running(tmp_path / "store") as (_, printed, _):
        url = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert url
        query = re.search(r"(curl .*?ORDER BY \?provider')", printed, re.DOTALL)
        assert query
        rows = subprocess.run(query.group(1), shell=True, capture_output=True, text=True).stdout.split()  # noqa: S602
        assert rows[0] == "provider"
        assert len(rows) > 1
        with urllib.request.urlopen(f"{url.group()}/api/claims?subject=aws&limit=3") as answer:  # noqa: S310
            assert json.load(answer)["claims"]


def test_an_address_that_is_taken_gets_one_line(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with running(store) as (_, printed, _):
        port = re.search(r"127\.0\.0\.1:(\d+)", printed)
        assert port
        done = subprocess.run(
            [sys.executable, "-m", "aifkg", "serve", "--port", port.group(1)],
            capture_output=True,
            text=True,
            env={**os.environ, "AIFKG_STORE": str(store)},
            timeout=30,
        )
    assert done.returncode == 2
    assert "cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_looking_and_serving_import_no_language_model() -> None:
    code = "import sys, aifkg.__main__, aifkg.serve_commands, api.serving; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
