"""extraction -> one JSON object: the shape in which people mark up claims, with IRIs, offsets and confidence.

The first keys of a claim are those of the annotation guide (kind, subject, predicate or metric, ..., quote):
what a reader prints is scored without conversion. Entities that no annotator lists (markets, surveys,
strategies, requirements) stand only inside claims.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kg.model import Claim, Entity, Extraction, Quantity, Rejected
from kg.quads import claims_of
from ontology import terms
from ontology.metrics import load_metrics

LISTED_TYPES = ("Organization", "Person", "Offering", "Facility", "Place", "Regulation", "Term")


def as_json(extraction: Extraction) -> dict[str, Any]:
    """The extraction as a value that `json.dumps` takes; numbers are JSON numbers, whole ones integers."""
    report = extraction.report
    return {
        "document": report.source,
        "iri": report.iri,
        "title": report.title,
        "issued": report.issued.isoformat() if report.issued else None,
        "publisher": report.publisher,
        "text_sha256": report.text_sha256,
        "entities": [_entity(entity) for entity in extraction.entities if entity.type in LISTED_TYPES],
        "claims": [{**_claim(claim), "iri": iri} for iri, _, claim in claims_of(extraction)],
        "rejected": [_rejected(one, report.text) for one in extraction.rejected],
    }


def as_number(value: Decimal | None) -> int | float | None:
    """The JSON number for a decimal: an integer where it is whole.

    >>> as_number(Decimal("1.6E+12")), as_number(Decimal("33.3")), as_number(None)
    (1600000000000, 33.3, None)
    """
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "label": entity.label,
        "type": entity.type,
        "aliases": list(entity.aliases),
        "iri": entity.iri,
        "known": entity.known,
        **({"jobTitle": entity.job_title} if entity.job_title else {}),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    evidence = claim.evidence
    return {
        "kind": claim.kind,
        "subject": claim.subject.label,
        **_alternatives("subject_alts", claim.subject),
        **_what(claim),
        "modality": claim.modality,
        "polarity": claim.polarity,
        "attributedTo": _labels(claim.attributed_to),
        "period": claim.period.label if claim.period else None,
        "quote": evidence.quote,
        "statement": claim.statement,
        "subject_iri": claim.subject.iri,
        **_further(claim),
        "start": evidence.start,
        "end": evidence.end,
        "prefix": evidence.prefix,
        "suffix": evidence.suffix,
        "page": evidence.page,
        "section": evidence.section,
        "confidence": as_number(claim.confidence),
    }


def _what(claim: Claim) -> dict[str, Any]:
    """What the kind of claim states, under the guide's keys."""
    if claim.metric is not None:
        return {**_metric(claim.metric), **(_quantity(claim.quantity) if claim.quantity else {})}
    if claim.predicate is not None:
        return {
            "predicate": local_name(claim.predicate),
            "object": claim.object.label if claim.object else None,
            **(_alternatives("object_alts", claim.object) if claim.object else {}),
            **({"role": claim.role} if claim.role else {}),
            "predicate_iri": claim.predicate,
            "object_iri": claim.object.iri if claim.object else None,
        }
    states = {"aspect": claim.aspect, "from": claim.from_state, "to": claim.to_state}
    given = {key: entity for key, entity in states.items() if entity is not None}
    return {
        **{key: entity.label for key, entity in given.items()},
        **{f"{key}_iri": entity.iri for key, entity in given.items()},
    }


def _alternatives(key: str, entity: Entity) -> dict[str, list[str]]:
    """Other names of an end of the claim, in the words of the report; nothing where there are none."""
    return {key: list(entity.aliases)} if entity.aliases else {}


def _metric(iri: str) -> dict[str, Any]:
    known = load_metrics().get(iri)
    return {"metric": known.guideline_slug if known else local_name(iri), "metric_iri": iri}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "value": as_number(quantity.value),
        "low": as_number(quantity.low),
        "high": as_number(quantity.high),
        "unit": quantity.unit,
        "qualifier": quantity.qualifier,
        "valueText": quantity.text,
    }


def _further(claim: Claim) -> dict[str, Any]:
    """What only some claims have; a key is absent where there is nothing to say."""
    several = {
        "relayedBy": claim.relayed_by,
        "about": claim.about,
        "scope": claim.scope,
        "byMeansOf": claim.by_means_of,
    }
    return {key: _labels(entities) for key, entities in several.items() if entities}


def _labels(entities: Iterable[Entity]) -> list[str]:
    return [entity.label for entity in entities]


def _rejected(rejected: Rejected, text: str) -> dict[str, Any]:
    return {
        "stage": rejected.stage,
        "start": rejected.start,
        "end": rejected.end,
        "text": text[rejected.start : rejected.end],
        "reason": rejected.reason,
    }


def local_name(iri: str) -> str:
    """The last part of an IRI of the ontology.

    >>> local_name(terms.OFFERS)
    'offers'
    """
    return iri.removeprefix(terms.NS).removeprefix(terms.VOCAB)
