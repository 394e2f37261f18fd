"""figure -> features: what the choice of a metric looks at, as names of facts.

Reads   Scene, the metric names of the ontology
Writes  a list of feature names for one figure; the classifier knows the weights
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ingest.extensions import text_of
from ingest.figure_scene import Place, Scene, stem
from ingest.phrases import any_phrase
from ontology.metrics import load_metrics
from ontology.units import load_units

_SHOWN_LEFT, _SHOWN_RIGHT = 10, 10
_BREAKS = frozenset(";:()—–|")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "and",
        "or",
        "but",
        "its",
        "their",
        "it",
        "is",
        "was",
        "were",
        "be",
        "been",
        "has",
        "have",
        "had",
    ]
)


class _Cue(NamedTuple):
    pattern: re.Pattern[str]
    slugs: dict[str, str]


@cache
def _cues() -> _Cue:
    """The names of all metrics, longest first, each with the slug that it points to."""
    slugs: dict[str, str] = {}
    for metric in load_metrics().values():
        for name in metric.names:
            slugs.setdefault(name.lower(), metric.guideline_slug)
    return _Cue(re.compile(rf"\b({any_phrase(slugs)})s?\b", re.I), slugs)


@cache
def _unit_kinds() -> dict[str, str]:
    return {unit.name: unit.kind for unit in load_units().named.values()}


def unit_kind(unit: str) -> str:
    """The kind of a unit by its local name; "count" for plain numbers."""
    return _unit_kinds().get(unit, "count")


def _form(text: str) -> str:
    """How a plain number is written: as a factor, a verb of doubling, a word, or digits."""
    low = text.lower()
    if re.search(r"\b(?:doubl|tripl|treb|quadrupl|quintupl)", low):
        return "doubled"
    if re.search(r"\d\s?[x×]\b|\btimes\b|twice|fold\b", low):
        return "factor"
    return "digits" if re.search(r"\d", low) else "words"


def _bucket(distance: int) -> str:
    return (
        str(distance)
        if distance < 4
        else "5"
        if distance < 6
        else "8"
        if distance < 9
        else "12"
        if distance < 13
        else "far"
    )


def metric_features(scene: Scene, index: int) -> list[str]:
    """The facts about figure number `index` of the scene; each at most once."""
    place = scene.places[index]
    return list(dict.fromkeys(_all_features(scene, index, place, figure_root(place))))


def figure_root(place: Place) -> str:
    """The kind of the figure's unit, and for plain numbers how they are written."""
    kind = unit_kind(place.quantity.unit)
    return kind + (_form(place.quantity.text) if place.quantity.unit == "NUM" else "")


def _all_features(scene: Scene, index: int, place: Place, root: str) -> Iterator[str]:
    quantity = place.quantity
    yield f"kind={root}"
    yield f"unit={quantity.unit}"
    yield f"{root}|qual={quantity.qualifier}"
    value = quantity.value if quantity.value is not None else quantity.high
    yield f"{root}|mag={_magnitude(float(value or 0))}"
    yield from (f"{root}|{fact}" for fact in _around(scene, place))
    yield from _around_plain(scene, place)
    yield from (f"{root}|{fact}" for fact in _cue_facts(scene, place))
    yield from _grammar(scene, place, root)
    yield from _neighbours(scene, index, place, root)
    yield from _wider(scene, place, root)
    yield from _named(scene, place, root)


def _magnitude(value: float) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    for limit in (1, 2, 5, 10, 20, 50, 100, 1000, 10000, 10**6, 10**8, 10**9, 10**10, 10**11):
        if value <= limit:
            return f"{sign}{limit}"
    return f"{sign}more"


def _around(scene: Scene, place: Place) -> Iterator[str]:
    stems, words = scene.stems, scene.words
    left = range(place.start - 1, max(place.left, place.start - _SHOWN_LEFT) - 1, -1)
    right = range(place.end, min(place.right, place.end + _SHOWN_RIGHT))
    clause = ""
    for distance, position in enumerate(left):
        if words[position] in _BREAKS or words[position] == ",":
            clause = "'"
        if distance < 4:
            yield f"L{distance}={words[position]}"
        if words[position] not in _STOP:
            yield f"l{clause}={stems[position]}"
    clause = ""
    for distance, position in enumerate(right):
        if words[position] in _BREAKS or words[position] == ",":
            clause = "'"
        if distance < 4:
            yield f"R{distance}={words[position]}"
        if words[position] not in _STOP:
            yield f"r{clause}={stems[position]}"
    if place.start - 2 >= place.left:
        yield f"LL={words[place.start - 2]} {words[place.start - 1]}"
    if place.end + 1 < place.right:
        yield f"RR={words[place.end]} {words[place.end + 1]}"
        yield f"RRs={stems[place.end]} {stems[place.end + 1]}"
    for position in range(place.start, place.end):
        if words[position][0].isalpha():
            yield f"in={stems[position]}"


def _around_plain(scene: Scene, place: Place) -> Iterator[str]:
    """Words of the whole sentence, whatever the unit: weak, but they tell the topic."""
    stems, words = scene.stems, scene.words
    for position in range(place.left, min(place.right, place.left + 60)):
        if words[position].isalpha() and words[position] not in _STOP and len(words[position]) > 2:
            yield f"s={stems[position]}"


def _cue_facts(scene: Scene, place: Place) -> Iterator[str]:
    """Which metric names stand near, on which side, how far, and which is nearest."""
    doc, cue = scene.doc, _cues()
    offset = doc[place.left].idx
    sentence = text_of(doc)[offset : doc[place.right - 1].idx + len(doc[place.right - 1])]
    figure_start = doc[place.start].idx - offset
    figure_end = doc[place.end - 1].idx + len(doc[place.end - 1]) - offset
    nearest: tuple[int, str] | None = None
    for match in cue.pattern.finditer(sentence):
        slug = cue.slugs[match[1].lower()]
        if match.end() <= figure_start:
            side, gap = "L", sentence[match.end() : figure_start]
        elif match.start() >= figure_end:
            side, gap = "R", sentence[figure_end : match.start()]
        else:
            yield f"cueI={slug}"
            continue
        words = gap.count(" ")
        other = any(char.isdigit() for char in gap)
        yield f"cue{side}{_bucket(words)}{'#' if other else ''}={slug}"
        yield f"cue{side}={slug}"
        distance = words + (6 if other else 0) + (4 if ";" in gap else 0)
        if nearest is None or distance < nearest[0]:
            nearest = (distance, f"{side}={slug}")
    if nearest:
        yield f"nearest{nearest[1]}"


def _grammar(scene: Scene, place: Place, root: str) -> Iterator[str]:
    """What the figure hangs on in the parse: nouns and verbs above it, and their subject."""
    doc = scene.doc
    inside = doc[place.start : place.end]
    head = inside.root
    yield f"{root}|dep={head.dep_}"
    path = []
    token = head
    for _ in range(5):
        if token.head is token or not (place.left <= token.head.i < place.right):
            break
        token = token.head
        path.append(token)
    for level, above in enumerate(path[:4]):
        if above.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADP", "ADJ"):
            lemma = above.lemma_.lower()
            yield f"{root}|up{above.pos_}={lemma}"
            if level < 2:
                yield f"{root}|up{level}={lemma}"
    verb = next((above for above in path if above.pos_ in ("VERB", "AUX")), None)
    if head.pos_ == "VERB" and verb is None:
        verb = head
    if verb is not None:
        yield f"{root}|verb={verb.lemma_.lower()}"
        yield f"{root}|tense={verb.tag_}"
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass"):
                yield f"{root}|subj={stem(child.lower_)}"
                yield f"{root}|verbsubj={verb.lemma_.lower()}|{stem(child.lower_)}"
            if child.dep_ in ("aux", "neg", "auxpass"):
                yield f"aux={child.lower_}"
            if child.dep_ in ("dobj", "attr") and child not in inside:
                yield f"{root}|obj={stem(child.lower_)}"
    for child in head.children:
        if child.dep_ == "prep" and child.i >= place.end - 1:
            for grand in child.children:
                if grand.dep_ == "pobj":
                    yield f"{root}|{child.lower_}={stem(grand.lower_)}"


def _named(scene: Scene, place: Place, root: str) -> Iterator[str]:
    """What sorts of things the sentence names, and which are nearest."""
    inside = [m for m in scene.mentions if place.left <= m.start < place.right]
    for mention in inside:
        yield f"{root}|names={mention._.entity.type}"
    before = [m for m in inside if m.end <= place.start]
    after = [m for m in inside if m.start >= place.end]
    if before:
        yield f"{root}|nearL={before[-1]._.entity.type}|{_bucket(place.start - before[-1].end)}"
    if after:
        yield f"{root}|nearR={after[0]._.entity.type}|{_bucket(after[0].start - place.end)}"
    organizations = sum(m._.entity.type == "Organization" for m in inside)
    yield f"{root}|organizations={min(organizations, 3)}"


def _neighbours(scene: Scene, index: int, place: Place, root: str) -> Iterator[str]:
    for step, name in ((-1, "prev"), (1, "next")):
        other = index + step
        if not 0 <= other < len(scene.places):
            continue
        near = scene.places[other]
        if near.left != place.left:
            continue
        yield f"{root}|{name}={unit_kind(near.quantity.unit)}"
        low, high = (near.end, place.start) if step < 0 else (place.end, near.start)
        if 0 <= high - low <= 4:
            between = " ".join(scene.words[low:high])
            yield f"{root}|{name}gap={unit_kind(near.quantity.unit)}|{between}"


def _wider(scene: Scene, place: Place, root: str) -> Iterator[str]:
    block = scene.blocks[place.block] if 0 <= place.block < len(scene.blocks) else None
    kind = block.kind if block else "paragraph"
    yield f"block={kind}"
    yield f"{root}|block={kind}"
    for word in _content(scene.headings[place.block] if block else ""):
        yield f"{root}|h={word}"
    for word in _content(scene.report.title):
        yield f"t={word}"
    yield f"reportkind={scene.report.kind}"
    if place.cell:
        for word in _content(scene.tables.head(place.cell)):
            yield f"{root}|col={word}"
        for word in _content(scene.tables.label(place.cell)):
            yield f"{root}|row={word}"
        yield f"cell|{root}|c{min(place.cell.column, 3)}"
        corner = scene.blocks[place.block].rows[0][0] if block and block.rows else None
        if corner:
            for word in _content(text_of(scene.doc)[corner.start : corner.end]):
                yield f"{root}|corner={word}"
        for word in _content(scene.tables.caption(place.cell)[-160:]):
            yield f"{root}|caption={word}"
    elif place.start - place.left <= 4:
        # A list item or a short sentence leans on what stands before it.
        before = max(0, place.left - 25)
        for position in range(before, place.left):
            if scene.words[position].isalpha() and scene.words[position] not in _STOP:
                yield f"{root}|before={scene.stems[position]}"


@cache
def _content(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z][a-z-]+|%", text.lower())
    return tuple(dict.fromkeys(stem(word) for word in words if word not in _STOP))
