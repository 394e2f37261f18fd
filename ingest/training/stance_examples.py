"""Gold reports -> examples: documents with the gold entities as mentions, and where the gold claims stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest import extensions
from ingest.attribution import Speaker, Voices, speaker_features, voices_of
from ingest.periods import periods
from ingest.sentences import sentences
from ingest.training.gold import GoldReport
from kg.iris import entity_iri
from kg.model import Entity

__all__ = ["Example", "examples_of", "gold_language"]
_COMPONENTS = (sentences, periods)  # named, so that importing this module registers them


@dataclass(frozen=True)
class Example:
    """A gold claim at `start:end` of a document; for a figure, where its value stands."""

    source: str
    doc: Doc
    start: int
    end: int
    claim: dict[str, Any]
    names: frozenset[str]  # by which the claimants may go

    @property
    def voices(self) -> Voices:
        """Who speaks in the document."""
        return voices_of(self.doc)

    def candidates(self) -> Iterator[tuple[Speaker, list[str]]]:
        """Every speaker with its features, seen from the claim."""
        for speaker in self.voices.speakers:
            yield speaker, list(speaker_features(self.voices, speaker, self.start, self.end))

    def is_right(self, speaker: Speaker) -> bool:
        """Whether the gold claim is attributed to the speaker, or to the firm that the speaker works for."""
        return any(entity.label in self.names for entity in speaker.claimants)


def gold_language(spacy_model: str) -> Language:
    """Tokens, sentences and periods: what the stance of a span is read from, beside the mentions."""
    extensions.register()
    model = spacy.load(spacy_model)
    nlp = spacy.blank("en", vocab=model.vocab)
    nlp.tokenizer = model.tokenizer
    nlp.add_pipe("sentences")
    nlp.add_pipe("periods")
    return nlp


def examples_of(nlp: Language, gold: GoldReport) -> list[Example]:
    """The claims of a gold report whose words were found in its text."""
    doc = nlp.make_doc(gold.report.text)
    doc._.report = gold.report
    nlp(doc)
    doc.spans[extensions.MENTIONS] = list(_mentions(doc, gold))
    aliases = {entity["label"]: {entity["label"], *(entity.get("aliases") or [])} for entity in gold.entities}
    found = []
    for claim in gold.claims:
        place = _place(doc.text, claim)
        if place is not None:
            names = frozenset().union(*(aliases.get(name, {name}) for name in claim["attributedTo"]))
            found.append(Example(gold.report.source, doc, *place, claim, names))
    return found


def _mentions(doc: Doc, gold: GoldReport) -> Iterator[Span]:
    for entry in gold.entities:
        entity = Entity(entity_iri(entry["type"], entry["label"]), entry["label"], entry["type"])
        names = {entry["label"], *(entry.get("aliases") or [])}
        if entry["type"] == "Person":
            names.add(entry["label"].split()[-1])
        for name in sorted(names):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", doc.text):
                span = doc.char_span(match.start(), match.end(), alignment_mode="expand")
                if span is not None:
                    span._.entity = entity
                    yield span


def _place(text: str, claim: dict[str, Any]) -> tuple[int, int] | None:
    """Where the quote stands, or the figure in it."""
    quote = _find(text, claim["quote"], 0)
    if quote is None or not claim.get("valueText"):
        return quote
    figure = _find(text, claim["valueText"], quote[0])
    return figure if figure is not None and figure[0] < quote[1] else quote


def _find(text: str, words: str, start: int) -> tuple[int, int] | None:
    match = re.compile(r"\s+".join(map(re.escape, words.split()))).search(text, start)
    return match.span() if match else None
