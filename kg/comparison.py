"""Things side by side: what is said of each, property by property and metric by metric, gaps included."""

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.entity_records import entity_record
from kg.queries import rows
from kg.records import ClaimRecord, EntityRecord, Ref

_OUT = frozenset({"retracted", "rejected", "superseded"})


@dataclass(frozen=True)
class ComparedRow:
    """One property or metric: for each thing the claims about it, in the order of the things; () is a gap."""

    what: Ref
    kind: str  # property or metric
    cells: tuple[tuple[ClaimRecord, ...], ...]


@dataclass(frozen=True)
class Comparison:
    """The things, and the rows of which at least one has something to say."""

    entities: tuple[EntityRecord, ...]
    rows: tuple[ComparedRow, ...]


def compare(store: Store, *, ids: tuple[str, ...]) -> Comparison:
    """The comparison; rows that most things fill come first. UnknownIri if nothing is known of one."""
    entities = tuple(entity_record(store, id=one) for one in ids)
    cells: dict[tuple[str, Ref], dict[str, list[ClaimRecord]]] = defaultdict(lambda: defaultdict(list))
    for entity in entities:
        for claim in timeline(store, iri=entity.iri):
            what = claim.predicate or claim.metric or claim.aspect
            if what is not None and claim.subject.iri == entity.iri and claim.status not in _OUT:
                cells["metric" if claim.metric else "property", what][entity.iri].append(claim)
    found = [
        ComparedRow(what, kind, tuple(tuple(of_entity.get(entity.iri, ())) for entity in entities))
        for (kind, what), of_entity in cells.items()
    ]
    return Comparison(entities, tuple(sorted(found, key=_order)))


def _order(row: ComparedRow) -> tuple[int, str, str]:
    return -sum(bool(cell) for cell in row.cells), row.kind, row.what.label


def timeline(store: Store, *, iri: str) -> list[ClaimRecord]:
    """The claims in which a thing stands, by the time that they are about, then by the time of the report."""
    iris = [row["claim"] for row in rows(store, "claims_of_entity", one={"entity": iri})]
    return sorted(claim_records(store, iris), key=_when)


def _when(claim: ClaimRecord) -> tuple[str, str, str]:
    period = claim.period
    moment = (period.start or period.end) if period else None
    return moment or claim.asserted_at or "9999", claim.asserted_at or "", claim.iri
