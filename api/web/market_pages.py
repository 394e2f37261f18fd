"""graph -> the pages over all things: reports, landscape, metrics, conflicts, search, questions."""

from collections import defaultdict
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.ask import asker_of
from api.deps import GraphDep
from api.pages import page
from kg.asking.asker import LONGEST_QUESTION
from kg.disagreements import conflict_records
from kg.figures import metric_records
from kg.landscape import Landscape, Membership, landscape
from kg.report_records import report_records
from kg.search_index import search
from ontology import terms

router = APIRouter(include_in_schema=False)

_MOST_HITS = 60
_COLUMNS = (
    ("paradigm", terms.FOLLOWS_PARADIGM),
    ("delivery", terms.USES_DELIVERY_PARADIGM),
    ("business model", terms.HAS_BUSINESS_MODEL),
)


@router.get("/reports")
async def reports(graph: GraphDep) -> Response:
    """What was read, newest first."""
    return page("reports", reports=await graph.ask(report_records))


@router.get("/landscape")
async def providers(graph: GraphDep) -> Response:
    """Who plays where: providers that some report classes, with paradigm, delivery and business model."""
    found = await graph.ask(landscape)
    return page(
        "landscape", rows=_rows(found), unclassed=_unclassed(found), columns=[name for name, _ in _COLUMNS]
    )


def _rows(found: Landscape) -> list[tuple[str, str, list[list[Membership]]]]:
    """IRI, name and one cell per column, for providers that stand in some cell; by paradigm, then name."""
    cells: dict[str, dict[str, list[Membership]]] = defaultdict(lambda: defaultdict(list))
    names = {}
    for membership in found.memberships:
        cells[membership.provider.iri][membership.predicate.iri].append(membership)
        names[membership.provider.iri] = membership.provider.label
    table = [(iri, names[iri], [row[predicate] for _, predicate in _COLUMNS]) for iri, row in cells.items()]
    return sorted(table, key=lambda row: ([one.term.label for one in row[2][0]] or ["~"], row[1].casefold()))


def _unclassed(found: Landscape) -> int:
    classed = {membership.provider.iri for membership in found.memberships}
    return sum(provider.iri not in classed for provider in found.providers)


@router.get("/metrics")
async def metrics(graph: GraphDep) -> Response:
    """What is measured, and how much is said about each."""
    return page("metrics", metrics=await graph.ask(metric_records))


@router.get("/conflicts")
async def conflicts(graph: GraphDep) -> Response:
    """Where reports disagree, the positions side by side."""
    return page("conflicts", conflicts=await graph.ask(partial(conflict_records, kind=None, about=None)))


@router.get("/search")
async def hits(graph: GraphDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Things, reports and claims with these words."""
    words = q.strip()
    if not words:
        return page("search", q="", found=None)
    newest = graph.newest()
    work = partial(search, version=newest, words=words, kind=None, limit=_MOST_HITS)
    return page("search", q=words, found=await graph.ask(work, version=newest))


@router.get("/ask")
async def answer(
    graph: GraphDep, request: Request, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = ""
) -> Response:
    """A question in English with its answer, how it was read, and the sentences that it rests on."""
    question = q.strip()
    if not question:
        return page("ask", q="", answer=None)
    answered = await asker_of(request, graph).ask(question, graph.newest())
    return page("ask", q=question, answer=answered)
