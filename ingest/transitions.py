"""sentences -> transitions: who or what changes, in which aspect, from which state to which.

Each comes with a relation claim on the new state, on the same words, so that one rule makes all plain facts.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.evidence import heading_above
from ingest.extensions import text_of
from ingest.frames import Filling, fillings
from ingest.narrative_scene import Scene, aspect_of, frames, predicate_iri
from ingest.narrative_terms import terms_in
from kg.model import Claim, Entity


def transition_claims(scene: Scene) -> Iterator[Claim]:
    """A transition claim and its relation claim for each change that a frame finds."""
    for sentence in scene.sentences:
        for frame in frames()["transition"]:
            aspect = aspect_of(frame["aspect"])
            for filling in fillings(frame["patterns"], sentence):
                if filling.one("aspect") in (None, aspect):
                    yield from _changes(scene, frame, aspect, filling)


def _changes(scene: Scene, frame: Mapping[str, Any], aspect: Entity, filling: Filling) -> Iterator[Claim]:
    before = filling.one("from") or _state_in_heading(scene, frame, filling)
    subjects = filling.places.get("subject") or ((scene.market,) if scene.market else ())
    if before is None:
        return
    for subject in subjects:
        for after in filling.places["to"]:
            if after.iri != before.iri:
                yield from _change(
                    scene, frame, filling, subject=subject, aspect=aspect, states=(before, after)
                )


def _change(
    scene: Scene,
    frame: Mapping[str, Any],
    filling: Filling,
    *,
    subject: Entity,
    aspect: Entity,
    states: tuple[Entity, Entity],
) -> Iterator[Claim]:
    before, after = states
    yield scene.claim(
        "transition",
        filling.start,
        filling.end,
        subject=subject,
        statement=f"{subject.label} changes its {aspect.label} from {before.label} to {after.label}",
        aspect=aspect,
        from_state=before,
        to_state=after,
    )
    for state, holds in ((after, True), (before, False)):
        if holds or frame.get("gives_up"):
            yield scene.claim(
                "relation",
                filling.start,
                filling.end,
                subject=subject,
                statement=f"{subject.label} {'has' if holds else 'gave up'} the {aspect.label} {state.label}",
                polarity="affirmed" if holds else "negated",
                predicate=predicate_iri(frame["relation"]),
                object=state,
            )


def _state_in_heading(scene: Scene, frame: Mapping[str, Any], filling: Filling) -> Entity | None:
    """The old state as the heading above tells it, for frames that allow that."""
    report = scene.doc._.report
    heading = heading_above(report.blocks, filling.start) if report is not None else None
    if heading is None or "heading" not in frame:
        return None
    match = re.search(frame["heading"], text_of(scene.doc)[heading.start : heading.end], re.IGNORECASE)
    found = terms_in(match[1], kinds=[frame["heading_kind"]]) if match else []
    return found[0][2] if found else None
