"""sentences -> surveys: which firm asked how many, as an entity that claims can be about.

The IRI is that of the firm and the size, so every report on one survey speaks of one thing.
"""

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from ingest.extensions import text_of
from ingest.frames import fillings
from ingest.narrative_scene import frames
from ingest.narrative_terms import SlottedSentence, slotted_sentences
from kg.iris import ID
from kg.model import Entity


@dataclass(frozen=True)
class Survey:
    """A survey and the words that introduce it."""

    start: int
    end: int
    entity: Entity


def surveys_in(doc: Doc, sentences: tuple[SlottedSentence, ...] | None = None) -> list[Survey]:
    """The surveys that the report introduces with firm and size, in text order."""
    found = []
    for sentence in sentences if sentences is not None else slotted_sentences(doc):
        for filling in fillings(frames()["survey"]["patterns"], sentence):
            firm, size = filling.one("firm"), filling.groups.get("size")
            if firm is not None and size is not None:
                found.append(
                    Survey(filling.start, filling.end, survey_entity(firm, text_of(doc)[slice(*size)]))
                )
    return found


def survey_entity(firm: Entity, size: str) -> Entity:
    """The survey of that firm with a sample of that size.

    >>> survey_entity(Entity(ID + "idc", "IDC", "Organization"), "1,200").iri
    'https://w3id.org/ai-factory/id/survey-idc-1200'
    """
    number = re.sub(r"\D", "", size)
    slug = (
        firm.iri.removeprefix(ID) if firm.known else re.sub(r"[\W_]+", "-", firm.label.casefold()).strip("-")
    )
    return Entity(
        f"{ID}survey-{slug}-{number}",
        f"{firm.label} survey of {number}",
        "Survey",
        (f"{firm.label} survey",),
        known=False,
    )
