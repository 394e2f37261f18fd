"""figure -> facts: what the choice of a metric looks at.

Reads   Scene, the metric names of the ontology
Writes  facts about one figure; `ingest.facts` spells their features and sums their weights
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from ingest.facts import Fact
from ingest.figure_clauses import clause_at
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


def metric_facts(scene: Scene, index: int) -> Iterator[Fact]:
    """The facts about figure number `index` of the scene."""
    place = scene.places[index]
    root = figure_root(place)
    quantity = place.quantity
    value = quantity.value if quantity.value is not None else quantity.high
    yield "kind={0}\n{0}|qual={1}", root, quantity.qualifier
    yield "unit={}", quantity.unit
    yield "{}|mag={}", root, _magnitude(float(value or 0))
    yield from _around(scene, place, root)
    yield from _topic(scene, place)
    yield from _cue_facts(scene, place, root)
    yield from _grammar(scene, place, root)
    clause = clause_at(scene, place)
    yield "{0}|clause={1}\n{0}|clause={1}|{2}", root, clause.subject, clause.owner
    yield from _neighbours(scene, index, place, root)
    yield from _wider(scene, place, root)
    yield from _named(scene, place, root)


@lru_cache(maxsize=20_000)
def _root_of(unit: str, text: str) -> str:
    return unit_kind(unit) + (_form(text) if unit == "NUM" else "")


def figure_root(place: Place) -> str:
    """The kind of the figure's unit, and for plain numbers how they are written."""
    return _root_of(place.quantity.unit, place.quantity.text if place.quantity.unit == "NUM" else "")


def _magnitude(value: float) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    for limit in (1, 2, 5, 10, 20, 50, 100, 1000, 10000, 10**6, 10**8, 10**9, 10**10, 10**11):
        if value <= limit:
            return f"{sign}{limit}"
    return f"{sign}more"


def _around(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    stems, words = scene.stems, scene.words
    left = range(place.start - 1, max(place.left, place.start - _SHOWN_LEFT) - 1, -1)
    right = range(place.end, min(place.right, place.end + _SHOWN_RIGHT))
    for side, positions in (("L", left), ("R", right)):
        clause = ""
        for distance, position in enumerate(positions):
            word = words[position]
            if word in _BREAKS or word == ",":
                clause = "'"
            if distance < 4:
                yield "{}|{}{}={}", root, side, distance, word
            if word not in _STOP:
                yield "{}|{}{}={}", root, side.lower(), clause, stems[position]
    if place.start - 2 >= place.left:
        yield "{}|LL={} {}", root, words[place.start - 2], words[place.start - 1]
    if place.end + 1 < place.right:
        yield "{}|RR={} {}", root, words[place.end], words[place.end + 1]
        yield "{}|RRs={} {}", root, stems[place.end], stems[place.end + 1]
    for position in range(place.start, place.end):
        if words[position][0].isalpha():
            yield "{}|in={}", root, stems[position]


def _topic(scene: Scene, place: Place) -> Iterator[Fact]:
    """Words of the whole sentence, whatever the unit: weak, but they tell the topic."""
    key = "topic", place.left
    if key not in scene.known:
        stems, words = scene.stems, scene.words
        scene.known[key] = [
            ("s={}", stems[position])
            for position in range(place.left, min(place.right, place.left + 60))
            if words[position].isalpha() and words[position] not in _STOP and len(words[position]) > 2
        ]
    yield from scene.known[key]


def _sentence_cues(scene: Scene, place: Place) -> list[tuple[int, int, str]]:
    """The metric names of the sentence, with their offsets in it."""
    key = "metric names", place.left, place.right
    if key not in scene.known:
        cue = _cues()
        sentence = scene.text[scene.offset(place.left) : scene.offset_behind(place.right)]
        scene.known[key] = [
            (match.start(), match.end(), cue.slugs[match[1].lower()])
            for match in cue.pattern.finditer(sentence)
        ]
    found: list[tuple[int, int, str]] = scene.known[key]
    return found


def _cue_facts(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    """Which metric names stand near, on which side, how far, and which is nearest."""
    cues = _sentence_cues(scene, place)
    if not cues:
        return
    offset = scene.offset(place.left)
    figure_start = scene.offset(place.start) - offset
    figure_end = scene.offset_behind(place.end) - offset
    nearest: tuple[int, str, str] | None = None
    for start, end, slug in cues:
        if end <= figure_start:
            side, gap = "L", scene.text[offset + end : offset + figure_start]
        elif start >= figure_end:
            side, gap = "R", scene.text[offset + figure_end : offset + start]
        else:
            yield "{}|cueI={}", root, slug
            continue
        words = gap.count(" ")
        other = any(char.isdigit() for char in gap)
        yield "{}|cue{}{}{}={}", root, side, _bucket(words), "#" if other else "", slug
        yield "{}|cue{}={}", root, side, slug
        distance = words + (6 if other else 0) + (4 if ";" in gap else 0)
        if nearest is None or distance < nearest[0]:
            nearest = (distance, side, slug)
    if nearest:
        yield "{}|nearest{}={}", root, nearest[1], nearest[2]


def _grammar(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    """What the figure hangs on in the parse: nouns and verbs above it, and their subject."""
    parse = scene.parse
    head = scene.root(place)
    yield "{}|dep={}", root, parse.dependencies[head]
    path = parse.ancestors(head, place.left, place.right, 6)[1:]
    for level, above in enumerate(path[:4]):
        if parse.classes[above] in ("VERB", "AUX", "NOUN", "PROPN", "ADP", "ADJ"):
            lemma = parse.lemmas[above]
            yield "{}|up{}={}", root, parse.classes[above], lemma
            if level < 2:
                yield "{}|up{}={}", root, level, lemma
    verb = next((above for above in path if parse.classes[above] in ("VERB", "AUX")), None)
    if parse.classes[head] == "VERB" and verb is None:
        verb = head
    if verb is not None:
        yield "{0}|verb={1}\n{0}|tense={2}", root, parse.lemmas[verb], parse.tags[verb]
        for child in parse.children.get(verb, ()):
            dependency = parse.dependencies[child]
            if dependency in ("nsubj", "nsubjpass"):
                yield "{0}|subj={1}\n{0}|verbsubj={2}|{1}", root, scene.stems[child], parse.lemmas[verb]
            elif dependency in ("aux", "neg", "auxpass"):
                yield "aux={}", parse.words[child]
            elif dependency in ("dobj", "attr") and not place.start <= child < place.end:
                yield "{}|obj={}", root, scene.stems[child]
    for child in parse.children.get(head, ()):
        if parse.dependencies[child] == "prep" and child >= place.end - 1:
            for grand in parse.children.get(child, ()):
                if parse.dependencies[grand] == "pobj":
                    yield "{}|{}={}", root, parse.words[child], scene.stems[grand]


def _named(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    """What sorts of things the sentence names, and which are nearest."""
    inside = scene.named_in(place.left, place.right)
    for sort in dict.fromkeys(mention.entity.type for mention in inside):
        yield "{}|names={}", root, sort
    before = [m for m in inside if m.end <= place.start]
    after = next((m for m in inside if m.start >= place.end), None)
    if before:
        yield "{}|nearL={}|{}", root, before[-1].entity.type, _bucket(place.start - before[-1].end)
    if after:
        yield "{}|nearR={}|{}", root, after.entity.type, _bucket(after.start - place.end)
    organizations = sum(m.entity.type == "Organization" for m in inside)
    yield "{}|organizations={}", root, min(organizations, 3)


def _neighbours(scene: Scene, index: int, place: Place, root: str) -> Iterator[Fact]:
    for step, name in ((-1, "prev"), (1, "next")):
        other = index + step
        if not 0 <= other < len(scene.places):
            continue
        near = scene.places[other]
        if near.left != place.left:
            continue
        kind = unit_kind(near.quantity.unit)
        yield "{}|{}={}", root, name, kind
        low, high = (near.end, place.start) if step < 0 else (place.end, near.start)
        if 0 <= high - low <= 4:
            yield "{}|{}gap={}|{}", root, name, kind, " ".join(scene.words[low:high])


def _wider(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    key = "wider", place.block, root
    if key not in scene.known:
        scene.known[key] = list(_block_facts(scene, place, root))
    yield from scene.known[key]
    if place.cell:
        yield from _cell_facts(scene, place, root)
    elif place.start - place.left <= 4:
        # A list item or a short sentence leans on what stands before it.
        before = max(0, place.left - 25)
        for position in range(before, place.left):
            if scene.words[position].isalpha() and scene.words[position] not in _STOP:
                yield "{}|before={}", root, scene.stems[position]


def _block_facts(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    block = scene.blocks[place.block] if 0 <= place.block < len(scene.blocks) else None
    kind = block.kind if block else "paragraph"
    yield "block={0}\n{1}|block={0}", kind, root
    for word in _content(scene.headings[place.block] if block else ""):
        yield "{}|h={}", root, word
    for word in _content(scene.report.title):
        yield "t={}", word
    yield "reportkind={}", scene.report.kind


def _cell_facts(scene: Scene, place: Place, root: str) -> Iterator[Fact]:
    cell = place.cell
    if cell is None:
        return
    for word in _content(scene.tables.head(cell)):
        yield "{}|col={}", root, word
    for word in _content(scene.tables.label(cell)):
        yield "{}|row={}", root, word
    yield "cell|{}|c{}", root, min(cell.column, 3)
    rows = scene.blocks[place.block].rows
    if rows and rows[0] and rows[0][0]:
        for word in _content(scene.text[rows[0][0].start : rows[0][0].end]):
            yield "{}|corner={}", root, word
    for word in _content(scene.tables.caption(cell)[-160:]):
        yield "{}|caption={}", root, word


@lru_cache(maxsize=10_000)
def _content(text: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z][a-z-]+|%", text.lower())
    return tuple(dict.fromkeys(stem(word) for word in words if word not in _STOP))
