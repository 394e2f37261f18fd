"""How questions are read, with the names of the ontology alone: which side is asked for, what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from market import AWS, FIRST, FIRST_TEXT, evidence, report
from pyoxigraph import Store
from sampled import asking

from kg.asking.answering import plans_of
from kg.asking.cues import load_cues
from kg.asking.lexicon import lexicon_of
from kg.asking.understanding import understand
from kg.graph import Graph
from kg.model import Claim, Entity, Extraction
from kg.settings import Settings
from ontology import terms

LEXICON = lexicon_of(())


def readings(question):
    understood = understand(question, LEXICON)
    assert understood.gap is None, understood.gap
    return understood.readings


def sides(question):
    """Which side is asked for, and whom the question names on the other."""
    (reading,) = readings(question)
    given_side = reading.subjects if reading.wanted == "object" else reading.objects
    return reading.wanted, [thing.iri.rpartition("/")[2] for thing in given_side]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did SoftBank acquire?", ("object", ["softbank"])),
        ("Who acquired SoftBank?", ("subject", ["softbank"])),
        ("Who was SoftBank acquired by?", ("subject", ["softbank"])),
        ("By whom was SoftBank acquired?", ("subject", ["softbank"])),
        ("Which companies were acquired by SoftBank?", ("object", ["softbank"])),
        ("Who are CoreWeave's customers?", ("subject", ["coreweave"])),
        ("Whose customer is Meta? Who are Meta's suppliers?", ("object", ["meta"])),
        ("Who owns Khazna?", ("object", ["khazna"])),
        ("What are the subsidiaries of G42?", ("subject", ["g42"])),
        ("Where is Nebius based?", ("object", ["nebius"])),
        ("Who is based in Amsterdam?", ("subject", ["amsterdam"])),
    ],
)
def test_the_side_that_is_asked_for_follows_from_the_words(question, expected):
    assert sides(question) == expected


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Is Nebius based in Amsterdam?", "check"),
        ("How many hyperscalers are there?", "count"),
        ("List the hyperscalers", "relation"),
        ("Who has the largest backlog?", "ranking"),
        ("Which providers have a market share of more than 20%?", "ranking"),
        ("Compare AWS and Nebius on revenue", "comparison"),
        ("Who says that AWS holds 28% of the market?", "who-says"),
        ("Where do the reports disagree about AWS?", "conflict"),
        ("How has Nebius's business model changed?", "change"),
        ("What is PUE?", "definition"),
    ],
)
def test_questions_have_forms(question, form):
    assert {reading.form for reading in readings(question)} == {form}


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("in the fourth quarter of 2025", [("2025-Q4",)]),
        ("in Q4 2025", [("2025-Q4",)]),
        ("2025 Q4", [("2025-Q4",)]),
        ("in fiscal 2025", [("FY2025", "2025")]),
        ("by 2030", [("/2030", "2030")]),
        ("in May 2026", [("2026-05",)]),
        ("from 2024 to 2026", [("2024", "FY2024"), ("2025", "FY2025"), ("2026", "FY2026")]),
    ],
)
def test_periods_are_read_as_reports_label_them(words, labels):
    (reading,) = readings(f"What was AWS's revenue {words}?")
    assert [time.labels for time in reading.times] == labels


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("Who founded NVIDIA?", ("founded",)),
        ("Why did AWS's revenue grow?", ("Why",)),
        ("What is the average market share of AWS?", ("average",)),
        ("What was AWS's revenue before 2020?", ("before",)),
        ("What was AWS's revenue excluding Siberia?", ("excluding", "Siberia")),
        ("Which providers follow no paradigm?", ("no",)),
        ("Which provider grew faster than AWS?", ("than",)),
    ],
)
def test_a_word_that_would_be_ignored_is_named_instead(question, unknown):
    gap = understand(question, LEXICON).gap
    assert gap is not None
    assert gap.unknown == unknown


def test_a_place_narrows_a_figure_and_is_no_second_subject():
    (reading,) = readings("What is AWS's market share in Europe?")
    assert [thing.iri for thing in reading.subjects] == [terms.ID + "aws"]
    assert [thing.iri for thing in reading.scopes] == [terms.ID + "europe"]


def test_a_country_is_told_from_the_word_by_its_capitals():
    (reading,) = readings("Which US companies acquired Aligned?")
    assert [thing.iri for thing in reading.filters] == [terms.ID + "us"]
    (reading,) = readings("Tell us who acquired Aligned")
    assert reading.filters == ()


def test_every_example_that_is_offered_is_understood():
    for question in load_cues().examples:
        gap = understand(question, LEXICON).gap
        assert gap is None or "survey" in question or "Zhan" in question, question


NAMES = st.sampled_from(["AWS", "Nebius", "market share", "capex", "Amsterdam", "hyperscalers", "28%"])
CUES = st.sampled_from([" ".join(key) for key in load_cues().phrases])
OTHER = st.one_of(st.sampled_from(["who", "is", "'", '"', ">", "}", "\\", "?x"]), st.text(max_size=6))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(NAMES, CUES, OTHER), max_size=9))
def test_whatever_is_asked_becomes_a_query_that_parses_or_a_reason(words):
    understood = understand(" ".join(words), LEXICON)
    assert (understood.gap is None) == bool(understood.readings)
    for plan in plans_of(understood):
        for attempt in plan.attempts:
            Store().query(attempt.query)


@pytest.mark.slow
def test_a_name_with_two_meanings_is_a_choice_if_both_have_answers(tmp_path):
    def located(site, place):
        entity = Entity(f"{terms.ID}{site}", site.title(), "Facility", known=False)
        return Claim(
            kind="relation",
            subject=entity,
            modality="reported",
            polarity="affirmed",
            evidence=evidence(FIRST_TEXT, "AWS uses full-stack drop-in delivery."),
            confidence=FIRST.claims[0].confidence,
            statement=f"{site.title()} is located in Georgia.",
            predicate=terms.IS_LOCATED_IN,
            object=Entity(terms.ID + place, "Georgia", "Place"),
        )

    claims = (located("1111111111111111", "ge"), located("2222222222222222", "georgia-us"))
    entities = (AWS, *(claim.subject for claim in claims), *(claim.object for claim in claims))
    made = Extraction(
        replace(FIRST.report, iri=report("g", FIRST_TEXT, "G", FIRST.report.issued, "X").iri),
        entities,
        claims,
    )
    path = tmp_path / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        graph.replace_report(made)
        graph.publish()
    found = asking(path)("Which data centers are located in Georgia?")
    assert found.outcome == "choice"
    assert len(found.answers) == 2
    assert all(len(answer.claims) == 1 for answer in found.answers)
