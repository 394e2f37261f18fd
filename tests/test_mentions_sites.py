"""Sites that go by their place: each form with a sentence that holds it and a near miss."""

import pytest
from marked_documents import marked_document

from ingest.site_mentions import find_site_mentions
from ontology.labels import load_labels

FOUND = [
    ("It builds a 300 MW data center in [Ribe](Place).", {"Ribe data center"}),
    ("It opened a new facility of 1.2 GW in [Ribe](Place).", {"Ribe facility"}),
    ("It opened its first AI factory, in [Ribe](Place), last week.", {"Ribe AI factory"}),
    ("In [Ribe](Place), a semiconductor plant is being converted.", {"Ribe plant"}),
    ("More power comes from [Ribe](Place), a site for 2 gigawatts.", {"Ribe site"}),
    ("The council of [Ribe](Place), where it has announced a campus, agreed.", {"Ribe campus"}),
    ("It turns an old mill in [Ribe](Place) into an AI data center.", {"Ribe data center"}),
    ("It has chosen [Ribe](Place), in Elm County, for a supercluster.", {"Ribe supercluster"}),
    ("It bought land in [Ribe](Place). A new data center will be built there.", {"Ribe data center"}),
    ("It runs two campuses, in [Ribe](Place) and near [Aros](Place).", {"Ribe campus", "Aros campus"}),
    ("Work on the [Ribe](Place) and [Aros](Place) sites goes on.", {"Ribe site", "Aros site"}),
    (
        "It builds its first data centres, one in the capital [Ribe](Place) and one in [Aros](Place).",
        {"Ribe data centre", "Aros data centre"},
    ),
]
NOT_FOUND = [
    "Data centers in [Ribe](Place) need power.",
    "The data center will double its output.",
    "In [Ribe](Place), the data center was much discussed.",
    "It grew in [Ribe](Place), and a data center would help in [Aros](Place)'s view.",
    "It runs five campuses, in [Ribe](Place) and near [Aros](Place).",
    "It sold its campuses. Offices in [Ribe](Place) and [Aros](Place) stay.",
    "It bought land in [Ribe](Place). The new data center is elsewhere.",
    "It is the largest data center in [Ribe](Place).",
]


@pytest.mark.parametrize(("sentence", "expected"), FOUND)
def test_a_site_goes_by_its_place(tmp_path, sentence, expected):
    assert _found(tmp_path, sentence) == expected


@pytest.mark.parametrize("sentence", NOT_FOUND)
def test_a_near_miss_is_no_site(tmp_path, sentence):
    assert not _found(tmp_path, sentence)


def test_of_a_place_and_what_is_around_it_the_place_counts(tmp_path):
    body = "It has land in [Ribe](Place), [Ohio](Place). A data center will be built there."
    assert _found(tmp_path, body) == {"Ribe data center"}


def test_words_inside_a_name_are_no_site(tmp_path):
    assert not _found(tmp_path, "The [Elm Park data center](Facility) in [Ribe](Place) is full.")


def _found(folder, sentence):
    doc = marked_document(folder, sentence)
    mentions = sorted(doc.spans["mentions"], key=lambda span: span.start)
    sites = find_site_mentions(doc, mentions, load_labels())
    return {span._.entity.label for span in sites if not span._.entity.known}
