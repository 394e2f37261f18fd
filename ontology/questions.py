"""The competency questions: what the ontology must answer, each as one query with its expected answer.

Reads `cq/CQ*.rq`, whose first lines give number, question, data set and the file of the expected answer. The
service publishes the same files as its example queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode, Quad

from ontology import terms
from ontology.errors import OntologyError
from ontology.turtle import CORE, QUESTIONS, REFERENCE, VOCAB, files_in, read_triples

DataSet = Literal["seed", "all"]

_FILES: dict[DataSet, tuple[Path, ...]] = {
    "seed": (QUESTIONS / "seed.trig",),
    "all": (QUESTIONS / "seed.trig", QUESTIONS / "fixture.trig"),
}


@dataclass(frozen=True)
class Question:
    """A competency question; `expected` is a file of SPARQL 1.1 query results in JSON."""

    number: int
    text: str
    data: DataSet
    query: str
    expected: Path

    @property
    def iri(self) -> str:
        """The question's name as an example query of the service."""
        return f"{terms.BASE}question/CQ{self.number:02}"


@cache
def load_questions() -> tuple[Question, ...]:
    """All questions by number; OntologyError for a file without a complete head.

    >>> load_questions()[0].data
    'seed'
    """
    return tuple(sorted((_read(path) for path in QUESTIONS.glob("CQ*.rq")), key=lambda q: q.number))


def data_quads(data: DataSet) -> list[Quad]:
    """What a question is asked of: the ontology in its named graphs, and the data set's reports in theirs."""
    quads = [quad for file in _FILES[data] for quad in read_triples(file)]
    for graph, place in ((terms.G_SCHEMA, CORE), (terms.G_VOCAB, VOCAB), (terms.G_REFERENCE, REFERENCE)):
        for file in files_in(place):
            quads += [_in_graph(quad, NamedNode(graph)) for quad in read_triples(file)]
    return quads


def as_turtle(questions: Iterable[Question]) -> str:
    """The questions as example queries in RDF: each a sh:SPARQLExecutable with its English wording."""
    blocks = [f"@prefix sh: <{terms.SH}> .", f"@prefix rdfs: <{terms.RDFS}> .", ""]
    for question in questions:
        blocks.append(
            f"<{question.iri}> a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;\n"
            f"    rdfs:label {_quoted(question.text)}@en ;\n"
            f"    sh:select {_quoted(question.query)} .\n"
        )
    return "\n".join(blocks)


def _in_graph(quad: Quad, graph: NamedNode) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, graph)


def _read(path: Path) -> Question:
    text = path.read_text(encoding="utf-8")
    head, _, body = text.partition("\n\n")
    fields = dict(line.removeprefix("# ").split(": ", 1) for line in head.splitlines() if ": " in line)
    missing = {"number", "question", "data", "expected"} - fields.keys()
    if missing or fields["data"] not in _FILES:
        raise OntologyError(f"{path.name}: the head lacks {', '.join(sorted(missing)) or 'a known data set'}")
    data: DataSet = "seed" if fields["data"] == "seed" else "all"
    return Question(
        number=int(fields["number"]),
        text=fields["question"],
        data=data,
        query=body,
        expected=QUESTIONS / fields["expected"],
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
