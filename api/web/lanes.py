"""contracts -> a drawing in lanes: buyers, hyperscalers, compute-native, sellers; width by value.

Widths compare amounts of one unit only, the commonest; a contract without such a figure is a thin line.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.web.contracts import Deal, amount
from api.web.wording import figure_in_words
from kg.records import Ref
from ontology import terms

WIDTH = 960
_MOST = 40
_LEFT, _RIGHT, _TOP, _ROW = 170, 740, 44, 58
_HALF = 5  # of the box of a thing, across
_THICK, _THIN = 14.0, 1.5
_COLOURS = 6
_LONGEST = 44
_BUYERS, _SELLERS = "Buyers", "Sellers"
_CLASSED = {
    terms.V_PARADIGM_HYPERSCALER: "Hyperscalers",
    terms.V_PARADIGM_COMPUTE_NATIVE: "Compute-native",
}
_ORDER = (_BUYERS, *_CLASSED.values(), _SELLERS)


@dataclass(frozen=True)
class Stop:
    """A thing at its place in a lane; `told` is who buys from it for how much, in the last lane."""

    thing: Ref
    x: float
    y: float
    side: str  # where its name stands: "start", "middle" or "end"
    colour: int
    told: str


@dataclass(frozen=True)
class Ribbon:
    """A contract as a path of a width, the middle of which is where the focus is shown."""

    deal: Deal
    path: str
    x: float
    y: float
    width: float
    colour: int


@dataclass(frozen=True)
class Lanes:
    """The drawing: its lanes by name and place, and how many contracts it has no room for."""

    titles: tuple[tuple[str, float, str], ...]
    stops: tuple[Stop, ...]
    buyers: tuple[tuple[Ref, tuple[Ribbon, ...]], ...]
    height: int
    unit: Ref | None
    unscaled: int  # contracts without a figure in the unit
    left_out: int


def lanes_of(deals: Sequence[Deal], paradigms: Mapping[str, str]) -> Lanes | None:
    """The drawing of the first contracts; `paradigms` has that of a thing by IRI. None without any."""
    stated = [deal for deal in deals if not deal.denied and deal.buyer != deal.seller]
    drawn = stated[:_MOST]
    if not drawn:
        return None
    unit = _commonest_unit(drawn)
    lanes = _lanes(drawn, paradigms)
    height = _TOP + max(len(things) for things in lanes.values()) * _ROW
    across = _across(list(lanes))
    places = {
        thing: (across[name], y)
        for name, things in lanes.items()
        for thing, y in zip(things, _down(len(things), height), strict=True)
    }
    colours = _colours(drawn)
    largest = max((_size(deal, unit) for deal in drawn), default=0.0)
    ribbons: dict[Ref, list[Ribbon]] = defaultdict(list)
    for deal in drawn:
        width = max(_THIN, _THICK * math.sqrt(_size(deal, unit) / largest)) if largest else _THIN
        ribbons[deal.buyer].append(
            _ribbon(deal, places[deal.buyer], places[deal.seller], width, colours[deal.buyer])
        )
    last = list(lanes)[-1] if len(lanes) > 1 else ""
    return Lanes(
        tuple((name, x, _side(n, len(across))) for n, (name, x) in enumerate(across.items())),
        tuple(
            Stop(
                thing,
                *places[thing],
                _side(n, len(lanes)),
                colours.get(thing, 0),
                _told(thing, drawn) if name == last else "",
            )
            for n, (name, things) in enumerate(lanes.items())
            for thing in things
        ),
        tuple(
            (buyer, tuple(sorted(ribbons[buyer], key=lambda one: (one.y, one.deal.seller.label))))
            for buyer in sorted(ribbons, key=lambda one: (places[one], one.label))
        ),
        height,
        unit,
        sum(not _size(deal, unit) for deal in drawn),
        len(stated) - len(drawn),
    )


def _commonest_unit(deals: Sequence[Deal]) -> Ref | None:
    units = Counter(claim.figure.unit for deal in deals for claim in deal.worth if claim.figure)
    return max(units, key=lambda unit: (units[unit], unit.iri)) if units else None


def _size(deal: Deal, unit: Ref | None) -> float:
    """The largest amount of the contract in the unit; nought where none is said."""
    figures = [claim.figure for claim in deal.worth if claim.figure and claim.figure.unit == unit]
    return max((float(amount(figure)) for figure in figures), default=0.0)


def _lanes(deals: Sequence[Deal], paradigms: Mapping[str, str]) -> dict[str, list[Ref]]:
    """The things of each lane that has any: by what they buy and sell most, beside their partners."""
    buyers = list(dict.fromkeys(deal.buyer for deal in deals))
    sellers = [one for one in dict.fromkeys(deal.seller for deal in deals) if one not in set(buyers)]
    lanes: dict[str, list[Ref]] = {name: [] for name in _ORDER}
    for things, otherwise in ((buyers, _BUYERS), (sellers, _SELLERS)):
        for thing in things:
            lanes[_CLASSED.get(paradigms.get(thing.iri, ""), otherwise)].append(thing)
    rows: dict[Ref, int] = {}
    for name, things in lanes.items():
        lanes[name] = sorted(things, key=lambda thing: (_middle(thing, deals, rows), things.index(thing)))
        rows |= {thing: row for row, thing in enumerate(lanes[name])}
    return {name: things for name, things in lanes.items() if things}


def _middle(thing: Ref, deals: Sequence[Deal], rows: Mapping[Ref, int]) -> float:
    """The mean row of those who buy from it in the lanes before, so that few lines cross."""
    of = [rows[deal.buyer] for deal in deals if deal.seller == thing and deal.buyer in rows]
    return sum(of) / len(of) if of else 0.0


def _across(names: list[str]) -> dict[str, float]:
    step = (_RIGHT - _LEFT) / max(len(names) - 1, 1)
    return {name: _LEFT + n * step for n, name in enumerate(names)}


def _down(count: int, height: int) -> list[float]:
    """Places spread over the height, each in the middle of its share."""
    share = (height - _TOP) / count
    return [round(_TOP + (n + 0.5) * share, 1) for n in range(count)]


def _side(number: int, lanes: int) -> str:
    if number == 0:
        return "end"
    return "start" if number == lanes - 1 else "middle"


def _colours(deals: Sequence[Deal]) -> dict[Ref, int]:
    """A colour for each of the first buyers, from one; nought, which is ink, for the rest."""
    buyers = dict.fromkeys(deal.buyer for deal in deals)
    return {buyer: n if n <= _COLOURS else 0 for n, buyer in enumerate(buyers, start=1)}


def _ribbon(
    deal: Deal, start: tuple[float, float], end: tuple[float, float], width: float, colour: int
) -> Ribbon:
    """Onwards from the right of the buyer to the left of the seller; within a lane or back, in an arc."""
    (x1, y1), (x2, y2) = start, end
    if x2 > x1:
        x1, x2 = x1 + _HALF, x2 - _HALF
        bend = (x2 - x1) / 2
        first, second = x1 + bend, x2 - bend
    else:
        x1, x2 = x1 + _HALF, x2 + _HALF
        first = second = max(x1, x2) + 60
    middle = (x1 + 3 * first + 3 * second + x2) / 8, (y1 + y2) / 2
    path = f"M{x1:g} {y1:g}C{first:g} {y1:g} {second:g} {y2:g} {x2:g} {y2:g}"
    return Ribbon(deal, path, round(middle[0], 1), round(middle[1], 1), round(width, 1), colour)


def _told(seller: Ref, deals: Sequence[Deal]) -> str:
    """Who buys for how much, as far as there is room; the table has all of it."""
    said = [
        f"{deal.buyer.label} {' and '.join(figure_in_words(one.figure) for one in deal.worth if one.figure)}"
        for deal in deals
        if deal.seller == seller and deal.worth
    ]
    words = ", ".join(said)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
