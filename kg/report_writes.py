"""A report out of the graph: what goes with it, and then without it.

These functions run in a query process, like `kg.writes`.
"""

from dataclasses import dataclass

from pyoxigraph import Store

from kg.curation_preview import FactChange
from kg.curation_writes import open_graph
from kg.errors import UnknownReport
from kg.graph import Graph, Retraction
from kg.iris import DOC
from kg.names import candidates_for, refs_for
from kg.reading import open_newest
from kg.records import ReportRecord
from kg.report_records import report_records
from kg.settings import Settings
from kg.store import EmbeddedStore


@dataclass(frozen=True)
class TakenOut:
    """A report with what rests on it alone, and the version from which on it is gone; None if it is there."""

    report: ReportRecord
    claims: int
    facts: tuple[FactChange, ...]
    version: int | None


def preview_taking_out(store: Store, *, id: str) -> TakenOut:
    """What would go with the report; UnknownReport if there is none with this id or IRI."""
    graph = Graph(EmbeddedStore.over(store), read_only=True)
    record = _record(store, id)
    return _taken_out(store, record, graph.preview_retract(record.iri), None)


def take_out(_: object, *, settings: Settings, id: str, reason: str) -> TakenOut:
    """Take the report out and publish; what went.

    Raises:
        UnknownReport: if there is none with this id or IRI.
        StoreUnavailable: if another process keeps writing, or the store cannot be written.
    """
    _, before = open_newest(settings)
    record = _record(before, id)
    with open_graph(settings) as graph:
        retraction = graph.retract(record.iri, reason=reason)
        version = graph.publish()
    return _taken_out(before, record, retraction, version)


def _record(store: Store, id: str) -> ReportRecord:
    (iri,) = candidates_for(id, DOC)
    record = next((report for report in report_records(store) if report.iri == iri), None)
    if record is None:
        raise UnknownReport(f"no report {id} is in the graph")
    return record


def _taken_out(store: Store, record: ReportRecord, retraction: Retraction, version: int | None) -> TakenOut:
    refs = refs_for(store, (part for fact in retraction.facts for part in fact))
    facts = tuple(FactChange(*(refs[part] for part in fact)) for fact in retraction.facts)
    return TakenOut(record, retraction.claims, facts, version)
