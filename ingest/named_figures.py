"""figures that say themselves what they measure -> their metric: "a 12x vector indexing speed-up".

Reads   doc.spans["quantities"], the metric claims, the surveys of the report
Writes  nothing; returns the claims with metric and subject put right
Skips   names that do not stand directly behind the figure, and metrics that its unit cannot measure
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache

from spacy.tokens import Doc, Span

from ingest.evidence import evidence_of
from ingest.stance import stance_of
from ingest.surveys import Survey
from kg.calendar import in_words
from kg.model import Claim, Quantity
from ontology import terms
from ontology.metrics import Metric, load_metrics
from ontology.units import load_units

# Metric and figure stand side by side, but what they are a property of is only taken over from a neighbour.
CONFIDENCE = Decimal("0.60")
_SAMPLE_SIZE = terms.V_METRIC + "-survey-sample-size"


def with_named_metrics(doc: Doc, claims: Iterable[Claim], surveys: Sequence[Survey]) -> list[Claim]:
    """The claims; a figure before a metric's name measures that, one that introduces a survey its size.

    A figure that no stage took for a claim is one too where a metric's name stands behind it.
    """
    put_right = [_put_right(doc, claim, surveys) if claim.kind == "metric" else claim for claim in claims]
    return [*put_right, *_overlooked(doc, put_right)]


def _overlooked(doc: Doc, claims: Sequence[Claim]) -> Iterator[Claim]:
    """Claims on figures that name their metric, about what the other figures of the sentence are about."""
    figures = [claim for claim in claims if claim.kind == "metric"]
    taken = {figure.start for claim in figures if (figure := _figure_of(doc, claim)) is not None}
    for span in doc.spans.get("quantities", ()):
        quantity: Quantity = span._.quantity
        metric = None if span.start in taken else _metric_behind(doc.text, span.end_char, quantity.unit)
        start, end = span.sent.start_char, span.sent.end_char
        beside = [claim for claim in figures if start <= claim.evidence.start < end]
        if metric is None or not beside:
            continue
        name = _names()[0].match(doc.text, span.end_char)
        stance = stance_of(doc, span.start_char, span.end_char, what=metric.slug)
        yield Claim(
            kind="metric",
            subject=beside[0].subject,
            modality=stance.modality,
            polarity=stance.polarity,
            evidence=evidence_of(doc, span.start_char, name.end() if name else span.end_char),
            confidence=CONFIDENCE,
            statement=f"{beside[0].subject.label}: {metric.label} {quantity.text}",
            metric=metric.iri,
            quantity=quantity,
            attributed_to=stance.attributed_to,
            relayed_by=stance.relayed_by,
        )


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
    when = f", {in_words(claim.period.label)}" if claim.period else ""
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
