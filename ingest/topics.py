"""headings -> topics: the market that a report is about, and the dynamics that its headings name."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from ingest.extensions import text_of
from ingest.narrative_terms import MARKET, known_entity, terms_in
from kg.model import Block, Entity
from ontology.labels import load_labels

DYNAMIC = "dynamic"


@dataclass(frozen=True)
class Topic:
    """A dynamic and the stretch of the report that its heading stands above."""

    start: int
    end: int
    dynamic: Entity


def topics_of(doc: Doc) -> list[Topic]:
    """The dynamics that headings name, with their stretches, in text order."""
    blocks = doc._.report.blocks if doc._.report is not None else ()
    topics = []
    for position, block in enumerate(blocks):
        dynamic = _dynamic_in(text_of(doc)[block.start : block.end]) if block.kind == "heading" else None
        if dynamic is not None:
            topics.append(Topic(block.end, _end_of_section(text_of(doc), blocks, position), dynamic))
    return topics


def topic_at(topics: Sequence[Topic], offset: int) -> Entity | None:
    """The dynamic whose section holds the offset."""
    return next((topic.dynamic for topic in topics if topic.start <= offset < topic.end), None)


def main_market(doc: Doc) -> Entity | None:
    """The market that the report names most often, first its title; None where it names none."""
    named = [entity.iri for _, _, entity in terms_in(text_of(doc), kinds=[MARKET])]
    return known_entity(Counter(named).most_common(1)[0][0]) if named else None


def _dynamic_in(heading: str) -> Entity | None:
    """The dynamic by the longest of its names; "Dynamic 3" alone counts only where no other name stands."""

    def weight(found: tuple[int, int, Entity]) -> tuple[bool, bool, int]:
        start, end, entity = found
        name = heading[start:end]
        return name not in load_labels().named[entity.iri].everyday, not name[-1:].isdigit(), end - start

    named = terms_in(heading, kinds=[DYNAMIC])
    return max(named, key=weight)[2] if named else None


def _end_of_section(text: str, blocks: tuple[Block, ...], position: int) -> int:
    """Where the section ends: at the next heading, or after one block if the heading ends in a colon."""
    following = blocks[position + 1 :]
    if re.search(r":\W*$", text[blocks[position].start : blocks[position].end]):
        return following[0].end if following else blocks[position].end
    level = blocks[position].level
    closing = [block.start for block in following if block.kind == "heading" and block.level <= level]
    return closing[0] if closing else len(text)
