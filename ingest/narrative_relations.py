"""sentences -> relations that a frame tells: what drives what, who captures what, who plays which role."""

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.frames import Filling, fillings
from ingest.narrative_scene import Scene, frames, predicate_iri
from ingest.surveys import surveys_in
from kg.model import Claim, Entity
from ontology import terms


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
    for target in filling.places["object"]:
        for subject in affirmed:
            yield _relation(scene, frame, filling, subject, target, reads="reads")
        for subject in denied:
            yield _relation(scene, frame, filling, subject, target, reads="reads_denied")


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
    """What each survey identifies: in the sentence that introduces it, or where a later one refers to it."""
    surveys = surveys_in(scene.doc, scene.sentences)
    for sentence in scene.sentences:
        before = [survey for survey in surveys if survey.start < sentence.end]
        speaks = before and (before[-1].start >= sentence.start or scene.refers_to_survey(sentence))
        for filling in fillings(frames()["survey"]["findings"], sentence) if speaks else ():
            start = (
                min(before[-1].start, filling.start) if before[-1].start >= sentence.start else filling.start
            )
            for finding in filling.places["object"]:
                yield scene.claim(
                    "relation",
                    start,
                    filling.end,
                    subject=before[-1].entity,
                    statement=f"{before[-1].entity.label} identifies {finding.label}",
                    modality="reported",
                    predicate=terms.IDENTIFIES,
                    object=finding,
                )
