"""claim IRIs -> claims with their evidence, names and report."""

from collections.abc import Iterable, Mapping

from pyoxigraph import Store

from kg.claim_reading import read_claims
from kg.claim_shelf import record_form, shelf_of
from kg.records import ClaimRecord


def claim_records(store: Store, iris: Iterable[str]) -> list[ClaimRecord]:
    """The claims, in the order of the IRIs; an IRI that is no claim is left out."""
    wanted = list(dict.fromkeys(iris))
    shelf = shelf_of(store)
    found = dict(shelf.take(wanted)) if shelf else {}
    if missing := [iri for iri in wanted if iri not in found]:
        found |= {claim.iri: claim for claim in read_claims(store, missing)}
    return [found[iri] for iri in wanted if iri in found]


def claims_as_json(store: Store, iris: Iterable[str]) -> list[bytes]:
    """The claims as the service writes them; order and gaps as in `claim_records`."""
    wanted = list(dict.fromkeys(iris))
    found = written_claims(store, wanted)
    return [found[iri] for iri in wanted if iri in found]


def written_claims(store: Store, iris: Iterable[str]) -> Mapping[str, bytes]:
    """The claims as the service writes them, by IRI; an IRI that is no claim is left out."""
    wanted = list(dict.fromkeys(iris))
    shelf = shelf_of(store)
    found = shelf.written(wanted) if shelf else {}
    if missing := [iri for iri in wanted if iri not in found]:
        write = record_form().dump_json
        found |= {claim.iri: write(claim) for claim in read_claims(store, missing)}
    return found
