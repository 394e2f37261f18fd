"""sentences -> propositions: advice and results that no triple holds, kept as sentences with their topics."""

import re
from collections.abc import Iterator

from ingest.extensions import text_of
from ingest.narrative_scene import Scene, frames
from ingest.narrative_terms import SlottedSentence
from kg.model import Claim, Entity


def proposition_claims(scene: Scene) -> Iterator[Claim]:
    """The report's advice, and under a dynamic's heading what follows from what it tells."""
    for sentence in scene.sentences:
        yield from _advice(scene, sentence)
        if scene.dynamic_at(sentence.start) is not None:
            yield from _results(scene, sentence)


def _advice(scene: Scene, sentence: SlottedSentence) -> Iterator[Claim]:
    data = frames()["proposition"]
    topics = _entities(sentence, data["advice_terms"])
    if not topics or not re.search(data["advice"], sentence.pattern_text, re.IGNORECASE):
        return
    addressed = _entities(sentence, ["actor", "paradigm"])
    yield scene.claim(
        "proposition",
        sentence.start,
        sentence.end,
        subject=addressed[0] if addressed else topics[0],
        statement=_plain(text_of(scene.doc)[sentence.start : sentence.end]),
        modality="recommendation",
        about=topics,
    )


def _results(scene: Scene, sentence: SlottedSentence) -> Iterator[Claim]:
    for match in re.finditer(frames()["proposition"]["result"], sentence.pattern_text, re.IGNORECASE):
        topics = _entities_between(sentence, match)
        start = sentence.offset_of(match.start())
        end = sentence.offset_of(match.end() - 1) + 1
        yield scene.claim(
            "proposition",
            start + 1,
            end,
            subject=topics[0],
            statement=_plain(text_of(scene.doc)[start + 1 : end]),
        )


def _entities(sentence: SlottedSentence, kinds: list[str]) -> tuple[Entity, ...]:
    found = {
        slot.entities[kind].iri: slot.entities[kind]
        for slot in sentence.slots
        for kind in kinds
        if kind in slot.entities
    }
    return tuple(found.values())


def _entities_between(sentence: SlottedSentence, match: re.Match[str]) -> tuple[Entity, ...]:
    start, end = sentence.offset_of(match.start()), sentence.offset_of(match.end() - 1) + 1
    return tuple(
        next(iter(slot.entities.values()))
        for slot in sentence.slots
        if start <= slot.start and slot.end <= end
    )


def _plain(words: str) -> str:
    return " ".join(words.split()).strip(' "“”,.;')
