"""Where things stand in the picture of the network: apart, within the frame, always the same."""

from itertools import combinations

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.network_places import places_of


def network(pairs):
    return networkx.Graph([(f"thing {one}", f"thing {other}") for one, other in pairs if one != other])


def placed(graph):
    kept = sorted(graph.nodes)
    return places_of(graph, kept, {iri: iri for iri in kept})


PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30)


@settings(deadline=None, max_examples=40)
@given(PAIRS)
def test_all_stand_within_the_frame_and_at_the_same_place_each_time(pairs):
    graph = network(pairs)
    spots = placed(graph)
    assert set(spots) == set(graph.nodes)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in spots.values())
    assert spots == placed(network(reversed(pairs)))


@pytest.mark.parametrize(
    "graph",
    [
        network((0, n) for n in range(1, 25)),
        network((n, n + 1) for n in range(40)),
        network((2 * n, 2 * n + 1) for n in range(20)),
        network(combinations(range(12), 2)),
    ],
    ids=["star", "chain", "pairs", "clique"],
)
def test_no_name_covers_another(graph):
    spots = placed(graph)
    for (one, (x, y)), (other, (right, below)) in combinations(spots.items(), 2):
        first, second = (one, right - x) if x <= right else (other, x - right)
        assert abs(y - below) >= 1.7 or second > 0.6 * len(first), (one, other)


def test_what_does_not_hang_together_stands_apart():
    spots = placed(network([*((n, n + 1) for n in range(9)), *((n, n + 1) for n in range(20, 29))]))
    groups = [[spots[f"thing {n}"] for n in some] for some in (range(10), range(20, 30))]
    ends = [[(min(axis), max(axis)) for axis in zip(*group, strict=True)] for group in groups]
    assert any(a[1] < b[0] or b[1] < a[0] for a, b in zip(*ends, strict=True))


def test_an_empty_network_has_no_places():
    assert places_of(networkx.Graph(), [], {}) == {}
