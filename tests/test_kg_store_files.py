"""When the engine writes its files: seldom enough to cost little, often enough to be published at once."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from kg.store import Delta, EmbeddedStore

_NODE = NamedNode("https://example.org/a")
_NUMBERS = count()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "live")
    yield store
    store.close()


def change(store: EmbeddedStore, quads: int) -> None:
    store.apply(Delta(into={Quad(_NODE, _NODE, Literal(str(next(_NUMBERS))), _NODE) for _ in range(quads)}))


def files(folder: Path) -> set[str]:
    return {file.name for file in (folder / "live").glob("*.sst")}


def test_the_files_are_written_with_the_twenty_thousandth_changed_quad(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    before = files(tmp_path)
    change(store, 19_999)
    assert files(tmp_path) == before
    change(store, 1)
    assert files(tmp_path) > before


def test_what_a_copy_holds_is_not_written_again_soon(store: EmbeddedStore, tmp_path: Path) -> None:
    change(store, 15_000)
    store.checkpoint(tmp_path / "copy")
    copied = files(tmp_path)
    change(store, 15_000)
    assert files(tmp_path) == copied


def test_a_large_store_waits_for_a_share_of_itself(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.store._BYTES_PER_QUAD", 1)  # so that a small store counts as a large one
    change(store, 20_000)
    written = files(tmp_path)
    change(store, 20_000)
    assert files(tmp_path) == written


def test_a_store_in_memory_takes_as_many_changes() -> None:
    store = EmbeddedStore()
    change(store, 20_000)
    change(store, 1)
    assert len(store) == 20_001
