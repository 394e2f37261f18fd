"""graph -> the reports that it was read from."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies import reports_body
from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.problems import problems
from api.schemas import Claim, Report, ReportList, ReportText
from api.versioned import VersionDep, VersionedRoute, written
from kg.errors import UnknownReport
from kg.report_records import read_report

router = APIRouter(prefix="/api/reports", tags=["reports"], route_class=VersionedRoute)


@router.get("", response_model=ReportList, responses=FAILURES)
async def list_reports(
    graph: GraphDep,
    version: VersionDep,
    sort: Annotated[
        Literal["issued", "-issued", "title", "-title", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> Response:
    """All reports, newest first unless sorted, with the number of claims read from each."""
    work = partial(reports_body, version=version, sort=sort)
    return written(await graph.ask_once(work, version, key=("reports", sort)))


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
