"""Who plays where: providers by paradigm, delivery and business model, with how many reports say so."""

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Store

from kg.entity_records import provider_records
from kg.names import refs_for
from kg.queries import Row, rows
from kg.records import ProviderRecord, Ref
from ontology import terms


@dataclass(frozen=True)
class Membership:
    """That a provider is said to belong under a market term."""

    provider: Ref
    predicate: Ref
    term: Ref
    reports: int
    claims: int
    planned: bool  # nothing but plans says so


@dataclass(frozen=True)
class Landscape:
    """Providers, the parts of the world that they come from, and the terms that they are classed under."""

    providers: tuple[ProviderRecord, ...]
    regions: tuple[tuple[str, Ref], ...]  # provider IRI and region
    memberships: tuple[Membership, ...]


def landscape(store: Store) -> Landscape:
    """Everything at once, so that a matrix or a network can be drawn from one answer."""
    memberships = _memberships(store)
    classed = {membership.provider.iri for membership in memberships}
    # Reference data knows hundreds; those of whom no report speaks would only blur the picture.
    providers = tuple(one for one in provider_records(store) if one.claims or one.iri in classed)
    return Landscape(providers, _regions(store, providers), memberships)


def _memberships(store: Store) -> tuple[Membership, ...]:
    by_cell: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows(store, "memberships"):
        by_cell[row["provider"], row["predicate"], row["term"]].append(row)
    refs = refs_for(store, (iri for cell in by_cell for iri in cell))
    return tuple(
        Membership(
            refs[provider],
            refs[predicate],
            refs[term],
            reports=max(int(row["reports"]) for row in found),
            claims=sum(int(row["claims"]) for row in found),
            planned=all(row["modality"] == terms.VOCAB + "modality-planned" for row in found),
        )
        for (provider, predicate, term), found in sorted(by_cell.items())
    )


def _regions(store: Store, providers: tuple[ProviderRecord, ...]) -> tuple[tuple[str, Ref], ...]:
    countries = {one.iri: one.country.iri for one in providers if one.country}
    if not countries:
        return ()
    of_place = {
        row["place"]: row["region"] for row in rows(store, "regions", many={"place": countries.values()})
    }
    refs = refs_for(store, of_place.values())
    return tuple((iri, refs[of_place[place]]) for iri, place in countries.items() if place in of_place)
