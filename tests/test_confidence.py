"""Confidence: put on one scale for all stages, and judged by what the gold has."""

from datetime import date
from decimal import Decimal

import pytest
from market import AWS, DROP_IN, FIRST_TEXT, report

from ingest.confidence import calibrated, curves, on_curve
from ingest.evaluation.reliability import Judged, fit, judged, table
from ingest.training.gold import GoldReport
from kg.model import Claim, Evidence, Extraction
from ontology import terms

QUOTE = "AWS uses full-stack drop-in delivery"
START = FIRST_TEXT.index(QUOTE)


def relation(confidence: str, kind: str = "relation") -> Claim:
    return Claim(
        kind=kind,  # type: ignore[arg-type]
        subject=AWS,
        modality="reported",
        polarity="affirmed",
        evidence=Evidence(START, START + len(QUOTE), QUOTE, "", ""),
        confidence=Decimal(confidence),
        statement="AWS delivers by full-stack drop-in.",
        predicate=terms.USES_DELIVERY_PARADIGM,
        object=DROP_IN,
    )


def test_figures_and_relations_have_a_curve_each() -> None:
    assert set(curves()) == {"metric", "relation"}
    assert all(slope > 0 for slope, _ in curves().values())


def test_a_claim_that_was_surer_stays_surer() -> None:
    raw = ("0.05", "0.3", "0.5", "0.7", "0.9", "0.98")
    put_right = [calibrated(relation(each)).confidence for each in raw]
    assert put_right == sorted(put_right)
    assert len(set(put_right)) == len(raw)


def test_claims_of_other_kinds_keep_their_confidence() -> None:
    assert calibrated(relation("0.9", "proposition")).confidence == Decimal("0.9")


@pytest.mark.parametrize("raw", ["0", "1"])
def test_nothing_is_certain(raw: str) -> None:
    assert Decimal("0.01") <= on_curve(Decimal(raw), 3.0, 0.0) <= Decimal("0.99")


def test_a_claim_that_the_gold_has_is_right_and_another_wrong() -> None:
    first = report("first", FIRST_TEXT, "AI factories 2026", date(2026, 5, 1), "Omdia")
    gold = {
        "kind": "relation",
        "subject": "AWS",
        "predicate": "usesDeliveryParadigm",
        "object": "full-stack drop-in",
        "modality": "reported",
        "polarity": "affirmed",
        "attributedTo": [],
        "period": None,
        "quote": QUOTE,
    }
    found = Extraction(first, (), (relation("0.8"),))
    assert judged(found, GoldReport(first, (), (gold,))) == [Judged("relation", 0.8, True)]
    assert judged(found, GoldReport(first, (), ())) == [Judged("relation", 0.8, False)]


def test_a_curve_fitted_to_too_modest_claims_raises_them() -> None:
    claims = [Judged("relation", 0.5, place % 10 != 0) for place in range(400)]
    assert on_curve(Decimal("0.5"), *fit(claims)) == pytest.approx(Decimal("0.9"), abs=Decimal("0.02"))


def test_the_table_tells_stated_from_right() -> None:
    claims = [Judged("metric", 0.85, place < 3) for place in range(4)]
    lines = list(table("metric", claims))
    assert lines[1] == "Brier score 0.197, expected calibration error 0.100"
    assert lines[-1] == "| 0.8–0.9 | 4 | 0.85 | 0.75 |"
