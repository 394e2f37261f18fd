"""Questions in plain English over the sample reports: the share answered rightly, what an answer carries."""

import json
import urllib.parse
from pathlib import Path

import pytest
from sampled import SAMPLES, asking, read_samples
from served import served

from ingest.reports import read_report
from kg.asking.scoring import read_questions, score

pytestmark = pytest.mark.slow

QUESTIONS = Path(__file__).parent / "questions.toml"
# The aim is 3 %; a sentence of a sample that is read wrongly counts as a wrong answer here as well.
MOST_WRONG = 0.05


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    return read_samples(tmp_path_factory.mktemp("ask") / "store")


@pytest.fixture(scope="module")
def service(store_path):
    with served(store_path) as running:
        yield running


@pytest.fixture(scope="module")
def scored(store_path):
    return score(read_questions(QUESTIONS), asking(store_path))


@pytest.mark.parametrize(("held", "least"), [(False, 0.85), (True, 0.75)])
def test_most_questions_are_answered_rightly(scored, held, least):
    part = [one for one in scored if one.held == held]
    assert len(part) >= 30
    right = [one for one in part if one.verdict == "right"]
    assert len(right) >= least * len(part), [one.ask for one in part if one.verdict != "right" and not held]


def test_hardly_any_question_is_answered_wrongly(scored):
    wrong = [one for one in scored if one.verdict == "wrong"]
    assert len(wrong) <= MOST_WRONG * len(scored), [(one.ask, one.got) for one in wrong if not one.held]


def test_what_cannot_be_answered_is_always_refused(store_path):
    refusals = [one for one in read_questions(QUESTIONS) if "outcome" in one]
    assert len(refusals) >= 9
    assert {one.verdict for one in score(refusals, asking(store_path))} == {"right"}


def get(service, question):
    reply = service.ask("/api/ask?" + urllib.parse.urlencode({"q": question}))
    assert reply.status == 200, reply.text
    return reply.json


def test_an_answer_quotes_its_reports_exactly(service):
    found = get(service, "What is AWS's market share in Q4 2025?")
    assert found["outcome"] == "answered"
    claims = found["readings"][0]["claims"]
    assert {claim["figure"]["value"] for claim in claims} >= {28, 32}
    texts = [read_report(path).text for path in sorted(SAMPLES.iterdir())]
    for claim in claims:
        evidence = claim["evidence"][0]
        assert any(text[evidence["start"] : evidence["end"]] == evidence["quote"] for text in texts)
        assert claim["attributed_to"]
        assert 0 < claim["confidence"] <= 1


def test_the_query_that_is_shown_gives_the_rows_that_are_shown(service):
    found = get(service, "Which companies are customers of Nebius?")["readings"][0]
    reply = service.query(found["query"])
    rows = [
        {name: value["value"] for name, value in row.items()} for row in reply.json["results"]["bindings"]
    ]
    assert all(row in rows for row in found["rows"])


def test_a_word_that_is_not_understood_is_never_left_out(service):
    found = get(service, "What was AWS's market share excluding Siberia in Q4 2025?")
    assert found["outcome"] == "not-understood"
    assert found["unknown"] == ["excluding", "Siberia"]
    assert found["readings"] == []
    assert len(found["nearest"]) == 3


def test_nothing_said_is_told_apart_from_not_understood(service):
    found = get(service, "What was the market share of IBM in Q4 2025?")
    assert found["outcome"] == "nothing"
    assert found["readings"][0]["query"].startswith("PREFIX")


def test_a_refusal_says_what_is_missing(service):
    found = get(service, "How big is Nebius?")
    assert found["outcome"] == "not-understood"
    assert "Nebius" in found["missing"]


def test_post_answers_as_get_does(service):
    question = "Who acquired Ampere?"
    reply = service.ask(
        "/api/ask",
        method="POST",
        data=json.dumps({"question": question}).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert reply.status == 200
    assert reply.json == get(service, question)


def test_text2sparql_gives_the_query_alone(service):
    asked = {"dataset": "https://w3id.org/ai-factory/", "question": "Who acquired Ampere?"}
    path = "/api/text2sparql?"
    reply = service.ask(path + urllib.parse.urlencode(asked))
    assert set(reply.json) == {"dataset", "question", "query"}
    assert reply.json["query"] == get(service, asked["question"])["readings"][0]["query"]
    refused = service.ask(path + urllib.parse.urlencode({**asked, "question": "Who founded the moon?"}))
    assert (refused.status, refused.json["code"]) == (400, "bad-request")


HOSTILE = [
    'AWS"> } DROP ALL #',
    "market share of <x> ?s ?p ?o",
    "} UNION { ?s ?p ?o",
    "\\u0000 \\ AWS's capex",
    "'''",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_no_text_of_the_user_enters_the_query(service, question):
    found = get(service, question)
    for reading in found["readings"]:
        assert "DROP" not in reading["query"]
        assert "?s ?p ?o" not in reading["query"]
