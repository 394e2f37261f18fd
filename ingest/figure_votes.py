"""figure -> votes: for each metric, what the cue words around the figure say for it.

Reads   Scene, figure_cues.toml
Writes  facts per metric ("name:L:near"), the same for all metrics, so that few examples teach much
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from spacy.tokens import Doc, Token

from ingest.extensions import text_of
from ingest.figure_cues import Hit, find_cues, kind_of_unit, slugs_for_kind
from ingest.figure_scene import Place, Scene

# Between figure and cue, each of these makes the tie looser.
_MANY = 3  # words in a report that speak for one metric
_BREAKS = (";", ":", " | ", " — ", "—", " while ", " and ", ", ")


@lru_cache(maxsize=4096)
def _cues_of(text: str) -> tuple[Hit, ...]:
    return tuple(find_cues(text))


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


def votes(scene: Scene, index: int) -> Mapping[str, list[str]]:
    """Facts per metric slug; metrics that no word speaks for are absent."""
    place = scene.places[index]
    kind = kind_of_unit(place.quantity.unit)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for slug in slugs_for_kind(kind):
        found[slug]["unit"] = None
    allowed = slugs_for_kind(kind)
    for slug, fact in _all_votes(scene, place):
        if slug in allowed or slug == "other":
            found[slug][fact] = None
    return {slug: list(facts) for slug, facts in found.items()}


def _all_votes(scene: Scene, place: Place) -> Iterator[tuple[str, str]]:
    yield from _sentence_votes(scene, place)
    yield from _grammar_votes(scene, place)
    for slug, count in _counts_of(text_of(scene.doc)).items():
        if count >= _MANY:
            yield slug, "report:many"
        if count >= 2 * _MANY:
            yield slug, "report:very many"
    block = scene.blocks[place.block] if 0 <= place.block < len(scene.blocks) else None
    if block is not None:
        yield from _text_votes(scene.headings[place.block], "heading")
    yield from _text_votes(scene.report.title, "title")
    if place.cell:
        yield from _text_votes(scene.tables.head(place.cell), "column")
        yield from _text_votes(scene.tables.label(place.cell), "row")
        yield from _text_votes(scene.tables.caption(place.cell)[-160:], "caption")
    elif place.left > 0:
        previous = max((start for start in scene.sentence_starts if start < place.left), default=0)
        yield from _text_votes(scene.doc[previous : place.left].text, "previous")


@lru_cache(maxsize=64)
def _counts_of(text: str) -> Mapping[str, int]:
    """How often a report's words speak for each metric, by its plain names and by words for it alone."""
    counts: dict[str, int] = defaultdict(int)
    for hit in find_cues(text):
        for slug, group in hit.speaks:
            if group == "name" or len(hit.speaks) == 1:
                counts[slug] += 1
    return counts


def _grammar_votes(scene: Scene, place: Place) -> Iterator[tuple[str, str]]:
    """What the words say that the figure hangs together with in the parse, and in which role."""
    at = {
        token: hit.speaks
        for hit, start, end in _sentence_hits(scene, place)
        for token in range(start, end)
        if not place.start <= token < place.end
    }
    for role, token in _roles(scene.doc, place):
        for slug, group in at.get(token.i, ()):
            yield slug, f"as {role}:{group}"
            yield slug, f"as {role}"


def _sentence_hits(scene: Scene, place: Place) -> list[tuple[Hit, int, int]]:
    """The cues of the sentence with their tokens."""
    doc = scene.doc
    offset = doc[place.left].idx
    last = doc[place.right - 1]
    found = []
    for hit in _cues_of(text_of(doc)[offset : last.idx + len(last)]):
        span = doc.char_span(offset + hit.start, offset + hit.end, alignment_mode="expand")
        if span is not None:
            found.append((hit, span.start, span.end))
    return found


def _roles(doc: Doc, place: Place) -> Iterator[tuple[str, Token]]:
    """Tokens over and beside the figure in the parse, with their roles."""
    root = doc[place.start : place.end].root
    for child in root.children:
        if child.dep_ == "prep":
            for grand in child.children:
                if grand.dep_ == "pobj":
                    yield f"{child.lower_} object", grand
        elif child.dep_ in ("acl", "relcl", "amod", "compound", "appos", "nmod"):
            yield child.dep_, child
    token, nouns, verbs = root, 0, 0
    for _ in range(8):
        if token.pos_ in ("VERB", "AUX"):
            verbs += 1
            yield f"verb {verbs}", token
            for child in token.children:
                if child.dep_ in ("nsubj", "nsubjpass"):
                    yield f"subject of verb {verbs}", child
                    for grand in child.children:
                        if grand.dep_ in ("compound", "amod"):
                            yield f"part of subject of verb {verbs}", grand
                        elif grand.dep_ == "prep":
                            for last in grand.children:
                                yield f"{grand.lower_} subject of verb {verbs}", last
                elif child.dep_ in ("dobj", "attr", "oprd", "acomp") and child is not root:
                    yield f"object of verb {verbs}", child
                elif child.dep_ == "prep" and verbs == 1:
                    for grand in child.children:
                        yield f"{child.lower_} of verb", grand
        elif token.pos_ in ("NOUN", "PROPN", "ADJ") and token is not root:
            nouns += 1
            yield f"noun {nouns}", token
            for child in token.children:
                if child.dep_ in ("compound", "amod"):
                    yield f"part of noun {nouns}", child
        if token.head is token or not place.left <= token.head.i < place.right:
            return
        token = token.head


def _text_votes(text: str, where: str) -> Iterator[tuple[str, str]]:
    if not text:
        return
    for hit in _cues_of(text):
        for slug, group in hit.speaks:
            yield slug, f"{where}:{group}"


def _sentence_votes(scene: Scene, place: Place) -> Iterator[tuple[str, str]]:
    doc = scene.doc
    offset = doc[place.left].idx
    last = doc[place.right - 1]
    sentence = text_of(doc)[offset : last.idx + len(last)]
    start = doc[place.start].idx - offset
    closing = doc[place.end - 1]
    end = closing.idx + len(closing) - offset
    allowed = slugs_for_kind(kind_of_unit(place.quantity.unit))
    best: dict[str, tuple[int, tuple[str, ...], str]] = {}
    for hit in _cues_of(sentence):
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
            yield slug, f"{group}:{side}:{name}"
            yield slug, f"{sole}:{side}:{name}"
        slugs = tuple(speak.slug for speak in speaks)
        for where in (side, "any"):
            if where not in best or reach < best[where][0]:
                best[where] = (reach, slugs, sole)
    for where, (_, slugs, sole) in best.items():
        for slug in slugs:
            yield slug, f"nearest {where} {sole}"
