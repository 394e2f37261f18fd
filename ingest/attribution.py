"""attributions, a span -> its claimants: who of those that speak in the report says this.

A report names a source once and then goes on in its voice, so the nearest name is not enough: every speaker
of it is weighed by where and how it speaks, by a small linear classifier (`attribution.json`, trained by
`ingest.training.stance`).
"""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from spacy.tokens import Doc

from ingest.claimants import (
    Attribution,
    Sentence,
    any_of,
    claimant_words,
    employers_of,
    find_attributions,
    names_of,
    sentences_of,
)
from ingest.linear import Linear, load_linear
from kg.model import Block, Entity

# A figure without its source is worth little, so a doubtful claimant is named there; others can do without.
THRESHOLD_OF_FIGURES, THRESHOLD = 0.2, 0.3
INTRODUCED = 0.8  # how sure the claimant of an introduced stretch is
_OPEN_QUOTE, _CLOSE_QUOTE = re.compile(r"[“]|(?:(?<=\s)|^)\""), re.compile(r"[”]|(?<=\S)\"")


@dataclass(frozen=True)
class Speaker:
    """Somebody to whom the report attributes something; a person comes with the employer, if one is named."""

    entity: Entity
    employer: Entity | None
    attributions: tuple[Attribution, ...]

    @property
    def claimants(self) -> tuple[Entity, ...]:
        """The person and the firm, or the firm alone."""
        return (self.entity,) if self.employer is None else (self.entity, self.employer)


@dataclass(frozen=True)
class Voices:
    """What a report says about who speaks in it."""

    sentences: tuple[Sentence, ...]
    attributions: tuple[Attribution, ...]
    speakers: tuple[Speaker, ...]
    employers: dict[str, Entity]
    introduced: tuple[tuple[int, int, Speaker], ...]  # stretches that a sentence with a colon puts in a mouth
    _starts: tuple[int, ...]
    by_sentence: dict[int, list[Attribution]] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[tuple[int, int], "Claimants"] = field(default_factory=dict, repr=False, compare=False)
    _weights: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def claimants(self, start: int, end: int) -> "Claimants":
        """Those who say what stands at `start:end`; worked out once, since more than one stage asks."""
        known = self._known.get((start, end))
        if known is None:
            odds = odds_of(load_linear("attribution"), self, start, end)
            known = self._known[start, end] = claimants_from(self, odds, start, end)
        return known

    def weight(self, speaker: Speaker) -> str:
        """How much of the report is this speaker's: what it is, whether it leads, how often it speaks."""
        iri = speaker.entity.iri
        if iri not in self._weights:
            self._weights[iri] = _weight(self, speaker)
        return self._weights[iri]

    def speaker(self, entity: Entity) -> Speaker:
        """The speaker that the entity is."""
        return next(one for one in self.speakers if one.entity.iri == entity.iri)

    def sentence_at(self, offset: int) -> Sentence:
        """The sentence that holds the character at `offset`, or the last one before it."""
        return self.sentences[max(0, bisect_right(self._starts, offset) - 1)]


@dataclass(frozen=True)
class Claimants:
    """Who says it (empty: nobody is named), and how sure that is."""

    entities: tuple[Entity, ...]
    probability: float
    kind: str | None  # how the nearest attribution is worded


def voices_of(doc: Doc) -> Voices:
    """The speakers of `doc`; worked out once per document."""
    known: Voices | None = doc.user_data.get("voices")
    mentions = len(doc.spans.get("mentions", ()))
    if known is None or doc.user_data.get("voices_of_mentions") != mentions:
        known = doc.user_data["voices"] = _listen(doc)
        doc.user_data["voices_of_mentions"] = mentions
    return known


def _listen(doc: Doc) -> Voices:
    sentences = tuple(sentences_of(doc, names_of(doc)))
    attributions = tuple(find_attributions(sentences))
    employers = employers_of(sentences)
    by_entity: dict[str, list[Attribution]] = {}
    for attribution in attributions:
        by_entity.setdefault(attribution.entity.iri, []).append(attribution)
    speakers = {
        iri: Speaker(places[0].entity, employers.get(iri), tuple(places)) for iri, places in by_entity.items()
    }
    blocks = doc._.report.blocks if doc._.report is not None else ()
    introduced = tuple(
        (start, end, speakers[attribution.entity.iri])
        for attribution in attributions
        for start, end in [_stretch_after(blocks, sentences[attribution.sentence])]
        if start < end
    )
    starts = tuple(sentence.start for sentence in sentences)
    by_sentence: dict[int, list[Attribution]] = {}
    for attribution in attributions:
        by_sentence.setdefault(attribution.sentence, []).append(attribution)
    return Voices(
        sentences, attributions, tuple(speakers.values()), employers, introduced, starts, by_sentence
    )


def _stretch_after(blocks: Sequence[Block], sentence: Sentence) -> tuple[int, int]:
    """The list or the sections that the sentence introduces with a colon: "X has found three trends:"."""
    position = next(
        (place for place, block in enumerate(blocks) if block.start <= sentence.start < block.end), None
    )
    if position is None or blocks[position].kind != "paragraph" or not sentence.text.rstrip().endswith(":"):
        return 0, 0
    end = position + 1
    if end < len(blocks) and blocks[end].kind == "list-item":
        while end < len(blocks) and blocks[end].kind == "list-item":
            end += 1
    elif end < len(blocks) and blocks[end].kind == "heading":
        # Each heading with what stands directly under it; a second paragraph is the report's own again.
        while end + 1 < len(blocks) and blocks[end].kind == "heading":
            end += 2
    return (blocks[position].end, blocks[end - 1].end) if end > position + 1 else (0, 0)


def claimants_of(doc: Doc, start: int, end: int) -> Claimants:
    """Those who say what stands at `start:end`: the likeliest speaker above the threshold, or nobody."""
    return voices_of(doc).claimants(start, end)


def odds_of(model: Linear, voices: Voices, start: int, end: int) -> list[float]:
    """For each speaker, the odds of saying what stands at `start:end`; nobody's odds are one."""
    features = (speaker_features(voices, speaker, start, end) for speaker in voices.speakers)
    return [math.exp(min(30.0, model.score(found))) for found in features]


def claimants_from(voices: Voices, odds: Sequence[float], start: int, end: int) -> Claimants:
    """The likeliest speaker by these odds, if likely enough; in a stretch that one introduces, that one."""
    sentence = voices.sentence_at(start)
    if sentence.index not in voices.by_sentence:
        for first, last, speaker in voices.introduced:
            if first <= start < last:
                return Claimants(speaker.claimants, INTRODUCED, speaker.attributions[0].kind)
    if not odds:
        return Claimants((), 1.0, None)
    best = max(range(len(odds)), key=lambda position: odds[position])
    probability = odds[best] / (1 + sum(odds))
    if probability < (THRESHOLD_OF_FIGURES if has_figure(sentence, start, end) else THRESHOLD):
        return Claimants((), 1 - probability, None)
    speaker = voices.speakers[best]
    return Claimants(speaker.claimants, probability, _nearest(speaker.attributions, sentence.index).kind)


def has_figure(sentence: Sentence, start: int, end: int) -> bool:
    """Whether there is a digit in the span."""
    return any(map(str.isdigit, sentence.text[start - sentence.start : end - sentence.start]))


def speaker_features(voices: Voices, speaker: Speaker, start: int, end: int) -> Iterator[str]:
    """Where and how the speaker speaks, seen from the span: the features of the classifier."""
    sentence = voices.sentence_at(start)
    spoken = voices.by_sentence.get(sentence.index, [])
    here = [one for one in spoken if one.entity.iri == speaker.entity.iri]
    others = [one for one in spoken if one.entity.iri != speaker.entity.iri]
    weight = voices.weight(speaker)
    figure = "figure" if has_figure(sentence, start, end) else "words"
    named = _as_name(sentence, speaker)
    if here:
        for attribution in here:
            yield from _in_sentence(sentence, attribution, start, end)
        role = role_of(speaker)
        yield f"here others {min(len(others), 2)} {weight}"
        yield f"here {figure}"
        yield f"here {named} {role}"
        yield f"here {_manner(here[0].kind)} {role}"
    else:
        yield f"elsewhere others {min(len(others), 2)} {figure}"
        yield f"elsewhere {figure} {weight}"
        yield f"elsewhere {named} {weight}"
        yield f"elsewhere {named} {role_of(speaker)} others {min(len(others), 1)}"
        for feature in _by_distance(voices, speaker, sentence):
            yield feature
            yield f"{feature} {role_of(speaker)}"
        if others:
            yield f"elsewhere others {weight}"
    if not spoken:
        yield f"silent here {figure} {weight}"
    if _in_quotation(sentence.text, start - sentence.start):
        yield f"quoted mine {min(len(here), 1)}"


def _nearest(attributions: Sequence[Attribution], index: int) -> Attribution:
    return min(attributions, key=lambda one: (abs(one.sentence - index), one.sentence > index, one.start))


def _bucket(number: int) -> str:
    return str(number) if number < 3 else "3-5" if number < 6 else "6+"


def _manner(kind: str) -> str:
    return "analysis" if kind in ("estimate", "forecast", "according", "source") else kind


def _weight(voices: Voices, speaker: Speaker) -> str:
    counts = Counter(one.entity.iri for one in voices.attributions)
    mine = counts[speaker.entity.iri]
    leads = mine == max(counts.values()) and list(counts.values()).count(mine) == 1
    share = "most" if 2 * mine > len(voices.attributions) else "some"
    return f"{role_of(speaker)} {'leads' if leads else 'one'} {min(mine, 3)} {share}"


@cache
def _roles() -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    roles = claimant_words()["roles"]
    return tuple(
        (
            role,
            frozenset(map(str.casefold, listed["names"])),
            re.compile(rf"\b{any_of(listed['words'])}\b", re.IGNORECASE),
        )
        for role, listed in roles.items()
    )


def role_of(speaker: Speaker) -> str:
    """What the speaker is: research, press, authority, person or company; an analyst is what the firm is."""
    found = (_role(entity.label, entity.type) for entity in reversed(speaker.claimants))
    usual = "person" if speaker.entity.type == "Person" else "company"
    return next((role for role in found if role is not None), usual)


@lru_cache(maxsize=4096)
def _role(label: str, sort: str) -> str | None:
    for role, names, words in _roles():
        if label.casefold() in names or (sort == "Organization" and words.search(label)):
            return role
    return None


def _by_distance(voices: Voices, speaker: Speaker, sentence: Sentence) -> Iterator[str]:
    before = [one for one in speaker.attributions if one.sentence < sentence.index]
    after = [one for one in speaker.attributions if one.sentence > sentence.index]
    if before:
        last = before[-1]
        distance = _bucket(sentence.index - last.sentence - 1)
        same = voices.sentences[last.sentence].paragraph == sentence.paragraph
        place = f"since {distance} {'paragraph' if same else 'other'}"
        spoken = {
            one.entity.iri for one in voices.attributions if last.sentence <= one.sentence <= sentence.index
        } - {entity.iri for entity in speaker.claimants}
        named = {
            name.entity.iri
            for each in voices.sentences[last.sentence + 1 : sentence.index + 1]
            for name in each.names
        } - {entity.iri for entity in speaker.claimants}
        yield f"{place} {_manner(last.kind)} spoken {min(len(spoken), 1)}"
        yield f"{place} named {min(len(named), 2)}"
        if voices.sentences[last.sentence].text.rstrip().endswith(":"):
            yield f"{place} after colon"
        yield f"{place} {last.side} {speaker.entity.type}"
    else:
        yield "not yet"
    if after:
        distance = _bucket(after[0].sentence - sentence.index - 1)
        same = voices.sentences[after[0].sentence].paragraph == sentence.paragraph
        yield f"later {distance} {'paragraph' if same else 'other'} before {min(len(before), 1)}"
        yield f"later {distance} {_manner(after[0].kind)} {after[0].side}"


def _in_sentence(sentence: Sentence, attribution: Attribution, start: int, end: int) -> Iterator[str]:
    place = "before" if attribution.end <= end - 1 else "after"
    low, high = sorted((attribution.start - sentence.start, end - sentence.start))
    parted = "parted" if ";" in sentence.text[max(0, low) : max(0, high)] else "joined"
    yield f"here {attribution.kind} {attribution.side} {place}"
    yield f"here {_manner(attribution.kind)} {attribution.entity.type} {parted}"
    yield f"here {attribution.side} {place} {parted}"


def _as_name(sentence: Sentence, speaker: Speaker) -> str:
    """Whether the sentence names the speaker, first or later, or names others instead."""
    iris = [name.entity.iri for name in sentence.names]
    own = {entity.iri for entity in speaker.claimants}
    if "|" in sentence.text:
        return "table"
    if not iris:
        return "nobody named"
    return "named first" if iris[0] in own else "named" if own & set(iris) else "others named"


def _in_quotation(text: str, offset: int) -> bool:
    before = text[:offset]
    return len(_OPEN_QUOTE.findall(before)) > len(_CLOSE_QUOTE.findall(before))
