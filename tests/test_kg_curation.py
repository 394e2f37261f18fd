"""What people decide: worked into the graph, kept through every reading, and taken back without a trace."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from made_claims import (
    AWS,
    BARE_METAL,
    CANALYS,
    DROP_IN,
    MAAS,
    NEBIUS,
    OMDIA,
    candidate,
    extraction_of,
    metric,
    proposition,
    relation,
    report_of,
    transition,
)

from kg.actions import Action
from kg.errors import BadRequest, InvalidGraph, UnknownIri
from kg.graph import Graph
from kg.stated import text_of
from kg.store import Delta, EmbeddedStore
from kg.vocabulary import CANDIDATES_GRAPH, CONFLICTS_GRAPH
from ontology import terms

DELIVERY = "Skycloud uses drop-in delivery."
CAPACITY = "Skycloud runs 500 MW in 2026."
MOVED = "Skycloud moved from bare metal to MaaS."
OTHER = "Skycloud Inc. runs 900 MW in 2026."
SKY = candidate("Skycloud")
SKY_INC = candidate("Skycloud Inc.")
TIMES = frozenset({terms.RETIRED_AT, terms.RECORDED_AT})


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore()


@pytest.fixture
def graph(store) -> Graph:
    return Graph(store, clock=Clock())


def first(*before: str):
    report = report_of(*before, DELIVERY, CAPACITY, MOVED, name="first", issued=date(2026, 5, 1))
    return extraction_of(
        report,
        relation(
            report,
            DELIVERY,
            SKY,
            terms.USES_DELIVERY_PARADIGM,
            DROP_IN,
            statement="Skycloud uses full-stack drop-in.",
        ),
        metric(
            report,
            CAPACITY,
            SKY,
            "500",
            attributed_to=(OMDIA,),
            statement="Skycloud runs 500 in 2026.",
        ),
        transition(report, MOVED, SKY, BARE_METAL, MAAS),
        entities=[SKY],
    )


def second():
    report = report_of(OTHER, name="second", issued=date(2026, 5, 2))
    return extraction_of(
        report, metric(report, OTHER, SKY_INC, "900", attributed_to=(CANALYS,)), entities=[SKY_INC]
    )


@pytest.fixture
def read(graph) -> Graph:
    graph.replace_report(first())
    graph.replace_report(second())
    return graph


def contents(store, *graphs):
    """All that is not ontology or log, without the times of standing."""
    skipped = {terms.G_SCHEMA, terms.G_VOCAB, terms.G_REFERENCE, terms.G_CURATION}
    return {
        quad
        for quad in store.match()
        if text_of(quad.graph_name) not in skipped and quad.predicate.value not in TIMES
    }


def claim_of(store, quote: str) -> str:
    (selector,) = [
        text_of(q.subject) for q in store.match(None, terms.OA_EXACT) if text_of(q.object) == quote
    ]
    evidence = selector.removesuffix("-quote")
    return next(text_of(quad.subject) for quad in store.match(None, terms.EVIDENCE, evidence))


def value(store, subject: str, predicate: str) -> str:
    return text_of(next(store.match(subject, predicate)).object)


def status(store, claim: str) -> str:
    return value(store, claim, terms.STATUS).removeprefix(terms.V_STATUS + "-")


def facts(store) -> set[tuple[str, str, str]]:
    return {
        (text_of(q.subject), text_of(q.predicate), text_of(q.object))
        for q in store.match(graph=terms.G_TRUTHY)
    }


def conflicts(store) -> int:
    return len(list(store.match(None, terms.DCTERMS_TYPE, graph=CONFLICTS_GRAPH)))


HISTORY = ("run-", "wasInfluencedBy")  # names that hang on when something was done
FACT = (SKY.iri, terms.USES_DELIVERY_PARADIGM, DROP_IN.iri)


def test_a_rejection_takes_the_plain_fact_and_its_undo_brings_it_back(read, store) -> None:
    before = contents(store)
    claim = claim_of(store, DELIVERY)
    (entry,) = read.curate(Action("reject", claim, "misread"), by="ann")
    assert status(store, claim) == "rejected"
    assert FACT not in facts(store)
    read.curate(Action("undo", entry.iri), by="bob")
    assert FACT in facts(store)
    assert contents(store) == before


def test_an_undo_can_be_undone(read, store) -> None:
    claim = claim_of(store, DELIVERY)
    (entry,) = read.curate(Action("reject", claim), by="ann")
    (undo,) = read.curate(Action("undo", entry.iri), by="ann")
    read.curate(Action("undo", undo.iri), by="ann")
    assert status(store, claim) == "rejected"
    with pytest.raises(BadRequest, match="undone before"):
        read.curate(Action("undo", undo.iri), by="ann")


def test_the_latest_decision_holds_also_within_one_moment(store) -> None:
    graph = Graph(store, clock=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    graph.replace_report(first())
    claim = claim_of(store, DELIVERY)
    graph.curate(Action("reject", claim), Action("prefer", claim), by="ann")
    graph.curate(Action("accept", claim), by="ann")
    assert status(store, claim) == "accepted"


def test_actions_at_once_end_as_one_after_the_other(read, store) -> None:
    claim = claim_of(store, DELIVERY)
    actions = [Action("reject", claim), Action("accept", claim), Action("reject", claim)]
    read.curate(*actions, by="ann")
    assert FACT not in facts(store)


def test_a_corrected_claim_says_the_new_thing_everywhere(read, store) -> None:
    claim = claim_of(store, DELIVERY)
    read.curate(Action("correct", claim, "it is AWS", {"subject": "aws"}), by="ann")
    assert value(store, claim, terms.SUBJECT) == AWS.iri
    assert value(store, claim, terms.STATEMENT) == "Amazon Web Services uses full-stack drop-in."
    assert (AWS.iri, *FACT[1:]) in facts(store)
    assert FACT not in facts(store)


def test_a_corrected_figure_leaves_its_conflict_and_can_enter_another(read, store) -> None:
    mine, other = claim_of(store, CAPACITY), claim_of(store, OTHER)
    read.curate(Action("correct", mine, "", {"subject": SKY_INC.iri}), by="ann")
    assert conflicts(store) == 1
    assert status(store, other) == "disputed"
    assert status(store, mine) == "accepted"  # a person stands for it
    read.curate(Action("correct", mine, "", {"value": "900", "attributed_to": []}), by="ann")
    assert conflicts(store) == 0
    assert status(store, other) == "accepted"
    assert [value(store, mine, part) for part in (terms.VALUE, terms.LOW, terms.HIGH)] == ["900"] * 3
    assert value(store, mine, terms.STATEMENT) == "Skycloud Inc. runs 900 MW in 2026."
    assert value(store, mine, terms.PROPOSITION_KEY) == value(store, other, terms.PROPOSITION_KEY)


def test_keys_of_a_correction_are_those_of_a_claim_that_was_read_so(store) -> None:
    graph = Graph(store)
    said = "It is so."
    capex, delivery = terms.V_METRIC_AI_CAPEX, terms.USES_DELIVERY_PARADIGM
    swapped = {"from_state": MAAS.iri, "to_state": BARE_METAL.iri}
    pairs = [
        (lambda r: metric(r, said, AWS, "5"), {"metric": capex, "unit": "CCY_USD", "value": 7}),
        (lambda r: relation(r, said, AWS, delivery, DROP_IN), {"polarity": "negated"}),
        (
            lambda r: transition(r, said, AWS, BARE_METAL, MAAS),
            swapped,
        ),
        (lambda r: proposition(r, said, AWS, about=(NEBIUS, DROP_IN)), {"statement": "Other  words."}),
    ]
    wanted = [
        lambda r: metric(r, said, AWS, "7", of=terms.V_METRIC_AI_CAPEX, unit="CCY_USD"),
        lambda r: relation(r, said, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN, polarity="negated"),
        lambda r: transition(r, said, AWS, MAAS, BARE_METAL),
        lambda r: proposition(r, said, AWS, about=(NEBIUS, DROP_IN), statement="Other words."),
    ]
    for number, ((build, changes), same) in enumerate(zip(pairs, wanted, strict=True)):
        report, other = report_of(said, name=f"a{number}"), report_of(said, name=f"b{number}")
        graph.replace_report(extraction_of(report, build(report)))
        graph.replace_report(extraction_of(other, same(other)))
        claims = [text_of(q.subject) for q in store.match(None, terms.REPORTED_IN, report.iri)]
        others = [text_of(q.subject) for q in store.match(None, terms.REPORTED_IN, other.iri)]
        graph.curate(Action("correct", claims[0], "", changes), by="ann")
        for key in (terms.SLOT_KEY, terms.PROPOSITION_KEY):
            assert value(store, claims[0], key) == value(store, others[0], key)


def test_a_period_is_corrected_with_its_dates(read, store) -> None:
    claim = claim_of(store, CAPACITY)
    read.curate(Action("correct", claim, "", {"period": "2027-Q3"}), by="ann")
    assert value(store, claim, terms.PERIOD_START) == "2027-07-01T00:00:00Z"
    assert value(store, claim, terms.REFERENCE_YEAR) == "2027"
    read.curate(Action("correct", claim, "", {"period": None}), by="ann")
    assert not list(store.match(claim, terms.PERIOD_LABEL))


def test_a_claimant_who_is_not_needed_goes(read, store) -> None:
    claim = claim_of(store, CAPACITY)
    read.curate(Action("correct", claim, "", {"attributed_to": []}), by="ann")
    assert not list(store.match(claim, terms.ATTRIBUTED_TO))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, "changes something"),
        ({"unit": "Parsec"}, "unit 'Parsec'"),
        ({"value": "many"}, "no number"),
        ({"period": "soon"}, "not understood"),
        ({"modality": "maybe"}, "modality is one of"),
        ({"confidence": 1}, "cannot be corrected"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(read, store, changes, reason) -> None:
    before = contents(store)
    with pytest.raises(BadRequest, match=reason):
        read.curate(Action("correct", claim_of(store, CAPACITY), "", changes), by="ann")
    assert contents(store) == before


def test_a_correction_to_a_thing_of_the_wrong_kind_breaks_the_shapes(read, store) -> None:
    with pytest.raises(InvalidGraph):
        read.curate(Action("correct", claim_of(store, DELIVERY), "", {"object": "aws"}), by="ann")


def test_merged_things_have_their_claims_and_names_in_one_place(read, store) -> None:
    (entry,) = read.curate(Action("merge", SKY_INC.iri, "one company", into=SKY.iri), by="ann")
    assert value(store, claim_of(store, OTHER), terms.SUBJECT) == SKY.iri
    assert conflicts(store) == 1  # 500 and 900 MW are now of one company
    alternatives = {text_of(q.object) for q in store.match(SKY.iri, terms.SKOS_ALT_LABEL)}
    assert "Skycloud Inc." in alternatives
    assert value(store, SKY_INC.iri, terms.DCTERMS_IS_REPLACED_BY) == SKY.iri
    assert not list(store.match(SKY_INC.iri, terms.SKOS_PREF_LABEL, graph=CANDIDATES_GRAPH))
    assert entry.by == "ann"


def test_an_undone_merge_leaves_no_trace(read, store) -> None:
    before = contents(store)
    (entry,) = read.curate(Action("merge", SKY_INC.iri, into=SKY.iri), by="ann")
    assert contents(store) != before
    read.curate(Action("undo", entry.iri), by="ann")
    assert contents(store) == before


def test_a_merged_thing_is_split_again(read, store) -> None:
    before = contents(store)
    read.curate(Action("merge", SKY_INC.iri, into=SKY.iri), by="ann")
    (entry,) = read.curate(Action("split", SKY_INC.iri, "two companies"), by="bob")
    assert (entry.verb, entry.reason) == ("undo", "two companies")
    assert contents(store) == before


def test_a_name_that_means_another_thing_is_split_off(read, store) -> None:
    (entry,) = read.curate(Action("split", SKY.iri, "a ship", label="Skycloud One", name="500 MW"), by="ann")
    new = entry.more["into"]
    assert value(store, claim_of(store, CAPACITY), terms.SUBJECT) == new
    assert value(store, claim_of(store, DELIVERY), terms.SUBJECT) == SKY.iri
    assert value(store, new, terms.SKOS_PREF_LABEL) == "Skycloud One"


def test_chosen_claims_are_split_off_to_a_known_thing(read, store) -> None:
    claim = claim_of(store, DELIVERY)
    read.curate(Action("split", SKY.iri, into="nebius", claims=(claim,)), by="ann")
    assert value(store, claim, terms.SUBJECT) == NEBIUS.iri
    assert value(store, claim_of(store, CAPACITY), terms.SUBJECT) == SKY.iri


def test_merges_follow_each_other_and_never_in_a_circle(read, store) -> None:
    read.curate(Action("merge", SKY_INC.iri, into=SKY.iri), by="ann")
    read.curate(Action("merge", SKY.iri, into="nebius"), by="ann")
    assert value(store, claim_of(store, OTHER), terms.SUBJECT) == NEBIUS.iri
    names = {text_of(q.object) for q in store.match(NEBIUS.iri, terms.SKOS_ALT_LABEL, graph=CANDIDATES_GRAPH)}
    assert {"Skycloud", "Skycloud Inc."} <= names
    with pytest.raises(BadRequest, match="already"):
        read.curate(Action("merge", "nebius", into=SKY.iri), by="ann")
    with pytest.raises(BadRequest, match="merged before"):
        read.curate(Action("merge", SKY.iri, into="aws"), by="ann")


def test_things_of_different_kinds_are_not_merged(read) -> None:
    with pytest.raises(BadRequest, match="different kinds"):
        read.curate(Action("merge", SKY.iri, into="nl"), by="ann")


def test_what_is_not_there_is_not_curated(read) -> None:
    for action in (
        Action("accept", "0123456789abcdef"),
        Action("merge", "no-such-thing", into=SKY.iri),
        Action("undo", "curation-0123456789abcdef"),
    ):
        with pytest.raises(UnknownIri):
            read.curate(action, by="ann")


def curations(store) -> list[Action]:
    return [
        Action("correct", claim_of(store, DELIVERY), "", {"subject": "aws", "modality": "planned"}),
        Action("merge", SKY_INC.iri, into=SKY.iri),
        Action("split", SKY.iri, label="Skycloud One", name="bare metal"),
        Action("prefer", claim_of(store, OTHER)),
    ]


def test_reading_the_same_report_again_changes_nothing_of_it(read, store) -> None:
    read.curate(*curations(store), by="ann")
    before = contents(store)
    for report in (first(), second()):
        assert read.replace_report(report).outcome == "unchanged"
    assert contents(store) == before


def test_a_new_version_of_the_report_is_curated_as_the_old_one(read, store) -> None:
    read.curate(*curations(store), by="ann")

    def said():
        return {
            (text_of(q.subject), text_of(q.predicate), text_of(q.object))
            for p in (terms.SUBJECT, terms.OBJECT, terms.MODALITY, terms.STATUS, terms.SLOT_KEY)
            for q in store.match(None, p)
        }

    before = said(), facts(store), conflicts(store)
    assert read.replace_report(first("A line that was not there.")).kept == 3
    assert (said(), facts(store), conflicts(store)) == before


def test_a_report_that_comes_later_is_curated_by_what_was_decided_before() -> None:
    """The graph is a function of the reports and the log, whatever came first."""
    outcomes = []
    for order in (("first", "second", "curate"), ("first", "curate", "second")):
        store = EmbeddedStore()
        graph = Graph(store, clock=Clock())
        for step in order:
            if step == "curate":
                graph.curate(Action("merge", SKY.iri, into="nebius"), by="ann")
                graph.curate(Action("split", "nebius", into="aws", name="900 MW"), by="ann")
            else:
                graph.replace_report(first() if step == "first" else renamed_second())
        outcomes.append({quad for quad in contents(store) if not any(one in str(quad) for one in HISTORY)})
    assert outcomes[0] == outcomes[1]


def renamed_second():
    report = report_of(OTHER, name="second", issued=date(2026, 5, 2))
    return extraction_of(report, metric(report, OTHER, SKY, "900", attributed_to=(CANALYS,)), entities=[SKY])


def test_a_retracted_report_that_comes_back_is_curated_again(read, store) -> None:
    read.curate(*curations(store), by="ann")
    before = contents(store)
    report = first()
    read.retract(report.report.iri)
    read.replace_report(report)
    kept = {quad for quad in contents(store) if "run-" not in str(quad)}
    assert kept == {quad for quad in before if "run-" not in str(quad)}


def random_actions(read, store, seed, count=8):
    """Does what it can of some actions, and reads a report again now and then; the entries."""
    chance = random.Random(seed)  # noqa: S311
    entries = []
    claims = [claim_of(store, quote) for quote in (DELIVERY, CAPACITY, MOVED, OTHER)]
    subjects = [AWS.iri, SKY_INC.iri]
    for _ in range(count):
        action = chance.choice(
            [
                Action(chance.choice(["accept", "reject", "prefer"]), chance.choice(claims)),
                Action("correct", chance.choice(claims), "", {"subject": chance.choice(subjects)}),
                Action("correct", claims[1], "", {"value": chance.choice(["900", "1"]), "period": "2027"}),
                Action("split", SKY.iri, into="nebius", claims=(chance.choice(claims),)),
                Action("split", SKY.iri, label="Skycloud One", name="drop-in"),
                Action("merge", SKY_INC.iri, into=chance.choice([SKY.iri, "aws"])),
                *(Action("undo", entry.iri) for entry in entries[-1:]),
            ]
        )
        try:
            entries += read.curate(action, by="ann")
        except BadRequest:
            continue
        if chance.random() < 0.3:
            read.replace_report(first())
    return entries


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_and_undone_leaves_the_graph_as_it_was(read, store, seed) -> None:
    before = contents(store)
    entries = random_actions(read, store, seed)
    assert len(entries) > 3
    random.Random(seed).shuffle(entries)  # noqa: S311
    for entry in entries:
        with suppress(BadRequest):  # undone before
            if entry.verb != "undo":
                read.curate(Action("undo", entry.iri), by="bob")
    assert contents(store) == before


@pytest.mark.parametrize("seed", range(10, 18))
def test_reports_that_come_after_the_log_end_as_if_they_had_come_before(read, store, seed) -> None:
    random_actions(read, store, seed)
    other = EmbeddedStore()
    other.apply(Delta(into=set(store.match(graph=terms.G_CURATION))))
    graph = Graph(other, clock=Clock())
    for report in (second(), first()):
        graph.replace_report(report)
    assert without_runs(other) == without_runs(store)


def without_runs(store):
    return {quad for quad in contents(store) if "run-" not in str(quad)}
