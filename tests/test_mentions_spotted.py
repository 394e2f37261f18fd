"""What a known name and a tagged one at the same place come to."""

import pytest
from spacy.lang.en import English

from ingest.candidate_tagger import Tagged
from ingest.name_index import Known
from ingest.spotted_names import spot_names

NLP = English()


def spotted(text, known, tagged):
    """The names found, when these stretches are known and that one was tagged; by their words."""
    doc = NLP(text)
    spans = [(start, start + len(NLP(words))) for words in (*known, tagged) for start in [_at(doc, words)]]
    found = spot_names(
        doc,
        [Known(*span, ("urn:known",), everyday=False) for span in spans[:-1]],
        [Tagged(*spans[-1], "Organization")],
    )
    return [doc[name.start : name.end].text for name in found]


def _at(doc, words):
    texts, wanted = [token.text for token in doc], words.split()
    return next(at for at in range(len(texts)) if texts[at : at + len(wanted)] == wanted)


@pytest.mark.parametrize("joint", ["of", "from"])
def test_a_known_firm_from_a_known_place_is_two_names(joint):
    text = f"SenseTime {joint} China joined them."
    assert spotted(text, ["SenseTime", "China"], f"SenseTime {joint} China") == ["SenseTime", "China"]


def test_an_unknown_name_may_hold_a_place():
    assert spotted("The Bank of China joined them.", ["China"], "Bank of China") == ["Bank of China"]


def test_a_longer_name_that_begins_with_a_known_one_stands():
    assert spotted("Nokia of Sweden AB joined.", ["Nokia", "Sweden"], "Nokia of Sweden AB") == [
        "Nokia of Sweden AB"
    ]
