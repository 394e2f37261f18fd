"""What a crash, a full disk or another writer leaves: whole reports, and a version that can be read."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from durability import torture, write_reports

from kg.errors import StoreUnavailable
from kg.graph import Graph
from kg.settings import Settings
from kg.snapshots import latest, open_latest

pytestmark = pytest.mark.slow


def aifkg_ingest(
    inbox: Path, store: Path, *, largest_file: int | None = None
) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox)],
        env={**os.environ, "AIFKG_STORE": str(store)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_killed_runs_leave_whole_reports_and_readable_versions(tmp_path: Path) -> None:
    assert torture(tmp_path, rounds=3, reports=25, seed=5) == []


def test_a_disk_that_takes_no_more_costs_the_report_in_hand_and_nothing_else(tmp_path: Path) -> None:
    inbox, store = tmp_path / "inbox", tmp_path / "store"
    write_reports(inbox, 3, seed=1)
    assert aifkg_ingest(inbox, store).returncode == 0
    before = latest(store).number
    write_reports(inbox, 40, seed=2)
    full = aifkg_ingest(inbox, store, largest_file=60_000)
    assert full.returncode == 3
    assert len(full.stderr.splitlines()) == 1
    assert latest(store).number == before
    _, engine = open_latest(store)
    assert len(engine) > 0
    assert aifkg_ingest(inbox, store).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written_gives_one_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        Graph.open(Settings(store=str(folder)))


def test_a_file_in_the_place_of_the_store_gives_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("not a directory")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        Graph.open(Settings(store=str(tmp_path / "store")))
