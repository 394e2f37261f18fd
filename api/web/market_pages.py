"""graph -> the pages over all things: reports, landscape, metrics, conflicts, search, questions."""

from collections import Counter, defaultdict
from dataclasses import dataclass
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
from kg.records import ProviderRecord, Ref
from kg.report_records import report_records
from kg.search_index import search
from ontology import terms

router = APIRouter(include_in_schema=False)

_MOST_HITS = 60
_COLUMNS = (("delivery", terms.USES_DELIVERY_PARADIGM), ("business model", terms.HAS_BUSINESS_MODEL))
_NONE = "no paradigm named"


@dataclass(frozen=True)
class Row:
    """A provider with its cell under each paradigm, by IRI, and everything it is classed as."""

    provider: ProviderRecord
    paradigms: dict[str, Membership]
    memberships: tuple[Membership, ...]


@router.get("/reports")
async def reports(graph: GraphDep) -> Response:
    """What was read, newest first."""
    return page("reports", reports=await graph.ask(report_records))


@router.get("/landscape")
async def providers(graph: GraphDep) -> Response:
    """Who plays where: a matrix of providers and paradigms, with delivery and business model."""
    found = await graph.ask(landscape)
    paradigms = _paradigms(found)
    return page(
        "landscape",
        paradigms=paradigms,
        groups=_groups(found, paradigms),
        columns=_COLUMNS,
        unclassed=_unclassed(found),
    )


def _paradigms(found: Landscape) -> list[Ref]:
    """The paradigms that some provider is said to follow, the commonest first."""
    counts = Counter(one.term for one in found.memberships if one.predicate.iri == terms.FOLLOWS_PARADIGM)
    return sorted(counts, key=lambda term: (-counts[term], term.label))


def _groups(found: Landscape, paradigms: list[Ref]) -> list[tuple[str, list[Row]]]:
    """The classed providers under the paradigm that most reports give them; those without one last."""
    cells: dict[str, list[Membership]] = defaultdict(list)
    for membership in found.memberships:
        cells[membership.provider.iri].append(membership)
    groups: dict[str, list[Row]] = {name: [] for name in (*(term.label for term in paradigms), _NONE)}
    for provider in sorted(found.providers, key=lambda one: (-one.claims, one.label.casefold())):
        if of_provider := cells.get(provider.iri):
            follows = [one for one in of_provider if one.predicate.iri == terms.FOLLOWS_PARADIGM]
            home = max(follows, key=lambda one: one.reports).term.label if follows else _NONE
            groups[home].append(Row(provider, {one.term.iri: one for one in follows}, tuple(of_provider)))
    return [(name, rows) for name, rows in groups.items() if rows]


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
