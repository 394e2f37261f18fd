"""One odd claim is a rejection with stage, place and reason; it never costs the rest of its report."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from endurance import faults_in
from made_claims import (
    AWS,
    BARE_METAL,
    DROP_IN,
    NEBIUS,
    evidence_in,
    extraction_of,
    metric,
    relation,
    report_of,
    transition,
)

from kg.errors import InvalidGraph
from kg.graph import Graph
from kg.model import Claim, Entity, Evidence, Extraction, Period
from kg.soundness import STAGE, prepare_sound
from kg.store import EmbeddedStore
from ontology import terms

ODD, FINE = "AWS is odd.", "Nebius partners with AWS."
REPORT = report_of(ODD, FINE)
SOUND = relation(REPORT, FINE, NEBIUS, terms.PARTNERS_WITH, AWS)
FIGURE = metric(REPORT, ODD, AWS, "50")
RULE = Entity(terms.ID + "eu-ai-act", "EU AI Act", "Regulation")


def figure(**changes: Any) -> Claim:
    assert FIGURE.quantity is not None
    return replace(FIGURE, quantity=replace(FIGURE.quantity, **changes))


def placed(**changes: Any) -> Claim:
    return replace(FIGURE, evidence=replace(evidence_in(REPORT, ODD), **changes))


BREACHES = {
    "a thing with itself": (relation(REPORT, ODD, AWS, terms.PARTNERS_WITH, AWS), "in a relation to itself"),
    "a rule as follower": (relation(REPORT, ODD, RULE, terms.FOLLOWS_PARADIGM, DROP_IN), "can be stated of"),
    "a rule as paradigm": (relation(REPORT, ODD, AWS, terms.FOLLOWS_PARADIGM, RULE), "have as its value"),
    "a post of a customer": (
        relation(REPORT, ODD, AWS, terms.IS_CUSTOMER_OF, NEBIUS, role="CEO"),
        "holds a post",
    ),
    "a property that claims do not state": (relation(REPORT, ODD, AWS, terms.SUBJECT, NEBIUS), ""),
    "no object": (replace(SOUND, object=None, evidence=evidence_in(REPORT, ODD)), ""),
    "a change to the same": (transition(REPORT, ODD, AWS, BARE_METAL, BARE_METAL), "from one state"),
    "a period that ends first": (
        replace(FIGURE, period=Period("2027/2026", date(2027, 1, 1), date(2026, 1, 1))),
        "begins before",
    ),
    "a year of old": (replace(FIGURE, period=Period("1807", date(1807, 1, 1), date(1808, 1, 1))), ""),
    "bounds the wrong way": (figure(low=Decimal(60), high=Decimal(40)), "not above the highest"),
    "a value out of bounds": (figure(low=Decimal(60), high=Decimal(80)), "lies between"),
    "an exact number without bounds": (figure(low=None, high=None), "bounds that it implies"),
    "a figure without words": (figure(text=""), ""),
    "a certainty above one": (replace(FIGURE, confidence=Decimal("1.2")), ""),
    "no statement": (replace(FIGURE, statement=""), ""),
    "a metric that is none": (replace(FIGURE, metric=DROP_IN.iri), ""),
    "words that stand elsewhere": (placed(start=1, end=len(ODD) + 1), "does not stand at its offsets"),
    "words of another length": (placed(end=4), "as long as its place"),
    "surroundings that are too long": (placed(suffix="\n" + "x" * 40), ""),
    "a page before the first": (placed(page=0), ""),
}


@pytest.mark.parametrize(("odd", "reason"), BREACHES.values(), ids=BREACHES)
def test_a_claim_that_no_graph_may_hold_is_a_rejection(odd: Claim, reason: str) -> None:
    kept, prepared = prepare_sound(extraction_of(REPORT, odd, SOUND))
    assert kept.claims == (SOUND,)
    (rejected,) = kept.rejected
    assert (rejected.stage, rejected.start, rejected.end) == (STAGE, odd.evidence.start, odd.evidence.end)
    assert rejected.reason.startswith(odd.statement)
    assert len(rejected.reason) > len(odd.statement) + 5
    assert reason in rejected.reason
    store = EmbeddedStore()
    with Graph(store) as graph:
        assert graph.commit(prepared).added == 1
        assert faults_in(store) == []


def test_every_odd_claim_of_a_report_goes_and_the_sound_ones_stay() -> None:
    # Those on words that misquote are left out, since they would take the others on the same words along.
    odd = [claim for claim, _ in BREACHES.values() if claim.evidence == evidence_in(REPORT, ODD)]
    assert len(odd) > 10
    kept, _ = prepare_sound(extraction_of(REPORT, *odd, SOUND))
    assert kept.claims == (SOUND,)
    assert len(kept.rejected) == len(odd)


def test_a_sound_extraction_stays_as_it_is() -> None:
    extraction = extraction_of(REPORT, FIGURE, SOUND)
    assert prepare_sound(extraction)[0] is extraction


def test_a_report_that_is_at_fault_itself_is_still_refused() -> None:
    nameless = replace(REPORT, title="")
    with pytest.raises(InvalidGraph, match=REPORT.iri):
        prepare_sound(Extraction(nameless, (), (SOUND,)))


def test_claims_on_misquoted_words_go_together() -> None:
    bent = Evidence(0, 5, "AWS i", "", "zzz")
    kept, _ = prepare_sound(extraction_of(REPORT, replace(FIGURE, evidence=bent), SOUND))
    assert kept.claims == (SOUND,)
