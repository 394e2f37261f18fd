"""Figures of a metric: over time, and side by side. Each point is one claim, so it can be cited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.errors import BadRequest, UnknownIri
from kg.figure_rows import figure_rows
from kg.iris import ID, VOCAB
from kg.names import candidates_for, refs_for
from kg.queries import Row, rows
from kg.records import ClaimRecord, Ref
from ontology.metrics import Metric, load_metrics, with_narrower
from ontology.units import Unit, load_units

# What has happened, as opposed to what is expected, planned or advertised.
_ACTUAL = frozenset({"reported", "estimate"})
_OUT = frozenset({"retracted", "rejected", "superseded"})
# A chart with more points than this shows none of them.
MOST_POINTS = 5000
_STANDING = {"preferred": 3, "accepted": 2, "disputed": 1, "candidate": 0}


@dataclass(frozen=True)
class MetricRecord:
    """A metric, and how much is said about it."""

    metric: Ref
    slug: str
    names: tuple[str, ...]
    unit_kinds: tuple[str, ...]
    broader: Ref | None
    claims: int
    subjects: int


@dataclass(frozen=True)
class Point:
    """One figure: the claim, its numbers in the unit that was asked for, and whether it is about the past."""

    claim: ClaimRecord
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: Ref
    actual: bool


def metric_records(store: Store) -> list[MetricRecord]:
    """All metrics by name."""
    counts = {row["metric"]: row for row in rows(store, "metrics")}
    known = load_metrics()
    refs = refs_for(store, {*known, *counts})
    found = [
        MetricRecord(
            refs[iri],
            metric.slug,
            metric.names,
            metric.unit_kinds,
            refs[metric.broader] if metric.broader else None,
            int(counts[iri]["claims"]) if iri in counts else 0,
            int(counts[iri]["subjects"]) if iri in counts else 0,
        )
        for iri, metric in known.items()
    ]
    return sorted(found, key=lambda record: record.metric.label.casefold())


@dataclass(frozen=True)
class Series:
    """Figures in the order of time, and how many there are in all: the latest are kept where not all are."""

    points: tuple[Point, ...]
    total: int


def series(
    store: Store, *, metric: str, subject: str | None, unit: str | None, limit: int = MOST_POINTS
) -> Series:
    """The figures of a metric and of all narrower ones, of one subject or of all, in the order of time.

    Raises:
        UnknownIri: if there is no such metric.
        BadRequest: if the unit is not known.
    """
    wanted, target = _metrics(metric), _unit(unit)
    subjects = candidates_for(subject, ID, VOCAB) if subject else ()
    ends = {row["claim"]: row.get("end", "") for row in figure_rows(store, metrics=wanted, subjects=subjects)}
    latest = sorted(ends, key=lambda claim: (ends[claim], claim), reverse=True)[:limit]
    points = sorted(_points(store, claim_records(store, latest), target), key=_when)
    return Series(tuple(points), len(ends))


def converted(points: Iterable[Point], unit: Ref) -> list[Point]:
    """The figures as read, in this unit; those that cannot be given in it are left out."""
    target = load_units().by_iri.get(unit.iri)
    found = []
    for point in points:
        figure = point.claim.figure
        if figure is None or (target is None and figure.unit.iri != unit.iri):
            continue
        factor = _factor(figure.unit.iri, target)
        if factor is not None:
            numbers = (figure.value, figure.low, figure.high)
            value, low, high = (None if one is None else one * factor for one in numbers)
            found.append(Point(point.claim, value, low, high, unit, point.actual))
    return found


def ranking(store: Store, *, metric: str, period: str | None, unit: str | None, limit: int) -> list[Point]:
    """The best figure of each subject for one period, largest first; all periods without one.

    Best is what a curator prefers, then what happened before what is expected, then the latest source.
    Figures in units that cannot be converted into each other are ranked apart, one unit after the other.
    Errors are those of `series`.
    """
    wanted, target = _metrics(metric), _unit(unit)
    best: dict[tuple[str, str], Row] = {}
    for row in figure_rows(store, metrics=wanted, period=period):
        if _word(row["status"]) in _OUT:
            continue
        key = row["subject"], _kind(row["unit"])
        if key not in best or _preference(row) > _preference(best[key]):
            best[key] = row
    ranked = sorted((row for row in best.values() if _factor(row["unit"], target) is not None), key=_rank)
    claims = claim_records(store, [row["claim"] for row in ranked[:limit]])
    return list(_points(store, claims, target))


def _metrics(text: str) -> set[str]:
    """The metric of this id or IRI and all narrower ones; UnknownIri if there is none."""
    return with_narrower([_metric(text).iri])


def _word(iri: str) -> str:
    """`planned` of `…/vocab/modality-planned`."""
    return iri.rpartition("/")[2].partition("-")[2]


def _kind(unit: str) -> str:
    """What figures in this unit can be compared with: others of its kind, money only in its currency."""
    known = load_units().by_iri.get(unit)
    return unit if known is None or known.kind == "money" else known.kind


def _metric(text: str) -> Metric:
    known = load_metrics()
    for iri in candidates_for(text, VOCAB, f"{VOCAB}metric-"):
        if iri in known:
            return known[iri]
    raise UnknownIri(f"no metric {text} is known; /api/metrics lists them")


def _points(store: Store, claims: Iterable[ClaimRecord], target: Unit | None) -> Iterator[Point]:
    """Claims with a figure as points in the target unit; those that cannot be given in it are left out."""
    shown = refs_for(store, [target.iri])[target.iri] if target else None
    for claim in claims:
        figure = claim.figure
        factor = None if figure is None else _factor(figure.unit.iri, target)
        if figure is None or factor is None:
            continue
        value, low, high = (
            None if number is None else number * factor for number in (figure.value, figure.low, figure.high)
        )
        yield Point(claim, value, low, high, shown or figure.unit, claim.modality in _ACTUAL)


def _unit(text: str | None) -> Unit | None:
    if text is None:
        return None
    units = load_units()
    found = units.named.get(text) or units.by_iri.get(text) or units.find(text)
    if found is None:
        raise BadRequest(f"no unit {text} is known; names are those of QUDT, such as GigaW or CCY_USD")
    return found


def _factor(unit: str, target: Unit | None) -> Decimal | None:
    """What to multiply by; None if the figure cannot be given in the unit, such as in another currency."""
    if target is None:
        return Decimal(1)
    own = load_units().by_iri.get(unit)
    if own is None or own.kind != target.kind or (own.kind == "money" and own.iri != target.iri):
        return None
    return own.factor / target.factor


def _when(point: Point) -> tuple[str, str, str]:
    period = point.claim.period
    moment = (period.end or period.start) if period else None
    return moment or "9999", point.claim.subject.label, point.claim.iri


def _preference(row: Row) -> tuple[int, bool, str, str, str]:
    standing = _STANDING.get(_word(row["status"]), 0)
    actual = _word(row["modality"]) in _ACTUAL
    return standing, actual, row.get("end", ""), row.get("asserted", ""), row["claim"]


def _rank(row: Row) -> tuple[str, Decimal, str]:
    """Kind by kind, the largest first, by numbers in the base unit of the kind."""
    number = Decimal(next((row[name] for name in ("value", "high", "low") if name in row), 0))
    known = load_units().by_iri.get(row["unit"])
    return _kind(row["unit"]), -number * known.factor if known else -number, row["claim"]
