"""Build reports and claims for tests of the graph, as readable as the sentences that they stand for."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from kg.iris import DOC, digest, entity_iri
from kg.model import Claim, Entity, Evidence, Extraction, Period, Qualifier, Quantity, Report
from ontology import terms

AWS = Entity(terms.ID + "aws", "Amazon Web Services", "Organization")
NEBIUS = Entity(terms.ID + "nebius", "Nebius", "Organization")
HUAWEI = Entity(terms.ID + "huawei", "Huawei", "Organization")
OMDIA = Entity(terms.ID + "omdia", "Omdia", "Organization")
CANALYS = Entity(terms.ID + "canalys", "Canalys", "Organization")
DROP_IN = Entity(terms.V_DELIVERY_FULL_STACK_DROP_IN, "full-stack drop-in", "Term")
BARE_METAL = Entity(terms.V_MODEL_BARE_METAL, "bare metal leasing", "Term")
MAAS = Entity(terms.V_MODEL_MAAS, "model as a service", "Term")
BUSINESS_MODEL = Entity(terms.V_ASPECT_BUSINESS_MODEL, "business model", "Term")


def candidate(label: str, kind: Any = "Organization", *, aliases: Sequence[str] = ()) -> Entity:
    return Entity(entity_iri(kind, label), label, kind, tuple(aliases), known=False)


def report_of(*sentences: str, name: str = "report", issued: date | None = date(2026, 5, 28)) -> Report:
    """A report whose publication is named by `name`; its text is the sentences, one a line."""
    text = "\n".join(sentences)
    sha = hashlib.sha256(text.encode()).hexdigest()
    return Report(
        iri=DOC + digest(name),
        source=f"{name}.md",
        media_type="text/markdown",
        text=text,
        text_sha256=sha,
        bytes_sha256=sha,
        blocks=(),
        title=f"Title of {name}",
        url=f"https://example.org/{name}",
        publisher="Example Press",
        issued=issued,
        kind="press release",
    )


def evidence_in(report: Report, quote: str) -> Evidence:
    start = report.text.index(quote)
    end = start + len(quote)
    return Evidence(
        start, end, quote, report.text[max(0, start - 32) : start], report.text[end : end + 32], section="Top"
    )


def relation(
    report: Report, quote: str, subject: Entity, predicate: str, target: Entity, **more: Any
) -> Claim:
    return _claim(report, quote, "relation", subject, predicate=predicate, object=target, **more)


def metric(
    report: Report,
    quote: str,
    subject: Entity,
    value: str,
    *,
    of: str = terms.V_METRIC_IT_CAPACITY,
    unit: str = "MegaW",
    qualifier: Qualifier = "exact",
    year: int | None = 2026,
    **more: Any,
) -> Claim:
    number = Decimal(value)
    quantity = Quantity(
        value=number,
        low=None if qualifier in ("at-most", "approaching") else number,
        high=None if qualifier == "at-least" else number,
        unit=unit,
        qualifier=qualifier,
        text=value,
    )
    period = Period(str(year), date(year, 1, 1), date(year + 1, 1, 1)) if year else None
    return _claim(report, quote, "metric", subject, metric=of, quantity=quantity, period=period, **more)


def transition(report: Report, quote: str, subject: Entity, old: Entity, new: Entity, **more: Any) -> Claim:
    return _claim(
        report, quote, "transition", subject, aspect=BUSINESS_MODEL, from_state=old, to_state=new, **more
    )


def proposition(report: Report, quote: str, subject: Entity, **more: Any) -> Claim:
    return _claim(report, quote, "proposition", subject, **more)


def extraction_of(report: Report, *claims: Claim, entities: Sequence[Entity] = ()) -> Extraction:
    return Extraction(report, tuple(entities), claims)


def renamed(claim: Claim, **changes: Any) -> Claim:
    return replace(claim, **changes)


def _claim(report: Report, quote: str, kind: Any, subject: Entity, **more: Any) -> Claim:
    settings: dict[str, Any] = {
        "modality": "reported",
        "polarity": "affirmed",
        "confidence": Decimal("0.9"),
        "statement": quote,
    }
    settings |= more
    return Claim(kind=kind, subject=subject, evidence=evidence_in(report, quote), **settings)
