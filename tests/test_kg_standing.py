"""Conflicts and supersession, as ontology guide 1.3 says, in the graph after each report."""

from datetime import date

import pytest
from made_claims import (
    AWS,
    BARE_METAL,
    CANALYS,
    DROP_IN,
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

from kg.actions import Action
from kg.graph import Graph
from kg.model import Entity
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.vocabulary import CONFLICTS_GRAPH
from ontology import terms

SAID = "A sentence that says it."
CHINA = Entity(terms.ID + "cn", "China", "Place")
FRANCE = Entity(terms.ID + "fr", "France", "Place")


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore()


@pytest.fixture
def graph(store: EmbeddedStore) -> Graph:
    return Graph(store)


def figure(name: str, value: str, day: int, *, who=(), qualifier="exact", **more):
    report = report_of(SAID, name=name, issued=date(2026, 5, day))
    claim = metric(report, SAID, AWS, value, attributed_to=who, qualifier=qualifier, **more)
    return extraction_of(report, claim)


def stated(name: str, day: int, build, *arguments, **more):
    report = report_of(SAID, name=name, issued=date(2026, 5, day))
    return extraction_of(report, build(report, SAID, *arguments, **more))


def statuses(store: EmbeddedStore) -> list[str]:
    """The status of each claim, in the order of publication."""
    when = {text_of(q.subject): text_of(q.object) for q in store.match(None, terms.ASSERTED_AT)}
    status = {text_of(q.subject): text_of(q.object) for q in store.match(None, terms.STATUS)}
    return [status[claim].removeprefix(terms.V_STATUS + "-") for claim in sorted(when, key=when.__getitem__)]


def conflicts(store: EmbeddedStore) -> list[tuple[str, int]]:
    """The kind of each conflict, and how many claims it involves."""
    found = {}
    for quad in store.match(None, terms.DCTERMS_TYPE, graph=CONFLICTS_GRAPH):
        node = text_of(quad.subject)
        kind = text_of(quad.object).removeprefix(terms.V_CONFLICT + "-")
        found[node] = (kind, sum(1 for _ in store.match(node, terms.INVOLVES_CLAIM)))
    return sorted(found.values())


def test_other_claimants_figures_that_exclude_each_other_are_disputed(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(CANALYS,)))
    graph.replace_report(figure("b", "1900", 2, who=(OMDIA,)))
    assert statuses(store) == ["disputed", "disputed"]
    assert conflicts(store) == [("value", 2)]


def test_figures_whose_intervals_overlap_agree(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(CANALYS,), qualifier="at-least"))
    graph.replace_report(figure("b", "1900", 2, who=(OMDIA,)))
    assert statuses(store) == ["accepted", "accepted"]
    assert conflicts(store) == []


def test_one_power_in_two_units_agrees(graph, store) -> None:
    graph.replace_report(figure("a", "500", 1, who=(CANALYS,), unit="MegaW"))
    graph.replace_report(figure("b", "0.5", 2, who=(OMDIA,), unit="GigaW"))
    assert statuses(store) == ["accepted", "accepted"]
    assert conflicts(store) == [("attribution", 2)]


def test_money_in_two_currencies_is_not_compared(graph, store) -> None:
    capex = {"of": terms.V_METRIC_CAPEX}
    graph.replace_report(figure("a", "500", 1, who=(CANALYS,), unit="CCY_USD", **capex))
    graph.replace_report(figure("b", "900", 2, who=(OMDIA,), unit="CCY_EUR", **capex))
    assert statuses(store) == ["accepted", "accepted"]


def test_a_forecast_and_what_came_are_no_conflict(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(CANALYS,), modality="forecast"))
    graph.replace_report(figure("b", "1900", 2, who=(OMDIA,)))
    assert conflicts(store) == []


def test_figures_of_which_nobody_knows_what_they_measure_neither_exclude_nor_replace_each_other(
    graph, store
) -> None:
    graph.replace_report(figure("a", "1000", 1, who=(OMDIA,), of=terms.V_METRIC_OTHER))
    graph.replace_report(figure("b", "200", 2, who=(CANALYS,), of=terms.V_METRIC_OTHER))
    graph.replace_report(figure("c", "300", 3, who=(OMDIA,), of=terms.V_METRIC_OTHER))
    assert conflicts(store) == []
    assert "superseded" not in statuses(store)


def test_one_report_with_two_figures_does_not_contradict_itself(graph, store) -> None:
    report = report_of(SAID)
    graph.replace_report(
        extraction_of(report, metric(report, SAID, AWS, "1600"), metric(report, SAID, AWS, "1900"))
    )
    assert conflicts(store) == []


def test_the_same_claimants_newer_figure_supersedes_the_older(graph, store) -> None:
    graph.replace_report(figure("b", "1900", 9, who=(OMDIA,)))
    graph.replace_report(figure("a", "1600", 1, who=(OMDIA,)))
    assert statuses(store) == ["superseded", "accepted"]
    (link,) = store.match(None, terms.SUPERSEDES)
    retired = {text_of(quad.subject) for quad in store.match(None, terms.RETIRED_AT)}
    assert retired == {text_of(link.object)}
    assert conflicts(store) == []


def test_a_claimant_who_repeats_a_figure_supersedes_nothing(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(OMDIA,)))
    graph.replace_report(figure("b", "1600", 9, who=(OMDIA,)))
    assert statuses(store) == ["accepted", "accepted"]


def test_a_retracted_update_gives_the_older_figure_its_place_back(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(OMDIA,)))
    newer = figure("b", "1900", 9, who=(OMDIA,))
    graph.replace_report(newer)
    graph.retract(newer.report.iri)
    assert statuses(store) == ["accepted"]
    assert not list(store.match(None, terms.RETIRED_AT))


def test_a_conflict_ends_when_one_side_is_rejected(graph, store) -> None:
    graph.replace_report(figure("a", "1600", 1, who=(CANALYS,)))
    graph.replace_report(figure("b", "1900", 2, who=(OMDIA,)))
    wrong = next(text_of(q.subject) for q in store.match(None, terms.VALUE) if text_of(q.object) == "1600")
    graph.curate(Action("reject", wrong, "misread"), by="curator")
    assert statuses(store) == ["rejected", "accepted"]
    assert conflicts(store) == []


def test_affirmed_by_one_and_negated_by_another_is_disputed(graph, store) -> None:
    delivery = (relation, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)
    graph.replace_report(stated("a", 1, *delivery))
    graph.replace_report(stated("b", 2, *delivery, polarity="negated"))
    assert statuses(store) == ["disputed", "disputed"]
    assert conflicts(store) == [("polarity", 2)]
    assert len(list(store.match(graph=terms.G_TRUTHY))) == 1


def test_many_partners_are_no_conflict_but_two_head_offices_are(graph, store) -> None:
    graph.replace_report(stated("a", 1, relation, AWS, terms.PARTNERS_WITH, NEBIUS))
    graph.replace_report(stated("b", 2, relation, AWS, terms.PARTNERS_WITH, HUAWEI))
    assert conflicts(store) == []
    graph.replace_report(stated("c", 3, relation, AWS, terms.IS_HEADQUARTERED_IN, CHINA))
    graph.replace_report(stated("d", 4, relation, AWS, terms.IS_HEADQUARTERED_IN, FRANCE))
    assert conflicts(store) == [("value", 2)]


def test_a_state_said_to_be_current_after_it_was_left_is_disputed(graph, store) -> None:
    graph.replace_report(stated("a", 1, transition, NEBIUS, BARE_METAL, MAAS))
    graph.replace_report(stated("b", 2, relation, NEBIUS, terms.HAS_BUSINESS_MODEL, BARE_METAL))
    assert conflicts(store) == [("state", 2)]
    assert statuses(store) == ["disputed", "disputed"]


def test_a_state_said_before_it_was_left_is_history(graph, store) -> None:
    graph.replace_report(stated("a", 1, relation, NEBIUS, terms.HAS_BUSINESS_MODEL, BARE_METAL))
    graph.replace_report(stated("b", 2, transition, NEBIUS, BARE_METAL, MAAS))
    assert conflicts(store) == []


def test_a_state_conflict_goes_with_the_report_that_made_it(graph, store) -> None:
    change = stated("a", 1, transition, NEBIUS, BARE_METAL, MAAS)
    graph.replace_report(change)
    graph.replace_report(stated("b", 2, relation, NEBIUS, terms.HAS_BUSINESS_MODEL, BARE_METAL))
    graph.retract(change.report.iri)
    assert conflicts(store) == []
    assert statuses(store) == ["accepted"]


def test_a_doubtful_reading_waits_for_a_curator(graph, store) -> None:
    from decimal import Decimal

    doubtful = {"confidence": Decimal("0.3")}
    graph.replace_report(stated("a", 1, relation, AWS, terms.PARTNERS_WITH, NEBIUS, **doubtful))
    assert statuses(store) == ["candidate"]
    assert not list(store.match(graph=terms.G_TRUTHY))


def test_what_reference_data_knows_is_no_second_plain_fact(graph, store) -> None:
    home = next(store.match(NEBIUS.iri, terms.IS_HEADQUARTERED_IN, graph=terms.G_REFERENCE)).object
    place = Entity(text_of(home), "home", "Place")
    graph.replace_report(stated("a", 1, relation, NEBIUS, terms.IS_HEADQUARTERED_IN, place))
    assert not list(store.match(graph=terms.G_TRUTHY))
