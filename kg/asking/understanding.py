"""question -> readings, or what is missing. No word of the question is left out of account."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from kg.asking.accounting import is_unknown, missing_from, parts_of
from kg.asking.cues import load_cues
from kg.asking.lexicon import Lexicon, Name, Thing
from kg.asking.marking import Mark, mark
from kg.asking.reading import Form, Gap, Reading, Understood
from kg.asking.relations import relation_readings
from kg.asking.slots import SPEAKERS, Slots, candidates_of, fill, things_of
from kg.iris import VOCAB
from ontology.metrics import load_metrics
from ontology.terms import FOLLOWS_PARADIGM

_PERCENT_FIRST = tuple(
    f"{VOCAB}metric-{slug}"
    for slug in ("growth-rate", "market-share", "fine", "survey-sample-size", "pue", "backlog")
)
_SPENDING = f"{VOCAB}metric-spending"
_MOST_READINGS = 6
_AUXILIARIES = frozenset(
    {"is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "will", "can"}
)
_LISTING = frozenset({"list", "name", "show", "which", "give", "hyperscalers"})


def understand(question: str, lexicon: Lexicon) -> Understood:
    """The readings of a question, or the gap."""
    slots = fill(mark(question, lexicon), lexicon)
    parts = tuple(parts_of(slots))
    readings = tuple(dict.fromkeys(_readings(slots)))[:_MOST_READINGS]
    unknown = tuple(one.text for one in slots.marked.marks if is_unknown(one, slots, readings))
    if unknown:
        quoted = ", ".join(f"“{word}”" for word in unknown)
        return Understood(parts, gap=Gap(f"{quoted} is not understood", unknown))
    if not readings:
        return Understood(parts, gap=Gap(missing_from(slots)))
    return Understood(parts, readings)


def _readings(slots: Slots) -> Iterator[Reading]:
    """Those of the first form that fits; of "how many" also those that count things."""
    wanted = 2 if "count" in slots.forms else 1
    for form in _forms(slots):
        found = list(form)
        yield from found
        wanted -= bool(found)
        if not wanted:
            return


def _forms(slots: Slots) -> Iterator[Iterable[Reading]]:
    """The ways to read the question, the most special first; the first that fits is taken."""
    forms = slots.forms
    if slots.first == "when":
        yield _simple(slots, "when") if slots.entities else ()
        return
    something = slots.entities or slots.metrics or slots.claimants
    if "conflict" in forms:
        yield _simple(slots, "conflict")
    if "reports" in forms:
        yield _simple(slots, "reports")
    forecast = slots.modality and "change" in forms and _metrics(slots)
    if ("revision" in forms or forecast) and something and not (slots.relations and not slots.metrics):
        yield _revision(slots)
    if "change" in forms and slots.entities and (not slots.metrics or slots.relations):
        yield _change(slots)
    if "post" in forms and _people(slots):
        yield _simple(slots, "post")
    if slots.who_says and something:
        yield _figures(slots, "who-says")
    if slots.metric_marks and not (slots.entities or slots.marked.times) and _asks_what_it_is(slots):
        yield _simple(slots, "definition")
    if _metrics(slots) and not _asks_for_things(slots):
        yield _figures(slots, _figure_form(slots))
    if slots.relations:
        yield relation_readings(slots)
    if slots.metrics:
        yield _figures(slots, _figure_form(slots))
    if slots.claimants or ("said" in forms and slots.entities and "timeline" not in forms):
        yield _said(slots)
    if len(slots.entities) == 1 and slots.first not in ("what", "who", "is", "are"):
        yield _members(slots)
    if "compare" in forms and len(slots.entities) > 1:
        yield _each(
            Reading("comparison", subjects=tuple(things_of(slots.entities)), times=slots.marked.times), slots
        )
    if slots.first == "where" and len(slots.entities) == 1 and not slots.relations:
        yield relation_readings(slots, where=True)
    if "timeline" in forms and len(slots.entities) == 1:
        yield _simple(slots, "timeline")
    if len(slots.entities) + len(slots.metric_marks) == 1 and _asks_what_it_is(slots):
        yield _simple(slots, "definition")


def _asks_for_things(slots: Slots) -> bool:
    """Whether who or which is asked for, so that a word that is both means the relation."""
    if (
        not slots.relations
        or slots.forms.keys() & {"amount", "count"}
        or slots.forms.keys() & {"most", "least"}
    ):
        return False
    both = [one for one in slots.metric_marks if one.cues_of("relation")]
    return len(both) == len(slots.metric_marks) or (bool(both) and slots.first.startswith("who"))


def _figure_form(slots: Slots) -> Form:
    several = len(slots.entities) > 1
    if slots.forms.keys() & {"most", "least"} and not several:
        return "ranking"
    return "comparison" if several or ("compare" in slots.forms and slots.entities) else "figures"


def _figures(slots: Slots, form: Form) -> Iterator[Reading]:
    metrics = _metrics(slots)
    if not metrics and form != "who-says":
        return
    times = slots.marked.times
    bound = _bound(slots, form)
    if slots.marked.numbers and not (bound or form == "who-says" or slots.first in _AUXILIARIES):
        return
    base = Reading(
        "ranking" if bound else form,
        bound=bound,
        times=times,
        modality=slots.modality,
        descending="least" not in slots.forms,
        numbers=slots.marked.numbers,
    )
    if (bound or form == "ranking") and slots.entities and all(_is_filter(one) for one in slots.entities):
        base = replace(base, filters=tuple(things_of(slots.entities)))
        subjects: tuple[Thing, ...] = ()
        groups: list[tuple[Thing, ...]] = [subjects]
    elif len(slots.entities) > 1:
        scopes = [one for one in slots.entities if _is_scope(slots, one)]
        named = [one for one in slots.entities if one not in scopes]
        groups = [tuple(things_of(named))]
        base = replace(base, scopes=tuple(things_of(scopes)))
        if len(named) == 1 and form == "comparison":
            base = replace(base, form="figures")
    else:
        groups = [(thing,) for one in slots.entities for thing in candidates_of(one)] or [()]
    claimants = tuple(things_of(slots.claimants))
    wanted: list[str | None] = [*metrics] or [None]
    for metric in wanted:
        for group in groups:
            if not group and not claimants and form == "figures" and not times and metric is None:
                continue
            yield replace(base, metric=metric, subjects=group, claimants=claimants)


def _bound(slots: Slots, form: Form) -> Literal["", "above", "below", "exactly"]:
    """On which side of the number that is named the figures must be: "more than 20%"."""
    if len(slots.marked.numbers) != 1 or form == "who-says" or slots.first in _AUXILIARIES:
        return ""
    if "above" in slots.forms or "below" in slots.forms:
        return "above" if "above" in slots.forms else "below"
    return "exactly" if slots.first in ("who", "which", "what") and not slots.entities else ""


def _is_scope(slots: Slots, one: Mark) -> bool:
    """Whether a place or market only says where a figure of something else counts: "in Europe"."""
    others = [other for other in slots.entities if other is not one]
    kinds = {thing.type for thing in candidates_of(one)}
    if not all(thing.type not in ("Place", "Market") for other in others for thing in candidates_of(other)):
        return False
    return kinds <= {"Place", "Market"} and _follows(slots, one, ("in", "within", "of", "the", "on"))


def _metrics(slots: Slots) -> list[str]:
    """The metric that is asked for: one, or one for each sense of an ambiguous word."""
    found = list(dict.fromkeys(slots.metrics))
    if not found:
        about = [cue for one in slots.entities for cue in one.cues_of("subject")]
        surveys = [name for one in slots.entities for name in one.names if name.thing.type == "Survey"]
        if surveys and "count" in slots.forms:
            return [f"{VOCAB}metric-survey-sample-size"]
        return [_SPENDING] if about else []
    if len(found) == 1:
        return found
    for metric in _PERCENT_FIRST:
        if metric in found:
            return [metric]
    known = load_metrics()
    for metric in found:
        if metric in known and known[metric].broader in found:
            return [metric]
    for line in load_cues().related:
        if all(metric in line for metric in found):
            return [next(metric for metric in reversed(line) if metric in found)]
    longest = max(slots.metric_marks, key=lambda one: len(one.words))
    return [cue.value for cue in longest.cues_of("metric")]


def _simple(slots: Slots, form: Form) -> Iterator[Reading]:
    metrics = _metrics(slots) if form in ("conflict", "reports") or not slots.entities else []
    base = Reading(
        form,
        metric=metrics[0] if metrics else None,
        times=slots.marked.times,
        claimants=tuple(things_of(slots.claimants)),
        modality=slots.modality if form == "conflict" else None,
    )
    return _each(base, slots)


def _each(base: Reading, slots: Slots) -> Iterator[Reading]:
    """One reading for each thing that the only name can mean; several names stand side by side."""
    if len(slots.entities) == 1 and not base.subjects:
        for thing in candidates_of(slots.entities[0]):
            yield replace(base, subjects=(thing,))
    else:
        yield replace(base, subjects=base.subjects or tuple(things_of(slots.entities)))


def _revision(slots: Slots) -> Iterator[Reading]:
    claimants = tuple(things_of(slots.claimants))
    metrics = _metrics(slots)
    entities = tuple(things_of(slots.entities))
    speakers = tuple(thing for thing in entities if thing.type in SPEAKERS)
    about = tuple(thing for thing in entities if thing not in speakers)
    yield Reading(
        "revision",
        subjects=about,
        claimants=claimants or speakers,
        metric=metrics[0] if metrics else None,
        times=slots.marked.times,
    )


def _change(slots: Slots) -> Iterator[Reading]:
    """Who changed from what to what: states are terms, whoever changes is not."""
    states = [one for one in slots.entities if all(thing.type == "Term" for thing in candidates_of(one))]
    who = [one for one in slots.entities if one not in states]
    aspects = [one for one in states if candidates_of(one)[0].scheme == "aspect"]
    states = [one for one in states if one not in aspects]
    before = tuple(
        thing for one in states if _follows(slots, one, ("from", "of")) for thing in candidates_of(one)
    )
    after = tuple(
        thing for one in states if not _follows(slots, one, ("from", "of")) for thing in candidates_of(one)
    )
    yield Reading(
        "change",
        subjects=tuple(things_of(who)),
        objects=after,
        filters=before,
        scopes=tuple(things_of(aspects)),
        wanted="object" if who else "subject",
    )


def _follows(slots: Slots, one: Mark, words: Sequence[str]) -> bool:
    marks = slots.marked.marks
    at = marks.index(one)
    return at > 0 and marks[at - 1].words[-1].folded in words


def _said(slots: Slots) -> Iterator[Reading]:
    speakers = slots.claimants or slots.entities[:1]
    topics = [one for one in slots.entities if one not in speakers]
    metrics = _metrics(slots)
    yield Reading(
        "said",
        claimants=tuple(things_of(speakers)),
        subjects=tuple(things_of(topics)),
        metric=metrics[0] if metrics else None,
        times=slots.marked.times,
        modality=slots.modality,
    )


def _members(slots: Slots) -> Iterator[Reading]:
    """Who is of a paradigm: "list the hyperscalers", "how many hyperscalers are there"."""
    for thing in candidates_of(slots.entities[0]):
        if thing.scheme == "paradigm" and (slots.forms.keys() & {"count"} or slots.first in _LISTING):
            form: Form = "count" if "count" in slots.forms else "relation"
            yield Reading(form, objects=(thing,), predicates=(FOLLOWS_PARADIGM,), wanted="subject")


def _asks_what_it_is(slots: Slots) -> bool:
    return "definition" in slots.forms or slots.words <= {
        "what",
        "who",
        "is",
        "are",
        "was",
        "a",
        "an",
        "the",
    } | {word.folded for one in (*slots.entities, *slots.metric_marks) for word in one.words}


def _people(slots: Slots) -> bool:
    return any(name.thing.type == "Person" for one in slots.entities for name in one.names)


def _is_filter(one: Mark) -> bool:
    return all(_filters(name) for name in one.names)


def _filters(name: Name) -> bool:
    return name.thing.type == "Place" or name.thing.scheme in ("paradigm", "model", "delivery")
