"""claim IRIs -> claims with their evidence, names and report."""

from collections.abc import Iterable

from pyoxigraph import Store

from kg.claim_reading import read_claims
from kg.claim_shelf import shelf_of
from kg.records import ClaimRecord


def claim_records(store: Store, iris: Iterable[str]) -> list[ClaimRecord]:
    """The claims, in the order of the IRIs; an IRI that is no claim is left out."""
    wanted = list(dict.fromkeys(iris))
    shelf = shelf_of(store)
    found = dict(shelf.take(wanted)) if shelf else {}
    if missing := [iri for iri in wanted if iri not in found]:
        found |= {claim.iri: claim for claim in read_claims(store, missing)}
    return [found[iri] for iri in wanted if iri in found]
