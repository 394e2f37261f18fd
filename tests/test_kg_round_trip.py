"""claim -> quads -> store -> what the service reads: nothing of a claim is lost or changed on the way."""

import string
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from made_claims import (
    AWS,
    BARE_METAL,
    CANALYS,
    DROP_IN,
    HUAWEI,
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
from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.model import Claim, Entity, Period, Quantity
from kg.ontology_graphs import ontology_quads
from kg.prepared import prepare
from kg.quads import claims_of
from kg.records import ClaimRecord, FigureRecord, Ref
from ontology import terms

SAID = "A sentence that says “it”, with a\ttab and \\u0041 in it."
REPORT = report_of("A first line.", SAID, "A last line.")
QUARTER = Period("FY2026-Q2", date(2025, 11, 1), date(2026, 2, 1))
JANE = replace(candidate("Jane Doe", "Person"), job_title="Chief Analyst")

CLAIMS = [
    relation(REPORT, SAID, AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN, attributed_to=(OMDIA, JANE)),
    relation(REPORT, SAID, JANE, terms.WORKS_FOR, OMDIA, role="Chief Analyst"),
    relation(REPORT, SAID, AWS, terms.PARTNERS_WITH, candidate("Acme Cloud"), polarity="negated"),
    metric(REPORT, SAID, AWS, "0.50", unit="GigaW", modality="planned", relayed_by=(CANALYS,)),
    metric(REPORT, SAID, AWS, "1600000000000", of=terms.V_METRIC_CAPEX, unit="CCY_USD", qualifier="at-least"),
    metric(REPORT, SAID, NEBIUS, "75", of=terms.V_METRIC_COST_REDUCTION, unit="PERCENT", qualifier="at-most"),
    metric(REPORT, SAID, HUAWEI, "9", year=None, scope=(candidate("Ulsan", "Place"),)),
    transition(REPORT, SAID, NEBIUS, BARE_METAL, MAAS, period=QUARTER, by_means_of=(DROP_IN,)),
    proposition(REPORT, SAID, AWS, modality="opinion", about=(DROP_IN, MAAS), confidence=Decimal("0.625")),
]


def read_back(*claims: Claim) -> list[tuple[Claim, ClaimRecord]]:
    """Each claim with what is read from a store that holds its quads."""
    extraction = extraction_of(REPORT, *claims)
    store = Store()
    store.extend([*ontology_quads(), *prepare(extraction).quads])
    iris = [iri for iri, _, _ in claims_of(extraction)]
    records = {record.iri: record for record in claim_records(store, iris)}
    return [(claim, records[iri]) for claim, iri in zip(claims, iris, strict=True)]


def iri_of(thing: Entity | Ref | str | None) -> str | None:
    return thing if thing is None or isinstance(thing, str) else thing.iri


def iris_of(things: tuple[Entity, ...] | tuple[Ref, ...]) -> set[str]:
    return {thing.iri for thing in things}


def day(moment: str | None) -> date | None:
    return date.fromisoformat(moment[:10]) if moment else None


def figure(record: FigureRecord | None) -> Quantity | None:
    if record is None:
        return None
    unit = record.unit.iri.removeprefix(terms.UNIT_NS)
    return Quantity(record.value, record.low, record.high, unit, record.qualifier, record.text)


def check_same(claim: Claim, record: ClaimRecord) -> None:
    for name in ("subject", "predicate", "object", "metric", "aspect", "from_state", "to_state"):
        assert iri_of(getattr(record, name)) == iri_of(getattr(claim, name)), name
    for name in ("attributed_to", "relayed_by", "about", "scope", "by_means_of"):
        assert iris_of(getattr(record, name)) == iris_of(getattr(claim, name)), name
    for name in ("kind", "statement", "modality", "polarity", "confidence", "role"):
        assert getattr(record, name) == getattr(claim, name), name
    assert figure(record.figure) == claim.quantity
    period = record.period and Period(
        record.period.label or "", day(record.period.start), day(record.period.end)
    )
    assert period == claim.period
    (evidence,) = record.evidence
    for name in ("start", "end", "quote", "prefix", "suffix", "page", "section"):
        assert getattr(evidence, name) == getattr(claim.evidence, name), name


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.kind}-{claim.subject.label}")
def test_a_claim_is_read_as_it_was_written(claim: Claim) -> None:
    for written, record in read_back(claim):
        check_same(written, record)


def test_claims_that_share_their_evidence_keep_apart() -> None:
    for written, record in read_back(*CLAIMS):
        check_same(written, record)


def test_equal_claims_on_equal_words_have_iris_of_their_own() -> None:
    pairs = read_back(CLAIMS[0], CLAIMS[0])
    assert len({record.iri for _, record in pairs}) == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    statement=some.text(min_size=1).filter(lambda text: text.isprintable() or text.strip()),
    number=some.decimals(min_value=0, max_value=10**15, places=4),
    role=some.text(string.printable, min_size=1),
)
def test_any_words_and_numbers_survive(statement: str, number: Decimal, role: str) -> None:
    told = relation(REPORT, SAID, JANE, terms.WORKS_FOR, OMDIA, role=role, statement=statement)
    counted = metric(REPORT, SAID, AWS, str(number), statement=statement)
    for written, record in read_back(told, counted):
        check_same(written, record)


def test_a_claim_keeps_its_iri_when_the_text_around_it_changes() -> None:
    moved = report_of("Another first line, and longer.", SAID, name="report")
    before = relation(REPORT, SAID, AWS, terms.PARTNERS_WITH, NEBIUS)
    after = relation(moved, SAID, AWS, terms.PARTNERS_WITH, NEBIUS)
    (old,) = claims_of(extraction_of(REPORT, before))
    (new,) = claims_of(extraction_of(moved, after))
    assert before.evidence.start != after.evidence.start
    assert old[0] == new[0]
