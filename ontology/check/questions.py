"""The competency questions have their answers on Oxigraph and rdflib, and ask of every term of ours."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pyoxigraph import NamedNode

from ontology import terms
from ontology.answers import ask_oxigraph, ask_rdflib, expected_rows, rows_of
from ontology.check.results import CheckResult, Finding, result
from ontology.check.sources import Sources
from ontology.questions import Question, load_questions

_TERM = re.compile(r"\baif:(\w+)")


def check_questions(sources: Sources) -> list[CheckResult]:
    """One result for each engine, and one for the terms that no question asks of.

    The questions and their data are those of this installation; `sources` gives the terms.
    """
    detail = f"{len(load_questions())} questions"
    return [
        result("CQ", "oxigraph", "Oxigraph answers as expected.", _wrong(ask_oxigraph), detail=detail),
        result("CQ", "rdflib", "rdflib answers as expected.", _wrong(ask_rdflib), detail=detail),
        result("CQ", "coverage", "Every class and property stands in a question.", _unasked(sources)),
    ]


def _wrong(ask: Callable[[Question], dict[str, Any]]) -> Iterator[Finding]:
    for question in load_questions():
        try:
            wrong = rows_of(ask(question)) != expected_rows(question)
        except OSError as error:
            yield Finding(f"cq/CQ{question.number:02}.rq", question.iri, str(error))
            continue
        if wrong:
            yield Finding(f"cq/CQ{question.number:02}.rq", question.iri, "has another answer than expected")


def _unasked(sources: Sources) -> Iterator[Finding]:
    asked = {terms.NS + name for question in load_questions() for name in _TERM.findall(question.query)}
    for quad in sources.files.get("aif-core.ttl", []):
        term = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
        if quad.predicate.value == terms.RDF_TYPE and term.startswith(terms.NS) and term not in asked:
            yield Finding("aif-core.ttl", term, "stands in no competency question")
