"""Marked-up sentences of our own: what must be found, and near misses that must not."""

import pytest
from markup import parse
from mention_reading import read_names

from kg.model import Block

FOUND = [
    "[Nebius](Organization) leases a building in [Vineland](Place).",
    "[Amazon Web Services](Organization) ([AWS](Organization)) grew, not [Google Cloud](Organization).",
    "[AMSTERDAM](Place): [Nebius](Organization) has signed a contract.",
    "[CoreWeave](Organization)'s backlog doubled.",
    "Two [French](Place) firms and [SoftBank](Organization) took part.",
    "The servers hold [GB300](Offering) chips from [Nvidia](Organization).",
    "The [EU AI Act](Regulation) binds providers.",
    "[Zorvex Systems](Organization) has leased 40 MW, said its chief executive [Mira Kovalenko](Person).",
    "According to [Gartner](Organization), spending will grow.",
    "The Public Investment Fund ([PIF](Organization)) owns it.",
    "It works with [Meta](Organization) and [Oracle](Organization).",
    "[Lambda](Organization), a neocloud, raised $480 million from [Nvidia](Organization).",
]
NOT_FOUND = [
    "The price was US$5 million.",
    "European customers wait for [Nebius](Organization).",
    "The Company expects a loss.",
    "Customers switch to liquid cooling.",
    "A meta study of the oracle problem was made.",
    "The apple harvest was good.",
    "Capital Expenditure rose, and capital expenditure will rise again.",
]


def written(marked):
    text, spans = parse(marked)
    doc = read_names(text)
    found = {
        (span.text.removesuffix("'s"), span.label_)
        for span in doc.spans["mentions"]
        if span.label_ not in ("Term", "Market")
    }
    return {(text[span.start : span.end], span.kind) for span in spans}, found


@pytest.mark.parametrize("marked", FOUND)
def test_a_name_is_found_with_its_type(marked):
    expected, found = written(marked)
    assert expected <= found


@pytest.mark.parametrize("marked", NOT_FOUND)
def test_what_only_looks_like_a_name_is_left_alone(marked):
    expected, found = written(marked)
    assert found == expected


def entities(text, blocks=()):
    doc = read_names(text, blocks)
    return {span._.entity.label: span._.entity for span in doc.spans["mentions"]}


def test_a_unit_is_not_its_parent():
    found = entities("Google Cloud grew faster than Google, and AWS faster than Amazon.")
    assert {"Google Cloud", "Google", "Amazon Web Services", "Amazon"} <= set(found)


def test_an_acronym_that_the_text_explains_is_an_alias():
    found = entities("The Borealis Compute Authority (BCA) met. Later the BCA decided.")
    assert found["Borealis Compute Authority"].aliases == ("BCA",)


def test_a_person_goes_by_the_last_name_later():
    found = entities('Chief executive Mira Kovalenko spoke first. "We grow," Kovalenko said.')
    assert "Kovalenko" in found["Mira Kovalenko"].aliases
    assert "Kovalenko" not in found


def test_a_candidate_has_the_same_iri_in_every_report():
    first = entities("Zorvex Systems has leased a site.")["Zorvex Systems"]
    second = entities("A contract went to Zorvex Systems.")["Zorvex Systems"]
    assert first.iri == second.iri
    assert not first.known


def test_capitals_of_a_headline_make_no_name():
    headline = "Hyperscale Data Centers Hit New Heights As Massive Spending Continues"
    text = f"{headline}\n\nNebius grows."
    blocks = (Block(0, len(headline), "title", 1), Block(len(headline) + 2, len(text), "paragraph"))
    found = entities(text, blocks)
    assert [label for label, entity in found.items() if entity.type not in ("Term", "Market")] == ["Nebius"]


def test_a_site_goes_by_its_place():
    found = entities(
        "Nebius builds a 300 MW data center in Vineland, New Jersey. The Vineland campus opens in May."
    )
    site = found["Vineland data center"]
    assert site.type == "Facility"
    assert "data center in Vineland" in site.aliases
    assert [label for label, entity in found.items() if entity.type == "Facility"] == ["Vineland data center"]


@pytest.mark.parametrize(
    "text",
    [
        "It runs data centers in Texas.",
        "It would be the largest data center in Europe.",
        "The data center needs power from the grid in Texas.",
    ],
)
def test_plurals_and_comparisons_are_no_sites(text):
    assert [label for label, entity in entities(text).items() if entity.type == "Facility"] == []


def test_a_description_beside_a_named_site_is_that_site():
    found = entities("Galaxy runs Colossus 2, a site in Memphis.")
    assert [label for label, entity in found.items() if entity.type == "Facility"] == ["Colossus 2"]


def test_a_term_inside_a_longer_term_counts_too():
    found = entities("The layers are: MaaS and AI application ecosystem.")
    assert {"MaaS and AI application ecosystem", "model as a service"} <= set(found)
