"""What contexts say of relations: places and traits of a pair, the network behind it, how it is trained."""

import numpy as np
import pytest

from ingest.pipeline import load_language
from ingest.relation_contexts import (
    Rows,
    context_scores,
    is_of_these_contexts,
    load_relation_contexts,
    middle_of,
    traits_of,
)
from ingest.relation_ends import sentence_ends
from ingest.relation_predicates import load_predicates
from ingest.relation_readings import find_pairs
from ingest.reports import report_of
from ingest.training.relation_contexts import Taught, fit_contexts, write_contexts
from kg.settings import Settings

PREDICATES = [predicate.name for predicate in load_predicates().all]


def test_the_weights_belong_to_the_context_model_that_ships() -> None:
    assert is_of_these_contexts(load_relation_contexts())
    assert load_relation_contexts().weights.shape[1] == len(PREDICATES)


@pytest.mark.slow
def test_what_only_two_places_together_tell_is_learnt() -> None:
    """A relation where both ends point the same way: no end tells it alone."""
    taught = [_taught(seed) for seed in range(160)]
    model = fit_contexts(taught)
    unseen = _taught(99)
    scores = model.scores(unseen.rows)[:, 0]
    assert ((scores > 0) == (unseen.labels[:, 0] == 1)).mean() > 0.9


@pytest.mark.slow
def test_training_twice_gives_the_same_weights() -> None:
    taught = [_taught(seed) for seed in range(12)]
    one, other = fit_contexts(taught), fit_contexts(taught)
    assert np.array_equal(one.weights, other.weights)


@pytest.mark.slow
def test_what_is_written_says_what_was_trained(tmp_path, monkeypatch) -> None:
    model = fit_contexts([_taught(seed) for seed in range(12)])
    write_contexts(model, tmp_path / "relation_contexts.npz")
    monkeypatch.setattr("ingest.relation_contexts.files", lambda _: tmp_path)
    read = load_relation_contexts.__wrapped__()
    rows = _taught(99).rows
    assert np.allclose(read.scores(rows), model.scores(rows), atol=0.05)
    assert read.contexts == model.contexts


@pytest.fixture(scope="module")
def pairs():
    nlp = load_language(str(Settings.model_fields["spacy_model"].default), until="contexts")

    def pairs(text: str):
        report = report_of(f"# A note\n\n{text}\n".encode(), "note.md")
        doc = nlp.make_doc(report.text)
        doc._.report = report
        return list(find_pairs(sentence_ends(nlp(doc))))

    return pairs


@pytest.mark.slow
def test_the_middle_is_between_the_ends_under_the_verb_that_joins_them(pairs) -> None:
    pair = _pair(pairs("CoreWeave has acquired Marimo."), "CoreWeave", "Marimo")
    start, end, top = middle_of(pair)
    doc = pair.sentence.doc
    assert (doc[start:end].text, doc[top].text) == ("has acquired", "acquired")


@pytest.mark.slow
def test_of_an_end_that_is_only_meant_the_whole_sentence_is_the_middle(pairs) -> None:
    found = pairs("CoreWeave grows fast. Chief executive Michael Intrator is content.")
    pair = _pair(found, "Michael Intrator", "CoreWeave")
    start, end, _ = middle_of(pair)
    assert pair.sentence.doc[start:end].text.strip() == "Chief executive Michael Intrator is content."
    assert "lento" in set(traits_of(pair))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("predicate", "told", "near_miss"),
    [
        (
            "acquires",
            "CoreWeave has acquired Marimo.",
            "CoreWeave has become a rival of Marimo.",
        ),
        (
            "isCustomerOf",
            "Under a contract worth $2 billion, CoreWeave will supply OpenAI with computing time.",
            "CoreWeave, a year younger than OpenAI, has moved to New Jersey.",
        ),
    ],
)
def test_a_relation_is_likelier_where_it_is_told(pairs, predicate, told, near_miss) -> None:
    column = PREDICATES.index(predicate)
    likely, unlikely = (context_scores(pairs(text))[:, column].max() for text in (told, near_miss))
    assert likely > unlikely + 1


@pytest.mark.slow
def test_other_contexts_have_nothing_to_say(pairs, monkeypatch) -> None:
    found = pairs("CoreWeave has acquired Marimo.")
    assert context_scores(found) is not None
    monkeypatch.setattr("ingest.relation_contexts.mark_of_contexts", lambda: "another")
    assert context_scores(found) is None


def _pair(found, subject: str, object_: str):
    return next(
        pair for pair in found if (pair.subject.entity.label, pair.object.entity.label) == (subject, object_)
    )


def _taught(seed: int) -> Taught:
    chance = np.random.default_rng(seed)
    sides = chance.normal(size=(3, 150, 8)).astype(np.float32)
    sides[0, :, 0], sides[1, :, 0] = chance.choice([-3, 3], size=(2, 150))
    labels = np.zeros((150, len(PREDICATES)), np.int8)
    labels[:, 0] = sides[0, :, 0] * sides[1, :, 0] > 0
    return Taught(Rows(tuple(sides), (("near",),) * 150), labels)
