"""The competency questions have their expected answers, the same on every engine."""

import json
import re

import pytest

from ontology import terms
from ontology.answers import ask_oxigraph, ask_rdflib, expected_rows, rows_of
from ontology.questions import Question, as_turtle, load_questions
from ontology.turtle import CORE, QUESTIONS, subjects_of

EACH = pytest.mark.parametrize("question", load_questions(), ids=lambda q: f"CQ{q.number:02}")


def test_there_are_at_least_52_questions_numbered_without_gap():
    numbers = [question.number for question in load_questions()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 52


def test_every_expected_file_belongs_to_a_question():
    assert {q.expected for q in load_questions()} == set((QUESTIONS / "expected").glob("*.json"))


@EACH
def test_oxigraph_gives_the_expected_answer(question: Question):
    assert rows_of(ask_oxigraph(question)) == expected_rows(question)


@EACH
def test_rdflib_gives_the_expected_answer(question: Question):
    assert rows_of(ask_rdflib(question)) == expected_rows(question)


def test_every_class_and_property_stands_in_a_question():
    asked = {terms.NS + name for q in load_questions() for name in re.findall(r"\baif:(\w+)", q.query)}
    declared = {iri for iri in subjects_of(CORE) if iri.startswith(terms.NS)}
    assert declared - asked == set()
    assert asked - declared == set()


def test_one_question_has_no_answer_on_purpose():
    assert [q.number for q in load_questions() if not expected_rows(q)] == [61]


def test_the_questions_are_published_as_executable_queries():
    from rdflib import SH, Graph

    graph = Graph().parse(data=as_turtle(load_questions()), format="turtle")
    queries = {str(query) for query in graph.objects(predicate=SH.select)}
    assert queries == {question.query for question in load_questions()}


def test_expected_answers_are_sparql_results():
    for question in load_questions():
        answer = json.loads(question.expected.read_text(encoding="utf-8"))
        assert set(answer) == {"head", "results"}
        assert answer["head"]["vars"]
