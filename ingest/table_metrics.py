"""metrics of a table's figures -> the same, with one mind about each column or row.

A table measures one thing down a column or along a row. The figures of one unit that stand together there
share their chances, along whichever of the two they agree more to begin with.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from ingest.figure_cues import find_cues
from ingest.figure_scene import Place
from ingest.table_units import TableUnits

Chances = Mapping[str, float]
_LEAST = 1e-6
_HEAD_SAYS = 4.0  # times as likely is a metric that a head names


def by_heads(places: Sequence[Place], tables: TableUnits, chances: Sequence[Chances]) -> list[Chances]:
    """The chances of every figure, with more for the metrics that its table's heads name."""
    return [_by_head(place, tables, own) for place, own in zip(places, chances, strict=True)]


def _by_head(place: Place, tables: TableUnits, chances: Chances) -> Chances:
    if place.cell is None:
        return chances
    heads = f"{tables.head(place.cell)} | {tables.label(place.cell)}"
    named = {speaks.slug for hit in find_cues(heads) for speaks in hit.speaks}
    odds = {slug: chance * (_HEAD_SAYS if slug in named else 1.0) for slug, chance in chances.items()}
    total = sum(odds.values())
    return {slug: value / total for slug, value in odds.items()}


def shared_in_tables(places: Sequence[Place], chances: Sequence[Chances]) -> list[Chances]:
    """The chances of every figure; those outside tables, and alone in their line, as they were."""
    shared = list(chances)
    for group in _tables(places):
        down = _lines(places, group, by_column=True)
        along = _lines(places, group, by_column=False)
        lines = down if _agreement(down, chances) >= _agreement(along, chances) else along
        for line in lines:
            mean = _joined([chances[index] for index in line])
            for index in line:
                shared[index] = mean
    return shared


def _tables(places: Sequence[Place]) -> list[list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for index, place in enumerate(places):
        if place.cell is not None:
            found[place.block].append(index)
    return list(found.values())


def _lines(places: Sequence[Place], group: Sequence[int], *, by_column: bool) -> list[list[int]]:
    """Figures of one unit in one column or row, where there are several."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for index in group:
        cell = places[index].cell
        if cell is not None:
            found[cell.column if by_column else cell.row, places[index].quantity.unit].append(index)
    return [line for line in found.values() if len(line) > 1]


def _agreement(lines: Sequence[Sequence[int]], chances: Sequence[Chances]) -> float:
    """The share of figures whose likeliest metric is the most frequent one of their line; 0 without lines."""
    agreed = total = 0
    for line in lines:
        likeliest = Counter(max(chances[index], key=chances[index].__getitem__) for index in line)
        agreed += max(likeliest.values())
        total += len(line)
    return agreed / total if total else 0.0


def _joined(told: Sequence[Chances]) -> Chances:
    """One chance for all: figures rule metrics out for each other, and several are surer than one.

    They look at the same head, so that four of them count as much as two that knew nothing of each other.
    """
    weight = 1 / math.sqrt(len(told))
    odds = {
        slug: math.exp(weight * sum(math.log(max(one[slug], _LEAST)) for one in told)) for slug in told[0]
    }
    total = sum(odds.values())
    return {slug: value / total for slug, value in odds.items()}
