"""graph -> the reports that it was read from."""

from functools import partial

from fastapi import APIRouter

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.problems import problems
from api.schemas import Claim, Report, ReportList, ReportText
from api.versioned import VersionDep, VersionedRoute
from kg.errors import UnknownReport
from kg.report_records import read_report, report_records

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=VersionedRoute)


@router.get("", responses=FAILURES)
async def list_reports(graph: GraphDep, version: VersionDep) -> ReportList:
    """All reports, newest first, with the number of claims read from each."""
    reports = await graph.ask(report_records, version=version)
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
