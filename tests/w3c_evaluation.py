"""Runs a query, update or syntax test of the W3C suites, on the engine itself or over HTTP, and compares."""

import contextlib
import csv
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlencode

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)
from rdflib import RDFS
from w3c import MF, QT, UT

XSD = "http://www.w3.org/2001/XMLSchema#"
NUMERIC = {XSD + name for name in ("integer", "decimal", "double", "float")}
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
DEFAULT = NamedNode("urn:x-w3c:default")


class Engine:
    """The engine in this process, asked directly."""

    def load(self, default, named):
        self.store = Store()
        self.store.extend(default)
        for name, quads in named.items():
            self.store.update(f"CREATE SILENT GRAPH {name}")
            self.store.extend(Quad(*quad.triple, name) for quad in quads)
        self.base = None

    def query(self, text, accept):
        results = self.store.query(text, base_iri=self.base)
        if isinstance(results, QuerySolutions | QueryBoolean):
            return results.serialize(format=accept)
        return results.serialize(format=RdfFormat.N_TRIPLES)

    def update(self, text):
        self.store.update(text, base_iri=self.base)

    def dump(self):
        return list(self.store)


class Refused(Exception):
    """The service gave an error status."""


class Http:
    """The service, asked over HTTP."""

    def __init__(self, service, headers):
        self.service = service
        self.headers = headers
        self._loaded = None

    def load(self, default, named):
        self.base = None
        self.named = list(named)
        inside = "".join(f"{quad.triple} . " for quad in default)
        # The default graph of the store, for updates, and the same in a graph of its own, for queries: these
        # see the union of all graphs unless they name their data set.
        graphs = [f"CREATE SILENT GRAPH {name}" for name in named]
        data = inside + f"GRAPH {DEFAULT} {{ {inside} }} "
        data += "".join(
            f"GRAPH {name} {{ {''.join(f'{quad.triple} . ' for quad in quads)} }} "
            for name, quads in named.items()
        )
        text = " ; ".join(["DROP ALL", *graphs, f"INSERT DATA {{ {data} }}"])
        if text != self._loaded:  # each load publishes a version
            self._post(text, "update")
            self._loaded = text

    def query(self, text, accept):
        graphs = [("default-graph-uri", DEFAULT.value)]
        graphs += [("named-graph-uri", name.value) for name in self.named]
        accepted = f"{accept.media_type}, application/n-triples"
        return self._post(self._based(text), "query", () if "FROM" in text else graphs, accept=accepted).body

    def update(self, text):
        self._loaded = None
        self._post(self._based(text), "update")

    def _based(self, text):
        return f"BASE <{self.base}>\n{text}" if self.base else text

    def _post(self, text, kind, parameters=(), accept="*/*"):
        headers = {"Content-Type": f"application/sparql-{kind}", "Accept": accept, **self.headers}
        reply = self.service.ask(
            f"/sparql?{urlencode(parameters)}", method="POST", data=text.encode(), headers=headers
        )
        if reply.status >= 400:
            raise Refused(reply.text)
        return reply

    def dump(self):
        reply = self.service.query(
            f"SELECT ?g ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != {DEFAULT}) }}"
        )
        quads = [Quad(row["s"], row["p"], row["o"], row["g"]) for row in _solutions(reply.body)]
        reply = self.service.ask("/store?default", headers={"Accept": "application/n-triples"})
        return quads + list(parse(reply.body, format=RdfFormat.N_TRIPLES))


def _solutions(body):
    return list(parse_query_results(body, format=QueryResultsFormat.JSON))


def loads(case):
    """Whether the test loads a document from somewhere."""
    file = case.graph.value(_action(case), UT.request) or _action(case)
    return _file(file).suffix == ".ru" and re.search(r"\bLOAD\b", _file(file).read_text("utf-8")) is not None


def passes(case, runner):
    """Whether the test passes; any error counts as not."""
    try:
        return _KINDS[case.kind](case, runner)
    except (Refused, SyntaxError, OSError, ValueError, RuntimeError):
        return False


def _action(case):
    return case.graph.value(case.node, MF.action)


def _file(iri):
    return Path(str(iri).removeprefix("file://"))


def _triples(iri):
    path = _file(iri)
    found = list(
        parse(path.read_bytes(), format=RdfFormat.from_extension(path.suffix[1:]), base_iri=path.as_uri())
    )
    # A file has its own blank nodes.
    return [Quad(*(_renamed(term, path.stem) for term in quad.triple)) for quad in found]


def _renamed(term, suffix):
    name = f"{term.value}x{suffix}".replace("-", "").replace(".", "") if isinstance(term, BlankNode) else None
    return BlankNode(name) if name else term


def _load(case, runner, vocabulary, node):
    graph = case.graph
    default = [quad for file in graph.objects(node, vocabulary.data) for quad in _triples(file)]
    named = {}
    for entry in graph.objects(node, vocabulary.graphData):
        file = graph.value(entry, vocabulary.graph) or entry
        name = graph.value(entry, RDFS.label) or file
        named[NamedNode(str(name))] = _triples(file)
    return default, named


def _evaluate_query(case, runner):
    graph, action = case.graph, _action(case)
    query = graph.value(action, QT.query)
    default, named = _load(case, runner, QT, action)
    runner.load(default, named)
    runner.base = str(query)
    expected = _file(graph.value(case.node, MF.result))
    text = _file(query).read_text("utf-8")
    if expected.suffix in (".csv", ".tsv"):
        wanted = QueryResultsFormat.from_extension(expected.suffix[1:])
        return _lines(runner.query(text, wanted), expected.suffix) == _lines(
            expected.read_bytes(), expected.suffix
        )
    found = runner.query(text, QueryResultsFormat.JSON)
    if expected.suffix in (".srx", ".srj"):
        wanted = QueryResultsFormat.from_extension(expected.suffix[1:])
        return _table(parse_query_results(found, format=QueryResultsFormat.JSON)) == _table(
            parse_query_results(expected.read_bytes(), format=wanted)
        )
    if b"rs:ResultSet" in expected.read_bytes():
        return _table(parse_query_results(found, format=QueryResultsFormat.JSON)) == _result_set(expected)
    return _canonical(parse(found, format=RdfFormat.N_TRIPLES)) == _canonical(_triples(expected))


def _lines(body, suffix):
    """Rows by column name; blank nodes are all one, numbers are compared by value."""
    reader = csv.DictReader(body.decode().splitlines(), delimiter="," if suffix == ".csv" else "\t")
    return sorted(
        tuple(sorted((name.strip("?"), _cell(value)) for name, value in row.items())) for row in reader
    )


def _cell(text):
    if text.startswith("_:"):
        return "_:"
    with contextlib.suppress(InvalidOperation):
        return f"{Decimal(text).normalize():f}"
    return text


def _table(results):
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return set(names), _rows([{n: row[n] for n in names if row[n] is not None} for row in results])


def _rows(rows):
    quads = []
    for number, row in enumerate(rows):
        node = BlankNode(f"row{number}")
        quads.append(Quad(node, NamedNode("urn:row"), Literal("row")))
        quads += [Quad(node, NamedNode(f"urn:variable:{name}"), term) for name, term in row.items()]
    return _canonical(quads)


def _result_set(path):
    """A table written as a graph, with the vocabulary of the test suites."""
    quads = list(parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=path.as_uri()))

    def values(subject, name):
        return [q.object for q in quads if q.subject == subject and q.predicate.value == RS + name]

    (root,) = {quad.subject for quad in quads if quad.object == NamedNode(RS + "ResultSet")}
    rows = [
        {values(one, "variable")[0].value: values(one, "value")[0] for one in values(solution, "binding")}
        for solution in values(root, "solution")
    ]
    return {name.value for name in values(root, "resultVariable")}, _rows(rows)


def _canonical(quads):
    dataset = Dataset([Quad(q.subject, q.predicate, _number(q.object), q.graph_name) for q in quads])
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def _number(term):
    """Numbers and truth are compared by value: 1.0 and 1.00 are one decimal, 1 and true one boolean."""
    if isinstance(term, Literal) and term.datatype.value == XSD + "boolean":
        return Literal({"1": "true", "0": "false"}.get(term.value, term.value), datatype=term.datatype)
    if isinstance(term, Literal) and term.datatype.value in NUMERIC:
        try:
            value = Decimal(term.value)
        except InvalidOperation:
            return term
        if value.is_finite():
            return Literal(f"{value.normalize():f}", datatype=term.datatype)
    return term


def _evaluate_update(case, runner):
    graph, action = case.graph, _action(case)
    request = graph.value(action, UT.request)
    default, named = _load(case, runner, UT, action)
    runner.load(default, named)
    runner.base = str(request)
    runner.update(_file(request).read_text("utf-8"))
    default, named = _load(case, runner, UT, graph.value(case.node, MF.result))
    expected = default + [Quad(*quad.triple, name) for name, quads in named.items() for quad in quads]
    return _canonical(runner.dump()) == _canonical(expected)


def _syntax(case, runner, *, kind, fits):
    file = _file(_action(case))
    runner.base = file.as_uri()
    try:
        (runner.update if kind == "update" else lambda text: runner.query(text, QueryResultsFormat.JSON))(
            file.read_text("utf-8")
        )
    except SyntaxError:
        return not fits
    except (RuntimeError, OSError):
        return fits  # it parsed, and could not be evaluated on an empty store
    except Refused as error:
        return fits is ('"bad-query"' not in str(error))
    return fits


_KINDS = {
    "QueryEvaluationTest": _evaluate_query,
    "CSVResultFormatTest": _evaluate_query,
    "UpdateEvaluationTest": _evaluate_update,
    "PositiveSyntaxTest11": lambda case, runner: _syntax(case, runner, kind="query", fits=True),
    "NegativeSyntaxTest11": lambda case, runner: _syntax(case, runner, kind="query", fits=False),
    "PositiveUpdateSyntaxTest11": lambda case, runner: _syntax(case, runner, kind="update", fits=True),
    "NegativeUpdateSyntaxTest11": lambda case, runner: _syntax(case, runner, kind="update", fits=False),
}
