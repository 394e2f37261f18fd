"""sentences, mentions -> attributions: where the text names who says something.

Reads   doc.sents, doc.spans["mentions"] (organizations and persons)
Writes  nothing; `find_attributions(doc)` returns the places in text order
Skips   persons and firms that only act: without a word of saying there is no claimant
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from spacy.tokens import Doc

from ingest.extensions import text_of
from ingest.phrases import any_phrase
from kg.model import Entity

_NUMBER = re.compile(r"⟦(\d+)⟧")
_TITLE_LENGTH = 60  # characters that a post may take between a person and an employer


@dataclass(frozen=True)
class Name:
    """A mention of a person or an organization at `start:end` of the report."""

    start: int
    end: int
    entity: Entity


@dataclass(frozen=True)
class Attribution:
    """A place where the text names a claimant: `start:end` is the name, `sentence` counts from 0.

    `kind` is the class of the verb (say, estimate, forecast, claim) or the form (according, source, speaker);
    `side` tells whether the words that are said stand after the name, before it, or on both sides.
    """

    start: int
    end: int
    sentence: int
    entity: Entity
    kind: str
    side: str


@dataclass(frozen=True)
class Sentence:
    """One sentence with the names in it; `slots` is its text with every name replaced by its number."""

    index: int
    start: int
    end: int
    paragraph: int
    text: str
    names: tuple[Name, ...]
    slots: str = field(repr=False)


@cache
def claimant_words() -> Mapping[str, Mapping[str, Any]]:
    """The word lists of `claimants.toml`."""
    loaded: Mapping[str, Mapping[str, Any]] = tomllib.loads(
        files("ingest").joinpath("claimants.toml").read_text(encoding="utf-8")
    )
    return loaded


def any_of(words: Sequence[str]) -> str:
    """A regular expression that matches one of the words, longest first; a space matches any white space."""
    return any_phrase(words, gaps={" ": r"\s+"})


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """(kind, side, pattern) in order of trust; group "who" is the number of the name."""
    verbs, nouns = claimant_words()["verbs"], claimant_words()["nouns"]
    who = r"⟦(?P<who>\d+)⟧"
    source, own = any_of(nouns["sources"]), rf"{who}(?:'s|’s)"
    by = any_of(nouns["according"])
    rules: list[tuple[str, str, str]] = [
        ("according", "both", rf"\b{by}\s+(?:[^,.;⟦]{{0,50}}?\s)?{who}"),
        ("according", "both", rf"\b{by}\s+⟦\d+⟧,[^.;⟦]{{0,60}}{who}"),
        ("according", "both", rf"\bby\s+{who}(?:'s|’s)?\s+(?:own\s+)?{source}\b"),
        ("source", "both", rf"\bsources?:\s*(?:the\s+)?{who}"),
    ]
    for kind, listed in verbs.items():
        rules += [(kind, side, rule) for side, rule in _verb_rules(who, any_of(listed))]
    rules += [
        ("source", "both", rf"{own}\s+(?:\w+\s+){{0,3}}?{source}\b"),
        ("source", "both", rf"{who}\s+(?:\w+\s+){{0,1}}?{any_of(nouns['bare_sources'])}\b"),
        ("source", "both", rf"\b{source}\s+(?:\w+\s+)?,?\s*(?:of|by|from|at|polled\s+by)\s+(?:the\s+)?{who}"),
        ("source", "both", rf"\bin\s+(?:the\s+)?{own}\s"),
        ("speaker", "after", rf"^\W*{who}(?:\s*\([^()]*\))?(?:,[^.:]{{0,60}})?[:.]\W*(?:$|\s)"),
    ]
    return tuple((kind, side, re.compile(rule, re.IGNORECASE)) for kind, side, rule in rules)


@cache
def _verbs() -> Mapping[str, re.Pattern[str]]:
    """The verbs by kind: a sentence without one need not be looked at for what goes with them."""
    verbs = claimant_words()["verbs"]
    return {kind: re.compile(rf"\b{any_of(listed)}\b", re.IGNORECASE) for kind, listed in verbs.items()}


def _verb_rules(who: str, verb: str) -> list[tuple[str, str]]:
    """Where a name may stand to a verb of saying, and on which side of it the words are that are said."""
    aside = r"(?:\s*\([^()]{0,60}\))?(?:,[^,.;⟦]{0,80}?(?:⟦\d+⟧[^,.;⟦]{0,20})?,)?"
    soft = r"(?:\s+(?!and\b|that\b|to\b|of\b|in\b|for\b|with\b|from\b|is\b|are\b|was\b)[a-z’'-]+){0,3}?"
    return [
        ("after", rf"{who}(?:'s|’s)?{aside}{soft}\s+{verb}\b"),
        (
            "before",
            rf"(?:[,\"”’'»:]\s*|\b(?:so|as|is\s+what)\s+)(?:has\s+)?{verb}\s+(?:the\s+)?(?:[^,.;⟦]{{0,40}}?\s)?{who}",
        ),
        ("before", rf"(?:[,\"”’'»:]\s*|\b(?:so|as|is\s+what)\s+){who}{aside}{soft}\s+{verb}\b\W*$"),
        ("before", rf"\b{verb}\s+(?:jointly\s+)?by\s+(?:the\s+)?{who}"),
        ("after", rf"{who}[^.;⟦]{{0,60}}\bwho\b[^.;⟦]{{0,30}}\b{verb}\b"),
    ]


@cache
def _references() -> re.Pattern[str]:
    """A stand-in for a name that speaks: "the company expects", "she said", "it says", "by its own count"."""
    nouns, verbs = claimant_words()["nouns"], claimant_words()["verbs"]
    parts = "|".join(f"(?P<{kind}>{any_of(listed)})" for kind, listed in verbs.items())
    soft = r"(?:\s+(?:has|have|had|also|now|nevertheless|still|itself|then|later))?"
    speaks = (
        rf"\b(?:(?P<organization>{any_of(nouns['organization'])})|(?P<person>{any_of(nouns['person'])})"
        rf"|(?P<pronoun>it|they)){soft}\s+(?:{parts})\b"
    )
    owned = rf"\b(?:by|in|on)\s+its\s+(?:own\s+)?{any_of(nouns['sources'])}\b"
    return re.compile(rf"{speaks}|{owned}", re.IGNORECASE)


def names_of(doc: Doc) -> list[Name]:
    """The mentions of persons and organizations, in text order, the longest where two overlap."""
    spans = [span for span in doc.spans.get("mentions", ()) if span._.entity is not None]
    found = [
        Name(span.start_char, span.end_char, span._.entity)
        for span in spans
        if span._.entity.type in ("Organization", "Person")
    ]
    return outermost(found)


def outermost(found: Sequence[Name]) -> list[Name]:
    """The names without those that lie inside an earlier or longer one."""
    kept: list[Name] = []
    for name in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return kept


def sentences_of(doc: Doc, names: Sequence[Name]) -> list[Sentence]:
    """The sentences of `doc` with their names; a blank line starts a new paragraph."""
    sentences: list[Sentence] = []
    position, paragraph, last = 0, 0, 0
    whole = text_of(doc)
    for index, span in enumerate(doc.sents):
        paragraph += "\n\n" in whole[last : span.start_char + 1]
        last = max(span.end_char - 2, 0)
        inside: list[Name] = []
        while position < len(names) and names[position].start < span.end_char:
            inside.append(names[position])
            position += 1
        text = whole[span.start_char : span.end_char]
        sentences.append(
            Sentence(
                index,
                span.start_char,
                span.end_char,
                paragraph,
                text,
                tuple(inside),
                _slotted(text, span.start_char, inside),
            )
        )
    return sentences


def _slotted(text: str, offset: int, names: Sequence[Name]) -> str:
    parts, at = [], 0
    for number, name in enumerate(names):
        parts += [text[at : name.start - offset], f"⟦{number}⟧"]
        at = min(name.end - offset, len(text))
    return "".join([*parts, text[at:]])


def find_attributions(sentences: Sequence[Sentence]) -> list[Attribution]:
    """Every place where somebody is said to say something, in text order, one per name and sentence."""
    found: list[Attribution] = []
    main = _main_organization(sentences)
    for sentence in sentences:
        named = list(_named(sentence))
        found += named
        spoken = {one.entity.iri for one in named}
        found += [one for one in _referred(sentence, found, sentences, main) if one.entity.iri not in spoken]
    return found


def _main_organization(sentences: Sequence[Sentence]) -> Entity | None:
    """Whom "the company" means in a report on one: the organization of the title, or the one named most."""
    counts = Counter(
        name.entity.iri for one in sentences for name in one.names if name.entity.type == "Organization"
    )
    by_iri = {name.entity.iri: name.entity for one in sentences for name in one.names}
    titled = [name.entity for name in (sentences[0].names if sentences else ()) if name.entity.iri in counts]
    if titled:
        return max(titled, key=lambda entity: counts[entity.iri])
    return by_iri[counts.most_common(1)[0][0]] if counts else None


def _named(sentence: Sentence) -> Iterator[Attribution]:
    if not sentence.names:
        return
    taken: set[int] = set()
    verbs = {kind for kind, pattern in _verbs().items() if pattern.search(sentence.slots)}
    for kind, side, pattern in _patterns():
        if kind in _verbs() and kind not in verbs:
            continue
        for match in pattern.finditer(sentence.slots):
            number = int(match["who"])
            name = sentence.names[number]
            if number in taken or (kind == "speaker" and name.entity.type != "Person"):
                continue
            taken.add(number)
            yield Attribution(name.start, name.end, sentence.index, name.entity, kind, side)


def _referred(
    sentence: Sentence, before: Sequence[Attribution], sentences: Sequence[Sentence], main: Entity | None
) -> Iterator[Attribution]:
    """Attributions to somebody named earlier: "she said", "the company expects", "by its own count"."""
    for match in _references().finditer(sentence.slots):
        entity = _antecedent(match, sentence, before, sentences, main)
        if entity is not None:
            kind = next((kind for kind in claimant_words()["verbs"] if match[kind]), "according")
            yield Attribution(sentence.start, sentence.start, sentence.index, entity, kind, "both")


def _antecedent(
    match: re.Match[str],
    sentence: Sentence,
    before: Sequence[Attribution],
    sentences: Sequence[Sentence],
    main: Entity | None,
) -> Entity | None:
    """Whom the words stand for: the nearest person or organization, or the one that the report is on."""
    if match["organization"] and main is not None:
        return main
    wanted = "Person" if match["person"] else "Organization"
    here = [sentence.names[int(number)].entity for number in _NUMBER.findall(sentence.slots[: match.start()])]
    nearest = [entity for entity in here if entity.type == wanted]
    if nearest:
        return nearest[0]
    for attribution in reversed(before):
        if 0 < sentence.index - attribution.sentence <= 2 and attribution.entity.type == wanted:
            return attribution.entity
    for earlier in reversed(sentences[max(0, sentence.index - 3) : sentence.index]):
        for name in earlier.names:
            if name.entity.type == wanted:
                return name.entity
    return main if wanted == "Organization" else None


@cache
def _employment() -> tuple[re.Pattern[str], ...]:
    """A person's name beside a post and an organization, in the orders in which English puts them."""
    post = any_of(claimant_words()["nouns"]["posts"])
    gap = rf"(?:[^.;⟦]|⟦\d+⟧){{0,{_TITLE_LENGTH}}}?"
    person, firm = r"⟦(?P<person>\d+)⟧", r"⟦(?P<firm>\d+)⟧"
    return tuple(
        re.compile(rule, re.IGNORECASE)
        for rule in (
            rf"{person}\s*[,(]{gap}\b{post}\b{gap}\b(?:of|at|with|for|,)\s+(?:the\s+)?{firm}",
            rf"{person},\s+{firm}(?:'s|’s)\s+{gap}{post}",
            rf"{firm}(?:'s|’s|\s)\s*{gap}\b{post},?\s+{person}",
            rf"\b{post}\b{gap}\b(?:of|at)\s+(?:the\s+)?{firm},?\s+{person}",
            rf"{person}\s+(?:of|at)\s+(?:the\s+)?{firm}",
            rf"{firm}(?:'s|’s)\s+{person}",
            rf"{firm}[^.;⟦]{{0,80}}\bchief executive\b[^.;⟦]{{0,10}}{person}",
        )
    )


def employers_of(sentences: Sequence[Sentence]) -> dict[str, Entity]:
    """By the IRI of a person: the organization whose post the person is said to hold; the first one wins."""
    employers: dict[str, Entity] = {}
    for sentence in sentences:
        if len(sentence.names) < 2:
            continue
        for pattern in _employment():
            for match in pattern.finditer(sentence.slots):
                person = sentence.names[int(match["person"])].entity
                firm = sentence.names[int(match["firm"])].entity
                if person.type == "Person" and firm.type == "Organization":
                    employers.setdefault(person.iri, firm)
    return employers
