"""Things side by side: what is said of each, property by property and metric by metric, gaps included."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.claim_shelf import shelf_of
from kg.entity_records import thing_record
from kg.names import refs_for
from kg.queries import Row, rows
from kg.records import ClaimRecord, Ref, ThingRecord
from kg.timeline import in_time

_OUT = frozenset({"retracted", "rejected", "superseded"})


C = TypeVar("C")  # a claim, or its IRI


@dataclass(frozen=True)
class ComparedRow(Generic[C]):
    """One property or metric: for each thing claims about it, in the order of the things; () is a gap.

    `counts` tells how many claims there are; of more than are shown, those of the latest time are.
    """

    what: Ref
    kind: str  # property or metric
    cells: tuple[tuple[C, ...], ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Comparison(Generic[C]):
    """The things, and the rows of which at least one has something to say."""

    entities: tuple[ThingRecord, ...]
    rows: tuple[ComparedRow[C], ...]

    @property
    def claims(self) -> Iterator[C]:
        """All claims that are shown."""
        return (claim for row in self.rows for cell in row.cells for claim in cell)


_What = tuple[str, str]  # property or metric, and its IRI


def compare(store: Store, *, ids: tuple[str, ...], most: int) -> Comparison[ClaimRecord]:
    """The comparison with at most so many claims in a cell; rows that most things fill come first.

    Raises UnknownIri if nothing is known of one.
    """
    found = compare_iris(store, ids=ids, most=most)
    claims = {claim.iri: claim for claim in claim_records(store, found.claims)}
    rows = (
        ComparedRow(row.what, row.kind, tuple(_some(cell, claims) for cell in row.cells), row.counts)
        for row in found.rows
    )
    return Comparison(found.entities, tuple(rows))


def compare_iris(store: Store, *, ids: tuple[str, ...], most: int) -> Comparison[str]:
    """As `compare`, with the IRIs of the claims."""
    things = tuple(thing_record(store, id=one) for one in ids)
    said = [_said_of(store, thing.iri) for thing in things]
    whats = dict.fromkeys(what for of_one in said for what in of_one)
    refs = refs_for(store, (iri for _, iri in whats))
    found = [
        ComparedRow(
            refs[what[1]],
            what[0],
            tuple(tuple(of_one.get(what, [])[-most:]) for of_one in said),
            tuple(len(of_one.get(what, ())) for of_one in said),
        )
        for what in whats
    ]
    return Comparison(things, tuple(sorted(found, key=_order)))


def _said_of(store: Store, iri: str) -> dict[_What, list[str]]:
    """The claims about a thing that hold, by what they state, in the order of time."""
    found: dict[_What, dict[str, Row]] = defaultdict(dict)
    shelf = shelf_of(store)
    for row in shelf.about(iri) if shelf else rows(store, "compared", many={"entity": [iri]}):
        what = row.get("predicate") or row.get("metric") or row.get("aspect")
        if what is not None and row["status"].partition("status-")[2] not in _OUT:
            found["metric" if "metric" in row else "property", what][row["claim"]] = row
    return {what: in_time(of_claim.values()) for what, of_claim in found.items()}


def _some(iris: Iterable[str], claims: dict[str, ClaimRecord]) -> tuple[ClaimRecord, ...]:
    return tuple(claims[iri] for iri in iris if iri in claims)


def _order(row: ComparedRow[str]) -> tuple[int, str, str, str]:
    return -sum(bool(cell) for cell in row.cells), row.kind, row.what.label, row.what.iri
