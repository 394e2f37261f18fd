"""graph -> the market at a glance: landscape, metrics over time and side by side, comparisons."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies import (
    comparison_body,
    landscape_body,
    metrics_body,
    ranking_body,
    series_body,
    timeline_body,
)
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
from api.versioned import VersionDep, VersionedRoute, written
from kg.drawn_network import drawn_network
from kg.entity_records import thing_record
from kg.errors import BadRequest
from kg.figures import MOST_POINTS

router = APIRouter(prefix="/api", tags=["market"], route_class=VersionedRoute)

_MOST_COMPARED = 6
UnitName = Annotated[
    str | None,
    Query(max_length=60, description="Unit to convert into, as GigaW or CCY_USD; others are left out"),
]


@router.get("/landscape", response_model=LandscapeOut, responses=FAILURES)
async def get_landscape(graph: GraphDep, version: VersionDep) -> Response:
    """Providers by paradigm, delivery, business model and region, as a table and as a network to draw."""
    return written(await graph.ask_once(partial(landscape_body, version=version), version, key="landscape"))


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


@router.get("/metrics", response_model=MetricList, responses=FAILURES)
async def list_metrics(
    graph: GraphDep,
    version: VersionDep,
    sort: Annotated[
        Literal["label", "-label", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> Response:
    """All metrics, by name unless sorted, with how much is said about each."""
    work = partial(metrics_body, version=version, sort=sort)
    return written(await graph.ask_once(work, version, key=("metrics", sort)))


@router.get("/metrics/{id}/series", response_model=PointList, responses=FAILURES)
async def get_series(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    subject: Annotated[Id | None, Query(description="Id or IRI of whom the figures are about")] = None,
    unit: UnitName = None,
    limit: Annotated[
        int, Query(ge=1, le=MOST_POINTS, description="Most figures; the latest are kept")
    ] = 1000,
) -> Response:
    """The figures of a metric in the order of time, with their claims; actual ones are told from expected."""
    work = partial(series_body, version=version, metric=id, subject=subject, unit=unit, limit=limit)
    return written(await graph.ask(work, version=version))


@router.get("/metrics/{id}/ranking", response_model=RankingOut, responses=FAILURES)
async def get_ranking(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    period: Annotated[str | None, Query(max_length=40, description="Year or period label")] = None,
    unit: UnitName = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Most subjects to show")] = 100,
) -> Response:
    """The best figure of each subject, largest first; figures in different units are ranked apart."""
    work = partial(ranking_body, version=version, metric=id, period=period, unit=unit, limit=limit)
    return written(await graph.ask(work, version=version))


@router.get("/compare", response_model=ComparisonOut, responses=FAILURES)
async def get_comparison(
    graph: GraphDep,
    version: VersionDep,
    ids: Annotated[str, Query(max_length=600, description="Two to six ids, with commas between them")],
    limit: Annotated[int, Query(ge=1, le=50, description="Most claims in a cell; the latest are kept")] = 5,
) -> Response:
    """Things side by side, property by property and metric by metric; null marks a gap."""
    wanted = tuple(dict.fromkeys(one.strip() for one in ids.split(",") if one.strip()))
    if not 2 <= len(wanted) <= _MOST_COMPARED:
        raise BadRequest(f"two to {_MOST_COMPARED} different ids are compared, not {len(wanted)}")
    for one in wanted:
        try:
            check_id(one)
        except ValueError as error:
            raise BadRequest(f"{one!r} is neither an id nor an IRI") from error
    work = partial(comparison_body, version=version, ids=wanted, most=limit)
    return written(await graph.ask(work, version=version))


@router.get("/entities/{id}/timeline", response_model=TimelineOut, responses=FAILURES)
async def get_timeline(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    limit: Annotated[int, Query(ge=1, le=500, description="Most claims on one page")] = 50,
    cursor: Cursor = None,
) -> Response:
    """The claims in which a thing stands, by the time that they are about."""
    work = partial(timeline_body, version=version, id=id, limit=limit, cursor=cursor)
    return written(await graph.ask(work, version=version))
