"""figure and subject -> quote: the shortest stretch of a sentence or table row that tells the claim."""

from ingest.extensions import text_of
from ingest.figure_cues import find_cues
from ingest.figure_scene import Place, Scene
from ingest.subject_candidates import Candidate

_LONGEST = 60  # tokens between the quote's start and the figure
_STOPS = frozenset((";", "|"))


def quote_bounds(scene: Scene, place: Place, subject: Candidate, metric: str) -> tuple[int, int]:
    """Start and end of the quote as offsets of the report; it always covers the figure."""
    doc = scene.doc
    last = doc[place.end - 1]
    if place.cell is not None and 0 <= place.block < len(scene.blocks):
        row = scene.blocks[place.block].rows[place.cell.row]
        return min(row[0].start, doc[place.start].idx), max(place.cell.end, last.idx + len(last))
    low, high = place.start, place.end
    if subject.origin == "sentence" and place.left <= subject.start < place.right:
        low, high = min(low, subject.start), max(high, subject.end)
    else:
        low = min(low, _clause_start(scene, place))
    for start, end in _cue_tokens(scene, place, metric):
        if low <= start and end <= high:
            break
        if start < low and low - start <= 12:
            low = start
            break
        if end > high and end - high <= 6:
            high = end
            break
    return doc[low].idx, doc[high - 1].idx + len(doc[high - 1])


def _clause_start(scene: Scene, place: Place) -> int:
    position = place.start
    floor = max(place.left, place.start - _LONGEST)
    while position > floor and scene.words[position - 1] not in _STOPS:
        position -= 1
    while position < place.start and not scene.doc[position].is_alpha and scene.words[position] not in "$€£¥":
        position += 1
    return position


def _cue_tokens(scene: Scene, place: Place, metric: str) -> list[tuple[int, int]]:
    """The words that speak for the metric in the sentence, nearest first, as token intervals."""
    doc = scene.doc
    offset = doc[place.left].idx
    final = doc[place.right - 1]
    found = []
    for hit in find_cues(text_of(doc)[offset : final.idx + len(final)]):
        if any(speaks.slug == metric for speaks in hit.speaks):
            span = doc.char_span(offset + hit.start, offset + hit.end, alignment_mode="expand")
            if span is not None:
                found.append((span.start, span.end))
    return sorted(found, key=lambda span: min(abs(span[0] - place.end), abs(place.start - span[1])))
