"""Question -> answer, on the engines at hand, as rows that can be compared between engines.

Engines write numbers and order rows differently, so an answer is a sorted list of rows, with every number
rounded to twelve significant digits and every instant in UTC written with a Z.
"""

import json
import warnings
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, Triple, serialize

from ontology import terms
from ontology.questions import DataSet, Question, data_quads

Row = tuple[tuple[str, str], ...]  # (variable, value) of one solution, unbound variables left out

_NUMERIC = {terms.XSD + name for name in ("integer", "decimal", "double", "float")}
_TWELVE_DIGITS = 12


def expected_rows(question: Question) -> list[Row]:
    """The rows that the question is to have; OSError if its file is missing."""
    return rows_of(json.loads(question.expected.read_text(encoding="utf-8")))


def ask_oxigraph(question: Question) -> dict[str, Any]:
    """The answer of Oxigraph over the union of the named graphs, as SPARQL results JSON."""
    solutions = _oxigraph(question.data).query(question.query, use_default_graph_as_union=True)
    if not isinstance(solutions, QuerySolutions):
        raise TypeError(f"question {question.number} is no SELECT query")
    answer: dict[str, Any] = json.loads(solutions.serialize(format=QueryResultsFormat.JSON) or b"{}")
    return answer


def ask_rdflib(question: Question) -> dict[str, Any]:
    """The answer of rdflib over the union of the named graphs, as SPARQL results JSON; loading is slow."""
    dataset = _rdflib(question.data)
    # rdflib 7.6 warns of its own use of an attribute that it has deprecated.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        answer: dict[str, Any] = json.loads(dataset.query(question.query).serialize(format="json"))
    return answer


def rows_of(answer: Mapping[str, Any]) -> list[Row]:
    """The answer's solutions as sorted rows.

    >>> rows_of({"results": {"bindings": [{"n": {"value": "2.50", "datatype": terms.XSD + "decimal"}}]}})
    [(('n', '2.5'),)]
    """
    return sorted(_row(solution) for solution in answer["results"]["bindings"])


def _row(solution: Mapping[str, Mapping[str, str]]) -> Row:
    return tuple(sorted((name, _plain(term)) for name, term in solution.items()))


def _plain(term: Mapping[str, str]) -> str:
    value = term["value"]
    if term.get("datatype") == terms.XSD_DATE_TIME:
        return value.replace("+00:00", "Z")
    if term.get("datatype") not in _NUMERIC:
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    rounded = Decimal(f"{number:.{_TWELVE_DIGITS}g}")
    return format(rounded.normalize(), "f")


@cache
def _oxigraph(data: DataSet) -> Store:
    store = Store()
    store.extend(data_quads(data))
    return store


@cache
def _rdflib(data: DataSet) -> Any:
    from rdflib import Dataset, URIRef  # slow to import, and only the checks need it

    graphs: dict[str, list[Triple]] = {}
    for quad in data_quads(data):
        graphs.setdefault(str(getattr(quad.graph_name, "value", "")), []).append(quad.triple)
    dataset = Dataset(default_union=True)
    for graph, triples in graphs.items():
        text = serialize(triples, format=RdfFormat.N_TRIPLES)
        dataset.graph(URIRef(graph)).parse(data=text, format="nt")
    return dataset


def differences(answer: Iterable[Row], expected: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Rows that are too many and rows that are missing."""
    given, wanted = list(answer), list(expected)
    extra = [row for row in given if row not in wanted]
    missing = [row for row in wanted if row not in given]
    return extra, missing
