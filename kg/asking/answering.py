"""a question that was understood + what the graph holds -> an answer, a choice, or that nothing is said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from kg.asking.cues import load_cues
from kg.asking.looking import Attempt, Look, Plan, Seen
from kg.asking.query import needs_of, sparql_of
from kg.asking.ranking import ranked
from kg.asking.reading import Reading, Understood
from kg.asking.telling import told
from kg.queries import Row
from kg.records import ClaimRecord, Ref
from ontology.labels import load_labels

Outcome = Literal["answered", "choice", "nothing", "not-understood"]
_SHOWN_CLAIMS = 60


@dataclass(frozen=True)
class Answered:
    """One reading with what the graph says to it."""

    reading: Reading
    query: str
    text: str
    things: tuple[Ref, ...]  # what was asked for
    rows: tuple[Row, ...]
    claims: tuple[ClaimRecord, ...]
    certain: bool


@dataclass(frozen=True)
class Answer:
    """What became of a question."""

    outcome: Outcome
    text: str
    parts: tuple[tuple[str, str, str], ...]
    answers: tuple[Answered, ...]  # one if answered; several to choose from
    missing: str = ""
    unknown: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def refusal(understood: Understood, question: str) -> Answer:
    """What is said to a question that was not understood."""
    gap = understood.gap
    missing = gap.missing if gap else ""
    unknown = gap.unknown if gap else ()
    text = f"Not answered: {missing}."
    return Answer("not-understood", text, understood.parts, (), missing, unknown, _nearest(question))


def plans_of(understood: Understood) -> tuple[Plan, ...]:
    """What to ask the graph, for each reading."""
    return tuple(
        Plan(tuple(map(_attempt, _attempts(reading))), _nearby(reading)) for reading in understood.readings
    )


def _attempt(reading: Reading) -> Attempt:
    return Attempt(reading, sparql_of(reading), needs_of(reading))


def answer_from(found: Look, *, question: str, understood: Understood) -> Answer:
    """The answer, from what was seen."""
    answers = [_answered(seen) for seen in found.seen if seen]
    if any(one.reading.form != "count" for one in answers):
        answers = [one for one in answers if one.reading.form != "count"]
    distinct = _distinct(one for one in answers if one.text)
    if len(distinct) == 1:
        return Answer("answered", distinct[0].text, understood.parts, (distinct[0],))
    if distinct:
        names = " or ".join(dict.fromkeys(_about(one.reading) for one in distinct))
        text = f"This can be read in several ways: {names}."
        return Answer("choice", text, understood.parts, tuple(distinct))
    return _nothing(found, question, understood)


def _nothing(found: Look, question: str, understood: Understood) -> Answer:
    reading = understood.readings[0]
    if reading.form == "conflict":
        text, outcome = "No disagreement about this is known.", "answered"
    else:
        beside = f"; there are figures for {', '.join(found.nearby)}" if found.nearby else ""
        text, outcome = f"Nothing that was read says this{beside}.", "nothing"
    empty = Answered(reading, sparql_of(reading), text, (), (), (), certain=True)
    known: Outcome = "answered" if outcome == "answered" else "nothing"
    return Answer(known, text, understood.parts, (empty,), nearest=_nearest(question))


def _answered(seen: Seen) -> Answered:
    reading = seen.attempt.reading
    if reading.form == "ranking":
        seen = ranked(seen)
    around = _places_around(ref.iri for ref in seen.refs)
    things = tuple(ref for ref in seen.refs if ref.iri not in around)
    text = told(reading, seen.rows, {claim.iri: claim for claim in seen.claims}, things)
    if text and not seen.certain:
        text = f"By a reading that is not certain: {text}"
    claims = seen.claims[:_SHOWN_CLAIMS]
    return Answered(reading, seen.attempt.query, text, things, seen.rows, claims, seen.certain)


def _distinct(found: Iterable[Answered]) -> list[Answered]:
    """One of those that rest on the same claims."""
    seen: dict[tuple[str, ...], Answered] = {}
    for one in found:
        seen.setdefault(tuple(sorted(claim.iri for claim in one.claims)) or (one.text,), one)
    return list(seen.values())


def _about(reading: Reading) -> str:
    metric = reading.metric.rpartition("metric-")[2] if reading.metric else ""
    names = ", ".join(thing.label for thing in (*reading.subjects, *reading.objects))
    kinds = ", ".join(iri.rpartition("#")[2] for iri in reading.predicates)
    return " ".join(part for part in (metric, kinds, names and f"({names})") if part)


def _attempts(reading: Reading) -> Iterator[Reading]:
    """As asked; then all periods within the year; then under another name for the same kind of figure."""
    yield reading
    if reading.modality:
        yield replace(reading, note="modality")
    if reading.form in ("conflict", "relation", "count", "check"):
        return
    if any(time.whole_year for time in reading.times):
        yield replace(reading, note="modality years")
    market = all(scope.type == "Market" for scope in reading.scopes)
    note = "modality scope" if reading.scopes else "modality"
    if reading.scopes and market:
        yield replace(reading, note=note)
    told = reading.form in ("figures", "comparison", "who-says")
    dated = reading.times or any(thing.type == "Market" for thing in reading.subjects) or reading.scopes
    if not told or not (reading.subjects or reading.claimants) or not market or not dated:
        return
    line = next((line for line in load_cues().related if reading.metric in line), ())
    for metric in line:
        if metric != reading.metric:
            yield replace(reading, metric=metric, note=f"{note} metric")


def _nearby(reading: Reading) -> Attempt | None:
    """An attempt at the same figure of all periods."""
    if reading.form not in ("figures", "comparison") or not (reading.subjects and reading.times):
        return None
    return _attempt(replace(reading, times=(), modality=None, claimants=(), numbers=(), note=""))


def _places_around(iris: Iterable[str]) -> set[str]:
    """The places around those that are given: who says Amsterdam need not say Netherlands."""
    named = load_labels().named
    around: set[str] = set()
    for iri in iris:
        place = named.get(iri)
        while place and place.type == "Place" and place.parent:
            around.add(place.parent)
            place = named.get(place.parent)
    return around


def _nearest(question: str) -> tuple[str, ...]:
    """The three examples that share most words with the question."""
    words = set(question.lower().split())
    ranked = sorted(load_cues().examples, key=lambda one: -len(words & set(one.lower().split())))
    return tuple(ranked[:3])
