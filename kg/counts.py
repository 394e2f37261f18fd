"""How much is in the graph."""

from collections import Counter
from collections.abc import Iterable

from pyoxigraph import Store

from kg.names import id_of
from kg.queries import Row, rows
from kg.records import Counts


def count_all(store: Store) -> Counts:
    """The numbers that a first look at the graph asks for."""
    found = rows(store, "counts")
    return Counts(
        reports=int(rows(store, "count_reports")[0]["reports"]),
        claims=sum(int(row["claims"]) for row in found),
        entities=int(rows(store, "count_entities")[0]["entities"]),
        quads=len(store),
        by_kind=_totals(found, "kind"),
        by_modality=_totals(found, "modality"),
        by_status=_totals(found, "status"),
        last_recorded=max((row["last"] for row in found if "last" in row), default=None),
    )


def _totals(found: Iterable[Row], name: str) -> tuple[tuple[str, int], ...]:
    totals: Counter[str] = Counter()
    for row in found:
        if name in row:
            totals[_word(row[name])] += int(row["claims"])
    return tuple(totals.most_common())


def _word(iri: str) -> str:
    """`metric` of `…ns#MetricClaim`, `planned` of `…/vocab/modality-planned`."""
    name = id_of(iri)
    return name.removesuffix("Claim").lower() if name.endswith("Claim") else name.partition("-")[2] or name
