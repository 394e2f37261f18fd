"""a thing, and what was chosen -> the claims in which it stands, page by page, and what else there is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.choosing import Choices, Counts, Traits, counted, fits
from kg.claim_records import claim_records
from kg.iris import NS
from kg.names import refs_for
from kg.queries import Row, rows
from kg.records import ClaimRecord, Ref
from ontology.metrics import load_metrics

# Where the thing stands in a claim: as its subject, as its object, or mentioned in it.
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
    said: dict[str, list[Row]] = defaultdict(list)
    for row in rows(store, "claim_traits", one={"entity": entity}):
        said[row["claim"]].append(row)
    metrics = {row["metric"] for row in _all(said) if "metric" in row}
    broader = {iri: list(_with_broader(iri)) for iri in metrics}
    refs = refs_for(
        store,
        [row[name] for row in _all(said) for name in ("predicate", "report") if name in row]
        + [iri for some in broader.values() for iri in some],
    )
    return {claim: _of_claim(some, refs, broader) for claim, some in said.items()}


def _all(said: Mapping[str, list[Row]]) -> Iterator[Row]:
    return (row for some in said.values() for row in some)


def _of_claim(some: list[Row], refs: Mapping[str, Ref], broader: Mapping[str, list[str]]) -> Traits:
    first = some[0]
    types = dict.fromkeys(row["type"].removeprefix(NS) for row in some)
    kinds = [name.removesuffix("Claim").lower() for name in types if name != "Claim"]
    return {
        "as": [_word(place) for place in dict.fromkeys(row["place"] for row in some)],
        "kind": [_word(kind) for kind in kinds],
        "predicate": [refs[first["predicate"]]] if "predicate" in first else [],
        "metric": [refs[iri] for iri in broader.get(first.get("metric", ""), ())],
        "modality": [_word(_last(first["modality"]))],
        "status": [_word(_last(first["status"]))],
        "year": [_word(first["year"])] if "year" in first else [],
        "report": [refs[first["report"]]],
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
