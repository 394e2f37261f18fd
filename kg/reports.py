"""store -> the reports in it: what is known of each, and which one a person means."""

from dataclasses import dataclass

from pyoxigraph import Literal

from kg.errors import UnknownReport
from kg.stated import text_of
from kg.store import TripleStore
from kg.vocabulary import PROV_ENTITY, graph_of, short_id
from ontology import terms


@dataclass(frozen=True)
class ReportEntry:
    """A report in the store; `claims` counts those that count now, `retired` those that did once."""

    id: str
    iri: str
    title: str
    source: str
    publisher: str | None  # IRI
    issued: str | None  # YYYY-MM-DD
    recorded_at: str | None
    claims: int
    retired: int


def list_reports(store: TripleStore) -> list[ReportEntry]:
    """Every report, newest publication first, undated ones last."""
    entries = [entry_of(store, iri) for iri in _report_iris(store)]
    return sorted(entries, key=lambda entry: (entry.issued or "", entry.id), reverse=True)


def find_report(store: TripleStore, named: str) -> str:
    """The IRI of the report that is meant by its id, the beginning of it, its IRI or its file's name.

    Raises UnknownReport if there is none, or more than one.
    """
    if next(store.match(named, terms.RDF_TYPE, terms.C_DOCUMENT), None) if "://" in named else False:
        return named
    found = [iri for iri in _report_iris(store) if short_id(iri) == named]
    if not found and len(named) >= 4:
        found = [iri for iri in _report_iris(store) if short_id(iri).startswith(named)]
    if not found:
        found = [iri for iri in _report_iris(store) if _source(store, iri) == named]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(sorted(short_id(iri) for iri in found))
        raise UnknownReport(f"{named!r} names several reports: {ids}")
    raise UnknownReport(f"no report {named!r} in the store; `aifkg report list` shows those that are")


def report_read_from(store: TripleStore, bytes_sha256: str) -> str | None:
    """The report that was read from these bytes, now or in an earlier version; None if none was."""
    for quad in store.match(None, terms.SCHEMA_SHA256, Literal(bytes_sha256)):
        graph = text_of(quad.graph_name)
        for document in store.match(None, terms.RDF_TYPE, terms.C_DOCUMENT, graph):
            return text_of(document.subject)
    return None


def report_taken_out(store: TripleStore, bytes_sha256: str) -> str | None:
    """The report that was read from these bytes and taken out since; None if there is none."""
    for quad in store.match(None, terms.SCHEMA_SHA256, Literal(bytes_sha256), terms.G_CURATION):
        for told in store.match(text_of(quad.subject), PROV_ENTITY, graph=terms.G_CURATION):
            return text_of(told.object)
    return None


def entry_of(store: TripleStore, iri: str) -> ReportEntry:
    """What is known of one report."""
    graph = graph_of(iri)
    about = {quad.predicate.value: text_of(quad.object) for quad in store.match(iri, graph=graph)}
    runs = [text_of(quad.object) for quad in store.match(None, terms.PROV_ENDED_AT_TIME, graph=graph)]
    claims = sum(1 for _ in store.match(None, terms.STATEMENT, graph=graph))
    retired = sum(1 for _ in store.match(None, terms.RETIRED_AT, graph=graph))
    return ReportEntry(
        id=short_id(iri),
        iri=iri,
        title=about.get(terms.DCTERMS_TITLE, ""),
        source=about.get(terms.DCTERMS_SOURCE, ""),
        publisher=about.get(terms.DCTERMS_PUBLISHER),
        issued=about[terms.DCTERMS_ISSUED][:10] if terms.DCTERMS_ISSUED in about else None,
        recorded_at=max(runs, default=None),
        claims=claims - retired,
        retired=retired,
    )


def _report_iris(store: TripleStore) -> list[str]:
    return [text_of(quad.subject) for quad in store.match(None, terms.RDF_TYPE, terms.C_DOCUMENT)]


def _source(store: TripleStore, iri: str) -> str | None:
    quads = store.match(iri, terms.DCTERMS_SOURCE, graph=graph_of(iri))
    return next((text_of(quad.object) for quad in quads), None)
