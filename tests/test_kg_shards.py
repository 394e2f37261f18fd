"""Shards say what was read, and mean the same in any order, however often they are loaded."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count, permutations
from pathlib import Path

import pytest
from made_claims import (
    BARE_METAL,
    HUAWEI,
    MAAS,
    NEBIUS,
    OMDIA,
    extraction_of,
    metric,
    relation,
    report_of,
    transition,
)
from whole_stores import everything_in

from aifkg.shard_loading import load, shards_in
from kg.actions import Action
from kg.errors import UnreadableReport
from kg.graph import Graph
from kg.model import Extraction
from kg.prepared import Prepared, prepare
from kg.settings import Settings
from kg.shards import bytes_read, claims_in, prepared_of, read_shard, shard_of, write_shard
from kg.stated import text_of
from ontology import terms

pytestmark = pytest.mark.slow
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def told_by(
    name: str, figure: str, *, by: object = OMDIA, issued: date = date(2026, 5, 28), ending: str = "\u00e9."
) -> Extraction:
    quote = f"Nebius runs {figure} MW."
    report = report_of(
        quote, "It offers bare metal.", f"A line\twith “marks” \\ and {ending}", name=name, issued=issued
    )
    return extraction_of(
        report,
        metric(report, quote, NEBIUS, figure, attributed_to=(by,)),
        relation(report, "It offers bare metal.", NEBIUS, terms.HAS_BUSINESS_MODEL, BARE_METAL),
    )


def left_by(name: str) -> Extraction:
    report = report_of("Nebius left bare metal for models.", name=name, issued=date(2026, 4, 1))
    return extraction_of(report, transition(report, report.text, NEBIUS, BARE_METAL, MAAS))


STORY = (
    told_by("first", "100"),
    told_by("newer", "120", issued=date(2026, 6, 1)),
    told_by("rival", "300", by=HUAWEI),
    left_by("left"),
)
# The second version says what the first did not, and the third says it no more; the fourth is as the first.
VERSIONS = (
    told_by("first", "100", issued=date(2026, 5, 1)),
    told_by("first", "110", issued=date(2026, 5, 2)),
    told_by("first", "120", issued=date(2026, 5, 3)),
    told_by("first", "100", issued=date(2026, 5, 4), ending="more."),
)


def written(folder: Path, extractions: tuple[Extraction, ...]) -> list[Path]:
    return [write_shard(folder, shard_of(prepare(each, recorded_at=NOON))) for each in extractions]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the ontology alone, to be copied, since making it takes a second."""
    store = tmp_path_factory.mktemp("fresh") / "store"
    Graph.open(Settings(store=str(store))).close()
    return store


@pytest.fixture
def stores(tmp_path: Path, fresh: Path) -> Iterator[Path]:
    """New stores, one after the other."""
    return (Path(shutil.copytree(fresh, tmp_path / f"store-{number}")) for number in count())


def loaded(store: Path, *batches: list[Path]) -> str:
    with Graph.open(Settings(store=str(store))) as graph:
        for batch in batches:
            assert not [result.reason for result in load(graph, batch) if result.outcome == "failed"]
    return everything_in(store)


def everything_of(graph: Graph) -> list[str]:
    return sorted(str(quad) for quad in graph._store.match())


def committed(store: Path, extractions: tuple[Extraction, ...]) -> str:
    with Graph.open(Settings(store=str(store))) as graph:
        for each in extractions:
            graph.commit(prepare(each, recorded_at=NOON))
    return everything_in(store)


def test_a_shard_gives_back_what_was_prepared() -> None:
    prepared = prepare(STORY[0], recorded_at=NOON)
    again = prepared_of(shard_of(prepared))
    assert again == Prepared(prepared.report, prepared.issued, NOON, again.quads)
    assert sorted(map(str, again.quads)) == sorted(map(str, prepared.quads))
    assert (bytes_read(again), claims_in(again)) == (STORY[0].report.bytes_sha256, 2)


def test_a_shard_is_named_by_its_content_and_written_once(tmp_path: Path) -> None:
    first, again = written(tmp_path, STORY[:1]), written(tmp_path, STORY[:1])
    assert first == again == list(tmp_path.iterdir())
    assert first[0].stem == hashlib.sha256(first[0].read_bytes()).hexdigest()
    assert b"\n".join(sorted(first[0].read_bytes().splitlines())) + b"\n" == first[0].read_bytes()


def test_any_order_of_shards_gives_what_committing_gives(tmp_path: Path, stores: Iterator[Path]) -> None:
    shards = written(tmp_path / "shards", STORY)
    expected = committed(next(stores), STORY)
    assert "/conflict" in expected
    assert terms.SUPERSEDES in expected
    for order in list(permutations(shards))[::5]:
        each_alone = [[shard] for shard in order]
        assert loaded(next(stores), *each_alone) == expected


def test_versions_of_a_report_are_loaded_as_they_came_out(tmp_path: Path, stores: Iterator[Path]) -> None:
    shards = written(tmp_path / "shards", VERSIONS)
    expected = committed(next(stores), VERSIONS)
    for order in list(permutations(shards))[1::5]:
        assert loaded(next(stores), list(order)) == expected


def read_at_times(folder: Path) -> tuple[list[Prepared], list[Path]]:
    """Three versions of one report, read one after the other, and a rival that disagrees with two of them."""
    told = [*VERSIONS[:3], told_by("rival", "300", by=HUAWEI, issued=date(2026, 5, 2))]
    ready = [prepare(one, recorded_at=NOON.replace(minute=at)) for at, one in enumerate(told)]
    return ready, [write_shard(folder, shard_of(one)) for one in ready]


def test_versions_that_are_loaded_at_any_time_end_as_if_they_had_come_in_order(
    tmp_path: Path, stores: Iterator[Path]
) -> None:
    ready, shards = read_at_times(tmp_path / "shards")
    store = next(stores)
    with Graph.open(Settings(store=str(store))) as graph:
        for one in ready:
            graph.commit(one)
    expected = everything_in(store)
    assert "runs 100 MW" in expected
    for order in permutations(shards):
        assert loaded(next(stores), *[[shard] for shard in order]) == expected, order


def test_an_older_version_is_woven_in_twice_without_harm(tmp_path: Path, stores: Iterator[Path]) -> None:
    _, (first, second, third, _) = read_at_times(tmp_path / "shards")
    in_order = loaded(next(stores), [first], [second], [third])
    assert loaded(next(stores), [third], [first], [third], [second], [first, second]) == in_order


def test_decisions_of_people_survive_that_an_older_version_comes_late(
    tmp_path: Path, stores: Iterator[Path]
) -> None:
    _, (first, second, third, _) = read_at_times(tmp_path / "shards")

    def rejected(store: Path, *batches: list[Path]) -> set[str]:
        with Graph.open(Settings(store=str(store))) as graph:
            for batch in batches:
                list(load(graph, batch))
                if third in batch:
                    (claim,) = (
                        text_of(quad.subject)
                        for quad in graph._store.match(None, terms.STATEMENT)
                        if "120" in text_of(quad.object)
                    )
                    graph.curate(Action("reject", claim, "misread"), by="ann")
            return {line for line in everything_of(graph) if terms.G_CURATION not in line}

    assert rejected(next(stores), [third], [first], [second]) == rejected(
        next(stores), [first], [second], [third]
    )


def test_a_version_that_came_by_no_shard_keeps_older_ones_out(tmp_path: Path, stores: Iterator[Path]) -> None:
    _, (first, second, third, _) = read_at_times(tmp_path / "shards")
    with Graph.open(Settings(store=str(next(stores)))) as graph:
        graph.commit(read_shard(third))
        before = everything_of(graph)
        assert [one.outcome for one in load(graph, [first, second])] == ["older", "older"]
        assert everything_of(graph) == before


def test_nothing_is_kept_of_the_shards_of_a_report_that_was_taken_out(
    tmp_path: Path, stores: Iterator[Path]
) -> None:
    shards, store = written(tmp_path / "shards", VERSIONS), next(stores)
    with Graph.open(Settings(store=str(store))) as graph:
        list(load(graph, shards))
        assert list((store / "shards").rglob("*.gz"))
        graph.retract("first.md")
    assert list((store / "shards").rglob("*")) == []


def test_loading_twice_changes_nothing(tmp_path: Path, stores: Iterator[Path]) -> None:
    shards, store = written(tmp_path / "shards", STORY[1:] + VERSIONS), next(stores)
    once = loaded(store, shards)
    assert loaded(store, shards, shards[::-1]) == once


def test_of_two_readings_under_one_date_the_later_stays(tmp_path: Path, stores: Iterator[Path]) -> None:
    early = write_shard(tmp_path / "s", shard_of(prepare(told_by("first", "100"), recorded_at=NOON)))
    later = NOON.replace(hour=13)
    late = write_shard(tmp_path / "s", shard_of(prepare(told_by("first", "120"), recorded_at=later)))
    onward = loaded(next(stores), [early], [late])
    assert "runs 120 MW" in onward
    assert loaded(next(stores), [late], [early]) == onward


def test_a_report_that_was_taken_out_does_not_come_back(tmp_path: Path, stores: Iterator[Path]) -> None:
    shards = written(tmp_path / "shards", STORY[:1])
    with Graph.open(Settings(store=str(next(stores)))) as graph:
        list(load(graph, shards))
        graph.retract("first.md")
        assert [result.outcome for result in load(graph, shards)] == ["retracted"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds 0 reports"),
        (b"no quads at all\n", "is no N-Quads"),
        (b'<http://a.example/a> <http://a.example/b> "c" .\n', "holds 0 reports"),
    ],
)
def test_what_is_no_shard_is_refused_with_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = write_shard(tmp_path, content)
    with pytest.raises(UnreadableReport, match=reason):
        read_shard(path)


def test_a_shard_that_says_more_than_its_report_is_refused(tmp_path: Path) -> None:
    more = b"<http://a.example/a> <http://a.example/b> <http://a.example/c> <http://a.example/g> .\n"
    path = write_shard(tmp_path, shard_of(prepare(STORY[0], recorded_at=NOON)) + more)
    with pytest.raises(UnreadableReport, match="outside the graph of its report"):
        read_shard(path)


def test_damage_and_broken_shapes_cost_their_shard_alone(tmp_path: Path, stores: Iterator[Path]) -> None:
    good, damaged, unshapely = written(tmp_path / "s", STORY[:3])
    damaged.write_bytes(damaged.read_bytes()[:-400])
    lines = unshapely.read_bytes().splitlines(keepends=True)
    hollow = write_shard(tmp_path / "s", b"".join(line for line in lines if b"ns#statement" not in line))
    with Graph.open(Settings(store=str(next(stores)))) as graph:
        results = {result.path: result for result in load(graph, [good, damaged, hollow])}
        assert len(graph.reports()) == 1
    assert results[good].outcome == "added"
    assert "damaged" in results[damaged].reason
    assert "statement" in results[hollow].reason


def test_folders_stand_for_their_shards(tmp_path: Path) -> None:
    shards = written(tmp_path / "below" / "it", STORY)
    assert shards_in([tmp_path, shards[0]]) == sorted(shards)
