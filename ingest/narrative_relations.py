"""sentences -> relations that a frame tells: what drives what, who captures what, who plays which role."""

from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import Any

from ingest.frames import Filling, fillings
from ingest.narrative_scene import Scene, frames, predicate_iri
from ingest.narrative_terms import SlottedSentence
from ingest.surveys import Survey, surveys_in
from kg.model import Claim, Entity
from ontology import terms

_CHALLENGE = "challenge"


def frame_claims(scene: Scene) -> Iterator[Claim]:
    """The claims of all relation frames; a subject that the text denies is a negated claim."""
    for sentence in scene.sentences:
        for frame in frames()["relation"]:
            for filling in fillings(frame["patterns"], sentence):
                yield from _relations(scene, frame, filling)


def _relations(scene: Scene, frame: Mapping[str, Any], filling: Filling) -> Iterator[Claim]:
    affirmed = filling.places.get("subject", ())
    denied = filling.places.get("denied", ())
    if not affirmed and not denied and scene.market is not None:
        affirmed = (scene.market,)
    told = [("reads", subject) for subject in affirmed] + [("reads_denied", subject) for subject in denied]
    for target, (reads, subject) in product(filling.places["object"], told):
        if subject.iri != target.iri:  # "demand drives demand" says nothing
            yield _relation(scene, frame, filling, subject, target, reads=reads)


def _relation(
    scene: Scene, frame: Mapping[str, Any], filling: Filling, subject: Entity, target: Entity, *, reads: str
) -> Claim:
    return scene.claim(
        "relation",
        filling.start,
        filling.end,
        subject=subject,
        statement=frame[reads].format(subject=subject.label, object=target.label),
        polarity="affirmed" if reads == "reads" else "negated",
        predicate=predicate_iri(frame["predicate"]),
        object=target,
        by_means_of=filling.places.get("means", ()),
        period=scene.period_at(filling.start, filling.end) if frame.get("timed") else None,
    )


def survey_claims(scene: Scene) -> Iterator[Claim]:
    """What each survey identifies: where it is introduced, right after, or where it is named again."""
    surveys = surveys_in(scene.doc, scene.sentences)
    for previous, sentence in pairwise([None, *scene.sentences]):
        before = [survey for survey in surveys if survey.start < sentence.end] if sentence else []
        if not before or sentence is None:
            continue
        survey = before[-1]
        is_near = previous is None or survey.start >= previous.start
        if is_near or scene.refers_to_survey(sentence):
            yield from _findings(scene, survey, sentence, is_near=is_near)


def _findings(scene: Scene, survey: Survey, sentence: SlottedSentence, *, is_near: bool) -> Iterator[Claim]:
    slots = [slot for slot in sentence.slots if _CHALLENGE in slot.entities]
    told = fillings(frames()["survey"]["findings"], sentence)
    if not told and not (is_near and len(slots) > 1):
        return
    start = survey.start if survey.start >= sentence.start else sentence.start
    for finding in {slot.entities[_CHALLENGE].iri: slot.entities[_CHALLENGE] for slot in slots}.values():
        yield scene.claim(
            "relation",
            start,
            max(slot.end for slot in slots),
            subject=survey.entity,
            statement=f"{survey.entity.label} identifies {finding.label}",
            modality="reported",
            predicate=terms.IDENTIFIES,
            object=finding,
        )
