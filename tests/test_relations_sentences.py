"""The notation of our own training sentences."""

import pytest

from ingest.relation_predicates import load_predicates
from ingest.training.marked_sentences import read_examples
from ingest.training.relations import SENTENCES


def test_a_line_becomes_a_text_with_mentions_and_what_it_states():
    (example,) = list(read_examples("[a:O] bought [b:O]. => acquires(a,b)", per_line=1, seed=3))
    stated = {mark.key: example.text[mark.start : mark.end] for mark in example.mentions}
    assert f"{stated['a']} bought {stated['b']}." in example.text
    assert example.stated == {("acquires", "a", "b")}


def test_choices_give_several_wordings_and_a_seed_the_same_ones():
    line = "[a:O] {bought|acquired|swallowed} [b:O]. => acquires(a,b)"
    texts = [example.text for example in read_examples(line, per_line=3, seed=5)]
    assert texts == [example.text for example in read_examples(line, per_line=3, seed=5)]
    assert len({text.split()[-2] for text in texts} | {verb for text in texts for verb in text.split()}) > 3


def test_what_is_meant_is_named_beforehand():
    (example,) = list(read_examples("CEO [p:P] agreed. (a:O) => worksFor(p,a)", per_line=1, seed=1))
    assert [mark.key for mark in example.mentions] == ["a", "p"]
    assert example.mentions[0].end < example.text.index("CEO")


def test_a_letter_without_a_mark_is_refused():
    with pytest.raises(ValueError, match="no mark for"):
        list(read_examples("[a:O] grew. => acquires(a,b)", per_line=1, seed=1))


def test_every_line_states_known_predicates_only():
    examples = list(read_examples(SENTENCES.read_text(encoding="utf-8"), per_line=1, seed=1))
    known = {predicate.name for predicate in load_predicates().all}
    assert len(examples) > 300
    assert {name for example in examples for name, _, _ in example.stated} <= known
