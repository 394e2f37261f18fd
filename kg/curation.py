"""What people decided, in g:curation: append only, so it survives every re-ingest and retraction.

decision   an oa:Annotation of a claim, oa:motivatedBy oa:assessing, whose oa:hasBody is a status. The latest
           wins over what the pipeline found; `kg.settle` writes the outcome to the claim, for queries
tombstone  a prov:Invalidation of a document: that it was taken out, when, why, and the hash of its bytes
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import DOC, digest
from kg.literals import instant
from kg.stated import text_of
from kg.view import View
from kg.vocabulary import (
    OA_ANNOTATION,
    OA_ASSESSING,
    OA_HAS_BODY,
    OA_HAS_TARGET,
    OA_MOTIVATED_BY,
    PROV_AT_TIME,
    PROV_ENTITY,
    PROV_INVALIDATION,
    concept,
    concept_name,
)
from ontology import terms


@dataclass(frozen=True)
class Tombstone:
    """That a report was taken out of the store."""

    report: str
    at: str  # xsd:dateTime
    reason: str
    bytes_sha256: frozenset[str]  # of every version that was ever read


def decision_on(view: View, claim: str) -> str | None:
    """The name of the status that a person last gave the claim; None if nobody did."""
    latest = ("", "")
    for quad in view.having(OA_HAS_TARGET, claim, terms.G_CURATION):
        entry = _values(view, text_of(quad.subject))
        made = (entry.get(terms.DCTERMS_CREATED, ""), entry.get(OA_HAS_BODY, ""))
        latest = max(latest, made)
    return concept_name("status", latest[1]) if latest[1] else None


def decision_quads(claim: str, status: str, *, by: str, reason: str, at: datetime) -> Iterator[Quad]:
    """A person's decision about a claim, as statements for g:curation."""
    when = instant(at)
    return _described(
        f"{DOC}decision-{digest(claim, status, by, when.value)}",
        (terms.RDF_TYPE, NamedNode(OA_ANNOTATION)),
        (OA_MOTIVATED_BY, NamedNode(OA_ASSESSING)),
        (OA_HAS_TARGET, NamedNode(claim)),
        (OA_HAS_BODY, NamedNode(concept("status", status))),
        (terms.DCTERMS_CREATOR, Literal(by)),
        (terms.DCTERMS_CREATED, when),
        (terms.DCTERMS_DESCRIPTION, Literal(reason)),
    )


def tombstone_of(view: View, report: str) -> Tombstone | None:
    """The report's last tombstone; None if it was never taken out."""
    stones = [text_of(quad.subject) for quad in view.having(PROV_ENTITY, report, terms.G_CURATION)]
    found = []
    for stone in stones:
        values = _values(view, stone)
        hashes = [text_of(quad.object) for quad in view.about(stone, terms.SCHEMA_SHA256)]
        reason = values.get(terms.DCTERMS_DESCRIPTION, "")
        found.append(Tombstone(report, values.get(PROV_AT_TIME, ""), reason, frozenset(hashes)))
    return max(found, key=lambda stone: stone.at, default=None)


def tombstone_quads(report: str, hashes: list[str], *, reason: str, at: datetime) -> Iterator[Quad]:
    """The statements that a report was taken out, for g:curation."""
    when = instant(at)
    return _described(
        f"{DOC}tombstone-{digest(report, when.value)}",
        (terms.RDF_TYPE, NamedNode(PROV_INVALIDATION)),
        (PROV_ENTITY, NamedNode(report)),
        (PROV_AT_TIME, when),
        (terms.DCTERMS_DESCRIPTION, Literal(reason)),
        *((terms.SCHEMA_SHA256, Literal(one)) for one in hashes),
    )


def _described(subject: str, *statements: tuple[str, NamedNode | Literal]) -> Iterator[Quad]:
    graph = NamedNode(terms.G_CURATION)
    for predicate, value in statements:
        yield Quad(NamedNode(subject), NamedNode(predicate), value, graph)


def _values(view: View, subject: str) -> dict[str, str]:
    return {quad.predicate.value: text_of(quad.object) for quad in view.about(subject)}
