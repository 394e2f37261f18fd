"""Backup and restore: hot, verified, from any store into any other, and never over something unasked."""

import gzip
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import pytest
from made_claims import AWS, DROP_IN, extraction_of, relation, report_of
from pyoxigraph import Quad
from remote_stores import fuseki_server, oxigraph_server

from kg.backup import backup
from kg.backup_file import verify
from kg.errors import BadBackup, StoreNotEmpty, StoreUnavailable
from kg.graph import Graph
from kg.reading import open_newest
from kg.remote_revision import G_STORE
from kg.restore import restore
from kg.settings import Settings
from ontology import terms

SAID = "AWS uses drop-in delivery."


def report_named(name: str):
    report = report_of(SAID, name=name)
    return extraction_of(report, relation(report, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN))


def filled(settings: Settings, *names: str) -> Settings:
    with Graph.open(settings) as graph:
        for name in names:
            graph.replace_report(report_named(name))
        graph.publish()
    return settings


def quads(settings: Settings) -> set[Quad]:
    return {quad for quad in open_newest(settings)[1] if quad.graph_name.value != G_STORE}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    keys = tmp_path / "keys"
    keys.write_text("curator " + "0" * 64 + "\n")
    return Settings(store=str(tmp_path / "store"), keys=keys)


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Path:
    """A backup of a store with one report, and with a file beside it."""
    filled(settings, "one")
    (settings.store_path / "broken-reports.json").write_text("{}")
    (settings.store_path / "jobs").mkdir()
    (settings.store_path / "jobs" / "1.json").write_text('{"state": "done"}')
    backup(settings, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def test_a_store_comes_back_as_it_was(settings: Settings, made: Path, tmp_path: Path) -> None:
    other = Settings(store=str(tmp_path / "other"))
    manifest, number = restore(other, made)
    assert quads(other) == quads(settings)
    assert (manifest.quads, number > manifest.version) == (len(quads(settings)), True)
    assert (other.store_path / "jobs" / "1.json").read_text() == '{"state": "done"}'
    assert (other.store_path / "keys").read_text().startswith("curator 000")
    with Graph.open(other) as graph:  # and it goes on
        assert graph.replace_report(report_named("one")).outcome == "unchanged"
        assert graph.replace_report(report_named("two")).outcome == "added"


def test_any_tar_and_any_rdf_tool_reads_it(settings: Settings, made: Path) -> None:
    with tarfile.open(made) as tar:
        names = tar.getnames()
        told = json.loads(tar.extractfile("manifest.json").read())
        lines = gzip.decompress(tar.extractfile("graph.nq.gz").read()).decode().splitlines()
    assert names[-1] == "manifest.json"
    assert "beside/broken-reports.json" in names
    assert not [name for name in names if "lock" in name or "live" in name]
    assert len(lines) == told["quads"] == len(quads(settings))
    assert [number for number, _ in told["versions"]] == [told["version"]]
    assert made.stat().st_mode & 0o077 == 0


def test_a_store_that_holds_something_is_replaced_only_when_told(
    settings: Settings, made: Path, tmp_path: Path
) -> None:
    other = filled(Settings(store=str(tmp_path / "other")), "two")
    before = quads(other)
    with pytest.raises(StoreNotEmpty, match="--replace"):
        restore(other, made)
    assert quads(other) == before
    first, _ = open_newest(other)
    _, number = restore(other, made, replace=True)
    assert quads(other) == quads(settings)
    assert number > first.number


def test_a_store_that_is_written_to_is_not_restored_over(settings: Settings, made: Path) -> None:
    with Graph.open(settings), pytest.raises(StoreUnavailable, match="is writing"):
        restore(settings, made, replace=True)


def test_readers_keep_the_old_state_until_the_new_is_there(settings: Settings, made: Path) -> None:
    filled(settings, "two")
    _, reader = open_newest(settings)
    held = len(reader)
    restore(settings, made, replace=True)
    assert len(list(reader)) == held
    assert len(quads(settings)) < held


@pytest.mark.parametrize("place", [0.001, 0.3, 0.6, 0.9])
def test_a_damaged_file_is_refused_and_nothing_touched(
    settings: Settings, made: Path, tmp_path: Path, place: float
) -> None:
    content = bytearray(made.read_bytes())
    content[int(len(content.rstrip(b"\0")) * place)] ^= 0xFF
    made.write_bytes(content)
    other = Settings(store=str(tmp_path / "other"))
    with pytest.raises(BadBackup, match=r"damaged|no backup"):
        restore(other, made)
    assert not other.store_path.exists()


def test_a_file_that_was_cut_short_is_refused(made: Path) -> None:
    content = made.read_bytes()
    made.write_bytes(content[: len(content) // 2])
    with pytest.raises(BadBackup):
        verify(made)


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a tar")
    foreign = tmp_path / "foreign.tar"
    with tarfile.open(foreign, "w") as tar:
        tar.add(text, "../../etc/passwd")
    for path in (text, foreign, tmp_path / "nothing"):
        with pytest.raises(BadBackup, match=r"no backup|no file"):
            verify(path)


def test_a_backup_replaces_no_file(settings: Settings, made: Path) -> None:
    with pytest.raises(BadBackup, match="replaces no file"):
        backup(settings, made)


def test_a_store_that_was_never_published_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        backup(Settings(store=str(tmp_path / "none")), tmp_path / "backup.tar")
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_published_version_that_is_copied_elsewhere_is_read_there(
    settings: Settings, tmp_path: Path
) -> None:
    """As docs/scale.md tells: the folder, its note, then the pointer."""
    version, _ = open_newest(filled(settings, "one"))
    copy = Settings(store=str(tmp_path / "copy"))
    (copy.store_path / "versions").mkdir(parents=True)
    shutil.copytree(version.path, copy.store_path / "versions" / version.path.name)
    note = version.path.with_suffix(".json")
    shutil.copy(note, copy.store_path / "versions" / note.name)
    shutil.copy(settings.store_path / "current", copy.store_path / "current")
    assert open_newest(copy)[0].number == version.number
    assert quads(copy) == quads(settings)


@pytest.mark.slow
def test_backups_while_a_writer_runs_each_hold_a_state_that_was_published(tmp_path: Path) -> None:
    settings = filled(Settings(store=str(tmp_path / "store"), keep_versions=1), "first")
    states = {frozenset(quads(settings))}
    stop = threading.Event()

    def write() -> None:
        with Graph.open(settings) as graph:
            number = 0
            while not stop.is_set():
                graph.replace_report(report_named(f"r{number}"))
                graph.publish()
                states.add(frozenset(quads(settings)))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [tmp_path / f"{number}.tar" for number in range(5)]
        manifests = [backup(settings, path) for path in made]
    finally:
        stop.set()
        writer.join()
    assert len({manifest.version for manifest in manifests}) > 1
    for path in made:
        other = Settings(store=str(tmp_path / path.stem))
        restore(other, path)
        assert frozenset(quads(other)) in states


@pytest.mark.slow
@pytest.mark.parametrize("start", [oxigraph_server, fuseki_server])
def test_a_backup_moves_a_graph_to_a_remote_store_and_back(
    settings: Settings, made: Path, tmp_path: Path, start
) -> None:
    (tmp_path / "server").mkdir()
    with start(tmp_path / "server") as server:
        remote = Settings(store=server.url, state=tmp_path / "state")
        restore(remote, made)
        assert len(quads(remote)) == len(quads(settings))
        with pytest.raises(StoreNotEmpty):
            restore(remote, made)
        filled(remote, "two")
        manifest = backup(remote, tmp_path / "remote.tar")
        restore(remote, made, replace=True)
        assert len(quads(remote)) == len(quads(settings))
        with Graph.open(remote) as graph:
            assert graph.replace_report(report_named("one")).outcome == "unchanged"
    back = Settings(store=str(tmp_path / "back"))
    restore(back, tmp_path / "remote.tar")
    with Graph.open(back) as graph:
        assert {entry.source for entry in graph.reports()} == {"one.md", "two.md"}
        assert graph.replace_report(report_named("two")).outcome == "unchanged"
    assert manifest.version > 1


@pytest.mark.slow
def test_the_commands_say_what_they_did(settings: Settings, tmp_path: Path) -> None:
    filled(settings, "one")

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "aifkg", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    file, store = str(tmp_path / "b.tar"), str(settings.store_path)
    assert "verified" in run("backup", file, "--store", store)[1]
    assert run("restore", file, "--check")[0] == 0
    code, said = run("restore", file, "--store", store)
    assert (code, "--replace" in said) == (1, True)
    code, said = run("restore", file, "--store", str(tmp_path / "new"))
    assert (code, said.startswith("Restored version")) == (0, True)
