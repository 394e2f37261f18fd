"""The review queue is worked out once for a version, and read by whoever comes after."""

from pathlib import Path

import pytest
from curating import publish_market

from kg import review_queue
from kg.actions import Action
from kg.graph import Graph
from kg.reading import open_version
from kg.review_queue import QueuePage, prepare_queue, queue_page
from kg.settings import Settings
from kg.snapshots import latest


@pytest.fixture
def store(tmp_path: Path) -> Path:
    publish_market(tmp_path / "store")
    return tmp_path / "store"


def asked(store: Path) -> QueuePage:
    """The queue as a fresh process finds it."""
    review_queue._kept.clear()
    version = latest(store)
    return queue_page(
        open_version(version), version=version, reason=None, report=None, about=None, limit=50, cursor=None
    )


def written(store: Path) -> list[Path]:
    return sorted((store / "review").glob("*"))


def test_what_one_process_worked_out_another_reads(store: Path) -> None:
    first = asked(store)
    assert first.total > 0
    (file,) = written(store)
    file.write_text("[]")
    assert asked(store).total == 0, "it is read, not worked out again"
    file.unlink()
    assert asked(store) == first


def test_a_damaged_queue_is_worked_out_again(store: Path) -> None:
    first = asked(store)
    (file,) = written(store)
    file.write_bytes(file.read_bytes()[:-9])
    assert asked(store) == first


def test_it_can_be_worked_out_before_anybody_asks(store: Path) -> None:
    version = latest(store)
    review_queue._kept.clear()
    prepare_queue(open_version(version), version=version)
    assert len(written(store)) == 1


def test_a_new_version_has_a_queue_of_its_own_and_old_ones_go(store: Path) -> None:
    for _ in range(3):
        asked(store)
        with Graph.open(Settings(store=str(store))) as graph:
            claim = asked(store).entries[0].claim.id
            graph.curate(Action("accept", claim), by="ann")
            graph.publish()
        assert claim not in [one.claim.id for one in asked(store).entries]
    assert len(written(store)) == 2


def test_a_store_that_may_not_be_written_still_has_a_queue(store: Path) -> None:
    (store / "review").write_text("a file in the place of the folder")
    assert asked(store).total > 0
