"""graph -> the figures of a metric with their chart, in the unit in which most of them are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    return Charted(points, found.total, *_drawn(points))


def charted_claims(claims: Iterable[ClaimRecord], total: int) -> Charted:
    """The figures of some claims about one metric in the order of time, with a chart if one can be drawn."""
    points = [point for claim in claims if (point := point_of(claim))]
    points.sort(key=lambda point: (_end(point), point.claim.subject.label, point.claim.iri))
    return Charted(tuple(points), total, *_drawn(points, earlier=total - len(points)))


def point_of(claim: ClaimRecord) -> Point | None:
    """The figure of a claim as it was read; None where it has none."""
    figure = claim.figure
    if figure is None:
        return None
    return Point(claim, figure.value, figure.low, figure.high, figure.unit, not is_ahead(claim))


def _end(point: Point) -> str:
    period = point.claim.period
    return (period.end or period.start if period else None) or "9999"


def _drawn(
    points: Sequence[Point], *, earlier: int = 0
) -> tuple[Chart | None, tuple[tuple[Mark, Mark], ...]]:
    """The chart of what stands, in the unit of most; figures that were replaced are in the table alone."""
    standing = [point for point in points if point.claim.status not in _GONE]
    wanted = commonest_unit(standing)
    unit = next((point.unit for point in standing if point.unit.iri == wanted), None)
    chart = chart_of(converted(standing, unit), len(standing)) if unit else None
    if chart is None:
        return None, ()
    more = (("superseded or retracted", len(points) - len(standing)), ("of earlier times", earlier))
    chart = replace(chart, left_out=(*chart.left_out, *((why, count) for why, count in more if count)))
    return chart, tuple(lines_of(chart))


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
        if claim.metric and claim.status not in _GONE and (point := point_of(claim)):
            alike[claim.metric, point.unit].append(point)
    found = []
    for (metric, _), points in sorted(alike.items(), key=lambda item: (-len(item[1]), item[0][0].label)):
        if chart := chart_of(points, len(points)):
            found.append(Drawn(metric, chart, tuple(lines_of(chart))))
    return found[:most]


def _some(points: tuple[Point, ...], only: frozenset[str] | None) -> tuple[Point, ...]:
    return points if only is None else tuple(point for point in points if point.claim.iri in only)
