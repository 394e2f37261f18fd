"""Published versions: numbered, swung atomically, kept, and safe against a crash in the middle."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from kg.errors import StoreUnavailable
from kg.snapshots import latest, open_latest, open_read_only, publish, version_at, versions
from kg.store import Delta, EmbeddedStore

A = NamedNode("https://example.org/a")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def quad(name: str) -> Quad:
    return Quad(NamedNode(f"https://example.org/{name}"), A, A, A)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "live")


def published(
    store: EmbeddedStore, folder: Path, name: str, *, keep: int = 5, now: datetime | None = None
) -> int:
    store.apply(Delta(into={quad(name)}))
    return publish(folder, store.checkpoint, keep=keep, now=now).number


def test_a_store_without_a_version_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="aifkg ingest"):
        latest(tmp_path)


def test_a_reader_keeps_the_version_that_it_opened(store: EmbeddedStore, tmp_path: Path) -> None:
    published(store, tmp_path, "one")
    reader = open_read_only(latest(tmp_path))
    published(store, tmp_path, "two")
    assert len(reader) == 1
    assert len(open_read_only(latest(tmp_path))) == 2


def test_the_last_versions_are_kept_and_numbers_never_repeat(store: EmbeddedStore, tmp_path: Path) -> None:
    numbers = [published(store, tmp_path, f"n{i}", keep=2) for i in range(4)]
    assert numbers == [1, 2, 3, 4]
    assert [version.number for version in versions(tmp_path)] == [3, 4]


def test_versions_of_the_middle_of_a_run_push_out_no_others(store: EmbeddedStore, tmp_path: Path) -> None:
    for name in ("a", "b"):
        published(store, tmp_path, name, keep=2)
    for i in range(5):
        store.apply(Delta(into={quad(f"n{i}")}))
        publish(tmp_path, store.checkpoint, keep=2, interim=True)
    numbers = [version.number for version in versions(tmp_path)]
    assert numbers == [1, 2, 6, 7]
    assert latest(tmp_path).number == 7


def test_a_publication_that_was_cut_short_changes_nothing(store: EmbeddedStore, tmp_path: Path) -> None:
    published(store, tmp_path, "one")

    def crash(target: Path) -> None:
        store.checkpoint(target)
        raise OSError("power cut")

    with pytest.raises(StoreUnavailable, match="power cut"):
        publish(tmp_path, crash, keep=5)
    assert latest(tmp_path).number == 1
    assert published(store, tmp_path, "two") == 3
    assert not list((tmp_path / "versions").glob("*unfinished*"))


def test_a_damaged_version_gives_way_to_the_one_before(store: EmbeddedStore, tmp_path: Path) -> None:
    published(store, tmp_path, "one")
    published(store, tmp_path, "two")
    for manifest in latest(tmp_path).path.glob("MANIFEST*"):
        manifest.unlink()
    version, engine = open_latest(tmp_path)
    assert version.number == 1
    assert len(engine) == 1


def test_the_version_of_a_moment_is_found(store: EmbeddedStore, tmp_path: Path) -> None:
    published(store, tmp_path, "one", now=NOON)
    published(store, tmp_path, "two", now=NOON + timedelta(hours=1))
    assert version_at(tmp_path, NOON + timedelta(minutes=30)).number == 1
    with pytest.raises(StoreUnavailable, match="kept"):
        version_at(tmp_path, NOON - timedelta(minutes=1))


def test_numbers_order_the_versions_when_the_clock_jumps_back(store: EmbeddedStore, tmp_path: Path) -> None:
    published(store, tmp_path, "one", now=NOON)
    published(store, tmp_path, "two", now=NOON - timedelta(days=400))
    assert latest(tmp_path).number == 2
    assert len(open_read_only(latest(tmp_path))) == 2
