"""What a crash, a full disk, a rival, damage or a wrong clock leaves: whole reports, a sound version."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torments
from durability import Kills
from endurance import aifkg, write_reports

from kg.errors import StoreUnavailable
from kg.graph import Graph
from kg.settings import Settings
from kg.snapshots import latest, open_latest

pytestmark = pytest.mark.slow


@pytest.mark.alone
def test_kills_leave_whole_reports_and_a_service_that_answers(tmp_path: Path) -> None:
    kills = Kills(tmp_path, reports=40, seed=5)
    kills.run(4)
    assert kills.findings == []
    assert sum(kills.interrupted.values()) >= 1, "no moment of a running ingest was hit"
    assert (kills.restarts, kills.answers > 20) == (1, True)


@pytest.mark.parametrize("torment", torments.ALL)
def test_a_torment_costs_no_report_and_no_answer(
    torment: Callable[[Path, int], list[str]], tmp_path: Path
) -> None:
    reason = torments.reason_to_skip(torment)
    if reason and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"):
        pytest.skip(reason)
    assert torment(tmp_path / "ground", 12) == []


def test_a_file_that_may_not_grow_costs_the_report_in_hand_and_nothing_else(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    inbox, store = tmp_path / "inbox", tmp_path / "store"
    write_reports(inbox, 3, seed=1)
    assert aifkg("ingest", inbox, store=store).returncode == 0
    before = latest(store).number
    write_reports(inbox, 40, seed=2)
    full = subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox)],
        env={**os.environ, "AIFKG_STORE": str(store)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert full.returncode == 3
    assert len(full.stderr.splitlines()) == 1
    assert latest(store).number == before
    _, engine = open_latest(store)
    assert len(engine) > 0
    assert aifkg("ingest", inbox, store=store).returncode == 0


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
