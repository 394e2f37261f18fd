"""figure -> votes: for each metric, what the cue words around the figure say for it.

Reads   Scene, figure_cues.toml
Writes  facts per metric ("name:L:near"), the same for all metrics, so that few examples teach much
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ingest.facts import Fact
from ingest.figure_cues import Hit, find_cues, kind_of_unit, slugs_for_kind
from ingest.figure_scene import Place, Scene

Vote = tuple[str, Fact]

_MANY = 3  # words in a report that speak for one metric


@lru_cache(maxsize=10_000)
def _distance(gap: str) -> tuple[str, int]:
    """How far the gap between figure and cue is, as a name and as a number."""
    words = gap.count(" ") + gap.count("|")
    crossed = sum(gap.count(mark) for mark in (";", "|", ". ")) * 3 + gap.count(",") + gap.count("(")
    figures = any(char.isdigit() for char in gap)
    reach = words + 3 * crossed + 5 * figures
    if reach <= 1:
        name = "at"
    elif reach <= 4:
        name = "near"
    elif reach <= 9:
        name = "mid"
    elif reach <= 16:
        name = "far"
    else:
        name = "off"
    return name + ("#" if figures else ""), reach


def votes(scene: Scene, index: int) -> list[Vote]:
    """Facts with the metric slug that each speaks for; metrics that no word speaks for are absent."""
    place = scene.places[index]
    allowed = slugs_for_kind(kind_of_unit(place.quantity.unit))
    found: dict[Vote, None] = {(slug, _UNIT): None for slug in allowed}
    for vote in _all_votes(scene, place):
        if vote[0] in allowed or vote[0] == "other":
            found[vote] = None
    return list(found)


_UNIT: Fact = ("unit",)


def _all_votes(scene: Scene, place: Place) -> Iterator[Vote]:
    yield from _sentence_votes(scene, place)
    yield from _grammar_votes(scene, place)
    yield from _report_votes(scene)
    block = scene.blocks[place.block] if 0 <= place.block < len(scene.blocks) else None
    if block is not None:
        yield from _text_votes(scene, scene.headings[place.block], "heading")
    yield from _text_votes(scene, scene.report.title, "title")
    if place.cell:
        yield from _text_votes(scene, scene.tables.head(place.cell), "column")
        yield from _text_votes(scene, scene.tables.label(place.cell), "row")
        yield from _text_votes(scene, scene.tables.caption(place.cell)[-160:], "caption")
    elif place.left > 0:
        starts = scene.sentence_starts
        previous = starts[max(0, bisect_left(starts, place.left) - 1)]
        text = scene.text[scene.offset(previous) : scene.offset_behind(place.left)]
        yield from _text_votes(scene, text, "previous")


def _report_votes(scene: Scene) -> list[Vote]:
    """Which metrics the report's words often speak for, by their plain names and by words for one alone."""
    known: list[Vote] | None = scene.known.get("report votes")
    if known is None:
        counts = Counter(
            slug
            for hit in find_cues(scene.text)
            for slug, group in hit.speaks
            if group == "name" or len(hit.speaks) == 1
        )
        known = [(slug, ("report:many",)) for slug, count in counts.items() if count >= _MANY]
        known += [(slug, ("report:very many",)) for slug, count in counts.items() if count >= 2 * _MANY]
        scene.known["report votes"] = known
    return known


def _grammar_votes(scene: Scene, place: Place) -> Iterator[Vote]:
    """What the words say that the figure hangs together with in the parse, and in which role."""
    at = {
        token: hit.speaks
        for hit, start, end in sentence_hits(scene, place)
        for token in range(start, end)
        if not place.start <= token < place.end
    }
    if not at:
        return
    for role, detail, token in _roles(scene, place):
        for slug, group in at.get(token, ()):
            yield slug, ("as {0}{1}:{2}", role, detail, group)
            yield slug, ("as {0}{1}", role, detail)


def sentence_hits(scene: Scene, place: Place) -> list[tuple[Hit, int, int]]:
    """The cues of the sentence with their tokens."""
    key = "hits", place.left, place.right
    if key not in scene.known:
        offset = scene.offset(place.left)
        text = scene.text[offset : scene.offset_behind(place.right)]
        scene.known[key] = [
            (hit, *scene.tokens_of(offset + hit.start, offset + hit.end)) for hit in find_cues(text)
        ]
    found: list[tuple[Hit, int, int]] = scene.known[key]
    return found


_BELOW = frozenset(("acl", "relcl", "amod", "compound", "appos", "nmod"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_OBJECTS = frozenset(("dobj", "attr", "oprd", "acomp"))


def _roles(scene: Scene, place: Place) -> Iterator[tuple[str, int | str, int]]:
    """Tokens over and beside the figure in the parse, with their roles."""
    parse = scene.parse
    dependencies, classes, heads, children = parse.dependencies, parse.classes, parse.heads, parse.children
    root = scene.root(place)
    for child in children.get(root, ()):
        dependency = dependencies[child]
        if dependency == "prep":
            for grand in children.get(child, ()):
                if dependencies[grand] == "pobj":
                    yield f"{parse.words[child]} object", "", grand
        elif dependency in _BELOW:
            yield dependency, "", child
    token, nouns, verbs = root, 0, 0
    for _ in range(8):
        if classes[token] in ("VERB", "AUX"):
            verbs += 1
            yield "verb ", verbs, token
            yield from _roles_of_verb(scene, token, verbs, root)
        elif token != root and classes[token] in ("NOUN", "PROPN", "ADJ"):
            nouns += 1
            yield "noun ", nouns, token
            for child in children.get(token, ()):
                if dependencies[child] in ("compound", "amod"):
                    yield "part of noun ", nouns, child
        if heads[token] == token or not place.left <= heads[token] < place.right:
            return
        token = heads[token]


def _roles_of_verb(scene: Scene, verb: int, number: int, root: int) -> Iterator[tuple[str, int | str, int]]:
    parse = scene.parse
    dependencies, children = parse.dependencies, parse.children
    for child in children.get(verb, ()):
        dependency = dependencies[child]
        if dependency in _SUBJECTS:
            yield "subject of verb ", number, child
            for grand in children.get(child, ()):
                if dependencies[grand] in ("compound", "amod"):
                    yield "part of subject of verb ", number, grand
                elif dependencies[grand] == "prep":
                    for last in children.get(grand, ()):
                        yield f"{parse.words[grand]} subject of verb ", number, last
        elif dependency in _OBJECTS and child != root:
            yield "object of verb ", number, child
        elif dependency == "prep" and number == 1:
            for grand in children.get(child, ()):
                yield f"{parse.words[child]} of verb", "", grand


def _text_votes(scene: Scene, text: str, where: str) -> list[Vote]:
    if not text:
        return []
    key = where, text
    known: list[Vote] | None = scene.known.get(key)
    if known is None:
        known = [(slug, ("{}:{}", where, group)) for hit in find_cues(text) for slug, group in hit.speaks]
        scene.known[key] = known
    return known


def _sentence_votes(scene: Scene, place: Place) -> Iterator[Vote]:
    hits = sentence_hits(scene, place)
    if not hits:
        return
    offset = scene.offset(place.left)
    sentence = scene.text[offset : scene.offset_behind(place.right)]
    start = scene.offset(place.start) - offset
    end = scene.offset_behind(place.end) - offset
    allowed = slugs_for_kind(kind_of_unit(place.quantity.unit))
    best: dict[str, tuple[int, tuple[str, ...], str]] = {}
    for hit, _, _ in hits:
        speaks = [speak for speak in hit.speaks if speak.slug in allowed or speak.slug == "other"]
        if not speaks:
            continue
        if hit.end <= start:
            side, gap = "L", sentence[hit.end : start]
        elif hit.start >= end:
            side, gap = "R", sentence[end : hit.start]
        else:
            side, gap = "I", ""
        name, reach = _distance(gap)
        sole = "sole" if len({speak.slug for speak in speaks}) == 1 else "one of"
        for slug, group in speaks:
            yield slug, ("{}:{}:{}", group, side, name)
            yield slug, ("{}:{}:{}", sole, side, name)
        slugs = tuple(speak.slug for speak in speaks)
        for where in (side, "any"):
            if where not in best or reach < best[where][0]:
                best[where] = (reach, slugs, sole)
    for where, (_, slugs, sole) in best.items():
        for slug in slugs:
            yield slug, ("nearest {} {}", where, sole)
