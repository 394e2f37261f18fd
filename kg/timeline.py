"""The claims in which a thing stands, in the order of the time that they are about, page by page."""

from collections.abc import Iterable

from pyoxigraph import Store

from kg.claim_pages import place_after
from kg.claim_records import claim_records
from kg.claim_shelf import shelf_of
from kg.entity_records import thing_record
from kg.iris import CLAIM
from kg.queries import Row, rows
from kg.records import ClaimPage, IriPage


def timeline(store: Store, *, id: str, limit: int, cursor: str | None) -> ClaimPage:
    """The first claims after the cursor, by the time that they are about, then by the time of the report.

    Raises:
        UnknownIri: if nothing is known of a thing of this id or IRI.
        BadRequest: if that of the cursor is not among the claims any more.
    """
    page = timeline_of_iris(store, id=id, limit=limit, cursor=cursor)
    return ClaimPage(tuple(claim_records(store, page.iris)), page.total, page.cursor)


def timeline_of_iris(store: Store, *, id: str, limit: int, cursor: str | None) -> IriPage:
    """As `timeline`, the IRIs alone."""
    iri = thing_record(store, id=id).iri
    shelf = shelf_of(store)
    ordered = in_time(shelf.naming(iri) if shelf else rows(store, "claims_of_entity", many={"entity": [iri]}))
    start = place_after(ordered, CLAIM + cursor) if cursor else 0
    shown = ordered[start : start + limit]
    last = shown[-1].removeprefix(CLAIM) if start + limit < len(ordered) else None
    return IriPage(tuple(shown), len(ordered), last)


def in_time(found: Iterable[Row]) -> list[str]:
    """The claims of the rows in the order of time: when their period starts, else when they were made."""
    places = {row["claim"]: _place(row) for row in found}
    return sorted(places, key=places.__getitem__)


def _place(row: Row) -> tuple[str, str, str]:
    asserted = row.get("asserted", "")
    moment = row.get("start") or row.get("end") or asserted
    return moment or "9999", asserted, row["claim"]
