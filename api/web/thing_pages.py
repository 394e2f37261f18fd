"""graph -> the page of a thing by its kind: an entity with what is said of it, a report's text, a metric."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from starlette.responses import Response

from api.pages import page
from api.web.spans import covered_share, stretches_of
from api.web.wording import is_ahead
from kg.claim_pages import ClaimFilter, claim_page
from kg.disagreements import conflict_records
from kg.entity_records import entity_record
from kg.figures import series
from kg.iris import DOC, ID, VOCAB
from kg.published import PublishedGraph
from kg.records import ClaimPage, ClaimRecord
from kg.report_records import read_report

_MOST = 300
_STILL = frozenset(("accepted", "preferred", "disputed", "candidate"))


async def page_of(graph: PublishedGraph, iri: str) -> Response | None:
    """The page made for this kind of thing; None for kinds that are shown as their triples.

    Raises UnknownIri or UnknownReport where the graph has never seen the thing.
    """
    if iri.startswith(ID):
        return await _entity(graph, iri)
    if iri.startswith(f"{VOCAB}metric-"):
        return await _metric(graph, iri)
    if iri.startswith(DOC) and not iri.startswith((f"{DOC}ev-", f"{DOC}text-")):
        return await _report(graph, iri)
    return None


async def _entity(graph: PublishedGraph, iri: str) -> Response:
    entity = await graph.ask(partial(entity_record, id=iri))
    said = await _claims(graph, ClaimFilter(subject=iri))
    told = await _claims(graph, ClaimFilter(object=iri))
    conflicts = await graph.ask(partial(conflict_records, kind=None, about=iri))
    figures = sorted((claim for claim in said.claims if claim.figure), key=_by_metric)
    return page(
        "entity",
        entity=entity,
        actual=[claim for claim in figures if not is_ahead(claim)],
        ahead=[claim for claim in figures if is_ahead(claim)],
        relations=_by_predicate([claim for claim in said.claims if claim.predicate]),
        others=[claim for claim in said.claims if not claim.figure and not claim.predicate],
        incoming=_by_predicate([claim for claim in told.claims if claim.predicate]),
        total=said.total + told.total,
        shown=len(said.claims) + len(told.claims),
        conflicts=conflicts,
    )


async def _claims(graph: PublishedGraph, wanted: ClaimFilter) -> ClaimPage:
    newest = graph.newest()
    work = partial(claim_page, version=newest, wanted=wanted, limit=_MOST, cursor=None)
    return await graph.ask(work, version=newest)


def _by_metric(claim: ClaimRecord) -> tuple[str, str, str]:
    return (
        claim.metric.label if claim.metric else "",
        (claim.period.end or "") if claim.period else "",
        claim.id,
    )


def _by_predicate(claims: Sequence[ClaimRecord]) -> list[tuple[str, list[ClaimRecord]]]:
    groups: dict[str, list[ClaimRecord]] = defaultdict(list)
    for claim in claims:
        groups[claim.predicate.label if claim.predicate else ""].append(claim)
    return sorted(groups.items())


async def _metric(graph: PublishedGraph, iri: str) -> Response:
    metric = await graph.ask(partial(entity_record, id=iri))
    points = await graph.ask(partial(series, metric=iri, subject=None, unit=None))
    conflicts = await graph.ask(partial(conflict_records, kind="value", about=iri))
    return page("metric", metric=metric, points=points, conflicts=conflicts)


async def _report(graph: PublishedGraph, iri: str) -> Response:
    found = await graph.ask(partial(read_report, id=iri))
    claims = [claim for claim in found.claims if claim.status in _STILL]
    stretches = list(stretches_of(found.text or "", claims))
    return page(
        "report", report=found.report, claims=claims, stretches=stretches, covered=covered_share(stretches)
    )
