"""document -> scene: what the narrative stages share about one report, and how they make a claim."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, cast

from spacy.tokens import Doc

from ingest.attribution import claimants_of, voices_of
from ingest.claimants import any_of
from ingest.evidence import evidence_of
from ingest.extensions import text_of
from ingest.narrative_periods import period_between
from ingest.narrative_terms import SlottedSentence, known_entity, slotted_sentences
from ingest.stance import clause_of
from ingest.topics import Topic, main_market, topic_at, topics_of
from kg.model import Claim, Entity, Modality, Period
from ontology import terms

CERTAIN, BY_HEADING = Decimal("0.90"), Decimal("0.80")


@cache
def frames() -> Mapping[str, Any]:
    """The frames of `narrative_frames.toml`."""
    loaded: Mapping[str, Any] = tomllib.loads(
        files("ingest").joinpath("narrative_frames.toml").read_text(encoding="utf-8")
    )
    return loaded


def predicate_iri(name: str) -> str:
    """The IRI of a property of the ontology, by its name."""
    return terms.NS + name


@dataclass(frozen=True)
class Scene:
    """One report: its sentences with slots, the dynamics of its headings, and the market that it is about."""

    doc: Doc
    sentences: tuple[SlottedSentence, ...]
    topics: tuple[Topic, ...]
    market: Entity | None

    def dynamic_at(self, offset: int) -> Entity | None:
        """The dynamic under whose heading the offset stands."""
        return topic_at(self.topics, offset)

    def claim(
        self, kind: str, start: int, end: int, *, subject: Entity, statement: str, **more: Any
    ) -> Claim:
        """A claim on the words at `start:end`, with modality, claimants and evidence read off the text."""
        given = {
            "modality": self._modality(start, end),
            "polarity": "affirmed",
            "confidence": CERTAIN,
            **more,
        }
        claimants = claimants_of(self.doc, start, end)
        return Claim(
            kind=cast(Any, kind),
            subject=subject,
            evidence=evidence_of(self.doc, start, end),
            statement=statement[:1].upper() + statement[1:] + ".",
            attributed_to=claimants.entities,
            **given,
        )

    def refers_to_survey(self, sentence: SlottedSentence) -> bool:
        """Whether the sentence speaks of a survey that was introduced before."""
        return re.search(frames()["survey"]["reference"], sentence.pattern_text, re.IGNORECASE) is not None

    def period_at(self, start: int, end: int) -> Period | None:
        """The time that the clause around the span names; "over the next five years" is resolved."""
        low, high = clause_of(voices_of(self.doc).sentence_at(start), start, end)
        return period_between(self.doc, low, high)

    def _modality(self, start: int, end: int) -> Modality:
        sentence = voices_of(self.doc).sentence_at(start)
        words = text_of(self.doc)[sentence.start : end].rpartition(";")[2].lower()
        for modality, cue in _modality_cues():
            if cue.search(words):
                return modality
        return "reported"


def scene_of(doc: Doc) -> Scene:
    """The scene of a document that has sentences and mentions."""
    return Scene(doc, tuple(slotted_sentences(doc)), tuple(topics_of(doc)), main_market(doc))


@cache
def _modality_cues() -> tuple[tuple[Modality, re.Pattern[str]], ...]:
    return tuple(
        (cast(Modality, modality), re.compile(rf"\b{any_of(words)}\b"))
        for modality, words in frames()["modality"].items()
    )


def aspect_of(name: str) -> Entity:
    """The aspect of change with this name ("business-model")."""
    return known_entity(f"{terms.V_ASPECT}-{name}")
