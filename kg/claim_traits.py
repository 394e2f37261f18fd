"""a thing -> the claims in which it stands, each with what it can be told apart by, without its words."""

from collections import defaultdict
from collections.abc import Mapping

from pyoxigraph import Store

from kg.queries import rows
from ontology import terms

_AT_ONCE = 1000
_TRAITS = frozenset(
    (
        *(terms.RDF_TYPE, terms.SUBJECT, terms.PREDICATE, terms.OBJECT, terms.METRIC),
        *(terms.MODALITY, terms.POLARITY, terms.STATUS, terms.REFERENCE_YEAR, terms.REPORTED_IN),
    )
)


def claims_naming(store: Store, entity: str) -> Mapping[str, Mapping[str, list[str]]]:
    """Their kind, subject, predicate, object, metric, modality, polarity, status, year, report, by property.

    Asked in two steps, and told apart here: with properties as VALUES or OPTIONAL beside the claims the
    engine goes through all claims there are.
    """
    iris = [row["claim"] for row in rows(store, "claims_naming", many={"entity": [entity]})]
    found: dict[str, dict[str, list[str]]] = {}
    for start in range(0, len(iris), _AT_ONCE):
        some: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in rows(store, "statements", many={"subject": iris[start : start + _AT_ONCE]}):
            if row["predicate"] in _TRAITS:
                some[row["subject"]][row["predicate"]].append(row["value"])
        found |= {claim: dict(values) for claim, values in some.items() if terms.REPORTED_IN in values}
    return found
