"""graph -> the pages over all things: reports, metrics, conflicts, search, questions."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.ask import asker_of
from api.pages import page
from api.problems import problem_of
from api.web.grouping import numbered
from api.web.interval import differences, positions
from api.web.versioned_pages import PageGraphDep, PageRoute
from kg.asking.asker import LONGEST_QUESTION
from kg.disagreements import all_conflicts, conflict_record
from kg.errors import UnknownIri
from kg.figures import metric_records
from kg.report_records import report_records
from kg.search_index import search

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_MOST_HITS = 60


@router.get("/reports")
async def reports(graph: PageGraphDep) -> Response:
    """What was read, newest first."""
    return page("reports", reports=await graph.ask(report_records))


@router.get("/metrics")
async def metrics(graph: PageGraphDep) -> Response:
    """What is measured, and how much is said about each."""
    return page("metrics", metrics=await graph.ask(metric_records))


@router.get("/conflicts")
async def conflicts(graph: PageGraphDep) -> Response:
    """Where reports disagree, the positions side by side."""
    return page("conflicts", conflicts=await graph.ask(all_conflicts))


@router.get("/conflict/{id}")
async def conflict(graph: PageGraphDep, id: str) -> Response:
    """One disagreement: its sides on an axis where they are figures, with their sentences."""
    try:
        found = await graph.ask(partial(conflict_record, id=id))
    except UnknownIri as unknown:
        return page("unknown", 404, problem=problem_of(unknown), iri=f"/conflict/{id}")
    sides = positions(found.claims) if found.kind == "value" else []
    return page(
        "conflict",
        conflict=found,
        sides=sides,
        drawn=bool(sides),
        why=differences(found.claims),
        sources=numbered(found.claims),
        reports={report.iri: report for report in await graph.ask(report_records)},
    )


@router.get("/search")
async def hits(graph: PageGraphDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Things, reports and claims with these words."""
    words = q.strip()
    if not words:
        return page("search", q="", found=None)
    newest = graph.newest()
    work = partial(search, version=newest, words=words, kind=None, limit=_MOST_HITS)
    return page("search", q=words, found=await graph.ask(work, version=newest))


@router.get("/ask")
async def answer(
    graph: PageGraphDep, request: Request, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = ""
) -> Response:
    """A question in English with its answer, how it was read, and the sentences that it rests on."""
    question = q.strip()
    if not question:
        return page("ask", q="", answer=None)
    answered = await asker_of(request, graph.published).ask(question, graph.newest())
    return page("ask", q=question, answer=answered)
