"""The JSON of an extraction: the keys of the annotation guide, and what a program needs besides."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kg.extraction_json import as_json
from kg.model import Claim, Entity, Evidence, Extraction, Period, Quantity, Rejected, Report
from ontology import terms

TEXT = "Acme will run 103.5 MW in Ulsan. Acme sells Bolt."
ACME = Entity(terms.ID + "acme", "Acme", "Organization", aliases=("ACME Inc.",))
ULSAN = Entity(terms.ID + "ulsan", "Ulsan", "Place")
MARKET = Entity(terms.ID + "market", "the market", "Market")
REPORT = Report(
    iri=terms.DOC + "1",
    source="acme.md",
    media_type="text/markdown",
    text=TEXT,
    text_sha256="0",
    bytes_sha256="1",
    blocks=(),
    title="Acme",
    issued=date(2026, 5, 1),
)


def evidence(quote: str) -> Evidence:
    start = TEXT.index(quote)
    end = start + len(quote)
    return Evidence(start, end, quote, TEXT[max(0, start - 32) : start], TEXT[end : end + 32])


CAPACITY = Claim(
    kind="metric",
    subject=ACME,
    modality="planned",
    polarity="affirmed",
    evidence=evidence("run 103.5 MW"),
    confidence=Decimal("0.9"),
    statement="Acme has 103.5 MW.",
    metric=terms.VOCAB + "metric-it-capacity",
    quantity=Quantity(Decimal("103.5"), Decimal("103.5"), Decimal("103.50"), "MegaW", "exact", "103.5 MW"),
    period=Period("2027", date(2027, 1, 1), date(2028, 1, 1)),
    attributed_to=(ACME,),
)
PLACE = Claim(
    kind="relation",
    subject=ACME,
    modality="reported",
    polarity="affirmed",
    evidence=evidence("in Ulsan"),
    confidence=Decimal(1),
    statement="Acme operates in Ulsan.",
    predicate=terms.OPERATES_IN,
    object=ULSAN,
    about=(MARKET,),
)
CHANGE = Claim(
    kind="transition",
    subject=ACME,
    modality="reported",
    polarity="affirmed",
    evidence=evidence("Acme"),
    confidence=Decimal("0.5"),
    statement="Acme changed.",
    aspect=Entity(terms.VOCAB + "aspect-business-model", "business model", "Term"),
    from_state=Entity(terms.VOCAB + "model-iaas", "infrastructure as a service", "Term"),
    to_state=Entity(terms.VOCAB + "model-maas", "model as a service", "Term"),
)
EXTRACTION = Extraction(
    REPORT, (ACME, ULSAN, MARKET), (CAPACITY, PLACE, CHANGE), (Rejected("metrics", 0, 4, "no unit"),)
)
JSON = json.loads(json.dumps(as_json(EXTRACTION)))


def test_the_document_is_named_by_its_file() -> None:
    assert JSON["document"] == "acme.md"
    assert JSON["issued"] == "2026-05-01"


def test_a_metric_claim_has_the_keys_of_the_annotation_guide() -> None:
    claim = JSON["claims"][0]
    assert {key: claim[key] for key in ("kind", "subject", "metric", "unit", "qualifier", "period")} == {
        "kind": "metric",
        "subject": "Acme",
        "metric": "it-capacity",
        "unit": "MegaW",
        "qualifier": "exact",
        "period": "2027",
    }
    assert (claim["valueText"], claim["quote"], claim["attributedTo"]) == (
        "103.5 MW",
        "run 103.5 MW",
        ["Acme"],
    )


def test_numbers_are_json_numbers() -> None:
    claim = JSON["claims"][0]
    assert (claim["value"], claim["low"], claim["high"]) == (103.5, 103.5, 103.5)
    assert JSON["claims"][1]["confidence"] == 1
    assert isinstance(JSON["claims"][1]["confidence"], int)


def test_a_relation_claim_names_its_predicate_without_the_namespace() -> None:
    claim = JSON["claims"][1]
    assert (claim["predicate"], claim["object"], claim["about"]) == ("operatesIn", "Ulsan", ["the market"])
    assert claim["object_iri"] == ULSAN.iri


def test_the_ends_of_a_claim_carry_their_other_names_in_the_report() -> None:
    renamed = replace(PLACE, subject=replace(ACME, aliases=("Acme Cloud",)))
    (claim,) = as_json(replace(EXTRACTION, claims=(renamed,)))["claims"]
    assert claim["subject_alts"] == ["Acme Cloud"]
    assert "object_alts" not in claim


def test_a_transition_names_aspect_and_both_states() -> None:
    claim = JSON["claims"][2]
    assert (claim["aspect"], claim["from"], claim["to"]) == (
        "business model",
        "infrastructure as a service",
        "model as a service",
    )
    assert "metric" not in claim


def test_quote_and_offsets_fit_the_text() -> None:
    assert all(TEXT[claim["start"] : claim["end"]] == claim["quote"] for claim in JSON["claims"])


def test_claims_have_different_iris() -> None:
    assert len({claim["iri"] for claim in JSON["claims"]}) == 3


def test_markets_are_not_listed_as_entities() -> None:
    assert [entity["label"] for entity in JSON["entities"]] == ["Acme", "Ulsan"]


def test_a_rejected_reading_shows_its_words_and_the_reason() -> None:
    assert JSON["rejected"] == [
        {"stage": "metrics", "start": 0, "end": 4, "text": "Acme", "reason": "no unit"}
    ]
