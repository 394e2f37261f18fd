"""marked words -> slots: the names, claimants, figures and turns of phrase that a question is made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.asking.lexicon import Lexicon, Thing
from kg.asking.marking import Mark, Marked
from ontology.labels import load_labels
from ontology.metrics import load_metrics

SPEAKERS = frozenset({"Organization", "Person", "Survey"})


@dataclass
class Slots:
    """What the marks of a question fill; the claimants and entities in the order of the words."""

    marked: Marked
    lexicon: Lexicon
    entities: list[Mark] = field(default_factory=list)
    claimants: list[Mark] = field(default_factory=list)
    metric_marks: list[Mark] = field(default_factory=list)
    relations: list[Mark] = field(default_factory=list)
    forms: dict[str, Mark] = field(default_factory=dict)
    modality: str | None = None
    negated: bool = False
    who_says: bool = False

    @property
    def first(self) -> str:
        """The first word."""
        return self.marked.marks[0].words[0].folded if self.marked.marks else ""

    @property
    def metrics(self) -> list[str]:
        """All metrics that the words can mean."""
        return [cue.value for one in self.metric_marks for cue in one.cues_of("metric")]

    @property
    def words(self) -> set[str]:
        """All single words."""
        return {word.folded for one in self.marked.marks for word in one.words}


def fill(marked: Marked, lexicon: Lexicon) -> Slots:
    """Sort the marks; a mark that can be an entity and a cue is what the rest of the question needs."""
    slots = Slots(marked, lexicon)
    amount = any(cue.value in ("amount", "count") for one in marked.marks for cue in one.cues_of("form"))
    metric_only = any(one.cues_of("metric") and not one.names for one in marked.marks)
    for one in marked.marks:
        for cue in one.cues_of("form"):
            slots.forms.setdefault(cue.value, one)
        for cue in one.cues_of("modality"):
            slots.modality = slots.modality or cue.value
        slots.negated = slots.negated or bool(one.cues_of("polarity"))
        slots.who_says = slots.who_says or any(cue.way == "who" for cue in one.cues_of("claimant"))
        metric = bool(one.cues_of("metric"))
        usual = metric and _is_metric_word(one)
        figure = (metric and not metric_only and amount) or (usual and (not metric_only or not _is_term(one)))
        if (one.names and not figure) or one.cues_of("subject"):
            slots.entities.append(one)
        elif metric:
            slots.metric_marks.append(one)
        if one.cues_of("relation"):
            slots.relations.append(one)
    _find_claimants(slots)
    return slots


def _is_term(one: Mark) -> bool:
    return any(name.thing.type == "Term" for name in one.names)


def _is_metric_word(one: Mark) -> bool:
    """Whether a metric is the usual sense: things of this name are only terms, or what reports call so.

    What is counted ("data centers") may have figures of its own.
    """
    if all(name.thing.type == "Term" for name in one.names):
        return True
    known, metrics = load_labels().named, load_metrics()
    counted = all(metrics[cue.value].unit_kinds == ("count",) for cue in one.cues_of("metric"))
    return not counted and all(name.thing.iri not in known for name in one.names)


def _find_claimants(slots: Slots) -> None:
    """An entity is a claimant after "according to" or before "forecasts", unless it is all there is."""
    marks = [
        one for one in slots.marked.marks if one.folded not in ("the", "does", "do", "did", "own", "has")
    ]
    for at, one in enumerate(marks):
        if one not in slots.entities or not any(name.thing.type in SPEAKERS for name in one.names):
            continue
        before = marks[at - 1] if at else None
        after = marks[at + 1] if at + 1 < len(marks) else None
        led = before and any(cue.way == "before" for cue in before.cues_of("claimant"))
        said = after and any(cue.way == "after" for cue in after.cues_of("claimant"))
        if led and before and before.folded in ("by", "from") and before.cues_of("relation"):
            led = False
        if led or said:
            slots.claimants.append(one)
    if slots.claimants and not _speaks(slots):
        slots.claimants.clear()
    for one in slots.claimants:
        slots.entities.remove(one)


def _speaks(slots: Slots) -> bool:
    """Whether claimants make sense: there is a figure, a saying or a dispute to ask for."""
    asked = slots.metric_marks or slots.modality or slots.forms.keys() & {"said", "conflict"}
    return (
        bool(asked and not slots.relations)
        or bool(slots.metric_marks)
        or any(one.cues_of("subject") for one in slots.entities)
    )


def candidates_of(one: Mark) -> tuple[Thing, ...]:
    """What the name can mean; a name of the ontology comes before what the same words mean in a report."""
    about = one.cues_of("subject")
    if about:
        return (Thing(about[0].value, one.text, "Market"),)
    return tuple(dict.fromkeys(name.thing for name in one.names))


def things_of(marks: Iterable[Mark]) -> Iterator[Thing]:
    """All that these names can mean."""
    for one in marks:
        yield from candidates_of(one)
