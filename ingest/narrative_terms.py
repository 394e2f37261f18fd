"""sentences -> slots: the vocabulary's terms in a sentence, beside the mentions, as frames want them.

Reads   doc.sents, doc.spans["mentions"], the ontology's labels and metrics
Writes  nothing; `slotted_sentences` returns each sentence with its slots numbered
Skips   headings: they name the topic of what follows (`ingest.topics`)

A frame asks for terms of one kind in one place ("driven by {factor}"), so everyday names ("energy",
"production") count here although no other stage takes them for a term.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from spacy.tokens import Doc

from ingest.extensions import text_of
from ingest.phrases import any_phrase
from kg.model import Entity
from ontology.labels import Named, fold, load_labels
from ontology.metrics import load_metrics
from ontology.terms import VOCAB

METRIC = "metric"
_STRAIGHT = str.maketrans("“”„", '"""')
_POSSESSIVES = ("its", "their", "his", "her", "our")  # "changed its business model": no place of a frame
MARKET = "market"
_LEFT_OUT = frozenset(
    {"modality", "polarity", "qual", "status", "reliability", "credibility", "conflict", "metric"}
)
# "survey of" or "up" name a metric only beside a figure, and would hide words that a frame waits for.
_PARTICLE = re.compile(r"\b(?:of|at|up|for)$")
_HYPHEN_OR_SPACE = r"[\s\u2010-\u2015-]+"


@dataclass(frozen=True)
class Slot:
    """A mention or term at `start:end` of the report; `entities` by kind, since a name may be of several."""

    start: int
    end: int
    entities: Mapping[str, Entity]


@dataclass(frozen=True)
class SlottedSentence:
    """A sentence whose slots stand as ⟦number kind kind⟧ in `pattern_text`."""

    start: int
    end: int
    slots: tuple[Slot, ...]
    pattern_text: str
    _pieces: tuple[tuple[int, int], ...]

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its slots."""
        return frozenset(kind for slot in self.slots for kind in slot.entities)

    def offset_of(self, position: int) -> int:
        """The report's offset of a character of `pattern_text`; inside a slot, the slot's start."""
        place = max(index for index, (at, _) in enumerate(self._pieces) if at <= position)
        at, offset = self._pieces[place]
        is_slot = place % 2 == 1
        return offset if is_slot else offset + position - at


def known_entity(iri: str) -> Entity:
    """The entity of a known IRI, as the ontology labels it."""
    metrics = load_metrics()
    if iri in metrics:
        return Entity(iri, metrics[iri].label, "Term")
    named = load_labels().named[iri]
    return Entity(iri, named.label, named.type)


def slotted_sentences(doc: Doc) -> list[SlottedSentence]:
    """The sentences of `doc` outside headings, with the slots in them."""
    report = doc._.report
    headings = [block for block in report.blocks if block.kind in ("title", "heading")] if report else []
    slots = sorted(_outermost([*_mentioned(doc), *_terms(text_of(doc))]), key=lambda slot: slot.start)
    sentences = []
    for span in doc.sents:
        if any(block.start <= span.start_char < block.end for block in headings):
            continue
        inside = [slot for slot in slots if span.start_char <= slot.start and slot.end <= span.end_char]
        sentences.append(_slotted(text_of(doc), span.start_char, span.end_char, inside))
    return sentences


def terms_in(text: str, *, kinds: Sequence[str]) -> list[tuple[int, int, Entity]]:
    """(start, end, entity) of the terms of these kinds in the text; others do not stand in the way."""
    found = _outermost(list(_terms(text, frozenset(kinds))))
    return [
        (slot.start, slot.end, slot.entities[kind])
        for slot in sorted(found, key=lambda slot: slot.start)
        for kind in kinds
        if kind in slot.entities
    ]


def _slotted(text: str, start: int, end: int, slots: Sequence[Slot]) -> SlottedSentence:
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    at, length = start, 0
    for number, slot in enumerate(slots):
        written = f"⟦{number} {' '.join(sorted(slot.entities))}⟧"
        for piece, offset in ((text[at : slot.start], at), (written, slot.start)):
            pieces.append((length, offset))
            parts.append(piece)
            length += len(piece)
        at = slot.end
    pieces.append((length, at))
    parts.append(text[at:end])
    return SlottedSentence(start, end, tuple(slots), "".join(parts), tuple(pieces))


def _mentioned(doc: Doc) -> Iterator[Slot]:
    """The mentions of the document; a term's kind is its scheme, another's the type of the entity."""
    named = load_labels().named
    for span in doc.spans.get("mentions", ()):
        if span.text.lower() in _POSSESSIVES:
            continue
        entity = span._.entity
        known = named.get(entity.iri)
        kind = (known and _kind(known)) or entity.type.lower()
        yield Slot(span.start_char, span.end_char, {kind: entity})


def _terms(text: str, kinds: frozenset[str] | None = None) -> Iterator[Slot]:
    pattern, entities = _lexicon(kinds)
    for match in pattern.finditer(text.translate(_STRAIGHT)):
        written = fold(match.group()).casefold()
        found = {**entities.get(written.removesuffix("s"), {}), **entities.get(written, {})}
        if found:
            yield Slot(match.start(), match.end(), found)


def _outermost(slots: list[Slot]) -> list[Slot]:
    """The longest slots that do not overlap; equal spans are one slot of several kinds."""
    kept: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: (slot.start - slot.end, slot.start)):
        equal = next((one for one in kept if (one.start, one.end) == (slot.start, slot.end)), None)
        if equal is not None:
            kept[kept.index(equal)] = Slot(slot.start, slot.end, {**slot.entities, **equal.entities})
        elif all(slot.end <= one.start or slot.start >= one.end for one in kept):
            kept.append(slot)
    return kept


@cache
def _lexicon(kinds: frozenset[str] | None) -> tuple[re.Pattern[str], Mapping[str, Mapping[str, Entity]]]:
    """A pattern for every name of a term, metric or market of these kinds, and what each name stands for."""
    entities: dict[str, dict[str, Entity]] = {}
    for kind, entity, names in _named_terms():
        if kinds is None or kind in kinds:
            for written in (variant for name in names for variant in (name, *_turned(name))):
                entities.setdefault(fold(written).casefold(), {}).setdefault(kind, entity)
    alternatives = any_phrase(entities, gaps={" ": _HYPHEN_OR_SPACE})
    return re.compile(rf"(?<!\w){alternatives}s?(?!\w)", re.IGNORECASE), entities


def _named_terms() -> Iterator[tuple[str, Entity, Sequence[str]]]:
    for iri, named in load_labels().named.items():
        kind = _kind(named)
        if kind is not None:
            yield kind, known_entity(iri), [name for name in named.names if name.isascii()]
    for iri, metric in load_metrics().items():
        yield METRIC, known_entity(iri), [name for name in metric.names if not _PARTICLE.search(name)]


def _kind(named: Named) -> str | None:
    if named.type == "Market":
        return MARKET
    scheme = (named.scheme or "").removeprefix(VOCAB)
    return scheme if named.type == "Term" and scheme not in _LEFT_OUT else None


def _turned(name: str) -> Iterator[str]:
    """The name, last word first: "compute-hoarding budgets" is also "budgets for compute hoarding"."""
    words = re.split(r"[\s-]+", name)
    if 2 <= len(words) <= 4 and name.isascii() and not {"and", "of", "for", "as", "in", "or"} & set(words):
        for preposition in ("for", "of"):
            yield f"{words[-1]} {preposition} {' '.join(words[:-1])}"
