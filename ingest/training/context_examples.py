"""Training reports -> what the network is to learn from them: figures, candidates and times, as arrays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.contexts import Layout, layout_of
from ingest.figure_contexts import subject_traits, times_for
from ingest.figure_metrics import NONE
from ingest.figure_periods import PeriodFinder
from ingest.figure_scene import Place
from ingest.subject_candidates import SubjectFinder
from ingest.training.alignment import Names, is_same_name, repeated
from ingest.training.figures import Lesson
from ingest.word_pieces import WordPieces

Span = tuple[int, int]
_FAIR = 0.35  # how much a fair other wording of the subject counts


@dataclass(frozen=True)
class Option:
    """Something that may belong to a figure, with what it counts as an answer: 0 is wrong."""

    figure: int
    span: Span
    traits: tuple[str, ...]
    right: float


@dataclass(frozen=True)
class Page:
    """One report; metric and manner of a figure are None where the gold does not tell."""

    source: str
    is_sentence: bool
    layout: Layout
    figures: list[Span]
    metrics: list[str | None]
    manners: list[str | None]
    subjects: list[Option]
    times: list[Option]


def page_of(lesson: Lesson, pieces: WordPieces, marks: tuple[int, int]) -> Page:
    """What a training report teaches."""
    scene = lesson.scene
    again = repeated(scene, lesson.carried)
    claims = [lesson.carried.get(index) for index in range(len(scene.places))]
    return Page(
        lesson.source,
        lesson.is_sentence,
        layout_of(scene.doc, pieces, marks),
        [(place.start, place.end) for place in scene.places],
        [
            None if index in again else claim["metric"] if claim else NONE
            for index, claim in enumerate(claims)
        ],
        [claim.get("modality") if claim else None for claim in claims],
        list(_subjects(lesson)),
        [] if lesson.is_sentence else list(_times(lesson)),
    )


def _subjects(lesson: Lesson) -> Iterator[Option]:
    scene, finder = lesson.scene, SubjectFinder(lesson.scene)
    mentioned = {mention.entity.iri: mention.entity for mention in scene.mentions}.values()
    names = Names([*lesson.names, *([entity.label, *entity.aliases] for entity in mentioned)])
    for index, claim in sorted(lesson.carried.items()):
        best = names.all_of([claim["subject"]])
        fair = names.all_of([claim["subject"], *(claim.get("subject_alts") or ())])
        for candidate in finder.candidates(index):
            aliases = candidate.entity.aliases if candidate.entity else ()
            called = names.all_of([candidate.label, *aliases])
            right = 1.0 if is_same_name(best, called) else _FAIR if is_same_name(fair, called) else 0.0
            traits = subject_traits(scene.places[index], candidate)
            yield Option(index, (candidate.start, candidate.end), traits, right)


def _times(lesson: Lesson) -> Iterator[Option]:
    scene, finder = lesson.scene, PeriodFinder(lesson.scene)
    for index, claim in sorted(lesson.carried.items()):
        place = scene.places[index]
        for time in times_for(scene, finder, place):
            right = float(time.label == (claim["period"] or ""))
            yield Option(index, span_or(time.start, time.end, place), time.traits, right)


def span_or(start: int, end: int, place: Place) -> Span:
    """The span, or that of the figure for what stands nowhere."""
    return (start, end) if start >= 0 else (place.start, place.end)


class Batch:
    """Puts pages together into the arrays that the network takes; numbers of labels and traits are given."""

    def __init__(self, numbers: Mapping[str, Mapping[str, int]], padding: int) -> None:
        """`numbers` has metrics, manners and, for each pair head, its traits."""
        self._numbers, self._padding = numbers, padding

    def of(self, pages: Sequence[Page]) -> dict[str, Any]:
        """The arrays."""
        windows = [window for page in pages for window in page.layout.windows]
        longest = max(window.shape[1] for window in windows)
        rows = np.zeros((3, len(windows), longest), dtype=np.int64)
        rows[0] = self._padding
        for number, window in enumerate(windows):
            rows[:, number, : window.shape[1]] = window
        found: dict[str, list[Any]] = {name: [] for name in _LISTS}
        first_window = 0
        for page in pages:
            self._add(page, first_window, longest, found)
            first_window += len(page.layout.windows)
        arrays: dict[str, Any] = dict(zip(("numbers", "kinds", "blocks"), rows, strict=True))
        arrays["lengths"] = np.array([window.shape[1] for window in windows])
        for name in ("figures", "subjects", "times"):
            arrays[name] = np.array(found[name], dtype=np.int64).reshape(-1, 2)
        for name in ("metrics", "manners", "subject_figures", "time_figures"):
            arrays[name] = np.array(found[name], dtype=np.int64)
        for name in ("subject_right", "time_right"):
            arrays[name] = np.array(found[name], dtype=np.float32)
        for name in ("subject", "time"):
            arrays[f"{name}_traits"] = self._traits(found[f"{name}_traits"], self._numbers[name])
        return arrays

    def _add(self, page: Page, window: int, longest: int, found: dict[str, list[Any]]) -> None:
        layout = page.layout

        def flat(span: Span) -> tuple[int, int]:
            start, last = span[0], span[1] - 1
            return (
                (window + int(layout.window[start])) * longest + int(layout.first[start]),
                (window + int(layout.window[last])) * longest + int(layout.last[last]),
            )

        before = len(found["figures"])
        found["figures"] += map(flat, page.figures)
        found["metrics"] += [self._numbers["metrics"].get(slug or "", -1) for slug in page.metrics]
        found["manners"] += [self._numbers["manners"].get(name or "", -1) for name in page.manners]
        for name, options in (("subject", page.subjects), ("time", page.times)):
            for option in options:
                found[f"{name}s"].append(flat(option.span))
                found[f"{name}_figures"].append(before + option.figure)
                found[f"{name}_traits"].append(option.traits)
                found[f"{name}_right"].append(option.right)

    def _traits(self, told: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Any:
        rows = np.full((len(told), max(map(len, told), default=1)), len(numbers), dtype=np.int64)
        for row, traits in zip(rows, told, strict=True):
            row[: len(traits)] = [numbers.get(trait, len(numbers)) for trait in traits]
        return rows


_LISTS = (
    "figures",
    "metrics",
    "manners",
    "subjects",
    "subject_figures",
    "subject_traits",
    "subject_right",
    "times",
    "time_figures",
    "time_traits",
    "time_right",
)
