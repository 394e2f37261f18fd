"""figure and subject -> quote: the shortest stretch of a sentence or table row that tells the claim."""

from ingest.figure_scene import Place, Scene
from ingest.figure_votes import sentence_hits
from ingest.subject_candidates import Candidate

_LONGEST = 60  # tokens between the quote's start and the figure
_STOPS = frozenset((";", "|"))


def quote_bounds(scene: Scene, place: Place, subject: Candidate, metric: str) -> tuple[int, int]:
    """Start and end of the quote as offsets of the report; it always covers the figure."""
    if place.cell is not None and 0 <= place.block < len(scene.blocks):
        row = scene.blocks[place.block].rows[place.cell.row]
        return min(row[0].start, scene.offset(place.start)), max(
            place.cell.end, scene.offset_behind(place.end)
        )
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
    return scene.offset(low), scene.offset_behind(high)


def _clause_start(scene: Scene, place: Place) -> int:
    position = place.start
    floor = max(place.left, place.start - _LONGEST)
    while position > floor and scene.words[position - 1] not in _STOPS:
        position -= 1
    while (
        position < place.start and not scene.words[position].isalpha() and scene.words[position] not in "$€£¥"
    ):
        position += 1
    return position


def _cue_tokens(scene: Scene, place: Place, metric: str) -> list[tuple[int, int]]:
    """The words that speak for the metric in the sentence, nearest first, as token intervals."""
    found = [
        (start, end)
        for hit, start, end in sentence_hits(scene, place)
        if any(speaks.slug == metric for speaks in hit.speaks)
    ]
    return sorted(found, key=lambda span: min(abs(span[0] - place.end), abs(place.start - span[1])))
