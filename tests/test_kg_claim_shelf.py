"""Claims from the shelf of a version are those that the engine tells, whole, and only of that version."""

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bench_market import market_quads
from market import FIRST, SECOND
from pyoxigraph import Store
from served import served

from api.bodies import claims_body, comparison_body, entity_body, ranking_body, series_body, timeline_body
from api.market_schemas import ComparisonOut, PointList, RankingOut, TimelineOut
from api.schemas import Claim, ClaimList
from kg.asking import looking
from kg.asking.answering import plans_of
from kg.asking.lexicon import lexicon_of, names_in_graph
from kg.asking.understanding import understand
from kg.claim_pages import ClaimFilter, claim_page
from kg.claim_reading import read_claims
from kg.claim_records import claim_records, claims_as_json
from kg.claim_shelf import ClaimShelf, shelf_of, shelf_path
from kg.comparison import compare
from kg.figures import ranking, series
from kg.graph import Graph
from kg.iris import ID
from kg.names import refs_for
from kg.ontology_graphs import ontology_quads
from kg.queries import rows, rows_of
from kg.reading import open_version
from kg.settings import Settings
from kg.shelf_filling import _record, fill_shelf
from kg.snapshots import Version, latest, publish
from kg.timeline import timeline


@pytest.fixture(scope="module")
def market(tmp_path_factory) -> Version:
    """A version with generated claims."""
    folder = tmp_path_factory.mktemp("shelf") / "store"
    folder.mkdir()
    store = Store(str(folder / "live"))
    store.bulk_extend([*ontology_quads(), *market_quads(900)])
    return publish(folder, lambda target: store.backup(str(target)), keep=2)


@pytest.fixture(scope="module")
def shelved(market: Version) -> Store:
    """The version with its shelf, which another reader of the version has as well."""
    assert fill_shelf(open_version(market), version=market, seconds=60)
    store = open_version(market)
    assert shelf_of(store)
    return store


def from_engine(version: Version) -> Store:
    """The version as the engine alone tells it."""
    store = open_version(version)
    store.shelf = None
    store.version = Version(version.number + 1, version.path, version.published_at)
    return store


def busiest(store: Store) -> list[str]:
    """The ids of the things that most claims are about."""
    about: dict[str, int] = {}
    for row in rows(store, "export_claims"):
        about[row["subject"]] = about.get(row["subject"], 0) + 1
    return [iri.removeprefix(ID) for iri in sorted(about, key=lambda one: (-about[one], one))]


def test_every_claim_is_on_the_shelf_as_it_is_in_the_graph(market, shelved):
    iris = [row["claim"] for row in rows(shelved, "all_claims")]
    taken = shelf_of(shelved).take(iris)
    assert len(taken) == len(iris) == 900
    assert [taken[iri] for iri in iris] == read_claims(from_engine(market), iris)


def test_claims_are_on_the_shelf_as_the_service_writes_them(market, shelved):
    iris = [row["claim"] for row in rows(shelved, "all_claims")]
    written = shelf_of(shelved).written(iris)
    for claim in read_claims(from_engine(market), iris):
        assert written[claim.iri] == Claim.of(claim).model_dump_json().encode()
    assert claims_as_json(from_engine(market), iris[:40]) == claims_as_json(shelved, iris[:40])


def test_a_claim_that_is_not_there_is_left_out(shelved):
    gone = ["https://w3id.org/ai-factory/claim/0000000000000000"]
    assert claim_records(shelved, gone) == claims_as_json(shelved, gone) == []


def test_a_claim_with_more_digits_than_json_numbers_keep_is_read_from_the_graph(market, tmp_path):
    with closing(sqlite3.connect(shelf_path(market))) as whole, closing(sqlite3.connect(":memory:")) as file:
        whole.backup(file)
        (iri,) = file.execute("SELECT claim FROM record LIMIT 1").fetchone()
        file.execute("UPDATE record SET exact = 0 WHERE claim = ?", (iri,))
        store = open_version(market)
        store.shelf = ClaimShelf(file)
        assert iri not in store.shelf.take([iri])
        assert claim_records(store, [iri]) == read_claims(from_engine(market), [iri])


def test_digits_that_a_json_number_does_not_keep_are_noticed(market):
    (iri,) = [row["claim"] for row in rows(open_version(market), "all_claims")][:1]
    (claim,) = read_claims(open_version(market), [iri])
    assert _record(claim)[2]
    assert not _record(replace(claim, confidence=Decimal("0.12345678901234567890123")))[2]


def test_things_are_called_the_same_by_shelf_and_engine(market, shelved):
    iris = {value for row in rows(shelved, "export_claims") for value in row.values() if "://" in value}
    assert len(iris) > 50
    assert refs_for(open_version(market), iris) == refs_for(from_engine(market), iris)


@pytest.mark.parametrize("limit", [3, 500])
def test_bodies_are_the_same_from_shelf_and_engine(market, shelved, limit):
    id = busiest(shelved)[0]
    elsewhere = from_engine(market)
    asked = {"version": market, "wanted": ClaimFilter(subject=id), "limit": limit, "cursor": None}
    found = claims_body(shelved, **asked)
    assert len(ClaimList.model_validate_json(found).claims) >= 3
    assert found == claims_body(elsewhere, **asked)
    asked = {"version": market, "id": id, "limit": limit, "cursor": None}
    found = timeline_body(shelved, **asked)
    assert len(TimelineOut.model_validate_json(found).claims) >= 3
    assert found == timeline_body(elsewhere, **asked)
    none = {"version": market, "wanted": ClaimFilter(metric="nothing"), "limit": limit, "cursor": None}
    assert json.loads(claims_body(shelved, **none))["claims"] == []


@pytest.mark.parametrize("metric", ["revenue", "it-capacity", "investment"])
@pytest.mark.parametrize("period", [None, "2026", "2027"])
def test_a_ranking_is_the_same_from_shelf_and_engine(market, shelved, metric, period):
    asked = {"metric": metric, "period": period, "unit": None, "limit": 20}
    found = ranking(shelved, **asked)
    assert found == ranking(from_engine(market), **asked)
    assert found or metric == "investment" or period


def test_a_series_is_the_same_from_shelf_and_engine(market, shelved):
    subject = busiest(shelved)[0]
    for metric in ("revenue", "growth-rate", "it-capacity"):
        asked = {"metric": metric, "subject": subject, "unit": None}
        assert series(shelved, **asked) == series(from_engine(market), **asked)
    everyone = {"metric": "growth-rate", "subject": None, "unit": None, "limit": 7}
    assert series(shelved, **everyone) == series(from_engine(market), **everyone)
    assert series(shelved, **everyone).total > len(series(shelved, **everyone).points) == 7


def test_a_comparison_is_the_same_from_shelf_and_engine_and_counts_what_it_leaves_out(market, shelved):
    ids = tuple(busiest(shelved)[:2])
    found = compare(shelved, ids=ids, most=1)
    assert found == compare(from_engine(market), ids=ids, most=1)
    sizes = [
        (len(cell), count) for row in found.rows for cell, count in zip(row.cells, row.counts, strict=True)
    ]
    assert all(shown == min(1, count) for shown, count in sizes)
    assert max(count for _, count in sizes) > 1


def test_of_a_long_cell_the_latest_claims_are_shown(shelved):
    ids = tuple(busiest(shelved)[:2])
    few, all_of_them = (compare(shelved, ids=ids, most=most) for most in (1, 50))
    whole = {row.what.iri: row for row in all_of_them.rows}
    for row in few.rows:
        for cell, complete in zip(row.cells, whole[row.what.iri].cells, strict=True):
            assert cell == complete[-1:]


def test_pages_of_a_timeline_follow_each_other_and_are_the_same_from_shelf_and_engine(market, shelved):
    subject = busiest(shelved)[0]
    whole = timeline(shelved, id=subject, limit=500, cursor=None)
    assert whole == timeline(from_engine(market), id=subject, limit=500, cursor=None)
    assert whole.total == len(whole.claims) > 4
    paged, cursor = [], None
    while len(paged) < whole.total:
        page = timeline(shelved, id=subject, limit=2, cursor=cursor)
        paged += page.claims
        cursor = page.cursor
    assert cursor is None
    assert tuple(paged) == whole.claims


def test_bodies_that_are_joined_are_what_their_models_would_write(market, shelved):
    subject, other = busiest(shelved)[:2]
    of_metric = {"metric": "revenue", "unit": None, "limit": 9}
    for store in (shelved, from_engine(market)):
        points = series(store, subject=subject, **of_metric)
        body = {"version": market.number, "total": points.total, "points": points.points}
        found = series_body(store, version=market, subject=subject, **of_metric)
        assert points.points
        assert found == PointList.model_validate(body).model_dump_json().encode()
        ranked = ranking(store, period="2027", **of_metric)
        found = ranking_body(store, version=market, period="2027", **of_metric)
        assert found == RankingOut(version=market.number, ranking=ranked).model_dump_json().encode()
        whole = compare(store, ids=(subject, other), most=2)
        rows_of_claims = [
            {**vars(row), "cells": [[Claim.of(one) for one in cell] or None for cell in row.cells]}
            for row in whole.rows
        ]
        body = {"version": market.number, "entities": whole.entities, "rows": rows_of_claims}
        found = comparison_body(store, version=market, ids=(subject, other), most=2)
        assert found == ComparisonOut.model_validate(body, from_attributes=True).model_dump_json().encode()
        assert b"null" in found


def test_an_entity_is_the_same_from_shelf_and_engine(market, shelved):
    for subject in [*busiest(shelved)[:2], "metric-revenue"]:
        found = entity_body(shelved, version=market, id=subject)
        assert found == entity_body(from_engine(market), version=market, id=subject)
    assert len(json.loads(entity_body(shelved, version=market, id=busiest(shelved)[0]))["claims"]) > 3


def test_questions_find_the_same_with_a_shelf_and_ask_the_engine_less(market, shelved, monkeypatch):
    lexicon = lexicon_of(names_in_graph(shelved))
    labels = [refs_for(shelved, [ID + id])[ID + id].label for id in busiest(shelved)[:4]]
    asked = [
        wording.format(label=label, metric=metric, year=year)
        for label in labels
        for metric in ("capex", "revenue", "IT capacity")
        for year in ("2026", "Q3 2027", "2019")
        for wording in (
            *("What is the {metric} of {label} in {year}?", "Who expects {metric} of {label}?"),
            *("How does {label} compare with Nebius in {year}?", "Planned {metric} of {label} in {year}"),
        )
    ]
    plans = [plans_of(understood) for text in asked if not (understood := understand(text, lexicon)).gap]
    assert len(plans) > 60

    def looks(store):
        queries = []
        with monkeypatch.context() as patch:
            patch.setattr(looking, "rows_of", lambda *all: queries.append(all) or rows_of(*all))
            return [looking.look(store, plans=one) for one in plans], len(queries)

    with_shelf, few = looks(shelved)
    without, many = looks(from_engine(market))
    assert with_shelf == without
    assert any(any(look.seen) for look in without)
    assert any(look.nearby for look in without)
    assert few < many / 2


def test_a_timeline_has_the_claims_in_which_a_thing_is_object_or_topic(shelved, market):
    named = {row["object"] for row in rows(shelved, "export_claims") if "object" in row}
    for iri in sorted(named)[:3]:
        found = timeline(shelved, id=iri, limit=500, cursor=None)
        assert found == timeline(from_engine(market), id=iri, limit=500, cursor=None)
        assert any(claim.object and claim.object.iri == iri for claim in found.claims)


@pytest.mark.parametrize(
    "wanted",
    [
        ClaimFilter(),
        ClaimFilter(metric="capex"),
        ClaimFilter(metric="revenue", year=2026),
        ClaimFilter(metric="nothing"),
        ClaimFilter(year=2025, modality="planned"),
        ClaimFilter(status="candidate", modality="reported"),
        ClaimFilter(predicate="usesDeliveryParadigm"),
        ClaimFilter(object="delivery-full-stack-drop-in", text="says"),
    ],
)
def test_claims_that_fit_a_filter_are_the_same_from_shelf_and_engine(market, shelved, wanted):
    elsewhere = replace(market, path=market.path.with_name("000009"), number=9)
    asked = {"wanted": wanted, "limit": 40, "cursor": None}
    found = claim_page(shelved, version=market, **asked)
    assert found == claim_page(from_engine(market), version=elsewhere, **asked)
    assert found.total or wanted.metric == "nothing" or wanted.status or wanted.object


@pytest.mark.parametrize("words", [None, "something", "someth says", "sentence", "says nothing", "?!"])
def test_claims_by_words_are_the_same_from_shelf_and_index(market, shelved, words):
    subject = busiest(shelved)[0]
    asked = {"wanted": ClaimFilter(subject=subject, text=words), "limit": 500, "cursor": None}
    elsewhere = replace(market, path=market.path.with_name("000009"), number=9)
    found = claim_page(shelved, version=market, **asked)
    assert found == claim_page(from_engine(market), version=elsewhere, **asked)
    assert bool(found.total) == (words in (None, "something", "someth says", "sentence"))


def test_a_shelf_that_is_not_whole_is_not_taken_from_and_is_filled_further(market, tmp_path):
    store = Store(str(tmp_path / "live"))
    store.bulk_extend([*ontology_quads(), *market_quads(900)])
    version = publish(tmp_path, lambda target: store.backup(str(target)), keep=2)
    reader = open_version(version)
    assert not fill_shelf(reader, version=version, seconds=0)
    assert shelf_of(reader) is None
    while not fill_shelf(reader, version=version, seconds=0):
        pass
    assert len(shelf_of(reader).take(row["claim"] for row in rows(reader, "all_claims"))) == 900


def test_a_shelf_whose_filling_broke_off_at_its_start_is_filled_as_any_other(market, tmp_path):
    class Ended:
        def query(self, *_, **__):
            raise MemoryError

    version = replace(market, path=tmp_path / "versions" / "000001")
    with pytest.raises(MemoryError):
        fill_shelf(Ended(), version=version, seconds=60)
    assert fill_shelf(open_version(market), version=version, seconds=60)
    with closing(sqlite3.connect(shelf_path(version))) as file:
        assert file.execute("SELECT COUNT(*) FROM record").fetchone() == (900,)


def test_numbers_keep_their_digits_on_the_shelf(tmp_path):
    with Graph.open(Settings(store=str(tmp_path))) as graph:
        graph.replace_report(FIRST)
        graph.publish()
    version = latest(tmp_path)
    fill_shelf(open_version(version), version=version, seconds=60)
    store = open_version(version)
    (point,) = ranking(store, metric="it-capacity", period="2027", unit="GigaW", limit=5)
    assert point.value == Decimal("0.1")
    assert FIRST.claims[3].period.start == date(2027, 1, 1)


@pytest.mark.slow
def test_a_service_fills_the_shelf_of_each_new_version(tmp_path):
    settings = Settings(store=str(tmp_path))
    with Graph.open(settings) as graph:
        graph.replace_report(FIRST)
        graph.publish()
        with served(tmp_path) as service:
            assert _filled(tmp_path)
            assert list((tmp_path / "search").glob("*.sqlite")), "the first to search would have to wait"
            graph.replace_report(SECOND)
            graph.publish()
            assert len(service.ask("/api/claims").json["claims"]) == 6
            assert _filled(tmp_path)
            assert len(service.ask("/api/claims?limit=7").json["claims"]) == 6


def _filled(folder: Path) -> bool:
    path, until = shelf_path(latest(folder)), time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.1)
    return path.exists()
