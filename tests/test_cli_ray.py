"""Reading on a Ray cluster ends where reading on one machine does, also when a machine dies in the middle.

Needs Ray (`requirements/ray.lock`); without it it is skipped, unless AIFKG_REQUIRE_OPTIONAL is set.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from endurance import write_reports
from whole_stores import everything_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("ray") is None and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"),
        reason="Ray is not installed",
    ),
]
MOMENT = "2026-11-24T12:00:00Z"
ENVIRONMENT = {**os.environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}


def ingest(inbox: Path, store: Path, *options: str | Path) -> subprocess.Popen[str]:
    words = ["ingest", inbox, "--store", store, "--recorded-at", MOMENT, "--json", *options]
    return subprocess.Popen(
        [sys.executable, "-m", "aifkg", *map(str, words)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def summary(run: subprocess.Popen[str]) -> dict[str, object]:
    printed, complaints = run.communicate(timeout=180)
    assert run.returncode == 0, complaints
    return json.loads(printed)


@contextmanager
def two_nodes() -> Iterator[subprocess.Popen[str]]:
    """The process that holds the cluster; its first line is the address."""
    cluster = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("ray_nodes.py"))],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield cluster
    finally:
        cluster.communicate(timeout=60)


def told(cluster: subprocess.Popen[str], word: str) -> str:
    assert cluster.stdin is not None
    cluster.stdin.write(f"{word}\n")
    cluster.stdin.flush()
    return heard(cluster)


def heard(cluster: subprocess.Popen[str]) -> str:
    assert cluster.stdout is not None
    return cluster.stdout.readline().strip()


def test_a_cluster_that_loses_a_node_gives_what_one_machine_gives(tmp_path: Path) -> None:
    inbox, shards = tmp_path / "inbox", tmp_path / "shards"
    write_reports(inbox, 60, seed=3)
    assert summary(ingest(inbox, tmp_path / "alone"))["counts"]["added"] == 60
    with two_nodes() as cluster:
        run = ingest(
            inbox, tmp_path / "many", "--engine", "ray", "--address", heard(cluster), "--shards", shards
        )
        while run.poll() is None and len(list(shards.glob("*.nq"))) < 5:
            time.sleep(0.02)
        killed = told(cluster, "kill")
        written = len(list(shards.glob("*.nq")))
        assert summary(run)["counts"]["added"] == 60
    assert killed == "killed 1"
    assert 5 <= written < 60
    alone = everything_in(tmp_path / "alone")
    assert everything_in(tmp_path / "many") == alone
    loaded = subprocess.run(
        [sys.executable, "-m", "aifkg", "load", str(shards), "--store", str(tmp_path / "loaded")],
        capture_output=True,
    )
    assert loaded.returncode == 0
    assert everything_in(tmp_path / "loaded") == alone


def test_a_bad_report_costs_itself_on_a_cluster_too(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    write_reports(inbox, 2, seed=1)
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    long = "Amazon Web Services runs data centers in Ohio. " * 9000
    (inbox / "a-long.md").write_text(long)
    run = subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox), "--json", "--engine", "ray", "--jobs", "2"],
        env={**ENVIRONMENT, "AIFKG_STORE": str(tmp_path / "store"), "AIFKG_REPORT_TIMEOUT_S": "3"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    outcomes = {Path(file["file"]).name: file["outcome"] for file in json.loads(run.stdout)["files"]}
    assert run.returncode == 1
    assert outcomes == {
        "note-000.md": "added",
        "note-001.md": "added",
        "broken.pdf": "failed",
        "a-long.md": "failed",
    }
    assert "longer than 3 s" in run.stderr
    assert len(run.stderr.splitlines()) == 2


def test_an_address_without_a_cluster_gives_one_line_and_the_usage_exit_code(tmp_path: Path) -> None:
    write_reports(tmp_path / "inbox", 1, seed=1)
    run = ingest(tmp_path / "inbox", tmp_path / "store", "--engine", "ray", "--address", "127.0.0.1:9")
    _, complaints = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "no Ray cluster at 127.0.0.1:9" in complaints
