"""a span -> its stance: in what manner the report commits to what stands there, and who says it.

Reads   doc.sents, doc.spans["mentions"], doc._.report (its date)
Writes  nothing; `stance_of` is called by the claim stages
Skips   irony and conditions ("if demand holds"): they change no modality here

The manner is chosen by a small linear classifier over the words around the span, the years in it and the
speaker (`modality_of_*.json`, trained by `ingest.training.stance`); negation by cue words of `stance.toml` in
the same clause.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import cast

from spacy.tokens import Doc

from ingest.attribution import Claimants, Voices, claimants_of, has_figure, role_of, voices_of
from ingest.claimants import Sentence, any_of
from ingest.context_heads import choice, joined
from ingest.contexts import rows_of
from ingest.linear import load_linear
from kg.model import Entity, Modality, Polarity
from ontology.metrics import load_metrics

_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*|[$€£¥]|\d+(?:st|nd|rd|th)?|%|[|;:()\"“”]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLAUSE = re.compile(r"[;:—–|]\s|,\s(?=(?:while|whereas|but|and|which|who|as|with)\b)|\s[-–—]\s")
_DECIDED = 0.9  # how sure the manner is where one phrase decides it
_CONTEXT_SHARE = 0.6  # how much the context counts beside the linear model; 0.6 to 1 differ little
_BEFORE, _AFTER = 9, 6  # words around a span that are looked at one by one


@dataclass(frozen=True)
class Stance:
    """How the report commits to a statement; `confidence` is 0 to 1, of modality and claimants together."""

    modality: Modality
    polarity: Polarity
    attributed_to: tuple[Entity, ...]
    relayed_by: tuple[Entity, ...]
    confidence: float


def stance_of(doc: Doc, start: int, end: int, *, what: str | None = None) -> Stance:
    """The stance of `doc.text[start:end]`; offsets are characters.

    `what` is the metric's slug or the predicate's name, where the caller knows it: prices are seldom
    forecast, speed-ups mostly claimed.
    """
    voices = voices_of(doc)
    claimants = claimants_of(doc, start, end)
    features = modality_features(doc, voices, claimants, start, end, what=what)
    sentence = voices.sentence_at(start)
    is_figure = what in _metric_slugs() if what is not None else has_figure(sentence, start, end)
    model = load_linear("modality_of_figures" if is_figure else "modality_of_relations")
    probabilities: Mapping[str, float] = model.probabilities(features)
    if is_figure:
        probabilities = with_contexts(probabilities, doc, start, end)
    modality = max(probabilities, key=lambda label: (probabilities[label], label))
    if _decisive().search(sentence.text):
        modality, probabilities = "vendor-claim", {"vendor-claim": _DECIDED}
    said, relayed = _sources(voices, claimants, modality)
    confidence = probabilities[modality] * (0.5 + 0.5 * claimants.probability)
    polarity = polarity_of(sentence, start, end)
    return Stance(cast(Modality, modality), polarity, said, relayed, round(confidence, 4))


def with_contexts(chances: Mapping[str, float], doc: Doc, start: int, end: int) -> Mapping[str, float]:
    """The probabilities of a figure's manners, joined with what its context says; the same without one."""
    span = doc.char_span(start, end, alignment_mode="expand") if doc._.contexts is not None else None
    if span is None:
        return chances
    head = choice("manner")
    told = head.log_chances(rows_of(doc._.contexts, [(span.start, span.end)]))[0]
    return joined(chances, dict(zip(head.labels, told.tolist(), strict=True)), _CONTEXT_SHARE)


def _sources(
    voices: Voices, claimants: Claimants, modality: str
) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """Who says it and who passes it on: what sellers claim in a study, its authors only relay."""
    if modality != "vendor-claim" or not claimants.entities:
        return claimants.entities, ()
    role = role_of(voices.speaker(claimants.entities[0]))
    return ((), claimants.entities) if role in ("research", "press") else (claimants.entities, ())


@cache
def _metric_slugs() -> frozenset[str]:
    return frozenset(metric.slug for metric in load_metrics().values())


@cache
def _decisive() -> re.Pattern[str]:
    """Words that leave no doubt that sellers speak of what they sell."""
    return re.compile(rf"\b{any_of(stance_words()['decisive']['vendor_claim'])}\b", re.IGNORECASE)


@cache
def stance_words() -> Mapping[str, Mapping[str, list[str]]]:
    """The cue words of `stance.toml`."""
    words: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
        files("ingest").joinpath("stance.toml").read_text(encoding="utf-8")
    )
    return words


@cache
def _cues() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"\b{any_of(words)}\b", re.IGNORECASE)
        for name, words in stance_words()["cues"].items()
    }


@lru_cache(256)
def _cue_spans(text: str) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """By kind, where the cues of a sentence stand; its claims ask one after the other."""
    spans = {name: tuple(match.span() for match in cue.finditer(text)) for name, cue in _cues().items()}
    return {name: found for name, found in spans.items() if found}


@cache
def _negation() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = stance_words()["negation"]
    return tuple(
        re.compile(rf"\b{any_of(words[name])}\b", re.IGNORECASE) for name in ("cues", "not_negating")
    )  # type: ignore[return-value]


def clause_of(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The part of the sentence that the span stands in, as offsets of the report."""
    low, high = sentence.start, sentence.end
    for mark in _CLAUSE.finditer(sentence.text):
        if sentence.start + mark.end() <= start:
            low = sentence.start + mark.end()
        elif sentence.start + mark.start() >= end:
            high = sentence.start + mark.start()
            break
    return low, high


def polarity_of(sentence: Sentence, start: int, end: int) -> Polarity:
    """Negated when a word of denial governs the span: it stands in the same clause, before the span's end."""
    low, _ = clause_of(sentence, start, end)
    words = sentence.text[low - sentence.start : max(0, end - sentence.start)]
    cues, excused = _negation()
    masked = excused.sub(lambda match: " " * len(match.group()), words)
    return "negated" if cues.search(masked) else "affirmed"


def modality_features(
    doc: Doc, voices: Voices, claimants: Claimants, start: int, end: int, *, what: str | None
) -> Iterator[str]:
    """What the classifier sees of a span."""
    sentence = voices.sentence_at(start)
    low, high = clause_of(sentence, start, end)
    at = slice(low - sentence.start, high - sentence.start)
    yield from _words_around(sentence.text, start - sentence.start, end - sentence.start)
    spans = _cue_spans(sentence.text)
    in_clause = [
        name
        for name, found in spans.items()
        if any(at.start <= first and last <= at.stop for first, last in found)
    ]
    for name in spans:
        yield f"cue {name}" if name in in_clause else f"cue in sentence {name}"
    yield from _around(voices, spans, start - sentence.start, end - sentence.start)
    yield from _years(doc, sentence.text[at], sentence.text)
    yield from _time(doc, low, high, start)
    who = _who(voices, claimants)
    yield who
    yield from (f"{who} cue {name}" for name in in_clause)
    if claimants.kind is not None:
        yield f"{who} {claimants.kind}"
    if what is not None:
        yield f"what {what}"


def _words_around(text: str, start: int, end: int) -> Iterator[str]:
    before = _WORD.findall(text[:start].lower())
    inside = _WORD.findall(text[start:end].lower())
    after = _WORD.findall(text[end:].lower())
    near = [*before[-_BEFORE:], *inside, *after[:_AFTER]]
    for word in set(near):
        yield f"near {word}"
    for first, second in pairwise(near):
        yield f"pair {first} {second}"


def _years(doc: Doc, clause: str, sentence: str) -> Iterator[str]:
    report = doc._.report
    issued = report.issued.year if report is not None and report.issued else doc.user_data.get("year")
    for name, text in (("clause", clause), ("sentence", sentence)):
        years = [int(year) for year in _YEAR.findall(text)]
        if not years:
            yield f"{name} no year"
        elif issued is None:
            yield f"{name} year {max(years) // 5}"
        else:
            yield f"{name} year {max(-2, min(2, max(years) - issued)):+d}"


def _time(doc: Doc, low: int, high: int, start: int) -> Iterator[str]:
    """Where the clause's period that is nearest to the span lies, seen from the day of the report."""
    spans = [span for span in doc.spans.get("periods", ()) if low <= span.start_char < high]
    if not spans:
        yield "no period"
        return
    period = min(spans, key=lambda span: abs(span.start_char - start))._.period
    shape = (
        "fiscal" if period.label.startswith("FY") else "until" if period.label.startswith("/") else "plain"
    )
    issued = doc._.report.issued if doc._.report is not None else None
    if issued is None:
        yield f"period {shape}"
    elif period.end is not None and period.end <= issued:
        yield f"period {shape} past"
    elif period.start is not None and period.start > issued:
        yield f"period {shape} ahead"
    else:
        yield f"period {shape} running"


def _who(voices: Voices, claimants: Claimants) -> str:
    if not claimants.entities:
        return "nobody says"
    return f"said by {role_of(voices.speaker(claimants.entities[0]))}"


def _around(
    voices: Voices, spans: Mapping[str, Sequence[tuple[int, int]]], start: int, end: int
) -> Iterator[str]:
    """The cue that is nearest before the span and after it, and what kind of speaker leads the report."""
    before = [(last, name) for name, found in spans.items() for _, last in found if last <= start]
    after = [(first, name) for name, found in spans.items() for first, _ in found if first >= end]
    yield f"last cue {max(before)[1] if before else 'none'}"
    yield f"next cue {min(after)[1] if after else 'none'}"
    leading = max(voices.speakers, key=lambda speaker: len(speaker.attributions), default=None)
    if leading is not None:
        yield f"led by {role_of(leading)}"
