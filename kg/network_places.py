"""a network -> where each thing stands within a hundred by a hundred, always the same for the same network.

What hangs together has a part of the frame of its own, as large as it has things. Names stand to the right of
their things, so there is room for them there, and of few things no name covers another.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_SEED = 7
_TURNS, _TURNS_OF_MANY = 200, 60  # each turn costs the square of the things
_MANY = 100
_LETTER, _LINE = 0.62, 2.3  # of a name, in parts of the frame: across, and down
_LONGEST, _ROOM = 32, 24  # letters of a name: those that are drawn, and those that get room
_PUSHES = 60

Spots = dict[str, tuple[float, float]]


class _Frame(NamedTuple):
    left: float
    top: float
    width: float
    height: float


def places_of(part: Any, kept: Sequence[str], labels: Mapping[str, str]) -> Spots:
    """The place of each thing of `kept`; `part` is a network of networkx that holds them and their facts."""
    import networkx

    if not kept:
        return {}
    ordered: networkx.Graph[str] = networkx.Graph()
    ordered.add_nodes_from(kept)
    ordered.add_edges_from(sorted(tuple(sorted(edge)) for edge in part.edges))
    together = [sorted(one) for one in networkx.connected_components(ordered)]
    together.sort(key=lambda members: (-len(members), members[0]))
    spots: Spots = {}
    for members, frame in zip(together, _frames(together, _Frame(0, 0, 100, 100)), strict=True):
        spots |= _within(_laid_out(ordered, members), frame)
    return _apart(spots, labels) if len(kept) <= _MANY else spots


def _frames(together: Sequence[Sequence[str]], frame: _Frame) -> list[_Frame]:
    """A part of the frame for each group, by its size: cut in two halves of like weight, and so on."""
    if len(together) == 1:
        return [frame]
    weights = [len(members) + 1 for members in together]
    whole, first, cut = sum(weights), weights[0], 1
    while cut < len(weights) - 1 and first + weights[cut] <= whole / 2:
        first += weights[cut]
        cut += 1
    share = first / whole
    if frame.width >= frame.height:
        one = frame._replace(width=frame.width * share)
        other = frame._replace(left=frame.left + one.width, width=frame.width - one.width)
    else:
        one = frame._replace(height=frame.height * share)
        other = frame._replace(top=frame.top + one.height, height=frame.height - one.height)
    return _frames(together[:cut], one) + _frames(together[cut:], other)


def _laid_out(ordered: Any, members: list[str]) -> Spots:
    """The things of one group, each axis from 0 to 1 and by rank half-way, so that crowds are loosened."""
    import networkx

    turns = _TURNS if len(members) <= _MANY else _TURNS_OF_MANY
    group: networkx.Graph[str] = networkx.Graph()
    group.add_nodes_from(members)
    group.add_edges_from(sorted(tuple(sorted(edge)) for edge in ordered.subgraph(members).edges))
    found = networkx.spring_layout(group, seed=_SEED, iterations=turns, k=1.6 / len(members) ** 0.5)
    axes = []
    for axis in (0, 1):
        values = {iri: float(spot[axis]) for iri, spot in found.items()}
        low, span = min(values.values()), (max(values.values()) - min(values.values())) or 1
        ranks = {iri: n for n, iri in enumerate(sorted(values, key=lambda iri: (values[iri], iri)))}
        last = max(len(members) - 1, 1)
        axes.append({iri: ((value - low) / span + ranks[iri] / last) / 2 for iri, value in values.items()})
    return {iri: (axes[0][iri], axes[1][iri]) for iri in members}


def _within(spots: Spots, frame: _Frame) -> Spots:
    """The same in its frame, with room for names at the right and for a line above and below."""
    room = min(_ROOM * _LETTER, frame.width / 2)
    across, down = frame.width - room, max(frame.height - 2 * _LINE, 0)
    return {
        iri: (frame.left + x * across, frame.top + min(_LINE, frame.height / 2) + y * down)
        for iri, (x, y) in spots.items()
    }


def _apart(spots: Spots, labels: Mapping[str, str]) -> Spots:
    """Things whose names would cover each other move apart, up and down."""
    names = sorted(spots)
    wide = {iri: 1.5 + _LETTER * min(len(labels[iri]), _LONGEST) for iri in names}
    across = {iri: spots[iri][0] for iri in names}
    down = {iri: spots[iri][1] for iri in names}
    for _ in range(_PUSHES):
        moved = False
        for n, one in enumerate(names):
            for other in names[n + 1 :]:
                lacking = _LINE - abs(down[one] - down[other])
                left, right = (one, other) if across[one] <= across[other] else (other, one)
                if lacking <= 0 or across[right] > across[left] + wide[left]:
                    continue
                upper, lower = (one, other) if down[one] <= down[other] else (other, one)
                down[upper] = max(down[upper] - lacking / 2, 0.0)
                down[lower] = min(down[lower] + lacking / 2, 100.0)
                moved = True
        if not moved:
            break
    return {iri: (round(across[iri], 2), round(down[iri], 2)) for iri in names}
