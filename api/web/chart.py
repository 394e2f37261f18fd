"""figures of a metric -> where each stands in a chart, in percent across and down, so that text never scales.

Marks are solid for what happened and hollow for what is ahead; a range is a bar, an open end a dotted tail.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from api.web.wording import figure_in_words, number_in_words
from kg.figures import Point
from kg.records import ClaimRecord, Ref

_FEWEST = 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 8.0, 88.0, 6.0, 90.0
_LABEL_WIDTH, _LABEL_HEIGHT = 15.0, 5.0
_DAYS = 365.25


@dataclass(frozen=True)
class Mark:
    """One statement: its place, the ends of its bar (the place itself without a range), and an open end."""

    claim: ClaimRecord
    x: float
    y: float
    low: float
    high: float
    ahead: bool
    open_to: str  # "up", "down" or ""
    label: str  # "" where it would cover another

    @property
    def disputed(self) -> bool:
        """Whether another statement contradicts it."""
        return self.claim.status == "disputed"


@dataclass(frozen=True)
class Series:
    """The marks of one subject, in the order of time."""

    subject: Ref
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its words."""

    at: float
    words: str


@dataclass(frozen=True)
class Chart:
    """A drawing, and the figures that it leaves out with the reason."""

    unit: Ref
    marks: tuple[Mark, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    ahead_from: float | None
    logarithmic: bool
    left_out: tuple[tuple[str, int], ...]

    @property
    def series(self) -> tuple[Series, ...]:
        """The marks by subject; the series that ends highest comes first, so that keys move as eyes do."""
        marks: dict[Ref, list[Mark]] = defaultdict(list)
        for mark in sorted(self.marks, key=lambda one: (one.x, one.y, one.claim.iri)):
            marks[mark.claim.subject].append(mark)
        found = (Series(subject, tuple(some)) for subject, some in marks.items())
        return tuple(sorted(found, key=lambda one: (one.marks[-1].y, one.subject.label, one.subject.iri)))


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where the value stands between the ends, from 0 to 1."""
        if self.logarithmic:
            return (math.log10(value) - self.low) / (self.high - self.low)
        return (value - self.low) / (self.high - self.low)


def chart_of(points: Sequence[Point], all_figures: int) -> Chart | None:
    """The chart of figures that share a unit; None where fewer than three have a time and a number."""
    timed = [(point, when) for point in points if (when := _year(point)) is not None and _numbers(point)]
    if len(timed) < _FEWEST:
        return None
    years = _Scale(
        math.floor(min(when for _, when in timed)), math.ceil(max(when for _, when in timed) + 0.01)
    )
    sizes = _sizes([number for point, _ in timed for number in _numbers(point)])
    ahead = [when for point, when in timed if not point.actual]
    happened = [when for point, when in timed if point.actual]
    starts = max(happened) if happened and ahead else None
    several = len({point.claim.subject.iri for point, _ in timed}) > 1
    return Chart(
        points[0].unit,
        tuple(_labelled(_mark(point, when, years, sizes, by_name=several) for point, when in timed)),
        tuple(_years(years)),
        tuple(_steps(sizes)),
        _across(years.share(min(starts + 0.02, years.high))) if starts is not None else None,
        sizes.logarithmic,
        tuple(
            (why, count)
            for why, count in (
                ("without a date", len(points) - len(timed)),
                ("in a unit that cannot be converted into this one", all_figures - len(points)),
            )
            if count
        ),
    )


def commonest_unit(points: Iterable[Point]) -> str | None:
    """The unit of most figures that have a time, by IRI."""
    units = Counter(point.unit.iri for point in points if _year(point) is not None)
    return units.most_common(1)[0][0] if units else None


def _numbers(point: Point) -> list[float]:
    return [float(one) for one in (point.value, point.low, point.high) if one is not None]


def _year(point: Point) -> float | None:
    """The middle of the period where both ends are known, else the end that is."""
    period = point.claim.period
    ends = [_as_year(end) for end in (period.start, period.end) if end] if period else []
    return sum(ends) / len(ends) if ends else None


def _as_year(moment: str) -> float:
    day = date.fromisoformat(moment[:10])
    return day.year + (day.timetuple().tm_yday - 1) / _DAYS


def _sizes(numbers: list[float]) -> _Scale:
    """From nought, or by powers of ten where the largest dwarfs the smallest."""
    low, high = min(numbers), max(numbers)
    if low > 0 and high / low > 50:
        return _Scale(math.floor(math.log10(low)), math.ceil(math.log10(high) + 0.01), logarithmic=True)
    bottom = min(0.0, low)
    step = _step(high - bottom)
    return _Scale(math.floor(bottom / step) * step, math.ceil(high / step + 0.01) * step)


def _step(span: float) -> float:
    size = 10.0 ** math.floor(math.log10(span / 4)) if span > 0 else 1.0
    return next(size * factor for factor in (1, 2, 5, 10) if span / (size * factor) <= 5 or factor == 10)


def _across(share: float) -> float:
    return round(_LEFT + share * (_RIGHT - _LEFT), 2)


def _down(share: float) -> float:
    return round(_BOTTOM - share * (_BOTTOM - _TOP), 2)


def _years(scale: _Scale) -> Iterable[Tick]:
    every = max(1, round((scale.high - scale.low) / 8))
    for year in range(int(scale.low), int(scale.high) + 1, every):
        yield Tick(_across(scale.share(year)), str(year))


def _steps(scale: _Scale) -> Iterable[Tick]:
    if scale.logarithmic:
        values = [10.0**power for power in range(int(scale.low), int(scale.high) + 1)]
    else:
        step = _step(scale.high - scale.low)
        values = [scale.low + step * n for n in range(round((scale.high - scale.low) / step) + 1)]
    for value in values:
        yield Tick(_down(scale.share(value)), number_in_words(Decimal(repr(round(value, 6)))))


def _mark(point: Point, when: float, years: _Scale, sizes: _Scale, *, by_name: bool) -> Mark:
    """The mark of a figure; it is called by whom it is about, or by the figure where all are about one."""
    numbers = _numbers(point)
    value = float(point.value) if point.value is not None else sum(numbers) / len(numbers)
    ends = (float(point.low), float(point.high)) if point.low and point.high else (value, value)
    figure = point.claim.figure
    qualifier = figure.qualifier if figure else ""
    return Mark(
        point.claim,
        _across(years.share(when)),
        _down(sizes.share(value)),
        _down(sizes.share(ends[0])),
        _down(sizes.share(ends[1])),
        not point.actual,
        {"at-least": "up", "at-most": "down"}.get(qualifier, ""),
        point.claim.subject.label if by_name or figure is None else figure_in_words(figure),
    )


def _labelled(marks: Iterable[Mark]) -> Iterable[Mark]:
    """Each mark with its label, or without one where it would cover that of an earlier mark."""
    placed: list[Mark] = []
    for mark in marks:
        free = all(
            abs(mark.x - other.x) > _LABEL_WIDTH or abs(mark.y - other.y) > _LABEL_HEIGHT for other in placed
        )
        if free:
            placed.append(mark)
        label = mark.label if len(mark.label) <= 28 else mark.label[:27] + "…"
        yield Mark(**{**mark.__dict__, "label": label if free else ""})


def lines_of(chart: Chart) -> list[tuple[Mark, Mark]]:
    """Neighbours in time of the one subject, to be joined; nothing where figures are about several."""
    if len({mark.claim.subject.iri for mark in chart.marks}) != 1:
        return []
    return list(pairwise(sorted(chart.marks, key=lambda mark: mark.x)))
