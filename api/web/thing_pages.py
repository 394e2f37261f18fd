"""graph -> the page of a thing by its kind: entity, report with its text, metric with its chart, claim."""

from collections.abc import Mapping
from functools import partial

from starlette.responses import Response

from api.citing import citations, cited
from api.pages import page
from api.web.charting import charts_among
from api.web.grouping import by_metric, by_predicate, dated, numbered
from api.web.metric_page import metric_page
from api.web.review_page import WORDS
from api.web.sides import neighbours_among, sides_of
from api.web.spans import covered_share, places_of, stretches_of
from api.web.versioned_pages import PageGraph
from kg.claim_pages import ClaimFilter, claim_page
from kg.disagreements import claim_context, conflict_records
from kg.entity_records import entity_record
from kg.iris import CLAIM, DOC, ID, VOCAB
from kg.records import ClaimPage
from kg.report_records import read_report, report_records

_MOST = 300
_MOST_TIMES = 8
_MOST_CHARTS, _MOST_AROUND = 2, 12
_FEWEST_AROUND = 3
_STILL = frozenset(("accepted", "preferred", "disputed", "candidate"))


async def page_of(graph: PageGraph, iri: str, *, asked: Mapping[str, str]) -> Response | None:
    """The page made for this kind of thing; None for kinds that are shown as their triples.

    `asked` is what the address asks for, which chooses among the views and figures of a metric.

    Raises UnknownIri or UnknownReport where the graph has never seen the thing.
    """
    if iri.startswith(ID):
        return await _entity(graph, iri)
    if iri.startswith(CLAIM):
        return await _claim(graph, iri)
    if iri.startswith(f"{VOCAB}metric-"):
        return await metric_page(graph, iri, asked)
    if iri.startswith(DOC) and not iri.startswith((f"{DOC}ev-", f"{DOC}text-")):
        return await _report(graph, iri)
    return None


async def _entity(graph: PageGraph, iri: str) -> Response:
    entity = await graph.ask(partial(entity_record, id=iri))
    said = await _claims(graph, ClaimFilter(subject=iri))
    told = await _claims(graph, ClaimFilter(object=iri))
    conflicts = await graph.ask(partial(conflict_records, kind=None, about=iri))
    claims = (*said.claims, *told.claims)
    around = neighbours_among(entity.iri, claims)
    return page(
        "entity",
        entity=entity,
        figures=by_metric(said.claims),
        charts=charts_among(said.claims, _MOST_CHARTS),
        picture=sides_of(around, _MOST_AROUND) if len(around) >= _FEWEST_AROUND else None,
        relations=by_predicate(said.claims),
        others=[claim for claim in said.claims if not claim.figure and not claim.predicate],
        incoming=by_predicate(told.claims, turned=True),
        times=dated(claims, _MOST_TIMES),
        sources=numbered(claims),
        reports={report.iri: report for report in await graph.ask(report_records)},
        today=graph.newest().published_at.date(),
        total=said.total + told.total,
        shown=len(claims),
        conflicts=conflicts,
    )


async def _claims(graph: PageGraph, wanted: ClaimFilter) -> ClaimPage:
    newest = graph.newest()
    work = partial(claim_page, version=newest, wanted=wanted, limit=_MOST, cursor=None)
    return await graph.ask(work, version=newest)


async def _claim(graph: PageGraph, iri: str) -> Response:
    context = await graph.ask(partial(claim_context, id=iri))
    claim = context.claim
    reports = {report.iri: report for report in await graph.ask(report_records)}
    how = citations(cited(claim, reports.get(claim.report.iri), graph.newest().number))
    return page("claim", context=context, claim=claim, citations=how)


async def _report(graph: PageGraph, iri: str) -> Response:
    found = await graph.ask(partial(read_report, id=iri))
    claims = [claim for claim in found.claims if claim.status in _STILL]
    stretches = list(stretches_of(found.text or "", claims))
    return page(
        "report",
        report=found.report,
        claims=claims,
        rejected=[claim for claim in found.claims if claim.status == "rejected"],
        words=WORDS,
        stretches=stretches,
        covered=covered_share(stretches),
        places=places_of(stretches),
    )
