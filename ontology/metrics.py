"""Metric concepts -> what can be measured, in which kinds of unit, under which names reports speak of it.

Reads `vocab/metric.ttl`. A metric without `broader` is one of the closed list that annotators use; its `slug`
is the name in that list. A narrower metric, such as the seed's cumulative data-centre investment, reports the
slug of the metric above it as `guideline_slug`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ontology import terms
from ontology.turtle import VOCAB, Rows, subjects_of, texts

_PREFIX = terms.V_METRIC + "-"


@dataclass(frozen=True)
class Metric:
    """A metric; `names` start with its label, `unit_kinds` are kinds of `ontology.units.Unit`."""

    iri: str
    slug: str
    label: str
    names: tuple[str, ...]
    unit_kinds: tuple[str, ...]
    broader: str | None
    guideline_slug: str
    usual_subject: str | None  # class IRI
    everyday: tuple[str, ...] = ()  # names that are also ordinary words


@cache
def load_metrics() -> Mapping[str, Metric]:
    """All metrics by IRI; read once, BrokenTurtle if the file does not parse.

    >>> metrics = load_metrics()
    >>> metrics["https://w3id.org/ai-factory/vocab/metric-ttft"].guideline_slug
    'latency'
    """
    rows = subjects_of(VOCAB / "metric.ttl")
    concepts = {iri: row for iri, row in rows.items() if iri.startswith(_PREFIX)}
    return MappingProxyType({iri: _metric(iri, concepts) for iri in concepts})


@cache
def metrics_by_slug() -> Mapping[str, Metric]:
    """All metrics by slug ("capex", "ai-capex")."""
    return MappingProxyType({metric.slug: metric for metric in load_metrics().values()})


def with_narrower(iris: Iterable[str]) -> set[str]:
    """These IRIs and those of all metrics below them.

    >>> sorted(one.rpartition("/")[2] for one in with_narrower([_PREFIX + "capex"]))
    ['metric-ai-capex', 'metric-capex']
    """
    found = set(iris)
    while below := {one.iri for one in load_metrics().values() if one.broader in found} - found:
        found |= below
    return found


def _metric(iri: str, concepts: Mapping[str, Rows]) -> Metric:
    row = concepts[iri]
    label = texts(row, terms.SKOS_PREF_LABEL)[0]
    names = (label, *texts(row, terms.SKOS_ALT_LABEL))
    return Metric(
        iri=iri,
        slug=iri.removeprefix(_PREFIX),
        label=label,
        names=tuple(dict.fromkeys(names)),
        unit_kinds=texts(row, terms.UNIT_KIND),
        broader=next(iter(texts(row, terms.SKOS_BROADER)), None),
        guideline_slug=_topmost(iri, concepts).removeprefix(_PREFIX),
        usual_subject=next(iter(texts(row, terms.USUAL_SUBJECT)), None),
        everyday=texts(row, terms.EVERYDAY_NAME),
    )


def _topmost(iri: str, concepts: Mapping[str, Rows]) -> str:
    above = texts(concepts[iri], terms.SKOS_BROADER)
    return _topmost(above[0], concepts) if above else iri
