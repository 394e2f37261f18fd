"""Where claims disagree, replace each other, or say the same."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.curation_records import EntryRecord, entries_about
from kg.errors import UnknownIri
from kg.iris import CLAIM, DOC, ID, NS, VOCAB
from kg.names import candidates_for, id_of
from kg.queries import rows
from kg.records import ClaimRecord


@dataclass(frozen=True)
class ConflictRecord:
    """Claims that cannot all hold, of one kind of disagreement."""

    iri: str
    id: str
    kind: str
    claims: tuple[ClaimRecord, ...]


@dataclass(frozen=True)
class ClaimContext:
    """A claim with the claims around it."""

    claim: ClaimRecord
    supports: tuple[ClaimRecord, ...]  # say the same, whoever says it
    contradicts: tuple[ClaimRecord, ...]
    supersedes: tuple[ClaimRecord, ...]
    superseded_by: tuple[ClaimRecord, ...]
    curation: tuple[EntryRecord, ...]  # what people did to it, oldest first


def conflict_records(store: Store, *, kind: str | None, about: str | None) -> list[ConflictRecord]:
    """All conflicts, of a kind and about a thing where asked, those with the most claims first."""
    fitting = _conflicts_about(store, about) if about else None
    if fitting is not None and not fitting:
        return []
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows(store, "conflicts"):
        name = id_of(row["kind"]).removeprefix("conflict-")
        if kind in (None, name) and (fitting is None or row["conflict"] in fitting):
            members[row["conflict"], name].append(row["claim"])
    claims = {
        claim.iri: claim for claim in claim_records(store, (iri for iris in members.values() for iri in iris))
    }
    found = [
        ConflictRecord(iri, id_of(iri), name, tuple(claims[one] for one in iris if one in claims))
        for (iri, name), iris in members.items()
    ]
    return sorted(found, key=lambda conflict: (-len(conflict.claims), conflict.iri))


def _conflicts_about(store: Store, thing: str) -> set[str]:
    """The conflicts with a claim that has the thing as subject, object, metric or topic."""
    things = candidates_for(thing, ID, VOCAB, NS, CLAIM, DOC)
    return {row["conflict"] for row in rows(store, "conflicts_about", many={"thing": things})}


def conflict_record(store: Store, *, id: str) -> ConflictRecord:
    """One conflict by id or IRI; UnknownIri if it is not there, or no longer."""
    for conflict in conflict_records(store, kind=None, about=None):
        if id in (conflict.id, conflict.iri):
            return conflict
    raise UnknownIri(f"no conflict {id} is in this version; it may have been settled")


def value_conflicts(store: Store) -> list[ConflictRecord]:
    """All conflicts about figures."""
    return conflict_records(store, kind="value", about=None)


def all_conflicts(store: Store) -> list[ConflictRecord]:
    """All conflicts of every kind."""
    return conflict_records(store, kind=None, about=None)


def claim_context(store: Store, *, id: str) -> ClaimContext:
    """A claim by id or IRI with what supports, contradicts and replaces it; UnknownIri if there is none."""
    (iri,) = candidates_for(id, CLAIM)
    around: dict[str, list[str]] = defaultdict(list)
    for row in rows(store, "claim_conflicts", one={"claim": iri}):
        around[row["how"]].append(row["other"])
    claims = {
        claim.iri: claim
        for claim in claim_records(store, [iri, *(o for found in around.values() for o in found)])
    }
    if iri not in claims:
        raise UnknownIri(f"no claim {id} is in the graph")

    def some(how: str) -> tuple[ClaimRecord, ...]:
        return tuple(claims[other] for other in around.get(how, ()) if other in claims)

    return ClaimContext(
        claims[iri],
        some("supports"),
        some("contradicts"),
        some("supersedes"),
        some("superseded_by"),
        tuple(entries_about(store, [iri])),
    )


def revisions(store: Store, *, id: str) -> list[ClaimRecord]:
    """All versions of a forecast, oldest first, found from any of them; UnknownIri without such a claim."""
    (iri,) = candidates_for(id, CLAIM)
    older = {row["newer"]: row["older"] for row in rows(store, "supersessions")}
    newer = {before: after for after, before in older.items()}
    chain = [*_follow(iri, older)[::-1], iri, *_follow(iri, newer)]
    claims = claim_records(store, chain)
    if not any(claim.iri == iri for claim in claims):
        raise UnknownIri(f"no claim {id} is in the graph")
    return claims


def _follow(start: str, links: Mapping[str, str]) -> list[str]:
    chain: list[str] = []
    while (following := links.get(chain[-1] if chain else start)) and following not in (start, *chain):
        chain.append(following)
    return chain
