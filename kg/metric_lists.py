"""a metric, and what was chosen -> its figures, the latest of them whole; what else there is; revisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.choosing import Choices, Counts, Traits, counted, fits
from kg.claim_records import claim_records
from kg.figure_rows import figure_rows
from kg.names import refs_for
from kg.queries import Row, rows
from kg.records import ClaimRecord, Ref
from ontology.metrics import with_narrower

# `period` is how long the time of a figure is: a year, a quarter, a span of its own.
TRAITS = ("subject", "period", "year", "unit", "kind")
_MOST_REVISIONS = 200


@dataclass(frozen=True)
class MetricList:
    """Some of the figures that fit, the latest first, the IRIs of all, and what each choice would leave."""

    claims: tuple[ClaimRecord, ...]
    iris: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Revision:
    """A figure, and the one that took its place."""

    before: ClaimRecord
    after: ClaimRecord


def metric_list(store: Store, *, metric: str, chosen: Choices, skip: int, limit: int) -> MetricList:
    """The figures of a metric and of all narrower ones that have what was chosen; `metric` is an IRI.

    Those without a time come last.
    """
    found = {row["claim"]: row for row in figure_rows(store, metrics=with_narrower([metric]))}
    traits = _traits(store, found)
    ends = {claim: row.get("end", "") for claim, row in found.items()}
    kept = [claim for claim in found if fits(traits[claim], chosen)]
    kept.sort(key=lambda claim: (ends[claim], claim), reverse=True)
    shown = claim_records(store, kept[skip : skip + limit])
    return MetricList(tuple(shown), tuple(kept), counted(list(traits.values()), chosen, TRAITS))


def revisions_of(store: Store, *, metric: str) -> list[Revision]:
    """The figures of a metric and of all narrower ones that another took the place of, the latest first."""
    pairs = [
        (row["older"], row["newer"])
        for row in rows(store, "revised", many={"metric": with_narrower([metric])})
    ]
    known = {one.iri: one for one in claim_records(store, {iri for pair in pairs for iri in pair})}
    found = [Revision(known[older], known[newer]) for older, newer in pairs if {older, newer} <= known.keys()]
    found.sort(key=lambda one: (one.after.asserted_at or "", one.after.iri), reverse=True)
    return found[:_MOST_REVISIONS]


def _traits(store: Store, found: Mapping[str, Row]) -> dict[str, Traits]:
    refs = refs_for(store, _things(found.values()))
    return {claim: _of_figure(row, refs) for claim, row in found.items()}


def _things(some: Iterable[Row]) -> set[str]:
    return {row[name] for row in some for name in ("subject", "unit")}


def _of_figure(row: Row, refs: Mapping[str, Ref]) -> Traits:
    return {
        "subject": [refs[row["subject"]]],
        "unit": [refs[row["unit"]]],
        "period": [_word(length_of(row.get("label", "")))],
        "year": [_word(row["year"])] if "year" in row else [],
        "kind": [_word(row["modality"].rpartition("/")[2].partition("-")[2])],
    }


def length_of(label: str) -> str:
    """How long the time of a period label is, as people say it.

    >>> [length_of(one) for one in ("2026", "FY2026", "2026-Q1", "2026-05", "/2030", "")]
    ['year', 'year', 'quarter', 'month', 'span', 'none']
    """
    if not label:
        return "none"
    if "/" in label:
        return "span"
    _, dash, part = label.partition("-")
    if not dash:
        return "year"
    return {"Q": "quarter", "H": "half-year"}.get(part[:1], "day" if "-" in part else "month")


def _word(word: str) -> Ref:
    """A word as a choice; it is of no thing of the graph."""
    return Ref("", word, word.replace("-", " "))
