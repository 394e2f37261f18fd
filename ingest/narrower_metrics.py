"""metric -> narrower metric: the concept of the ontology whose own words stand in the sentence.

Reads   ontology.metrics, the words around a figure
Skips   narrower metrics of which only some of the words are there
"""

import re
from collections.abc import Iterable
from functools import cache

from ingest.figure_scene import stem
from ontology.metrics import Metric, load_metrics, metrics_by_slug

_WORD = re.compile(r"[a-z0-9]+")


@cache
def _narrower(slug: str) -> tuple[tuple[Metric, tuple[frozenset[str], ...]], ...]:
    """The narrower metrics of one of the closed list, each with the words of its names."""
    return tuple(
        (metric, tuple(_words(name) for name in metric.names if len(_WORD.findall(name.lower())) > 1))
        for metric in load_metrics().values()
        if metric.broader is not None and metric.guideline_slug == slug
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORD.findall(text.lower()))


def metric_iri(slug: str, words: Iterable[str]) -> str:
    """The IRI of the metric, or of a narrower one all of whose words are among `words`; most words win."""
    given = frozenset(stem(part) for word in words for part in _WORD.findall(word.lower()))
    best, size = metrics_by_slug()[slug].iri, 1
    for metric, names in _narrower(slug):
        for name in names:
            if len(name) > size and name <= given:
                best, size = metric.iri, len(name)
    return best
