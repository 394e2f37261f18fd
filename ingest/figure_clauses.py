"""figure -> its clause: the verb over it, whose subject that has, and which words speak for a metric.

Reads   Scene (the parse, mentions), the cue words of the sentence
Writes  Clause, the same for all candidates of a figure
"""

from typing import NamedTuple

from ingest.figure_scene import Place, Scene
from ingest.figure_votes import sentence_hits

_OPENINGS = frozenset(("it", "its", "they", "their", "the", "this", "these", "that", "he", "she", "of", "in"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))


class Clause(NamedTuple):
    """What the clause of a figure has for a subject, whose that is, how the sentence opens, whom it names."""

    subject: str
    owner: str
    opening: str
    organizations: int


def clause_at(scene: Scene, place: Place) -> Clause:
    """The clause of a figure; worked out once."""
    key = "clause", place.start
    if key not in scene.known:
        scene.known[key] = _clause_of(scene, place)
    found: Clause = scene.known[key]
    return found


def _clause_of(scene: Scene, place: Place) -> Clause:
    parse = scene.parse
    inside = scene.named_in(place.left, place.right)
    organizations = min(2, len({m.entity.iri for m in inside if m.entity.type == "Organization"}))
    first = next((i for i in range(place.left, place.right) if parse.words[i].isalpha()), place.left)
    opening = parse.words[first] if parse.words[first] in _OPENINGS else "else"
    subject = subject_of(scene, governing_verb(scene, place))
    if subject is None:
        return Clause("none", "none", opening, organizations)
    owner = next((c for c in parse.children.get(subject, ()) if parse.dependencies[c] == "poss"), None)
    owned = "none" if owner is None else "its" if parse.classes[owner] == "PRON" else "name"
    return Clause(_class_of_subject(scene, place, subject), owned, opening, organizations)


def subject_of(scene: Scene, verb: int | None) -> int | None:
    """The subject of a verb, or of the verb that it is joined to."""
    parse = scene.parse
    for _ in range(3):
        if verb is None:
            return None
        for child in parse.children.get(verb, ()):
            if parse.dependencies[child] in _SUBJECTS:
                return child
        verb = parse.heads[verb] if parse.dependencies[verb] in ("conj", "xcomp", "aux") else None
    return None


def _class_of_subject(scene: Scene, place: Place, subject: int) -> str:
    if place.start <= subject < place.end:
        return "figure"
    if subject in cue_tokens(scene, place):
        return "metric"
    if scene.parse.classes[subject] == "PRON":
        return "pronoun"
    names = scene.named_in(place.left, place.right)
    return "name" if any(m.start <= subject < m.end for m in names) else "phrase"


def cue_tokens(scene: Scene, place: Place) -> dict[int, frozenset[str]]:
    """The tokens of the sentence that are words for a metric, with the slugs of the metrics."""
    key = "cue tokens", place.left
    if key not in scene.known:
        scene.known[key] = {
            token: frozenset(slug for slug, group in hit.speaks)
            for hit, start, end in sentence_hits(scene, place)
            if any(group != "counted" for _, group in hit.speaks)
            for token in range(start, end)
        }
    found: dict[int, frozenset[str]] = scene.known[key]
    return found


def governing_verb(scene: Scene, place: Place) -> int | None:
    """The nearest verb over the figure in the parse."""
    token, heads, classes = scene.root(place), scene.parse.heads, scene.parse.classes
    for _ in range(6):
        if classes[token] in ("VERB", "AUX") and token >= place.left:
            return token
        if heads[token] == token:
            return None
        token = heads[token]
    return None
