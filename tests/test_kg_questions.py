"""How the claims of one question stand, kept up claim by claim, is what comparing all with all gives."""

import random
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from made_claims import (
    AWS,
    BARE_METAL,
    HUAWEI,
    MAAS,
    NEBIUS,
    candidate,
    extraction_of,
    metric,
    relation,
    report_of,
    transition,
)
from pyoxigraph import Quad

from kg.graph import Graph
from kg.model import Entity, Extraction
from kg.prepared import Prepared
from kg.quads import quads_of
from kg.questions import Question, Questions
from kg.rivals import Saying, disagreed_about
from kg.standing import as_read, contradict, has_a_voice
from kg.stated import Figure, Stated, text_of
from kg.store import EmbeddedStore
from ontology import terms

SAID = "A sentence that says it."
_WHERE = {"town": "country"}  # which place lies in which
_CLAIMANTS = [frozenset[str](), frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"}), frozenset({"c"})]


def within(place: str, other: str) -> bool:
    return _WHERE.get(place) == other


def a_figure(chance: random.Random) -> tuple[Figure, str]:
    low = chance.randrange(4)
    high = low + chance.randrange(3)
    figure = Figure(Decimal(low), Decimal(high), chance.choice(["power", "power", "CCY_USD"]))
    return figure, f"{figure}"


def a_claim(chance: random.Random, number: int, kind: str) -> Saying:
    """A claim of one question, unlike or like the others in each respect by chance."""
    figure, answer = a_figure(chance) if kind == "metric" else (None, chance.choice(["town", "country", "x"]))
    affirmed, modality = chance.random() < 0.8, chance.choice(["reported", "estimate", "forecast"])
    report = f"report-{chance.randrange(6)}"
    claim = Stated(
        iri=f"https://example.org/{number}",
        graph=f"graph of {report}",
        report=report,
        kind=kind,
        subject="subject",
        question=terms.IS_HEADQUARTERED_IN,
        answer=None if figure else answer,
        left=None,
        figure=figure,
        modality=modality,
        affirmed=affirmed,
        claimants=chance.choice(_CLAIMANTS),
        asserted_at=chance.choice([None, "2026-01", "2026-02", "2026-03"]),
        confidence=Decimal(chance.choice(["0.9", "0.9", "0.3"])),
        slot="slot",
        proposition=f"{answer} {affirmed} {modality}",
        withdrawn=False,
    )
    return Saying(claim, chance.choice([report, report, "the origin"]))


Outcome = tuple[set[tuple[str, str]], set[tuple[str, str, frozenset[str]]]]


def judged(sayings: Iterable[Saying]) -> Outcome:
    """What supersedes what and what is in conflict, as ontology guide 1.3 says, all compared with all."""
    said_by: dict[frozenset[str], list[Saying]] = defaultdict(list)
    for saying in sayings:
        if has_a_voice(saying.claim):
            said_by[saying.claim.claimants].append(saying)
    links = set()
    for said in said_by.values():
        newest = max(said, key=lambda one: (one.claim.asserted_at, one.iri))
        last = {one.claim.proposition for one in said if one.claim.asserted_at == newest.claim.asserted_at}
        for old in said:
            older = old.claim.asserted_at < newest.claim.asserted_at
            if older and old.claim.proposition not in last and old.origin != newest.origin:
                links.add((newest.iri, old.iri))
    gone = {old for _, old in links}
    current = [one for one in sayings if one.iri not in gone and as_read(one.claim) == "accepted"]
    against = defaultdict(set)
    for one, other in combinations(current, 2):
        for kind in ("value", "polarity", "attribution"):
            if one.origin != other.origin and contradict(kind, one.claim, other.claim, within):
                against[kind, disagreed_about(kind, one.claim)] |= {one.iri, other.iri}
    return links, {(kind, key, frozenset(members)) for (kind, key), members in against.items()}


def outcome(question: Question) -> Outcome:
    links = {(link.newer, link.older) for link in question.links()}
    return links, {(conflict.kind, conflict.key, conflict.claims) for conflict in question.conflicts()}


@pytest.mark.parametrize("kind", ["metric", "relation", "transition"])
@pytest.mark.parametrize("seed", range(40))
def test_a_question_stands_as_if_all_were_compared_after_each_coming_and_going(kind: str, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")  # noqa: S311 - claims of a test
    question, there = Question(), {}
    told: Outcome = set(), set()
    for _ in range(30):
        gone = chance.sample(sorted(there), min(len(there), chance.randrange(3)))
        came = [a_claim(chance, chance.randrange(25), kind) for _ in range(chance.randrange(4))]
        came = list({saying.iri: saying for saying in came}.values())
        shift = question.update(gone, came, within)
        for iri in gone:
            del there[iri]
        there |= {saying.iri: saying for saying in came}
        now = outcome(question)
        assert now == judged(there.values())
        assert told_by(told, shift) == now
        told = now


def told_by(before: Outcome, shift) -> Outcome:
    """What stood before, changed by what the question says has changed."""
    links, conflicts = before
    links -= {(link.newer, link.older) for link in shift.unlinked}
    links |= {(link.newer, link.older) for link in shift.linked}
    members = defaultdict(set, {(kind, key): set(claims) for kind, key, claims in conflicts})
    for kind, key, claim in shift.left:
        members[kind, key].remove(claim)
    for kind, key, claim in shift.joined:
        members[kind, key].add(claim)
    over = {name for name, claims in members.items() if not claims}
    assert over <= shift.over
    return links, {(*name, frozenset(claims)) for name, claims in members.items() if claims}


# -- the graph, which keeps questions from one report to the next


def a_report(chance: random.Random, number: int) -> Extraction:
    """A report on few questions, so that it contradicts, supersedes or repeats others."""
    who = [candidate(name) for name in chance.sample(["Alpha", "Beta", "Gamma"], chance.randrange(3))]
    issued = date(2026, chance.randrange(1, 4), 1)
    report = report_of(SAID, name=f"report {number}", issued=issued)
    value = chance.choice(["100", "200", "300"])
    places = [Entity(terms.ID + code, code, "Place") for code in ("cn", "fr")]
    more = {"attributed_to": tuple(who), "polarity": chance.choice(["affirmed", "affirmed", "negated"])}
    claims = [
        metric(report, SAID, AWS, value, qualifier=chance.choice(["exact", "at-least"]), **more),
        relation(report, SAID, HUAWEI, terms.IS_HEADQUARTERED_IN, chance.choice(places), **more),
        relation(report, SAID, AWS, terms.PARTNERS_WITH, NEBIUS, **more),
        relation(report, SAID, NEBIUS, terms.HAS_BUSINESS_MODEL, BARE_METAL),
        transition(report, SAID, NEBIUS, *chance.sample([BARE_METAL, MAAS], 2)),
    ]
    return extraction_of(report, *chance.sample(claims, 3))


def contents(store: EmbeddedStore) -> set[Quad]:
    """What the store holds, without the times of this very run."""
    when = {terms.RECORDED_AT, terms.RETIRED_AT, terms.PROV_ENDED_AT_TIME, terms.DCTERMS_DESCRIPTION}
    return {
        quad
        for quad in store.match()
        if quad.predicate.value not in when
        and "/run-" not in f"{quad}"
        and "tombstone" not in f"{quad}"
        and text_of(quad.graph_name) != terms.G_CURATION
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_reports_that_come_go_and_come_again_leave_what_the_last_ones_alone_would(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - reports of a test
    store = EmbeddedStore()
    graph = Graph(store)
    there: dict[str, Extraction] = {}
    for number in range(40):
        extraction = a_report(chance, number)
        graph.replace_report(extraction)
        there[extraction.report.iri] = extraction
        if chance.random() < 0.2:
            gone = chance.choice(sorted(there))
            graph.retract(gone)
            extraction = there.pop(gone)
            if chance.random() < 0.5:
                graph.replace_report(extraction)
                there[gone] = extraction
    afresh = EmbeddedStore()
    alone = Graph(afresh)
    for extraction in chance.sample(list(there.values()), len(there)):
        alone.replace_report(extraction)
    assert contents(store) == contents(afresh)


@pytest.mark.slow
def test_what_is_kept_of_questions_is_what_the_store_says(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, unkept = EmbeddedStore(), EmbeddedStore()
    remembering, forgetful = Graph(kept), Graph(unkept)
    monkeypatch.setattr(forgetful, "_questions", Forgetful())
    chance = random.Random(1)  # noqa: S311 - reports of a test
    for number in range(60):
        extraction = a_report(chance, number % 45)  # some come again in another version
        remembering.replace_report(extraction)
        forgetful.replace_report(extraction)
        if number % 10 == 9:
            assert contents(kept) == contents(unkept)


class Forgetful(Questions):
    """Keeps nothing, so each question is read from the store each time."""

    def keep(self, key: str, question: Question) -> None:
        """Do not."""


# -- growth


def a_mate(number: int) -> Extraction:
    """A report with another figure for the same question, by nobody or by somebody new."""
    who = (candidate(f"Firm {number}"),) if number % 2 else ()
    report = report_of(f"{SAID} {number}", name=f"mate {number}", issued=date(2026, 5, 1))
    return extraction_of(report, metric(report, f"{SAID} {number}", AWS, f"{number + 1}", attributed_to=who))


def unchecked(extraction: Extraction) -> Prepared:
    """The report ready to be committed; shapes cost the same for each, and much more than the rest."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return Prepared(extraction.report.iri, None, now, tuple(quads_of(extraction, recorded_at=now)))


class Counting(EmbeddedStore):
    """Counts the quads that are read from it."""

    read = 0

    def match(self, *pattern, **more):
        for quad in super().match(*pattern, **more):
            self.read += 1
            yield quad


@pytest.mark.slow
def test_a_report_costs_the_same_beside_a_thousand_rivals_as_beside_ten() -> None:
    store = Counting()
    graph = Graph(store)
    reports = iter(range(10_000))
    cost: dict[int, tuple[int, float]] = {}
    for size in (10, 1000):
        for _ in range(size):
            graph.commit(unchecked(a_mate(next(reports))))
        read, seconds = store.read, []
        for _ in range(10):
            prepared = unchecked(a_mate(next(reports)))
            began = time.process_time()
            graph.commit(prepared)
            seconds.append(time.process_time() - began)
        cost[size] = (store.read - read, min(seconds))
    assert cost[1000][0] <= 1.1 * cost[10][0]
    assert cost[1000][1] <= 2 * cost[10][1]


def test_the_questions_that_were_not_asked_for_longest_are_forgotten_first() -> None:
    chance = random.Random(1)  # noqa: S311 - claims of a test
    questions = Questions(claims=25)
    for name in ("one", "two", "one", "three"):
        question = questions.recall(name) or Question()
        question.update((), [a_claim(chance, number, "metric") for number in range(10)], within)
        questions.keep(name, question)
    assert [name for name in ("one", "two", "three") if name in questions] == ["one", "three"]


def test_a_question_of_a_few_claims_is_not_kept() -> None:
    questions = Questions()
    questions.keep("small", Question())
    assert "small" not in questions
