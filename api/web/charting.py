"""graph -> the figures of a metric with their chart, in the unit in which most of them are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from api.web.chart import Chart, Mark, chart_of, commonest_unit, lines_of
from api.web.versioned_pages import PageGraph
from api.web.wording import is_ahead
from kg.figures import Point, converted, series
from kg.records import ClaimRecord, Ref

_MOST_FIGURES = 400
_GONE = frozenset(("superseded", "retracted", "rejected"))


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
    work = partial(series, metric=metric, subject=subject, unit=None, limit=_MOST_FIGURES)
    found = await graph.ask(work)
    points = _some(found.points, only)
    wanted = commonest_unit(points)
    unit = next((point.unit for point in points if point.unit.iri == wanted), None)
    if unit is None:
        return Charted(points, found.total, None, ())
    chart = chart_of(converted(points, unit), len(points))
    return Charted(points, found.total, chart, tuple(lines_of(chart)) if chart else ())


@dataclass(frozen=True)
class Drawn:
    """A metric with its chart."""

    metric: Ref
    chart: Chart
    lines: tuple[tuple[Mark, Mark], ...]


def charts_among(claims: Iterable[ClaimRecord], most: int) -> list[Drawn]:
    """The charts of metrics of which three figures in one unit have a time, those with most figures first."""
    alike: dict[tuple[Ref, Ref], list[Point]] = defaultdict(list)
    for claim in claims:
        if claim.metric and claim.figure and claim.status not in _GONE:
            figure = claim.figure
            point = Point(claim, figure.value, figure.low, figure.high, figure.unit, not is_ahead(claim))
            alike[claim.metric, figure.unit].append(point)
    found = []
    for (metric, _), points in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0][0].label)):
        if chart := chart_of(points, len(points)):
            found.append(Drawn(metric, chart, tuple(lines_of(chart))))
    return found[:most]


def _some(points: tuple[Point, ...], only: frozenset[str] | None) -> tuple[Point, ...]:
    return points if only is None else tuple(point for point in points if point.claim.iri in only)
