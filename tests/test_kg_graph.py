"""The writer: reports come, are replaced and go, each wholly; what follows from them follows at once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from made_claims import (
    AWS,
    CANALYS,
    DROP_IN,
    NEBIUS,
    OMDIA,
    candidate,
    evidence_in,
    extraction_of,
    metric,
    relation,
    renamed,
    report_of,
)
from pyoxigraph import Quad

from kg.actions import Action
from kg.errors import StoreUnavailable, UnknownReport
from kg.graph import Graph
from kg.remote_revision import G_STORE
from kg.settings import Settings
from kg.snapshots import latest, open_read_only, versions
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.vocabulary import CANDIDATES_GRAPH, graph_of
from ontology import terms

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SAID = "AWS uses drop-in delivery."
BIG = "AWS runs 500 MW in 2026."


class Clock:
    """Gives a minute more each time."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore()


@pytest.fixture
def graph(store: EmbeddedStore) -> Graph:
    return Graph(store, clock=Clock())


def contents(store: EmbeddedStore, *, without: frozenset[str] = frozenset()) -> set[Quad]:
    """All quads but those of the ontology and the mark of a remote store, without the predicates named."""
    ontology = {terms.G_SCHEMA, terms.G_VOCAB, terms.G_REFERENCE, G_STORE}
    return {
        quad
        for quad in store.match()
        if text_of(quad.graph_name) not in ontology and quad.predicate.value not in without
    }


def delivery(name: str = "one", **more: object) -> object:
    report = report_of(SAID, name=name)
    claim = relation(report, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)
    return extraction_of(report, renamed(claim, **more))


def test_a_report_brings_its_claims_evidence_and_plain_facts(graph: Graph, store: EmbeddedStore) -> None:
    change = graph.replace_report(delivery())
    assert (change.outcome, change.added) == ("added", 1)
    (row,) = store.select(
        f"SELECT ?quote {{ ?c <{terms.OBJECT}> <{DROP_IN.iri}> ; <{terms.EVIDENCE}>/<{terms.OA_HAS_SELECTOR}>"
        f"/<{terms.OA_EXACT}> ?quote . <{AWS.iri}> <{terms.USES_DELIVERY_PARADIGM}> <{DROP_IN.iri}> }}"
    )
    assert text_of(row[0]) == SAID


def test_reading_the_same_report_again_changes_nothing(graph: Graph, store: EmbeddedStore) -> None:
    graph.replace_report(delivery())
    before = contents(store)
    assert graph.replace_report(delivery()).outcome == "unchanged"
    assert contents(store) == before


def test_the_bytes_of_a_report_are_recognised(graph: Graph) -> None:
    extraction = delivery()
    graph.replace_report(extraction)
    assert graph.has_read(extraction.report.bytes_sha256) == extraction.report.iri
    assert graph.has_read("0" * 64) is None


def test_a_new_version_keeps_unchanged_claims_and_retires_the_others(
    graph: Graph, store: EmbeddedStore
) -> None:
    first = report_of(SAID, BIG)
    graph.replace_report(
        extraction_of(
            first,
            relation(first, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN),
            metric(first, BIG, AWS, "500"),
        )
    )
    before = {text_of(q.subject): text_of(q.object) for q in store.match(None, terms.RECORDED_AT)}
    grown = "AWS runs 600 MW in 2026."
    second = report_of("A new first line.", SAID, grown)
    change = graph.replace_report(
        extraction_of(
            second,
            relation(second, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN),
            metric(second, grown, AWS, "600"),
        )
    )
    assert (change.outcome, change.added, change.kept, change.retired) == ("updated", 1, 1, 1)
    kept, old, new = (
        next(text_of(q.subject) for q in store.match(None, terms.STATEMENT) if text_of(q.object) == said)
        for said in (SAID, BIG, grown)
    )
    recorded = {text_of(q.subject): text_of(q.object) for q in store.match(None, terms.RECORDED_AT)}
    retired = {text_of(q.subject): text_of(q.object) for q in store.match(None, terms.RETIRED_AT)}
    assert recorded[kept] == before[kept]
    assert retired.keys() == {old}
    assert before[old] < retired[old] <= recorded[new]


def test_evidence_of_a_kept_claim_moves_to_the_new_text(graph: Graph, store: EmbeddedStore) -> None:
    graph.replace_report(delivery())
    moved = report_of("A new first line.", SAID, name="one")
    graph.replace_report(
        extraction_of(moved, relation(moved, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN))
    )
    starts = [text_of(quad.object) for quad in store.match(None, terms.OA_START)]
    assert starts == [str(evidence_in(moved, SAID).start)]


def test_a_version_published_earlier_never_replaces_a_later_one(graph: Graph, store: EmbeddedStore) -> None:
    late = report_of(SAID, name="one", issued=date(2026, 6, 1))
    early = report_of(BIG, name="one", issued=date(2026, 5, 1))
    graph.replace_report(
        extraction_of(late, relation(late, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN))
    )
    before = contents(store)
    assert graph.replace_report(extraction_of(early, metric(early, BIG, AWS, "500"))).outcome == "older"
    assert contents(store) == before


def test_a_retracted_report_leaves_nothing_but_its_tombstone(graph: Graph, store: EmbeddedStore) -> None:
    graph.replace_report(delivery("one"))
    before = contents(store)
    acme = candidate("Acme Cloud")
    two = report_of(SAID, "Acme Cloud runs 5 MW in 2026.", BIG, name="two")
    graph.replace_report(
        extraction_of(
            two,
            relation(two, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN, attributed_to=(OMDIA,)),
            relation(two, SAID, acme, terms.PARTNERS_WITH, NEBIUS),
            metric(two, BIG, AWS, "500"),
        )
    )
    preview = graph.preview_retract(two.iri)
    done = graph.retract(two.iri, reason="a hoax")
    assert preview == done
    assert done.facts == ((acme.iri, terms.PARTNERS_WITH, NEBIUS.iri),)
    after = contents(store)
    curation = {quad for quad in after if text_of(quad.graph_name) == terms.G_CURATION}
    assert after - curation == before
    stone = graph.tombstone_of(two.iri)
    assert stone is not None
    assert (stone.reason, stone.bytes_sha256) == ("a hoax", {two.bytes_sha256})


def test_an_unknown_report_cannot_be_retracted(graph: Graph) -> None:
    with pytest.raises(UnknownReport, match="aifkg report list"):
        graph.retract("nothing")


def test_a_report_is_found_by_id_beginning_and_file_name(graph: Graph) -> None:
    graph.replace_report(delivery("one"))
    (entry,) = graph.reports()
    for named in (entry.id, entry.id[:6], entry.iri, "one.md"):
        assert graph.preview_retract(named).report == entry
    assert (entry.title, entry.issued, entry.claims) == ("Title of one", "2026-05-28", 1)


@pytest.mark.parametrize("modality", ["forecast", "planned", "vendor-claim", "recommendation"])
def test_what_is_not_said_as_a_fact_makes_no_plain_fact(
    graph: Graph, store: EmbeddedStore, modality: str
) -> None:
    graph.replace_report(delivery(modality=modality))
    assert not list(store.match(graph=terms.G_TRUTHY))


def test_a_negation_makes_no_plain_fact(graph: Graph, store: EmbeddedStore) -> None:
    graph.replace_report(delivery(polarity="negated"))
    assert not list(store.match(graph=terms.G_TRUTHY))


def test_names_of_a_candidate_meet_in_one_entry_in_any_order(store: EmbeddedStore) -> None:
    def told(order: list[int]) -> set[Quad]:
        own = EmbeddedStore()
        graph = Graph(own, clock=Clock())
        names = ["NScale Co", "Nscale-Co", "nscale co"]
        for i in order:
            entity = candidate(names[i], aliases=[f"alias {i}"])
            report = report_of(SAID, name=f"r{i}")
            claim = relation(report, SAID, entity, terms.PARTNERS_WITH, AWS)
            graph.replace_report(extraction_of(report, claim, entities=[entity]))
        return {quad for quad in own.match(graph=CANDIDATES_GRAPH) if "Example" not in str(quad)}

    assert told([0, 1, 2]) == told([2, 0, 1])
    labels = [text_of(quad.object) for quad in told([0, 1, 2]) if "prefLabel" in quad.predicate.value]
    assert labels == ["nscale co"]


def test_a_decision_of_a_person_wins_and_survives_a_new_version(graph: Graph, store: EmbeddedStore) -> None:
    graph.replace_report(delivery())
    (claim,) = [text_of(quad.subject) for quad in store.match(None, terms.STATEMENT)]
    graph.curate(Action("reject", claim, "misread"), by="curator")
    assert not list(store.match(graph=terms.G_TRUTHY))
    moved = report_of("A new first line.", SAID, name="one")
    graph.replace_report(
        extraction_of(moved, relation(moved, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN))
    )
    assert not list(store.match(graph=terms.G_TRUTHY))
    assert next(store.match(claim, terms.STATUS)).object.value == terms.V_STATUS_REJECTED


def test_reports_in_any_order_give_the_same_graph() -> None:
    reports = []
    for name, mw, who, day in [
        ("a", "500", OMDIA, 1),
        ("b", "700", OMDIA, 9),
        ("c", "900", CANALYS, 5),
        ("d", "700", CANALYS, 9),
    ]:
        report = report_of(BIG, name=name, issued=date(2026, 5, day))
        claim = metric(report, BIG, AWS, mw, attributed_to=(who,))
        reports.append(extraction_of(report, claim))

    def graph_from(order: list[int]) -> set[Quad]:
        store = EmbeddedStore()
        graph = Graph(store, clock=lambda: NOON)
        for i in order:
            graph.replace_report(reports[i])
        return contents(store)

    assert graph_from([0, 1, 2, 3]) == graph_from([3, 1, 0, 2]) == graph_from([2, 0, 3, 1])


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "store"))
    with (
        Graph.open(settings),
        pytest.raises(StoreUnavailable, match=r"process \d+ is writing"),
    ):
        Graph.open(settings)
    Graph.open(settings).close()


def test_publishing_without_a_change_makes_no_version(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "store"))
    with Graph.open(settings) as graph:
        first = graph.publish()
        assert graph.publish() == first
        graph.replace_report(delivery())
        second = graph.publish()
    assert second == first + 1
    assert len(versions(tmp_path / "store")) == 2
    with Graph.open(settings) as graph:
        assert graph.publish() == second


def test_commits_that_a_crash_left_unpublished_are_published_by_the_next_writer(tmp_path: Path) -> None:
    settings = Settings(store=str(tmp_path / "store"))
    with Graph.open(settings) as graph:
        graph.publish()
        graph.replace_report(delivery())  # and the process ends here
    with Graph.open(settings) as graph:
        graph.publish()
    engine = open_read_only(latest(tmp_path / "store"))
    assert any(quad.graph_name.value == graph_of(delivery().report.iri) for quad in engine)
