"""subject -> subjects: "A and B each hold 30%" says it of both.

Reads   Scene, the subject that was chosen
Skips   lists without "each": what they have together belongs to none of them alone
"""

from dataclasses import replace

from ingest.figure_scene import Place, Scene
from ingest.figure_subjects import Subject
from ingest.subject_candidates import Candidate

_SHARES = frozenset(("each", "apiece"))
_JOINS = frozenset((",", "and", "&", ", and", "or"))
_REACH = 12


def all_subjects(scene: Scene, place: Place, subject: Subject) -> tuple[Subject, ...]:
    """The subject, and the others of its list where the sentence says that each of them has the figure."""
    near = scene.words[max(place.left, place.start - _REACH) : min(place.right, place.end + 3)]
    if subject.candidate.origin != "sentence" or not _SHARES & set(near):
        return (subject,)
    spans = scene.named_in(place.left, place.right)
    here = next((number for number, m in enumerate(spans) if m.start == subject.candidate.start), None)
    if here is None:
        return (subject,)
    first = last = here
    while first > 0 and _is_joined(scene, spans[first - 1].end, spans[first].start):
        first -= 1
    while last + 1 < len(spans) and _is_joined(scene, spans[last].end, spans[last + 1].start):
        last += 1
    others = {}
    for span in spans[first : last + 1]:
        entity = span.entity
        candidate = Candidate(entity.label, entity, span.start, span.end, "sentence")
        others[entity.iri] = replace(subject, entity=entity, candidate=candidate)
    return tuple(others.values())


def _is_joined(scene: Scene, end: int, start: int) -> bool:
    words = [word for word in scene.words[end:start] if word not in ("(", ")")]
    return 0 < len(words) <= 2 and all(word in _JOINS for word in words)
