"""ranked figures -> bars: a group for each unit, each bar as long as its figure beside the largest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.figures import Point, converted
from kg.records import ClaimRecord, Ref

_MOST = 30
_ROW, _HEAD = 26, 34


@dataclass(frozen=True)
class Bar:
    """A figure: how far its bar reaches, in percent, and where it stands, in pixels."""

    claim: ClaimRecord
    length: float
    y: int
    ahead: bool


@dataclass(frozen=True)
class Group:
    """The figures in one unit, the largest first, with the place of its heading."""

    unit: Ref
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Ranks:
    """The drawing: its groups, its height in pixels, how many figures have no room in it."""

    groups: tuple[Group, ...]
    height: int
    left_out: int


def ranks_of(points: Sequence[Point]) -> Ranks | None:
    """The bars of the first figures; None where there are none. Figures below nought have no length."""
    shown = points[:_MOST]
    if not shown:
        return None
    groups, y = [], 0
    for unit, some in _alike(shown):
        bars = tuple(_bars(some, y + _HEAD))
        groups.append(Group(unit, y + 20, bars))
        y += _HEAD + len(bars) * _ROW
    return Ranks(tuple(groups), y + 4, len(points) - len(shown))


def _alike(points: Iterable[Point]) -> list[tuple[Ref, list[Point]]]:
    """Neighbours that can be given in one unit, in the unit of the first of them."""
    groups: list[tuple[Ref, list[Point]]] = []
    for point in points:
        if groups and (same := converted([point], groups[-1][0])):
            groups[-1][1].extend(same)
        else:
            groups.append((point.unit, [point]))
    return groups


def _bars(points: Sequence[Point], top: int) -> Iterable[Bar]:
    sizes = [max(_number(point), 0.0) for point in points]
    largest = max(sizes) or 1.0
    for n, (point, size) in enumerate(zip(points, sizes, strict=True)):
        yield Bar(point.claim, round(100 * size / largest, 2), top + n * _ROW, not point.actual)


def _number(point: Point) -> float:
    return float(next((one for one in (point.value, point.high, point.low) if one is not None), 0))
