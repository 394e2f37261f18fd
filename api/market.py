"""graph -> the market at a glance: landscape, metrics over time and side by side, comparisons."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.claims import FAILURES, Cursor, Id, check_id
from api.deps import GraphDep
from api.market_schemas import (
    ComparisonOut,
    LandscapeOut,
    MetricList,
    NetworkOut,
    PointList,
    RankingOut,
    TimelineOut,
)
from api.sorting import in_order
from api.versioned import VersionDep, VersionedRoute
from kg.comparison import compare
from kg.drawn_network import drawn_network
from kg.entity_records import thing_record
from kg.errors import BadRequest
from kg.figures import MOST_POINTS, MetricRecord, metric_records, ranking, series
from kg.landscape import landscape
from kg.timeline import timeline

router = APIRouter(prefix="/api", tags=["market"], route_class=VersionedRoute)

_MOST_COMPARED = 6
_KEYS: dict[str, Callable[[MetricRecord], Any]] = {
    "label": lambda metric: metric.metric.label.casefold(),
    "claims": lambda metric: metric.claims,
}
UnitName = Annotated[
    str | None,
    Query(max_length=60, description="Unit to convert into, as GigaW or CCY_USD; others are left out"),
]


@router.get("/landscape", responses=FAILURES)
async def get_landscape(graph: GraphDep, version: VersionDep) -> LandscapeOut:
    """Providers by paradigm, delivery, business model and region, as a table and as a network to draw."""
    return LandscapeOut.of(await graph.ask_once(landscape, version), version.number)


@router.get("/network", responses=FAILURES)
async def get_network(
    graph: GraphDep,
    version: VersionDep,
    around: Annotated[Id | None, Query(description="Only this thing and what it is joined to")] = None,
    limit: Annotated[int, Query(ge=2, le=500, description="Most things to draw")] = 60,
) -> NetworkOut:
    """The plain facts as a picture, one and the same for a version: things at places, facts between them."""
    only = None
    if around is not None:
        only = frozenset([(await graph.ask(partial(thing_record, id=around), version=version)).iri])
    work = partial(drawn_network, version=version, only=only, limit=limit)
    return NetworkOut.of(await graph.ask(work, version=version), version.number)


@router.get("/metrics", responses=FAILURES)
async def list_metrics(
    graph: GraphDep,
    version: VersionDep,
    sort: Annotated[
        Literal["label", "-label", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> MetricList:
    """All metrics, by name unless sorted, with how much is said about each."""
    found = in_order(await graph.ask_once(metric_records, version), sort, _KEYS)
    return MetricList.model_validate({"version": version.number, "metrics": found})


@router.get("/metrics/{id}/series", responses=FAILURES)
async def get_series(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    subject: Annotated[Id | None, Query(description="Id or IRI of whom the figures are about")] = None,
    unit: UnitName = None,
    limit: Annotated[
        int, Query(ge=1, le=MOST_POINTS, description="Most figures; the latest are kept")
    ] = 1000,
) -> PointList:
    """The figures of a metric in the order of time, with their claims; actual ones are told from expected."""
    work = partial(series, metric=id, subject=subject, unit=unit, limit=limit)
    found = await graph.ask(work, version=version)
    return PointList.model_validate({"version": version.number, "total": found.total, "points": found.points})


@router.get("/metrics/{id}/ranking", responses=FAILURES)
async def get_ranking(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    period: Annotated[str | None, Query(max_length=40, description="Year or period label")] = None,
    unit: UnitName = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most subjects to show")] = 100,
) -> RankingOut:
    """The best figure of each subject, largest first; figures in different units are ranked apart."""
    points = await graph.ask(
        partial(ranking, metric=id, period=period, unit=unit, limit=limit), version=version
    )
    return RankingOut.model_validate({"version": version.number, "ranking": points})


@router.get("/compare", responses=FAILURES)
async def get_comparison(
    graph: GraphDep,
    version: VersionDep,
    ids: Annotated[str, Query(max_length=600, description="Two to six ids, with commas between them")],
    limit: Annotated[int, Query(ge=1, le=50, description="Most claims in a cell; the latest are kept")] = 5,
) -> ComparisonOut:
    """Things side by side, property by property and metric by metric; null marks a gap."""
    wanted = tuple(dict.fromkeys(one.strip() for one in ids.split(",") if one.strip()))
    if not 2 <= len(wanted) <= _MOST_COMPARED:
        raise BadRequest(f"two to {_MOST_COMPARED} different ids are compared, not {len(wanted)}")
    for one in wanted:
        try:
            check_id(one)
        except ValueError as error:
            raise BadRequest(f"{one!r} is neither an id nor an IRI") from error
    found = await graph.ask(partial(compare, ids=wanted, most=limit), version=version)
    return ComparisonOut.of(found, version.number)


@router.get("/entities/{id}/timeline", responses=FAILURES)
async def get_timeline(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    limit: Annotated[int, Query(ge=1, le=500, description="Most claims on one page")] = 50,
    cursor: Cursor = None,
) -> TimelineOut:
    """The claims in which a thing stands, by the time that they are about."""
    page = await graph.ask(partial(timeline, id=id, limit=limit, cursor=cursor), version=version)
    return TimelineOut.model_validate(
        {"version": version.number, "total": page.total, "next": page.cursor, "claims": page.claims}
    )
