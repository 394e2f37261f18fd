"""What reports say of similar things and not of this one: where to look next."""

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Store

from kg.entity_records import entity_record
from kg.errors import UnknownIri
from kg.names import refs_for
from kg.network_analysis import similar_things
from kg.queries import rows
from kg.records import EntityRecord, Ref
from kg.snapshots import Version

_PEERS = 8
_SHARE = 0.25  # of the peers must have it, and two of them at least


@dataclass(frozen=True)
class Gap:
    """A predicate or metric that peers have, with those of them that have it."""

    what: Ref
    held_by: tuple[Ref, ...]


@dataclass(frozen=True)
class Gaps:
    """The thing, those that it was held against, and what they have and it lacks, the commonest first."""

    entity: EntityRecord
    peers: tuple[Ref, ...]
    gaps: tuple[Gap, ...]


def gaps_of(store: Store, *, version: Version, id: str) -> Gaps:
    """The gaps of a thing; no peers and no gaps where no fact joins it to others. UnknownIri for no thing."""
    entity = entity_record(store, id=id)
    try:
        peers = [one.thing for one in similar_things(store, version=version, id=entity.iri, limit=_PEERS)]
    except UnknownIri:
        peers = []
    if not peers:
        return Gaps(entity, (), ())
    holders: dict[str, list[Ref]] = defaultdict(list)
    own: set[str] = set()
    by_iri = {peer.iri: peer for peer in peers}
    for row in rows(store, "asked_of", many={"subject": [entity.iri, *by_iri]}):
        if row["subject"] == entity.iri:
            own.add(row["asked"])
        else:
            holders[row["asked"]].append(by_iri[row["subject"]])
    fewest = max(2, _SHARE * len(peers))
    wanted = {asked: held for asked, held in holders.items() if asked not in own and len(held) >= fewest}
    refs = refs_for(store, wanted)
    found = [
        Gap(refs[asked], tuple(sorted(held, key=lambda ref: ref.label))) for asked, held in wanted.items()
    ]
    return Gaps(
        entity, tuple(peers), tuple(sorted(found, key=lambda gap: (-len(gap.held_by), gap.what.label)))
    )
