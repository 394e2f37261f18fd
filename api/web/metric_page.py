"""graph -> the page of a metric, in six views: over time, ranked, as a table, revised, by source, in words.

Each view has an address; what is chosen holds for all of them that list figures.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from api.pages import page
from api.schemas import Claim
from api.tables import as_csv
from api.web.charting import charted_claims
from api.web.choices import address_of, filters_of
from api.web.grouping import numbered
from api.web.page_forms import FORMS
from api.web.ranks import ranks_of
from api.web.versioned_pages import PageGraph, shown
from kg.choosing import Choices
from kg.claim_lists import claim_list
from kg.claim_records import claim_records
from kg.disagreements import conflict_records
from kg.entity_records import entity_record
from kg.figures import ranking
from kg.metric_lists import TRAITS, MetricList, metric_list, revisions_of
from kg.records import ClaimRecord, EntityRecord
from kg.report_records import report_records

_VIEWS = {
    "chart": "Chart",
    "ranking": "Ranking",
    "table": "Table",
    "revisions": "Revisions",
    "sources": "Sources",
    "statements": "Statements",
}
_DRAWN, _BESIDE, _PER_PAGE, _MOST_RANKED, _AT_ONCE = 200, 40, 100, 200, 500
_OF_API = {"subject": "subject", "kind": "modality", "year": "year"}  # what /api/claims calls our choices
_LISTING = ("chart", "table", "sources")
_OF_RANKING = ("year",)
_MOST_OPTIONS = 60


@dataclass(frozen=True)
class _Asked:
    """A view of a metric as the address asks for it."""

    metric: EntityRecord
    view: str
    chosen: Choices
    number: int

    @property
    def skip(self) -> int:
        return (self.number - 1) * _PER_PAGE

    def address(self, chosen: Choices, *, view: str | None = None, number: int = 1) -> str:
        """This view with other choices, or another view; defaults are left out."""
        wanted = view or self.view
        parameters = {
            **chosen,
            "view": None if wanted == "chart" else wanted,
            "page": number if number > 1 else None,
        }
        return address_of(f"/vocab/{self.metric.id}", parameters, ("view", *TRAITS, "page"))


async def metric_page(graph: PageGraph, iri: str, asked: Mapping[str, str]) -> Response:
    """A view of the metric, chosen and narrowed by the parameters of the address.

    Raises UnknownIri where the graph has never seen the metric.
    """
    metric = await graph.ask(partial(entity_record, id=iri))
    here = _read(metric, asked)
    if _form() == "csv" and here.chosen and here.view in _LISTING:
        return await _as_table(graph, here)
    return await _MAKERS[here.view](graph, here)


def _read(metric: EntityRecord, asked: Mapping[str, str]) -> _Asked:
    """What of the address means something; the rest is ignored."""
    chosen = {name: asked[name].strip()[:200] for name in TRAITS if asked.get(name, "").strip()}
    if "subject" in chosen:
        chosen["subject"] = chosen["subject"].rpartition("/")[2]
    view = asked.get("view", "chart")
    page_number = asked.get("page", "1")
    number = int(page_number) if page_number.isascii() and page_number.isdigit() else 1
    return _Asked(metric, view if view in _VIEWS else "chart", chosen, min(max(number, 1), 100_000))


async def _figures(graph: PageGraph, here: _Asked, limit: int) -> MetricList:
    work = partial(metric_list, metric=here.metric.iri, chosen=here.chosen, limit=limit)
    return await graph.ask(partial(work, skip=here.skip if here.view == "table" else 0))


async def _common(graph: PageGraph, here: _Asked, found: MetricList | None = None) -> dict[str, Any]:
    """What all views show; filters where the view lists figures."""
    counts = found.counts if found else {}
    names = _OF_RANKING if here.view == "ranking" else TRAITS
    few = {name: counts[name][:_MOST_OPTIONS] for name in names if name in counts}
    data = {ours: here.chosen[name] for name, ours in _OF_API.items() if name in here.chosen}
    return {
        "metric": here.metric,
        "view": here.view,
        "views": [(name, said, here.address(here.chosen, view=name)) for name, said in _VIEWS.items()],
        "filters": filters_of(few, here.chosen, here.address),
        "chosen": here.chosen,
        "unchosen": here.address({}),
        "total": len(found.iris) if found else 0,
        "data": f"/api/claims?{urlencode({'metric': here.metric.id, **data})}" if here.chosen else None,
        "reports": {report.iri: report for report in await graph.ask(report_records)},
    }


async def _chart(graph: PageGraph, here: _Asked) -> Response:
    """The figures over time, with what is in dispute and what was revised beside them."""
    about = partial(conflict_records, kind="value", about=here.metric.iri)
    found, revised, conflicts = await asyncio.gather(
        _figures(graph, here, _DRAWN),
        graph.ask(partial(revisions_of, metric=here.metric.iri)),
        graph.ask(about),
    )
    drawn = charted_claims(found.claims, len(found.iris))
    beside = [point.claim for point in drawn.points][-_BESIDE:]
    return page(
        "metric",
        claims=beside,
        chart=drawn.chart,
        lines=drawn.lines,
        drawn=drawn.chart is not None,
        conflicts=conflicts,
        revised=revised[:5],
        sources=numbered((*beside, *(one.after for one in revised[:5]))),
        table=here.address(here.chosen, view="table"),
        revisions=here.address(here.chosen, view="revisions"),
        **await _common(graph, here, found),
    )


async def _table(graph: PageGraph, here: _Asked) -> Response:
    """All figures that fit, the latest first, in pages."""
    found = await _figures(graph, here, _PER_PAGE)
    after = here.skip + _PER_PAGE < len(found.iris)
    return page(
        "metric_table",
        claims=found.claims,
        first=here.skip + 1,
        last=here.skip + len(found.claims),
        before=here.address(here.chosen, number=here.number - 1) if here.number > 1 else None,
        after=here.address(here.chosen, number=here.number + 1) if after else None,
        sources=numbered(found.claims),
        **await _common(graph, here, found),
    )


async def _ranking(graph: PageGraph, here: _Asked) -> Response:
    """The best figure of each subject, the largest first, for a year or for all times."""
    year = here.chosen.get("year")
    work = partial(ranking, metric=here.metric.iri, period=year, unit=None, limit=_MOST_RANKED)
    points, found = await asyncio.gather(graph.ask(work), _figures(graph, here, 0))
    groups = ranks_of(points)
    return page(
        "metric_ranking",
        points=points,
        groups=groups,
        year=year,
        drawn=bool(groups),
        sources=numbered(point.claim for point in points),
        **await _common(graph, here, found),
    )


async def _revisions(graph: PageGraph, here: _Asked) -> Response:
    """Figures that those who gave them have replaced since."""
    found = await graph.ask(partial(revisions_of, metric=here.metric.iri))
    subject = here.chosen.get("subject")
    revised = [one for one in found if subject in (None, one.after.subject.id)]
    claims = (claim for one in revised for claim in (one.before, one.after))
    return page("metric_revisions", revised=revised, sources=numbered(claims), **await _common(graph, here))


async def _sources(graph: PageGraph, here: _Asked) -> Response:
    """The reports that the figures come from, those with most of them first."""
    found = await _figures(graph, here, _AT_ONCE)
    counts = Counter(claim.report for claim in found.claims)
    return page("metric_sources", counts=counts.most_common(), **await _common(graph, here, found))


async def _statements(graph: PageGraph, here: _Asked) -> Response:
    """What is said of the metric in words, not as a figure."""
    listing = partial(claim_list, entity=here.metric.iri, skip=0)
    counts = (await graph.ask(partial(listing, chosen={}, names=("kind",), limit=0))).counts["kind"]
    kinds = [kind.id for kind, _ in counts if kind.id != "metric"]
    found = [
        await graph.ask(partial(listing, chosen={"kind": kind}, names=(), limit=_PER_PAGE)) for kind in kinds
    ]
    claims = [claim for one in found for claim in one.claims]
    return page(
        "metric_statements",
        claims=claims,
        every=sum(len(one.iris) for one in found),
        kinds=kinds,
        sources=numbered(claims),
        **await _common(graph, here),
    )


async def _as_table(graph: PageGraph, here: _Asked) -> Response:
    """All figures that fit as CSV, read in parts so that a long list keeps no worker for long."""
    iris = (await _figures(graph, here, 0)).iris
    claims: list[ClaimRecord] = []
    for start in range(0, len(iris), _AT_ONCE):
        claims += await graph.ask(partial(claim_records, iris=iris[start : start + _AT_ONCE]))
    rows = [Claim.of(claim).model_dump(mode="json") for claim in claims]
    return Response(await asyncio.to_thread(as_csv, {"claims": rows}), media_type=FORMS["csv"])


def _form() -> str:
    now = shown()
    return now.form if now else "html"


_MAKERS = {
    "chart": _chart,
    "ranking": _ranking,
    "table": _table,
    "revisions": _revisions,
    "sources": _sources,
    "statements": _statements,
}
