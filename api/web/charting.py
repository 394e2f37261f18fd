"""graph -> the figures of a metric with their chart, in the unit in which most of them are."""

from dataclasses import dataclass
from functools import partial

from api.web.chart import Chart, Mark, chart_of, commonest_unit, lines_of
from api.web.versioned_pages import PageGraph
from kg.figures import Point, series

_MOST_FIGURES = 400


@dataclass(frozen=True)
class Charted:
    """The latest figures in the order of time, how many there are in all, and a chart if one can be drawn."""

    points: tuple[Point, ...]
    total: int
    chart: Chart | None
    lines: tuple[tuple[Mark, Mark], ...]


async def charted(
    graph: PageGraph, metric: str, subject: str | None, *, only: frozenset[str] | None = None
) -> Charted:
    """The figures of a metric, of one subject or of all, and of some claims alone where `only` names them."""
    work = partial(series, metric=metric, subject=subject, limit=_MOST_FIGURES)
    found = await graph.ask(partial(work, unit=None))
    points = _some(found.points, only)
    if (unit := commonest_unit(points)) is None:
        return Charted(points, found.total, None, ())
    alike = await graph.ask(partial(work, unit=unit))
    chart = chart_of(_some(alike.points, only), len(points))
    return Charted(points, found.total, chart, tuple(lines_of(chart)) if chart else ())


def _some(points: tuple[Point, ...], only: frozenset[str] | None) -> tuple[Point, ...]:
    return points if only is None else tuple(point for point in points if point.claim.iri in only)
