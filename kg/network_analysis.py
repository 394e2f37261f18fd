"""plain facts as a network -> who is central, who belongs together, how two things hang together.

Computed once for each version and process, since the network of a version never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.errors import UnknownIri
from kg.exports import relation_network
from kg.iris import ID, VOCAB
from kg.names import candidates_for, refs_for
from kg.queries import rows_of
from kg.records import ClaimRecord, Ref
from kg.snapshots import Version

_networks: dict[Path, Any] = {}


@dataclass(frozen=True)
class Ranked:
    """A thing with a number by which it is ranked."""

    thing: Ref
    score: float


@dataclass(frozen=True)
class Step:
    """One fact of a path, read in its own direction, with the claims that it rests on."""

    subject: Ref
    predicate: Ref
    object: Ref
    claims: tuple[ClaimRecord, ...]


def central_things(store: Store, *, version: Version, limit: int) -> list[Ranked]:
    """The things with the largest PageRank over plain facts, largest first."""
    import networkx

    scores = networkx.pagerank(networkx.DiGraph(network_of(store, version)))
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    refs = refs_for(store, [iri for iri, _ in best])
    return [Ranked(refs[iri], score) for iri, score in best]


def communities(store: Store, *, version: Version) -> list[tuple[Ref, ...]]:
    """Groups with more facts inside than to the outside, largest first (Louvain, always the same seed)."""
    import networkx

    network: networkx.Graph[str] = networkx.Graph(network_of(store, version))
    groups = networkx.community.louvain_communities(network, seed=0) if network else []
    refs = refs_for(store, network.nodes)
    named = [tuple(sorted((refs[iri] for iri in group), key=lambda ref: ref.label)) for group in groups]
    return sorted(named, key=lambda group: (-len(group), group[0].label))


def similar_things(store: Store, *, version: Version, id: str, limit: int) -> list[Ranked]:
    """The things that share most of their facts with this one (Jaccard), most alike first."""
    network = network_of(store, version)
    (own,) = _nodes(network, id)
    mine = set(network.successors(own))
    scores = {}
    for other in {before for value in mine for before in network.predecessors(value)} - {own}:
        theirs = set(network.successors(other))
        scores[other] = len(mine & theirs) / len(mine | theirs)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    refs = refs_for(store, [iri for iri, _ in best])
    return [Ranked(refs[iri], score) for iri, score in best]


def path_between(store: Store, *, version: Version, start: str, end: str) -> list[Step]:
    """The shortest chain of plain facts between two things, in either direction; [] if there is none."""
    import networkx

    network = network_of(store, version)
    (first,), (last,) = _nodes(network, start), _nodes(network, end)
    try:
        chain = networkx.shortest_path(networkx.Graph(network), first, last)
    except networkx.NetworkXNoPath:
        return []
    return [_step(store, network, one, other) for one, other in pairwise(chain)]


def network_of(store: Store, version: Version) -> Any:
    """The network of a version, made once."""
    if version.path not in _networks:
        _networks.clear()
        _networks[version.path] = relation_network(store)
    return _networks[version.path]


def _nodes(network: Any, text: str) -> tuple[str]:
    """The node that an id or IRI stands for; UnknownIri if no fact is about it."""
    for iri in candidates_for(text, ID, VOCAB):
        if iri in network:
            return (iri,)
    raise UnknownIri(f"no plain fact is about {text}")


def _step(store: Store, network: Any, one: str, other: str) -> Step:
    subject, end = (one, other) if network.has_edge(one, other) else (other, one)
    predicate = min(edge["iri"] for edge in network.get_edge_data(subject, end).values())
    refs: Mapping[str, Ref] = refs_for(store, [subject, predicate, end])
    return Step(refs[subject], refs[predicate], refs[end], tuple(_claims(store, subject, predicate, end)))


def _claims(store: Store, subject: str, predicate: str, end: str) -> list[ClaimRecord]:
    found = rows_of(
        store,
        "PREFIX aif: <https://w3id.org/ai-factory/ns#> SELECT ?claim ?s ?p ?o "
        "{ ?claim aif:subject ?s ; aif:predicate ?p ; aif:object ?o }",
        one={"s": subject, "p": predicate, "o": end},
    )
    return claim_records(store, [row["claim"] for row in found])
