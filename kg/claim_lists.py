"""a thing, and what was chosen -> the claims in which it stands, page by page, and what else there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.choosing import Choices, Counts, Traits, counted, fits
from kg.claim_records import claim_records
from kg.claim_traits import claims_naming
from kg.iris import NS
from kg.names import refs_for
from kg.records import ClaimRecord, Ref
from ontology import terms
from ontology.metrics import load_metrics

# `as`: whether the thing is the subject or the object of the claim.
TRAITS = ("as", "kind", "predicate", "metric", "modality", "status", "year", "report")


@dataclass(frozen=True)
class ClaimList:
    """Some of the claims that fit, the IRIs of all of them, and what each choice would leave."""

    claims: tuple[ClaimRecord, ...]
    iris: tuple[str, ...]
    counts: Counts


def claim_list(
    store: Store, *, entity: str, chosen: Choices, names: tuple[str, ...] = TRAITS, skip: int, limit: int
) -> ClaimList:
    """The claims in which the entity stands and that have what was chosen, the latest year first.

    `names` are the traits whose choices are counted. Claims of one year stand in the order of their IRIs, as
    in `kg.claim_pages` with `-year`, so that the JSON API gives the same list.
    """
    found = _traits(store, entity)
    kept = sorted(iri for iri, traits in found.items() if fits(traits, chosen))
    kept.sort(key=lambda iri: -int(next((year.id for year in found[iri]["year"]), "0")))
    shown = claim_records(store, kept[skip : skip + limit])
    return ClaimList(tuple(shown), tuple(kept), counted(list(found.values()), chosen, names))


def _traits(store: Store, entity: str) -> Mapping[str, Traits]:
    """The traits of each claim, by its IRI."""
    said = claims_naming(store, entity)
    metrics = {metric for values in said.values() for metric in values.get(terms.METRIC, ())}
    broader = {iri: list(_with_broader(iri)) for iri in metrics}
    named = (terms.PREDICATE, terms.REPORTED_IN)
    refs = refs_for(
        store,
        [iri for values in said.values() for name in named for iri in values.get(name, ())]
        + [iri for some in broader.values() for iri in some],
    )
    return {claim: _of_claim(values, entity, refs, broader) for claim, values in said.items()}


def _of_claim(
    values: Mapping[str, list[str]], entity: str, refs: Mapping[str, Ref], broader: Mapping[str, list[str]]
) -> Traits:
    def all_of(name: str) -> list[str]:
        return values.get(name, [])

    kinds = (name.removeprefix(NS).removesuffix("Claim").lower() for name in all_of(terms.RDF_TYPE))
    places = (("subject", terms.SUBJECT), ("object", terms.OBJECT))
    return {
        "as": [_word(place) for place, name in places if entity in all_of(name)],
        "kind": [_word(kind) for kind in kinds if kind],
        "predicate": [refs[iri] for iri in all_of(terms.PREDICATE)],
        "metric": [refs[iri] for metric in all_of(terms.METRIC) for iri in broader[metric]],
        "modality": [_word(_last(iri)) for iri in all_of(terms.MODALITY)],
        "status": [_word(_last(iri)) for iri in all_of(terms.STATUS)],
        "year": [_word(year) for year in all_of(terms.REFERENCE_YEAR)[:1]],
        "report": [refs[iri] for iri in all_of(terms.REPORTED_IN)],
    }


def _with_broader(metric: str | None) -> Iterator[str]:
    """The metric and all broader ones: a figure of it is one of theirs too."""
    known = load_metrics()
    while metric:
        yield metric
        metric = known[metric].broader if metric in known else None


def _last(iri: str) -> str:
    """`vendor-claim` of `…/vocab/modality-vendor-claim`."""
    return iri.rpartition("/")[2].partition("-")[2]


def _word(word: str) -> Ref:
    """A word as a choice; it is of no thing of the graph."""
    return Ref("", word, word.replace("-", " "))
