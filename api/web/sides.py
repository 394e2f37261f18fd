"""the neighbours of a thing -> their places: what is said of others at its left, what of it at its right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.neighbours import Neighbour

_ROW, _MARGIN = 40, 24


@dataclass(frozen=True)
class Placed:
    """A neighbour at a place: in percent across, in pixels down."""

    neighbour: Neighbour
    x: float
    y: float


@dataclass(frozen=True)
class Sides:
    """The picture: its height in pixels, and how many neighbours have no room in it."""

    placed: tuple[Placed, ...]
    height: int
    left_out: int


def sides_of(neighbours: Sequence[Neighbour], most: int) -> Sides:
    """At most half of `most` at each side, in their order, each side in the middle of the height."""
    half = most // 2
    left = [one for one in neighbours if one.direction == "in"][:half]
    right = [one for one in neighbours if one.direction == "out"][:half]
    rows = max(len(left), len(right), 1)
    placed = (*_column(left, 28.0, rows), *_column(right, 72.0, rows))
    return Sides(placed, rows * _ROW + _MARGIN, len(neighbours) - len(placed))


def _column(side: Sequence[Neighbour], x: float, rows: int) -> Iterable[Placed]:
    top = _MARGIN + (rows - len(side)) * _ROW / 2
    return (Placed(one, x, top + n * _ROW) for n, one in enumerate(side))
