"""figures -> what their contexts say: of the metric, the subject and the period.

Reads   doc._.contexts, Scene
Gives   `FigureContexts`: logarithms of probabilities, to be added to what the linear models say
Skips   documents without contexts; there it has nothing to say
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ingest.context_heads import Projected, choice, pairing
from ingest.contexts import rows_of
from ingest.figure_periods import PeriodFinder
from ingest.figure_scene import Place, Scene, Timed
from ingest.subject_candidates import Candidate
from kg.calendar import at, moment_of

# How much what the contexts say counts beside the linear models. From 0.75 to 1.2 the scores of held-out and
# development reports differ by about a point.
METRIC_SHARE, SUBJECT_SHARE, PERIOD_SHARE = 1.0, 0.8, 0.7
_STEPS = (0, 2, 4, 8, 16, 32, 64, 128)


def distance(first: int, second: int) -> str:
    """How far and on which side of one token another stands, in a word.

    >>> distance(10, 7), distance(7, 10)
    ('+2', '-2')
    """
    apart = first - second
    far = sum(abs(apart) > step for step in _STEPS)
    return f"{'-' if apart < 0 else '+'}{far}"


def subject_traits(place: Place, candidate: Candidate) -> tuple[str, ...]:
    """How a candidate stands to a figure."""
    kind = candidate.entity.type if candidate.entity else "phrase"
    return candidate.origin, kind, distance(place.start, candidate.start)


class FoundTime(NamedTuple):
    """A period that a report names, or that goes without saying: where it stands, or nowhere (-1)."""

    label: str  # "" for no period
    start: int
    end: int
    traits: tuple[str, ...]


def times_for(scene: Scene, finder: PeriodFinder, place: Place) -> list[FoundTime]:
    """The times that a figure may be about, unique by label; the nearest occurrence stands for each."""
    named, silent = _times(scene, finder)
    near = sorted(
        named, key=lambda one: (not place.left <= one[0].start < place.right, abs(one[0].start - place.start))
    )
    found: dict[str, FoundTime] = {}
    for time, bare in near:
        for label, sort in ((time.period.label, time.sort), (bare, "bare")):
            if label not in found:
                where = "inside" if place.left <= time.start < place.right else "outside"
                traits = (sort, silent.get(label, "told"), distance(place.start, time.start), where)
                found[label] = FoundTime(label, time.start, time.end, traits)
    for label, sort in silent.items():
        found.setdefault(label, FoundTime(label, -1, -1, (f"silent {sort}",)))
    return list(found.values())


def _times(scene: Scene, finder: PeriodFinder) -> tuple[list[tuple[Timed, str]], dict[str, str]]:
    """The named times with their bare labels ("2025" of "by 2025"), and what may be meant without a word."""
    if "times" not in scene.known:
        moments = [(time, moment_of(time.period.label.strip("/"))) for time in scene.periods]
        named = [(time, moment.label if moment else time.period.label) for time, moment in moments]
        silent = {"": "none"}
        if finder.now is not None:
            silent[at(finder.now).label] = "now"
            silent[at(finder.now.shifted(-1)).label] = "year before"
        scene.known["times"] = named, silent
    found: tuple[list[tuple[Timed, str]], dict[str, str]] = scene.known["times"]
    return found


class FigureContexts:
    """What the contexts of one report say of its figures."""

    def __init__(self, scene: Scene) -> None:
        """Nothing is looked at yet."""
        self._scene = scene
        self._contexts = scene.doc._.contexts
        self._sides: dict[str, tuple[Projected, Projected]] = {}

    @property
    def speak(self) -> bool:
        """Whether there is anything to say."""
        return self._contexts is not None and bool(self._scene.places)

    def metrics(self) -> list[dict[str, float]]:
        """Per figure the logarithm of the probability of each metric and of "none"."""
        head = choice("metric")
        rows = rows_of(self._contexts, [(place.start, place.end) for place in self._scene.places])
        return [dict(zip(head.labels, row, strict=True)) for row in head.log_chances(rows).tolist()]

    def subjects(self, index: int, candidates: Sequence[Candidate]) -> Any:
        """The logarithm of the probability of each candidate."""
        place = self._scene.places[index]
        spans = [(candidate.start, candidate.end) for candidate in candidates]
        traits = [subject_traits(place, candidate) for candidate in candidates]
        return self._paired("subject", index, spans, traits)

    def periods(self, index: int, finder: PeriodFinder) -> dict[str, float]:
        """The logarithm of the probability of each period that the report offers, by label."""
        place = self._scene.places[index]
        times = times_for(self._scene, finder, place)
        spans = [(time.start, time.end) if time.start >= 0 else (place.start, place.end) for time in times]
        chances = self._paired("period", index, spans, [time.traits for time in times])
        return {time.label: float(chance) for time, chance in zip(times, chances, strict=True)}

    def _paired(
        self, name: str, index: int, spans: Sequence[tuple[int, int]], traits: Sequence[Sequence[str]]
    ) -> Any:
        head, place = pairing(name), self._scene.places[index]
        if name not in self._sides:
            left = Projected(self._contexts, head.left, head.left_bias)
            self._sides[name] = left, Projected(self._contexts, head.right, head.right_bias)
        left, right = self._sides[name]
        scores = head.scores(left.of([(place.start, place.end)]), right.of(spans), traits)[:, 0]
        scores -= scores.max()
        return scores - np.log(np.exp(scores).sum())
