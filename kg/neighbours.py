"""a thing -> what claims join it to: under which property, which way round, by how many reports."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pyoxigraph import Store

from kg.choosing import Choices, Counts, Traits, counted, fits
from kg.claim_records import claim_records
from kg.claim_traits import claims_naming
from kg.names import refs_for
from kg.records import ClaimRecord, Ref
from ontology import terms

TRAITS = ("direction", "predicate")
_GONE = frozenset(terms.VOCAB + "status-" + word for word in ("superseded", "retracted", "rejected"))
_MOST_CLAIMS = 8
_Key = tuple[str, str, str, bool]  # way, predicate, other thing, negated
_WAYS = {"out": "said of it", "in": "said of others"}


@dataclass(frozen=True)
class Neighbour:
    """A thing on the other side of a property: `out` if the statement goes from here to it."""

    thing: Ref
    predicate: Ref
    direction: Literal["out", "in"]
    negated: bool
    planned: bool  # nothing but plans says so
    reports: int
    total: int  # claims that say so
    claims: tuple[ClaimRecord, ...]  # the first of them


@dataclass(frozen=True)
class Neighbours:
    """Some of the neighbours that fit, how many do, the claims behind all of them, and what can be chosen."""

    neighbours: tuple[Neighbour, ...]
    total: int
    claims: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class _Said:
    claim: str
    report: str
    planned: bool


def neighbours_of(store: Store, *, entity: str, chosen: Choices, skip: int, limit: int) -> Neighbours:
    """The neighbours that fit, those of whom most reports speak first; only claims that stand count."""
    groups = _groups(store, entity)
    refs = refs_for(store, [iri for _, predicate, other, _ in groups for iri in (predicate, other)])
    traits = {key: _traits(key[0], refs[key[1]]) for key in groups}

    def order(key: _Key) -> tuple[int, str, str]:
        return -len({one.report for one in groups[key]}), refs[key[2]].label.casefold(), str(key)

    kept = sorted((key for key in groups if fits(traits[key], chosen)), key=order)
    page = kept[skip : skip + limit]
    shown = {key: [one.claim for one in groups[key]] for key in page}
    records = {
        claim.iri: claim
        for claim in claim_records(store, [iri for iris in shown.values() for iri in iris[:_MOST_CLAIMS]])
    }
    found = tuple(
        _neighbour(key, groups[key], refs, [records[iri] for iri in iris if iri in records])
        for key, iris in shown.items()
    )
    behind = tuple(dict.fromkeys(one.claim for key in kept for one in groups[key]))
    return Neighbours(found, len(kept), behind, counted(list(traits.values()), chosen, TRAITS))


def _groups(store: Store, entity: str) -> Mapping[_Key, list[_Said]]:
    """The claims that join the thing to each other one, by their IRIs, in a fixed order."""
    groups: dict[_Key, list[_Said]] = defaultdict(list)
    for claim, values in sorted(claims_naming(store, entity).items()):
        (subject, *_), objects = values[terms.SUBJECT], values.get(terms.OBJECT, [])
        if not objects or terms.PREDICATE not in values or _GONE & set(values.get(terms.STATUS, ())):
            continue
        negated = terms.VOCAB + "polarity-negated" in values.get(terms.POLARITY, ())
        planned = terms.VOCAB + "modality-planned" in values.get(terms.MODALITY, ())
        said = _Said(claim, values[terms.REPORTED_IN][0], planned)
        (predicate, *_), (other, *_) = values[terms.PREDICATE], objects
        if subject == entity:
            groups["out", predicate, other, negated].append(said)
        if other == entity:
            groups["in", predicate, subject, negated].append(said)
    return groups


def _traits(way: str, predicate: Ref) -> Traits:
    return {"direction": [Ref("", way, _WAYS[way])], "predicate": [predicate]}


def _neighbour(
    key: _Key, said: Sequence[_Said], refs: Mapping[str, Ref], claims: Sequence[ClaimRecord]
) -> Neighbour:
    way, predicate, other, negated = key
    return Neighbour(
        thing=refs[other],
        predicate=refs[predicate],
        direction="out" if way == "out" else "in",
        negated=negated,
        planned=all(one.planned for one in said),
        reports=len({one.report for one in said}),
        total=len(said),
        claims=tuple(claims),
    )
