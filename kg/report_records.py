"""What the graph knows of its reports."""

from dataclasses import dataclass

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.errors import UnknownReport
from kg.iris import DOC
from kg.names import candidates_for, id_of, refs_for
from kg.queries import rows
from kg.records import ClaimRecord, ReportRecord


@dataclass(frozen=True)
class ReadReport:
    """A report with its text and its claims in text order."""

    report: ReportRecord
    text: str | None
    claims: tuple[ClaimRecord, ...]


def report_records(store: Store) -> list[ReportRecord]:
    """All reports, newest first."""
    found = rows(store, "reports")
    refs = refs_for(store, [row["publisher"] for row in found if "publisher" in row])
    return [
        ReportRecord(
            iri=row["report"],
            id=id_of(row["report"]),
            title=row["title"],
            publisher=refs.get(row.get("publisher", "")),
            issued=row.get("issued", "")[:10] or None,
            kind=row.get("kind"),
            source=row.get("source"),
            media_type=row.get("format"),
            url=row.get("url"),
            claims=int(row["claims"]),
        )
        for row in found
    ]


def read_report(store: Store, *, id: str) -> ReadReport:
    """One report with its text and claims; UnknownReport if there is none with this id or IRI."""
    wanted = candidates_for(id, DOC)[0]
    record = next((report for report in report_records(store) if report.iri == wanted), None)
    if record is None:
        raise UnknownReport(f"no report {id} is in the graph")
    text = next((row["text"] for row in rows(store, "report_text", one={"report": wanted})), None)
    iris = [row["claim"] for row in rows(store, "report_claims", one={"report": wanted})]
    claims = sorted(claim_records(store, iris), key=_place)
    return ReadReport(record, text, tuple(claims))


def _place(claim: ClaimRecord) -> tuple[int, str]:
    return (claim.evidence[0].start if claim.evidence else 0, claim.iri)
