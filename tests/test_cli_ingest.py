"""The command as a person types it: real processes, real files, real exit codes."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aifkg.broken_reports import BrokenReports
from kg.errors import StoreUnavailable
from kg.graph import Graph
from kg.settings import Settings
from kg.snapshots import latest, versions

pytestmark = pytest.mark.slow

REPORT = """---
title: Nimbus opens a campus
publisher: Example Press
date: 2026-05-04
url: https://example.org/{name}
---

# Nimbus opens a campus

Amazon Web Services uses full-stack drop-in delivery. Amazon Web Services will spend $150 billion in 2026.
{more}
"""
FRENCH = (
    "Les fournisseurs de cloud ont annoncé que la demande de centres de données est plus forte que prévu. "
    "Il y a aussi des projets dans le nord de la France, mais les prix ne sont pas encore connus. "
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def aifkg(*words: str | Path, store: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aifkg", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, "AIFKG_STORE": str(store), **variables},
        timeout=120,
    )


def written(folder: Path, name: str = "one", *, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(REPORT.format(name=name, more=more), encoding="utf-8")
    return path


def outcomes(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {Path(file["file"]).name: file["outcome"] for file in json.loads(done.stdout)["files"]}


def test_bad_files_get_a_line_each_and_the_good_one_is_stored(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    written(inbox)
    (inbox / "empty.pdf").write_bytes(b"")
    (inbox / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    (inbox / "french.md").write_text(FRENCH * 3)
    done = aifkg("ingest", inbox, tmp_path / "missing.md", "--json", store=store)
    assert done.returncode == 1
    assert outcomes(done) == {
        "one.md": "added",
        "empty.pdf": "failed",
        "broken.pdf": "failed",
        "french.md": "failed",
        "missing.md": "failed",
    }
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("aifkg: ") for line in lines)
    listed = json.loads(aifkg("report", "list", "--json", store=store).stdout)
    assert [entry["source"] for entry in listed] == ["one.md"]


def test_running_again_reads_nothing_and_publishes_nothing(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    written(inbox)
    assert aifkg("ingest", inbox, store=store).returncode == 0
    before = latest(store).number
    again = aifkg("ingest", inbox, "--json", store=store)
    assert outcomes(again) == {"one.md": "unchanged"}
    assert (again.returncode, latest(store).number) == (0, before)


def test_a_new_version_of_a_report_takes_its_place(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    path = written(inbox)
    aifkg("ingest", inbox, store=store)
    path.write_text(REPORT.format(name="one", more="Huawei uses full-stack drop-in delivery.\n"))
    assert outcomes(aifkg("ingest", inbox, "--json", store=store)) == {"one.md": "updated"}
    path.write_text(REPORT.format(name="one", more=""))
    assert outcomes(aifkg("ingest", inbox, "--json", store=store)) == {"one.md": "unchanged"}


def test_a_dry_run_says_what_would_come_and_that_nothing_was_stored(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path / "inbox")
    told = aifkg("ingest", path, "--dry-run", store=store).stdout.splitlines()
    assert told[0].split() == ["reports", "claims", "rejected"]
    assert told[-1] == "A dry run: nothing was stored."
    assert not store.exists()
    as_json = json.loads(aifkg("ingest", path, "--dry-run", "--json", store=store).stdout)
    assert (as_json["dry_run"], as_json["version"], as_json["counts"]["added"]) == (True, None, 1)
    assert aifkg("ingest", path, store=store).stdout.splitlines()[-1] == "Published as version 1."
    assert aifkg("ingest", path, store=store).stdout.splitlines()[-1] == "Nothing changed; version 1 stays."


def test_retract_shows_first_and_takes_out_only_when_told(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path / "inbox")
    aifkg("ingest", path, store=store)
    asked = aifkg("retract", "one.md", store=store)
    assert asked.returncode == 1
    assert "--yes" in asked.stderr
    assert json.loads(aifkg("report", "list", "--json", store=store).stdout)
    assert aifkg("retract", "one.md", "--yes", store=store).returncode == 0
    assert json.loads(aifkg("report", "list", "--json", store=store).stdout) == []
    from_folder = aifkg("ingest", path.parent, "--json", store=store)
    assert outcomes(from_folder) == {"one.md": "retracted"}
    assert outcomes(aifkg("ingest", path, "--json", store=store)) == {"one.md": "added"}


def test_extract_prints_one_object_per_report_and_stores_nothing(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    written(inbox, "one")
    written(inbox, "two")
    done = aifkg("extract", inbox, tmp_path / "missing.md", store=store)
    documents = [json.loads(line)["document"] for line in done.stdout.splitlines()]
    assert sorted(documents) == ["one.md", "two.md"]
    assert (done.returncode, store.exists()) == (1, False)


def test_a_report_over_its_time_is_skipped_and_the_next_is_read(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    long = written(inbox, "a-long", more="Amazon Web Services runs data centers in Ohio. " * 9000)
    written(inbox, "b-short")
    done = aifkg("ingest", inbox, "--json", store=store, AIFKG_REPORT_TIMEOUT_S="3")
    assert outcomes(done)[long.name] == "failed"
    assert outcomes(done)["b-short.md"] == "added"
    assert "longer than 3 s" in done.stderr


def test_a_report_over_its_memory_is_skipped_until_the_limit_is_raised(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    items = "".join(f"- It has **one** in [Ohio](/{number}).\n" for number in range(25_000))
    (inbox / "a-large.md").write_text(f"# Sites of AWS\n\n{items}")
    written(inbox, "b-small")
    written(inbox, "c-small")
    done = aifkg("ingest", inbox, "--json", store=store, AIFKG_REPORT_MEMORY_MIB="64")
    assert outcomes(done) == {"a-large.md": "failed", "b-small.md": "added", "c-small.md": "added"}
    assert "needs more than 64 MiB of memory" in done.stderr
    again = aifkg("ingest", inbox, "--json", store=store, AIFKG_REPORT_MEMORY_MIB="64")
    assert outcomes(again)["a-large.md"] == "failed"
    assert "--retry" in again.stderr
    sha256 = hashlib.sha256((inbox / "a-large.md").read_bytes()).hexdigest()
    for mib, left_out in ((64, True), (65, False)):
        settings = Settings(store=str(store), report_memory_mib=mib)
        assert (BrokenReports(settings).reason(sha256) is not None) == left_out


def test_a_report_shows_its_text_beside_the_claims_that_it_makes_now(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path / "inbox", more="Huawei held 32% of the cloud market in 2025, Omdia estimates.\n")
    aifkg("ingest", path, store=store)
    shown = aifkg("report", "show", "one.md", store=store)
    assert "uses full-stack drop-in delivery" in shown.stdout
    assert re.search(r"Huawei: market share 32%.* by Omdia; [0-9a-f]{16}\]", shown.stdout)
    assert "earlier version" not in shown.stdout
    written(tmp_path / "inbox", more="")
    aifkg("ingest", path, store=store)
    now = aifkg("report", "show", "one.md", store=store).stdout
    assert "Huawei" not in now
    assert now.splitlines()[-1].startswith("1 more rest on an earlier version")
    assert aifkg("report", "show", "nothing", store=store).returncode == 1


def test_a_second_writer_gets_one_line_and_the_store_exit_code(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path / "inbox")
    with Graph.open(Settings(store=str(store))):
        done = aifkg("ingest", path, store=store)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert f"process {os.getpid()} is writing" in done.stderr


def test_unusable_settings_get_one_line_and_the_usage_exit_code(tmp_path: Path, store: Path) -> None:
    path = written(tmp_path / "inbox")
    remote = aifkg("ingest", path, store=Path("x"), AIFKG_STORE="http://127.0.0.1:9/sparql")
    assert (remote.returncode, len(remote.stderr.splitlines())) == (3, 1)
    wrong = aifkg("ingest", path, store=store, AIFKG_PORT="many")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    model = aifkg("ingest", path, store=store, AIFKG_SPACY_MODEL="no_such_model")
    assert (model.returncode, len(model.stderr.splitlines())) == (2, 1)


def test_looking_at_a_store_that_is_not_there_creates_none(store: Path) -> None:
    done = aifkg("stats", store=store)
    assert (done.returncode, store.exists()) == (3, False)


def test_an_interrupt_finishes_what_is_in_hand_and_a_new_run_resumes(tmp_path: Path, store: Path) -> None:
    inbox = tmp_path / "inbox"
    for i in range(40):
        written(inbox, f"r{i:02d}", more="Amazon Web Services runs data centers in Ohio. " * 60)
    with Graph.open(Settings(store=str(store))) as graph:
        graph.publish()  # from here on the marker of unpublished commits comes with the first report
    process = subprocess.Popen(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AIFKG_STORE": str(store)},
    )
    assert process.stderr is not None
    while not (store / "unpublished").exists() and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    stored = [file for file in json.loads(printed)["files"] if file["outcome"] == "added"]
    assert process.returncode == 130
    assert 0 < len(stored) < 40
    assert len(json.loads(aifkg("report", "list", "--json", store=store).stdout)) == len(stored)
    resumed = aifkg("ingest", inbox, "--json", store=store)
    assert sorted(outcomes(resumed).values()).count("unchanged") == len(stored)


def test_a_run_publishes_at_its_end(tmp_path: Path, store: Path) -> None:
    with pytest.raises(StoreUnavailable):
        latest(store)
    aifkg("ingest", written(tmp_path / "inbox"), store=store)
    assert len(versions(store)) == 1
