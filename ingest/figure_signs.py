"""figure and metric -> sign: "fell 18%" is -18, "a loss of $2 million" is -2000000.

Reads   Scene, figure_signs.toml
Writes  the quantity, negated where the nearest word says so
"""

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

from ingest.figure_cues import kind_of_unit
from ingest.figure_scene import Place, Scene
from kg.model import Quantity

_REACH_LEFT, _REACH_RIGHT = 14, 3
_STOPS = frozenset((";", "|", "while", "but", "whereas", "although"))


@cache
def _words() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    data = tomllib.loads(Path(__file__).with_name("figure_signs.toml").read_text(encoding="utf-8"))
    return {name: (frozenset(group["down"]), frozenset(group["up"])) for name, group in data.items()}


def signed(scene: Scene, place: Place, metric: str) -> Quantity:
    """The figure's quantity with its sign."""
    quantity = place.quantity
    values = [value for value in (quantity.value, quantity.low, quantity.high) if value is not None]
    if any(value < 0 for value in values) or place.cell or not _can_fall(quantity, metric):
        return quantity
    group = (
        "result" if metric == "earnings" else "flow" if kind_of_unit(quantity.unit) == "money" else "change"
    )
    if not _is_down(scene, place, group):
        return quantity
    low, high = quantity.high, quantity.low
    if quantity.qualifier != "range":
        # "over 32% lower" keeps its word: at least that much.
        low, high = quantity.low, quantity.high
    return replace(
        quantity,
        value=None if quantity.value is None else -quantity.value,
        low=None if low is None else -low,
        high=None if high is None else -high,
    )


def _can_fall(quantity: Quantity, metric: str) -> bool:
    kind = kind_of_unit(quantity.unit)
    if metric == "growth-rate":
        return kind == "percent"
    return (metric == "earnings" and kind == "money") or (metric == "other" and kind in ("percent", "money"))


def _is_down(scene: Scene, place: Place, group: str) -> bool:
    """Whether the nearest telling word, right behind the figure or before it, tells of a fall."""
    down, up = _words()[group]
    words = scene.words
    if group == "change" and place.start > place.left and words[place.start - 1] == "to":
        return False  # "down to 30%" is a level
    if group == "change":
        for position in range(place.end, min(place.end + _REACH_RIGHT, place.right)):
            if words[position] in down | up:
                return words[position] in down
            if words[position] in (",", ";", "(", ")", "|", ".", "and"):
                break
    for position in range(place.start - 1, max(place.left, place.start - _REACH_LEFT) - 1, -1):
        if words[position] in _STOPS:
            return False
        if words[position] in down:
            return True
        if words[position] in up:
            return False
    return False
