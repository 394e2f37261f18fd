"""A figure that stands before a metric's name measures that metric."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from marked_documents import marked_document, place_of

from ingest import extensions
from ingest.evidence import evidence_of
from ingest.named_figures import with_named_metrics
from ingest.surveys import surveys_in
from kg.model import Claim, Entity, Quantity
from ontology import terms

OTHER = terms.V_METRIC + "-other"


def read_again(folder: Path, marked: str, words: str, unit: str) -> Claim:
    """The claim on the figure, which was first read as measuring something else."""
    doc = marked_document(folder, marked)
    start, end = place_of(doc, words)
    figure = doc.char_span(start, end, alignment_mode="expand")
    assert figure is not None
    quantity = Quantity(Decimal(9), Decimal(9), Decimal(9), unit, "exact", words)
    figure._.quantity = quantity
    doc.spans[extensions.QUANTITIES] = [figure]
    first = Claim(
        kind="metric",
        subject=Entity(terms.ID + "acme", "Acme", "Organization"),
        modality="reported",
        polarity="affirmed",
        evidence=evidence_of(doc, start, end),
        confidence=Decimal("0.5"),
        statement=f"Acme: other figure {words}.",
        metric=OTHER,
        quantity=quantity,
    )
    (claim,) = with_named_metrics(doc, [first], surveys_in(doc))
    assert claim == replace(first, metric=claim.metric, subject=claim.subject, statement=claim.statement)
    return claim


@pytest.mark.parametrize(
    ("marked", "words", "unit", "metric"),
    [
        ("Acme tells of a 9x vector indexing speed-up.", "9x", "NUM", "vector-index-speedup"),
        ("Acme tells of a 40% cost reduction.", "40%", "PERCENT", "cost-reduction"),
        ("Acme holds a 9% market share.", "9%", "PERCENT", "market-share"),
    ],
)
def test_the_name_behind_the_figure_is_its_metric(
    tmp_path: Path, marked: str, words: str, unit: str, metric: str
) -> None:
    assert read_again(tmp_path, marked, words, unit).metric == f"{terms.V_METRIC}-{metric}"


@pytest.mark.parametrize(
    ("marked", "words", "unit"),
    [
        ("Acme tells of 9x in vector indexing; a cost reduction too.", "9x", "NUM"),
        ("Acme paid 9 MW cost reduction fees.", "9 MW", "MegaW"),
        ("Acme grew by 9% capacity.", "9%", "PERCENT"),
    ],
)
def test_other_figures_keep_their_metric(tmp_path: Path, marked: str, words: str, unit: str) -> None:
    assert read_again(tmp_path, marked, words, unit).metric == OTHER


def test_the_number_that_introduces_a_survey_is_its_size(tmp_path: Path) -> None:
    claim = read_again(tmp_path, "[Omdia](Organization)'s survey of 200 companies is out.", "200", "NUM")
    assert claim.metric == terms.V_METRIC + "-survey-sample-size"
    assert claim.subject.iri == terms.ID + "survey-omdia-200"


def test_a_figure_that_was_overlooked_is_a_claim_beside_another(tmp_path: Path) -> None:
    doc = marked_document(tmp_path, "Acme tells of a 9x vector indexing speed-up and a 40% cost reduction.")
    spans = []
    for words, unit in (("9x", "NUM"), ("40%", "PERCENT")):
        span = doc.char_span(*place_of(doc, words), alignment_mode="expand")
        assert span is not None
        span._.quantity = Quantity(Decimal(9), Decimal(9), Decimal(9), unit, "exact", words)
        spans.append(span)
    doc.spans[extensions.QUANTITIES] = spans
    first = Claim(
        kind="metric",
        subject=Entity(terms.ID + "acme", "Acme", "Organization"),
        modality="reported",
        polarity="affirmed",
        evidence=evidence_of(doc, *place_of(doc, "40% cost reduction")),
        confidence=Decimal("0.5"),
        statement="Acme: cost reduction 40%",
        metric=terms.V_METRIC + "-cost-reduction",
        quantity=spans[1]._.quantity,
    )
    found = with_named_metrics(doc, [first], [])
    assert [claim.metric for claim in found] == [first.metric, terms.V_METRIC + "-vector-index-speedup"]
    assert found[1].evidence.quote == "9x vector indexing speed-up"
    assert with_named_metrics(doc, [], []) == []
