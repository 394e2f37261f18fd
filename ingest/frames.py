"""slotted sentences, frames -> fillings: which terms stand in which place of a frame's pattern.

A frame's patterns are regular expressions with places: `{subject:organization}` takes one slot of that kind,
`{subject+:organization}` a list ("A, B and C"), `{object*:paradigm}` every slot of that kind up to the end of
the clause or to what the pattern says next. `...` is a stretch without a full stop or semicolon. A place may
take several kinds, parted by spaces. Patterns are data: `ingest/narrative_frames.toml`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.narrative_terms import Slot, SlottedSentence
from kg.model import Entity

_PLACE = re.compile(r"\{(?P<name>\w+)(?P<many>[+*]?):(?P<kinds>[\w ]+)\}")
_NUMBER = re.compile(r"⟦(\d+) ([^⟧]*)⟧")
_AFTERWORD = r"(?:\W?\s?(?:from|of|in)\s(?:the\s)?⟦\d+ [^⟧]*\bplace\b[^⟧]*⟧|\s?\([^()]{0,40}\))?"
_LINK = r"(?:,|/|&|\+|\band\b|\bor\b|\bas well as\b|\bplus\b)+"
_JOINT = rf"[\"”’]?\s*{_LINK}[\s,]*(?:(?:and|or)\s+)?(?:[\w’'-]+\s+){{0,2}}?[\"“‘]?"


@dataclass(frozen=True)
class Filling:
    """A pattern that was found: what fills its places, and the span of the report that it covers.

    `groups` has the spans of the pattern's own named groups.
    """

    start: int
    end: int
    places: Mapping[str, tuple[Entity, ...]]
    groups: Mapping[str, tuple[int, int]]

    def one(self, name: str) -> Entity | None:
        """The first that fills the place."""
        return next(iter(self.places.get(name, ())), None)


def fillings(patterns: Sequence[str], sentence: SlottedSentence) -> list[Filling]:
    """What fills the patterns, in their order; a match that overlaps an earlier one is left out."""
    taken: list[tuple[int, int]] = []
    found = []
    for pattern in patterns:
        if not can_fill(pattern, sentence):
            continue
        for match in compiled(pattern).finditer(sentence.pattern_text):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                taken.append(match.span())
                found.append(_filling(pattern, match, sentence))
    return found


def can_fill(pattern: str, sentence: SlottedSentence) -> bool:
    """Whether the sentence has a slot for each place of the pattern; far cheaper than trying the pattern."""
    return all(not kinds.isdisjoint(sentence.kinds) for kinds in _kinds_needed(pattern))


@cache
def _kinds_needed(pattern: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(place["kinds"].split()) for place in _PLACE.finditer(pattern))


def _filling(pattern: str, match: re.Match[str], sentence: SlottedSentence) -> Filling:
    places = {
        place["name"]: _entities(match[place["name"]] or "", place["kinds"].split(), sentence.slots)
        for place in _PLACE.finditer(pattern)
    }
    start, end = _span(match, 0, sentence)
    groups = {
        name: _span(match, name, sentence)
        for name, text in match.groupdict().items()
        if name not in places and text
    }
    return Filling(start, end, places, groups)


def _span(match: re.Match[str], group: int | str, sentence: SlottedSentence) -> tuple[int, int]:
    """The report's span of a group, without the commas and spaces at its end."""
    matched = sentence.pattern_text[: match.end(group)].rstrip(" ,;\n")
    return sentence.offset_of(match.start(group)), _end(matched, sentence)


def _end(matched: str, sentence: SlottedSentence) -> int:
    """The report's offset just after the matched text."""
    if matched.endswith("⟧"):
        number = int(_NUMBER.findall(matched)[-1][0])
        return sentence.slots[number].end
    return sentence.offset_of(len(matched) - 1) + 1


def _entities(text: str, kinds: Sequence[str], slots: Sequence[Slot]) -> tuple[Entity, ...]:
    found: dict[str, Entity] = {}
    for number, _ in _NUMBER.findall(text):
        by_kind = slots[int(number)].entities
        entity = next((by_kind[kind] for kind in kinds if kind in by_kind), None)
        if entity is not None:
            found.setdefault(entity.iri, entity)
    return tuple(found.values())


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern with places."""
    parts, at = [], 0
    for place in _PLACE.finditer(pattern):
        parts += [_gaps(pattern[at : place.start()]), _place(place)]
        at = place.end()
    return re.compile("".join([*parts, _gaps(pattern[at:])]), re.IGNORECASE)


def _gaps(text: str) -> str:
    return text.replace("...", "[^.;]*?")


def _place(place: re.Match[str]) -> str:
    kinds = "|".join(place["kinds"].split())
    slot = rf"⟦\d+ (?:[\w]+ )*?(?:{kinds})(?: \w+)*⟧"
    if place["many"] == "+":
        item = rf"[\"“‘]?{slot}[\"”’]?{_AFTERWORD}"
        return rf"(?P<{place['name']}>{item}(?:{_JOINT}{item})*)"
    if place["many"] == "*":
        return rf"(?P<{place['name']}>[^.;]*{slot})"
    return rf"[\"“‘]?(?P<{place['name']}>{slot})[\"”’]?"
