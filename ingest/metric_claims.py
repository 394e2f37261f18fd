"""figures -> metric claims: which figures claim something, of what, about whom and when.

Reads   doc.spans quantities, periods, mentions; the parse; doc._.report
Writes  doc._.claims; doc._.rejected for figures that claim nothing
Skips   figures that structure the text, and what the title says again

A figure whose metric and subject are not sure enough is kept with the metric "other".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.evidence import evidence_of
from ingest.facts import sums
from ingest.figure_contexts import PERIOD_SHARE, FigureContexts
from ingest.figure_cues import kind_of_unit
from ingest.figure_metrics import NONE, metric_chances
from ingest.figure_periods import PeriodFinder
from ingest.figure_quotes import quote_bounds
from ingest.figure_scene import Place, Scene, scene_of
from ingest.figure_signs import signed
from ingest.figure_subjects import Chain, Subject, choose_subject
from ingest.narrower_metrics import metric_iri
from ingest.shared_subjects import all_subjects
from ingest.stance import stance_of
from ingest.subject_candidates import SubjectFinder
from ingest.surveys import surveys_in
from kg.calendar import in_words
from kg.model import Claim, Entity, Period, Rejected
from ontology.metrics import load_metrics

OTHER = "other"
_DOUBT = 0.35  # the chance that a figure claims nothing, above which it is left out
_SURE_ENOUGH = 0.45
_UNTOLD = -5.0  # the logarithm of the probability of a period that stands nowhere in the report


@dataclass(frozen=True)
class Reading:
    """One figure as it was understood."""

    place: Place
    metric: str
    subjects: tuple[Subject, ...]
    period: Period | None
    confidence: float
    chain: Chain


def read_figures(scene: Scene) -> tuple[list[Reading], list[Rejected]]:
    """The figures of a scene that claim something, in text order, and those that do not."""
    subjects, periods, contexts = SubjectFinder(scene), PeriodFinder(scene), FigureContexts(scene)
    readings: list[Reading] = []
    rejected: list[Rejected] = []
    for index, chances in enumerate(metric_chances(scene, contexts)):
        place = scene.places[index]
        metric = NONE if chances[NONE] > _DOUBT else max(chances, key=lambda slug: (chances[slug], slug))
        before = _near(scene, readings, place)
        chain = before.chain if before else None
        chosen = choose_subject(scene, subjects, contexts, index, metric, chain) if metric != NONE else None
        if chosen is None:
            rejected.append(_rejection(scene, place, "it counts nothing" if metric == NONE else "no subject"))
            continue
        subject, chain = chosen
        period = _period(periods, contexts, index, metric, readings[-1] if readings else None)
        sure = chances[metric] * subject.probability
        readings.append(Reading(place, metric, all_subjects(scene, place, subject), period, sure, chain))
    return readings, rejected


def _near(scene: Scene, readings: list[Reading], place: Place) -> Reading | None:
    """The reading before, if it stands in the same block or in the one before."""
    if readings and place.block - readings[-1].place.block <= 1:
        return readings[-1]
    return None


def _period(
    finder: PeriodFinder, contexts: FigureContexts, index: int, metric: str, before: Reading | None
) -> Period | None:
    candidates = finder.candidates(
        index, metric, before.period if before else None, before.metric if before else None
    )
    weigh = sums("figure_periods").of
    told = contexts.periods(index, finder) if contexts.speak else {}
    scores = [
        weigh(candidate.facts) + PERIOD_SHARE * told.get(candidate.label, _UNTOLD) for candidate in candidates
    ]
    return candidates[max(range(len(scores)), key=scores.__getitem__)].period


def _rejection(scene: Scene, place: Place, reason: str) -> Rejected:
    return Rejected("metric_claims", scene.offset(place.start), scene.offset_behind(place.end), reason)


def without_repeats(scene: Scene, readings: list[Reading]) -> Iterator[Reading]:
    """The readings without those of the title that the text repeats, and later ones that say nothing new."""
    body = {_figure_key(reading) for reading in readings if not _is_headline(scene, reading)}
    told = [one for one in readings if not (_is_headline(scene, one) and _figure_key(one) in body)]
    surest: dict[tuple[object, ...], Reading] = {}
    for reading in sorted(told, key=lambda reading: -reading.confidence):
        surest.setdefault(_amount_key(reading), reading)
    seen: set[tuple[object, ...]] = set()
    for reading in told:
        # A report that gives an amount again speaks of the same thing; where it seems another, one is wrong.
        if _is_amount(reading) and surest[_amount_key(reading)].place.left != reading.place.left:
            continue
        said = (*_figure_key(reading), reading.metric, reading.subjects[0].candidate.key)
        if said not in seen:
            seen.add(said)
            yield reading


def _is_headline(scene: Scene, reading: Reading) -> bool:
    block = scene.blocks[reading.place.block] if 0 <= reading.place.block < len(scene.blocks) else None
    return block is not None and block.kind in ("title", "heading")


def _amount_key(reading: Reading) -> tuple[object, ...]:
    return (*_figure_key(reading), reading.metric, reading.period.label if reading.period else None)


def _is_amount(reading: Reading) -> bool:
    """Whether the number can hardly belong to two things by chance, as it can with counts and in tables."""
    is_money = kind_of_unit(reading.place.quantity.unit) == "money"
    return is_money and reading.place.cell is None and reading.metric != OTHER


def _figure_key(reading: Reading) -> tuple[object, ...]:
    quantity = reading.place.quantity
    return quantity.unit, quantity.value, quantity.low if quantity.value is None else None


@Language.component("metric_claims", requires=["doc.sents", "doc.spans"])
def metric_claims(doc: Doc) -> Doc:
    """Add the metric claims of `doc`, and what was given up."""
    scene = scene_of(doc)
    readings, rejected = read_figures(scene)
    doc._.rejected = [*doc._.rejected, *rejected]
    surveys = surveys_in(doc) if any(reading.metric == "survey-sample-size" for reading in readings) else []
    for reading in without_repeats(scene, readings):
        for subject in reading.subjects:
            entity = subject.entity
            if reading.metric == "survey-sample-size":
                offset = scene.offset(reading.place.start)
                entity = next((s.entity for s in surveys if s.start <= offset < s.end), entity)
            doc._.claims = [*doc._.claims, _claim(scene, reading, subject, entity)]
    return doc


def _claim(scene: Scene, reading: Reading, subject: Subject, entity: Entity) -> Claim:
    doc, place = scene.doc, reading.place
    metric = reading.metric if reading.confidence >= _SURE_ENOUGH else OTHER
    start, end = quote_bounds(scene, place, subject.candidate, reading.metric)
    stance = stance_of(doc, scene.offset(place.start), scene.offset_behind(place.end), what=reading.metric)
    quantity = signed(scene, place, reading.metric)
    if metric == "pue":
        quantity = replace(quantity, unit="UNITLESS")
    iri = metric_iri(metric, scene.words[place.left : place.right])
    when = f", {in_words(reading.period.label)}" if reading.period else ""
    return Claim(
        kind="metric",
        subject=entity,
        modality=stance.modality,
        polarity=stance.polarity,
        evidence=evidence_of(doc, start, end),
        confidence=Decimal(str(round(reading.confidence, 4))),
        statement=f"{entity.label}: {load_metrics()[iri].label} {quantity.text}{when}",
        metric=iri,
        quantity=quantity,
        period=reading.period,
        attributed_to=stance.attributed_to,
        relayed_by=stance.relayed_by,
    )


extensions.register()
