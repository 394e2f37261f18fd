"""Names of laws by their form, and laws that go by a description."""

import pytest
from marked_documents import marked_document

from ingest.rule_names import with_named_rules

FOUND = [
    ("The Ratepayer Fairness Act takes effect in May.", {"Ratepayer Fairness Act"}),
    ("Bahrain's Data Embassy Law helps.", {"Data Embassy Law"}),
    ("Circular 26-04 binds banks.", {"Circular 26-04"}),
    ("The Directive on Service and Digital applies.", {"Directive on Service and Digital"}),
    ("The EHDS regulation applies.", {"EHDS regulation"}),
    ("In June, the Chip Tracking Act was passed.", {"Chip Tracking Act"}),
    ("The bureau issued a final rule on exports of chips.", {"final rule on exports of chips"}),
]
NOT_FOUND = [
    "The Act takes effect in May.",
    "Moore's Law is dead.",
    "The State Administration for Market Regulation agreed.",
    "It broke the rule on chips.",
    "A Purchase Order came in.",
]


@pytest.mark.parametrize(("sentence", "expected"), FOUND)
def test_a_law_is_found_by_its_form(tmp_path, sentence, expected):
    assert _laws(tmp_path, sentence) == expected


@pytest.mark.parametrize("sentence", NOT_FOUND)
def test_a_near_miss_is_no_law(tmp_path, sentence):
    assert not _laws(tmp_path, sentence)


def test_a_law_replaces_what_the_tagger_took_for_a_product(tmp_path):
    doc = marked_document(tmp_path, "The [Ratepayer Fairness Act](Offering) takes effect.")
    found = with_named_rules(doc, list(doc.spans["mentions"]))
    assert [(span.text, span.label_) for span in found] == [("Ratepayer Fairness Act", "Regulation")]


def test_a_law_that_is_known_keeps_its_entity(tmp_path):
    doc = marked_document(tmp_path, "The [General Data Protection Regulation](Regulation) takes effect.")
    assert [span._.entity.known for span in with_named_rules(doc, list(doc.spans["mentions"]))] == [True]


def _laws(folder, sentence):
    doc = marked_document(folder, sentence)
    spans = with_named_rules(doc, list(doc.spans.get("mentions", ())))
    return {span._.entity.label for span in spans if span.label_ == "Regulation"}
