"""the neighbours of a thing -> their places: what is said of others at its left, what of it at its right."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.neighbours import Neighbour
from kg.records import ClaimRecord, Ref

_ROW, _MARGIN = 40, 24
_GONE = frozenset(("superseded", "retracted", "rejected"))


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


def neighbours_among(entity: str, claims: Iterable[ClaimRecord]) -> list[Neighbour]:
    """The neighbours that these claims join the thing to, those of whom most reports speak first."""
    groups: dict[tuple[str, Ref, Ref, bool], list[ClaimRecord]] = defaultdict(list)
    for claim in claims:
        if claim.predicate and claim.object and claim.status not in _GONE:
            out = claim.subject.iri == entity
            other = claim.object if out else claim.subject
            key = "out" if out else "in", claim.predicate, other, claim.polarity == "negated"
            groups[key].append(claim)
    found = [_neighbour(key, some) for key, some in groups.items()]
    return sorted(found, key=lambda one: (-one.reports, one.thing.label.casefold()))


def _neighbour(key: tuple[str, Ref, Ref, bool], some: list[ClaimRecord]) -> Neighbour:
    way, predicate, other, negated = key
    return Neighbour(
        thing=other,
        predicate=predicate,
        direction="out" if way == "out" else "in",
        negated=negated,
        planned=all(claim.modality == "planned" for claim in some),
        reports=len({claim.report.iri for claim in some}),
        total=len(some),
        claims=tuple(some),
    )


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
