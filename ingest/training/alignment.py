"""Gold metric claims <-> the figures that the quantities stage found, and gold names <-> candidates."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ingest.figure_scene import Scene
from kg.model import Quantity

_SUFFIX = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|ltd|limited|llc|plc|ag|se|sa|nv|bv|gmbh|co|company|group|holdings?|"
    r"technologies|the|a|an)\b"
)
_NEARLY = Decimal("0.000001")


def fold(name: str) -> str:
    """A name without case, punctuation and legal suffixes; the suffix alone stays."""
    flat = re.sub(r"[^\w%+/]+", " ", name.lower()).strip()
    return re.sub(r"\s+", " ", _SUFFIX.sub(" ", flat)).strip() or flat


def is_same_name(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of names share one, or share half of the words of one."""
    left = {fold(name) for name in names if name}
    right = {fold(name) for name in others if name}
    if left & right:
        return True
    return any(_overlap(a, b) for a in left for b in right)


def _overlap(a: str, b: str) -> bool:
    words, others = set(a.split()), set(b.split())
    return bool(words and others) and 2 * len(words & others) >= len(words | others)


class Names:
    """All names of an entity by each of them."""

    def __init__(self, groups: Iterable[Iterable[str]]) -> None:
        """Each group is one entity's names."""
        self._of: dict[str, list[str]] = defaultdict(list)
        for group in groups:
            names = [name for name in group if name]
            for name in names:
                self._of[fold(name)] += names

    def all_of(self, names: Iterable[str]) -> list[str]:
        """The names and every other name of the same entities."""
        found = list(names)
        for name in list(found):
            found += self._of.get(fold(name), ())
        return found


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else abs(Decimal(str(value)))


def _close(a: Decimal | None, b: Decimal | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a - abs(b)) <= _NEARLY * max(a, abs(b), Decimal(1) / 1000)


def is_same_figure(claim: Mapping[str, Any], quantity: Quantity) -> bool:
    """Whether value and unit agree; the sign is the claim stage's business."""
    plain = ("NUM", "UNITLESS")
    if claim["unit"] != quantity.unit and not (claim["unit"] in plain and quantity.unit in plain):
        return False
    if claim["qualifier"] == "range" or quantity.qualifier == "range":
        return (
            claim["qualifier"] == quantity.qualifier
            and _close(_decimal(claim["low"]), quantity.low)
            and _close(_decimal(claim["high"]), quantity.high)
        )
    return _close(_decimal(claim["value"]), quantity.value)


def _spots(text: str, quote: str) -> list[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    return [match.span() for match in re.finditer(pattern, text)]


def aligned(scene: Scene, claims: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The metric claim of each figure that carries one, by the figure's number in the scene."""
    found: dict[int, dict[str, Any]] = {}
    for claim in claims:
        if claim["kind"] != "metric":
            continue
        spots = _spots(scene.doc.text, claim["quote"])
        scored = [
            (_nearness(scene, index, spots) - 100 * (index in found), -index)
            for index, place in enumerate(scene.places)
            if is_same_figure(claim, place.quantity)
        ]
        if scored:
            nearness, index = max(scored)
            if nearness > 0:
                found.setdefault(-index, claim)
    return found


def _nearness(scene: Scene, index: int, spots: list[tuple[int, int]]) -> float:
    """Over 900 inside a quote (later is better), less outside, 0 where the quote is nowhere."""
    place = scene.places[index]
    start, end = scene.offset(place.start), scene.offset_behind(place.end)
    for low, high in spots:
        if low - 12 <= start and end <= high + 8:
            return 1000 + (start - low) / 10000
    return 500 - min(abs(start - spots[0][0]), 400) if spots else 0


def repeated(scene: Scene, carried: Mapping[int, Any]) -> set[int]:
    """Figures that say again what another one claims: they are neither claims of their own nor noise."""
    said = {_key(scene.places[index].quantity) for index in carried}
    return {
        index
        for index, place in enumerate(scene.places)
        if index not in carried and _key(place.quantity) in said
    }


def _key(quantity: Quantity) -> tuple[str, Decimal | None, Decimal | None]:
    return quantity.unit, quantity.value, quantity.low if quantity.value is None else None
