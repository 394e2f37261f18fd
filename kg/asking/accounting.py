"""readings -> which words of the question are in none of them, and what the question lacks."""

from collections.abc import Iterator, Sequence

from kg.asking.cues import Cue, load_cues
from kg.asking.marking import Mark
from kg.asking.reading import Reading
from kg.asking.slots import Slots, candidates_of
from kg.iris import VOCAB
from ontology.metrics import load_metrics

DURATION = f"{VOCAB}metric-duration"
GROWTH = f"{VOCAB}metric-growth-rate"


def is_unknown(one: Mark, slots: Slots, readings: Sequence[Reading]) -> bool:
    """Whether a word is neither used nor without content."""
    cues = load_cues()
    if one.names or one.cues:
        return not _used(one, slots, readings)
    words = [word.folded for word in one.words]
    figures = not readings or any(one.metric or one.form in ("conflict", "revision") for one in readings)
    allowed = cues.function | cues.kinds | (cues.light if figures else frozenset())
    return not all(word in allowed or (len(word) == 1 and not word.isdigit()) for word in words)


def _used(one: Mark, slots: Slots, readings: Sequence[Reading]) -> bool:
    """Whether what a mark means is in the readings, or it is one of several ways of asking the same."""
    if not readings:
        return True
    if all(cue.kind == "form" for cue in one.cues) and not one.names:
        known, forms = load_cues(), {reading.form for reading in readings}
        fits = any(known.form_of[cue.value] & forms for cue in one.cues)
        return fits or all(word in known.light | known.function for word in one.folded.split())
    if one in slots.entities or one in slots.claimants:
        things = {
            thing.iri
            for reading in readings
            for thing in (
                *(*reading.subjects, *reading.objects, *reading.claimants),
                *(*reading.filters, *reading.scopes),
            )
        }
        if one.cues and not one.names:
            return True
        named = any(name.thing.iri in things for name in one.names)
        aspect = any(name.thing.scheme == "aspect" for name in one.names)
        return named or aspect or (bool(one.cues_of("relation")) and any(r.predicates for r in readings))
    if one.cues_of("polarity"):
        return any(reading.negated for reading in readings)
    if one in slots.metric_marks and not any(reading.metric for reading in readings):
        return any(cue.kind in ("relation", "form", "claimant") for cue in one.cues) or any(
            reading.form == "definition" for reading in readings
        )
    if one in slots.metric_marks:
        return _goes_with(one, readings)
    if one.cues_of("relation") and len(one.cues) == len(one.cues_of("relation")):
        predicates = {iri for reading in readings for iri in reading.predicates}
        word = one.folded
        light = load_cues().light | load_cues().function | load_cues().kinds
        return any(cue.value in predicates for cue in one.cues) or all(part in light for part in word.split())
    return True


def missing_from(slots: Slots) -> str:
    """What the question does not say."""
    if slots.entities and not slots.metrics and not slots.relations:
        names = " and ".join(one.text for one in slots.entities)
        return f"it is not clear what you want to know about {names}: a figure, a relation or a change"
    if slots.relations and not slots.entities:
        return "the question names nobody and nothing that the graph knows"
    if slots.metrics:
        return "the question names a figure, but not of whom or when"
    return "the question holds no name, figure or relation that the graph knows"


def parts_of(slots: Slots) -> Iterator[tuple[str, str, str]]:
    """Each stretch of words that means something, what it was taken for, and the IRI of that or ""."""
    known = load_metrics()
    for one in slots.marked.marks:
        if one in slots.claimants:
            yield one.text, "claimant", candidates_of(one)[0].iri
        elif one in slots.entities:
            yield from ((one.text, "thing", thing.iri) for thing in candidates_of(one))
        elif one in slots.metric_marks:
            yield from (
                (one.text, "metric", cue.value) for cue in one.cues_of("metric") if cue.value in known
            )
        elif one.cues:
            yield from (
                (one.text, _name_of(cue), cue.value if ":" in cue.value else "") for cue in one.cues[:1]
            )
    for time in slots.marked.times:
        yield time.text, "period", ""
    for number in slots.marked.numbers:
        yield f"{number:f}", "number", ""


def _name_of(cue: Cue) -> str:
    return cue.value if cue.kind == "form" else cue.kind


def _goes_with(one: Mark, readings: Sequence[Reading]) -> bool:
    """Whether the metric is the one that is asked for, or says the same more widely, or is what grows."""
    chosen = {reading.metric for reading in readings if reading.metric}
    named = {cue.value for cue in one.cues_of("metric")}
    if not chosen or chosen & named or chosen <= {GROWTH, DURATION}:
        return True
    known = load_metrics()
    around = {known[metric].broader for metric in chosen if metric in known}
    lines = [line for line in load_cues().related if chosen & set(line)]
    words = one.folded.split()
    light = load_cues().light | load_cues().function
    related = any(named & set(line) for line in lines) or bool(named & around)
    return related or all(word in light for word in words)
