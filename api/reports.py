"""graph -> the reports that it was read from."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.problems import problems
from api.schemas import Claim, Report, ReportList, ReportText
from api.sorting import in_order
from api.versioned import VersionDep, VersionedRoute
from kg.errors import UnknownReport
from kg.records import ReportRecord
from kg.report_records import read_report, report_records

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=VersionedRoute)
_KEYS: dict[str, Callable[[ReportRecord], Any]] = {
    "issued": lambda report: report.issued,
    "title": lambda report: report.title.casefold(),
    "claims": lambda report: report.claims,
}


@router.get("", responses=FAILURES)
async def list_reports(
    graph: GraphDep,
    version: VersionDep,
    sort: Annotated[
        Literal["issued", "-issued", "title", "-title", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> ReportList:
    """All reports, newest first unless sorted, with the number of claims read from each."""
    reports = in_order(await graph.ask_once(report_records, version), sort, _KEYS)
    return ReportList(version=version.number, reports=[Report.of(report) for report in reports])


@router.get("/{id:path}", responses=problems(UnknownReport) | FAILURES)
async def get_report(graph: GraphDep, version: VersionDep, id: Id) -> ReportText:
    """One report with its text and its claims in text order, so that spans can be drawn on the text."""
    found = await graph.ask(partial(read_report, id=id), version=version)
    return ReportText(
        version=version.number,
        report=Report.of(found.report),
        text=found.text,
        claims=[Claim.of(claim) for claim in found.claims],
    )
