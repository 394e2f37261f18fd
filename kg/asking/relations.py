"""marks of a question -> readings that ask for a relation: which property, and which side is wanted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.asking.cues import Cue, Relation, load_cues
from kg.asking.lexicon import Lexicon, Thing
from kg.asking.marking import Mark
from kg.asking.reading import Reading, Wanted
from kg.asking.slots import Slots
from kg.iris import NS

_PASSIVE_AUXILIARIES = frozenset(("is", "are", "was", "were", "be", "been", "being", "got", "gets", "get"))
_QUESTION_WORDS = frozenset(
    (
        *("who", "whom", "whose", "which", "what", "where", "when", "how"),
        *("list", "name", "show", "give", "tell", "find"),
    )
)
_GROUPS = {
    "Organization": ("org",),
    "Person": ("person",),
    "Place": ("place",),
    "Offering": ("offering",),
    "Facility": ("site",),
    "Regulation": ("rule",),
    "Market": ("market", "term"),
    "Survey": ("survey",),
    "Strategy": ("strategy",),
    "Requirement": ("requirement", "term"),
}
_WHERE = (f"{NS}isHeadquarteredIn", f"{NS}isLocatedIn")


def relation_readings(slots: Slots, *, where: bool = False) -> Iterator[Reading]:
    """All readings that fit the kinds of the things; those that only differ in the property are one."""
    found: dict[Reading, list[str]] = {}
    senses = [(None, Cue("relation", iri, "active")) for iri in _WHERE] if where else _senses(slots)
    for one, cue in senses:
        for reading in _readings(slots, one, cue):
            key = replace(reading, predicates=())
            for predicate in reading.predicates:
                if predicate not in found.setdefault(key, []):
                    found[key].append(predicate)
    best = _checks_last(found)
    yield from (replace(reading, predicates=tuple(predicates)) for reading, predicates in best)


def _checks_last(found: dict[Reading, list[str]]) -> list[tuple[Reading, list[str]]]:
    return sorted(found.items(), key=lambda pair: pair[0].form == "check")


def _senses(slots: Slots) -> Iterator[tuple[Mark, Cue]]:
    """What the words for relations can mean; a longer phrase silences the shorter ones."""
    longest = max((len(one.words) for one in slots.relations), default=0)
    for one in slots.relations:
        if longest > 1 and len(one.words) == 1 and len(slots.relations) > 1:
            continue
        yield from ((one, cue) for cue in one.cues_of("relation"))


def _readings(slots: Slots, one: Mark | None, cue: Cue) -> Iterator[Reading]:
    relation = load_cues().relations[cue.value]
    marks = [entity for entity in slots.entities if entity is not one]
    filters, rest = _split(slots, marks)
    base = Reading(
        "count" if "count" in slots.forms else "relation",
        predicates=(relation.iri,),
        times=slots.marked.times,
        modality=slots.modality,
        claimants=tuple(thing for mark in slots.claimants for thing in _of(mark)),
        negated=slots.negated,
        filters=filters,
    )
    if len(rest) == 1:
        yield from _with_one(slots, base, rest[0], relation, _wanted(slots, one, cue, rest[0]))
    elif len(rest) == 2:
        yield from _with_two(base, rest, relation, cue)
    elif not rest and cue.way in ("active", "objects", "subjects"):
        yield replace(base, wanted="subject")


def _with_one(
    slots: Slots, base: Reading, mark: Mark, relation: Relation, wanted: Wanted
) -> Iterator[Reading]:
    ways: Sequence[Wanted] = (wanted, "object" if wanted == "subject" else "subject")
    for way in ways[: 2 if relation.symmetric else 1]:
        groups = relation.object if way == "subject" else relation.subject
        for thing in _fitting(_of(mark), groups, slots.lexicon):
            if way == "subject":
                yield replace(base, objects=thing, wanted="subject")
            else:
                yield replace(base, subjects=thing, wanted="object")
        if relation.symmetric:
            return


def _with_two(base: Reading, marks: Sequence[Mark], relation: Relation, cue: Cue) -> Iterator[Reading]:
    """Whether the relation holds between two: the first is the subject unless the phrase turns it round."""
    first, second = (_of(mark) for mark in marks)
    if cue.way in ("passive", "subjects") or cue.way == "wanted_object":
        first, second = second, first
    subjects = [thing for thing in first if _fits(thing, relation.subject)]
    objects = [thing for thing in second if _fits(thing, relation.object)]
    if subjects and objects:
        yield replace(base, form="check", subjects=tuple(subjects), objects=tuple(objects))


def _wanted(slots: Slots, one: Mark | None, cue: Cue, entity: Mark) -> Wanted:
    """Which side is asked for, from the way of the phrase and the place of the name."""
    if one is None:
        return "object"
    marks = slots.marked.marks
    at, place = marks.index(one), marks.index(entity)
    before = place < at
    if cue.way == "objects":
        return "object"
    if cue.way == "subjects":
        return "subject"
    if cue.way == "wanted_object":
        return "object"
    if cue.way in ("passive", "active_by"):
        turned = cue.way == "passive"
        by = marks[at].words[-1].folded in ("by", "in") or cue.way == "active_by"
        if by and turned:
            return "subject" if before else "object"
        if cue.way == "active_by":
            return "object" if before else "subject"
        return "subject" if before else "object"
    if before and _is_passive(marks[:at], one):
        return "subject"
    if before and entity.words[-1].possessive and one.folded not in ("based", "headquartered"):
        return "object"
    return "object" if before else "subject"


def _is_passive(before: Sequence[Mark], one: Mark) -> bool:
    """Whether the verb is a participle after a form of be: "was Ampere acquired"."""
    word = one.words[0].folded
    participle = word.endswith("ed") or word in ("bought", "built", "run", "sold", "made", "driven")
    if one.folded in ("based", "headquartered", "located", "situated") or len(one.words) > 1:
        return False
    return participle and any(mark.folded in _PASSIVE_AUXILIARIES for mark in before)


def _split(slots: Slots, marks: Sequence[Mark]) -> tuple[tuple[Thing, ...], list[Mark]]:
    """Names that only narrow down who is asked for: "which Chinese hyperscalers", "which site in Texas"."""
    if slots.first not in _QUESTION_WORDS or len(marks) < 2:
        return (), list(marks)
    filters: list[Thing] = []
    rest: list[Mark] = []
    for mark in marks:
        narrow = [thing for thing in _of(mark) if _narrow(thing)]
        if narrow and len(rest) + len(marks) - len(filters) > 1 and _stands_at_wanted(slots, mark):
            filters.extend(narrow[:1])
        else:
            rest.append(mark)
    return tuple(filters), rest


def _narrow(thing: Thing) -> bool:
    return thing.type == "Place" or thing.scheme == "paradigm"


def _stands_at_wanted(slots: Slots, mark: Mark) -> bool:
    """Whether it stands right after the question word, or after "in" behind a word for a kind of thing."""
    marks = slots.marked.marks
    at = marks.index(mark)
    before = [one.folded for one in marks[:at]]
    if len([word for word in before if word not in load_cues().function]) == 0:
        return True
    kinds = load_cues().kinds
    return (
        len(before) > 1 and before[-1] in ("in", "from") and (before[-2] in kinds or bool(marks[at - 2].cues))
    )


def _of(mark: Mark) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(name.thing for name in mark.names))


def _fitting(
    things: Iterable[Thing], groups: frozenset[str], lexicon: Lexicon
) -> Iterator[tuple[Thing, ...]]:
    """Each thing that may stand there, an organization together with the surveys that it made."""
    for thing in things:
        if _fits(thing, groups):
            surveys = lexicon.surveys_of(thing) if "survey" in groups else ()
            yield tuple(dict.fromkeys((thing, *surveys)))


def _fits(thing: Thing, groups: frozenset[str]) -> bool:
    own = {thing.scheme} if thing.type == "Term" else set(_GROUPS.get(thing.type, ()))
    if thing.type == "Term":
        own.add("term")
    return bool(own & groups)
