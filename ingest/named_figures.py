"""figures that say themselves what they measure -> their metric: "a 12x vector indexing speed-up".

Reads   doc.spans["quantities"], the metric claims, the surveys of the report
Writes  nothing; returns the claims with metric and subject put right
Skips   names that do not stand directly behind the figure, and metrics that its unit cannot measure
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from spacy.tokens import Doc, Span

from ingest.surveys import Survey
from kg.model import Claim
from ontology import terms
from ontology.metrics import Metric, load_metrics
from ontology.units import load_units

_SAMPLE_SIZE = terms.V_METRIC + "-survey-sample-size"


def with_named_metrics(doc: Doc, claims: Iterable[Claim], surveys: Sequence[Survey]) -> list[Claim]:
    """The claims; a figure before a metric's name measures that, one that introduces a survey its size."""
    return [_put_right(doc, claim, surveys) if claim.kind == "metric" else claim for claim in claims]


def _put_right(doc: Doc, claim: Claim, surveys: Sequence[Survey]) -> Claim:
    figure = _figure_of(doc, claim)
    if figure is None:
        return claim
    for survey in surveys:
        if survey.start <= figure.start_char < survey.end and claim.quantity and claim.quantity.unit == "NUM":
            return _measuring(replace(claim, subject=survey.entity), load_metrics()[_SAMPLE_SIZE])
    metric = _metric_behind(doc.text, figure.end_char, claim.quantity.unit if claim.quantity else "")
    return _measuring(claim, metric) if metric is not None else claim


def _figure_of(doc: Doc, claim: Claim) -> Span | None:
    """Where the claim's figure stands."""
    evidence = claim.evidence
    return next(
        (
            span
            for span in doc.spans.get("quantities", ())
            if span._.quantity.text == (claim.quantity.text if claim.quantity else None)
            and evidence.start <= span.start_char < evidence.end
        ),
        None,
    )


def _measuring(claim: Claim, metric: Metric) -> Claim:
    if claim.metric == metric.iri:
        return claim
    text = claim.quantity.text if claim.quantity else ""
    when = f", {claim.period.label}" if claim.period else ""
    return replace(claim, metric=metric.iri, statement=f"{claim.subject.label}: {metric.label} {text}{when}")


def _metric_behind(text: str, end: int, unit: str) -> Metric | None:
    """The metric whose name of two words or more stands directly behind the figure, if the unit fits it."""
    pattern, metrics = _names()
    match = pattern.match(text, end)
    metric = metrics.get(" ".join(re.split(r"[\s-]+", match[1].lower()))) if match else None
    return metric if metric is not None and _fits(metric, unit) else None


def _fits(metric: Metric, unit: str) -> bool:
    """Whether the unit can measure it; "12x" is a count by its unit and a ratio by its sense."""
    known = load_units().named.get(unit)
    kinds = {known.kind} if known is not None else set()
    return not {*kinds, *(("ratio",) if "count" in kinds else ())}.isdisjoint(metric.unit_kinds)


@cache
def _names() -> tuple[re.Pattern[str], Mapping[str, Metric]]:
    metrics = {
        " ".join(re.split(r"[\s-]+", name.lower())): metric
        for metric in load_metrics().values()
        for name in metric.names
        if len(re.split(r"[\s-]+", name)) > 1
    }
    names = sorted(metrics, key=len, reverse=True)
    written = "|".join(r"[\s-]+".join(map(re.escape, name.split(" "))) for name in names)
    return re.compile(rf"\s+({written})s?\b", re.IGNORECASE), metrics
