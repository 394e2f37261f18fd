"""plain facts -> a picture of the network: where each thing stands, which facts join them.

The layout comes from a fixed seed, so that a version always gives the same picture and
a link to it can be shared.
"""

from dataclasses import dataclass
from typing import Any

from pyoxigraph import Store

from kg.names import refs_for
from kg.network_analysis import network_of
from kg.network_places import places_of
from kg.records import Ref
from kg.snapshots import Version


@dataclass(frozen=True)
class DrawnNode:
    """A thing at a place, both from 0 to 100; `links` counts its facts in the picture."""

    thing: Ref
    x: float
    y: float
    links: int


@dataclass(frozen=True)
class DrawnEdge:
    """A fact between two things of the picture, by their numbers in the list of nodes."""

    start: int
    end: int
    predicate: Ref


@dataclass(frozen=True)
class DrawnNetwork:
    """The picture, and how many things have no room in it."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    left_out: int


def drawn_network(
    store: Store, *, version: Version, only: frozenset[str] | None = None, limit: int
) -> DrawnNetwork:
    """The things with the most facts, those of `only` and their neighbours where it is given."""
    import networkx

    network: Any = network_of(store, version)
    plain: Any = networkx.Graph(network)
    if only is not None:
        near = {other for iri in only if iri in plain for other in plain.neighbors(iri)}
        plain = plain.subgraph({iri for iri in only if iri in plain} | near)
    ranked = sorted(plain.nodes, key=lambda iri: (-plain.degree(iri), iri))
    part: Any = plain.subgraph(ranked[:limit])
    part = part.subgraph([iri for iri in part if part.degree(iri)])
    kept = sorted(part.nodes, key=lambda iri: (-part.degree(iri), iri))
    number = {iri: index for index, iri in enumerate(kept)}
    facts = {
        (one, other, data["iri"])
        for one, other, data in network.edges(data=True)
        if one in number and other in number and one != other
    }
    refs = refs_for(store, [*kept, *(predicate for _, _, predicate in facts)])
    at = places_of(part, kept, {iri: refs[iri].label for iri in kept})
    return DrawnNetwork(
        nodes=tuple(DrawnNode(refs[iri], *at[iri], links=part.degree(iri)) for iri in kept),
        edges=tuple(DrawnEdge(number[one], number[other], refs[said]) for one, other, said in sorted(facts)),
        left_out=len(ranked) - len(kept),
    )
