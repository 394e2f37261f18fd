"""The W3C test suites for SPARQL 1.1, read from ../shared/w3c where that is present."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.collection import Collection

SUITES = Path(__file__).parent.parent.parent / "shared" / "w3c" / "sparql" / "sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DAWGT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")


@dataclass(frozen=True)
class Request:
    """One request of a protocol test, and what must come back."""

    method: str
    path: str
    headers: dict
    body: str | None
    statuses: tuple
    boolean: bool | None
    format: str | None
    location: str | None
    expected_body: str | None


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    iri: str
    name: str
    kind: str
    folder: Path
    graph: Graph = field(repr=False, compare=False)

    @property
    def node(self):
        return URIRef(self.iri)

    @property
    def short(self):
        return f"{self.folder.name}/{self.iri.rpartition('#')[2]}"


def cases_of(manifest):
    """The approved tests of a manifest file, in its order."""
    graph = Graph().parse(manifest, publicID=manifest.as_uri())
    found = []
    for root in graph.subjects(RDF.type, MF.Manifest):
        for head in graph.objects(root, MF.entries):
            for node in Collection(graph, head):
                if graph.value(node, DAWGT.approval) in (DAWGT.Withdrawn, DAWGT.Rejected, DAWGT.Deprecated):
                    continue
                kind = str(graph.value(node, RDF.type)).rpartition("#")[2]
                name = str(graph.value(node, MF.name))
                found.append(Case(str(node), name, kind, manifest.parent, graph))
    return found


def requests_of(test):
    """The requests of a protocol test."""
    graph = test.graph
    action = graph.value(test.node, MF.action)
    return [_request(graph, node) for node in Collection(graph, graph.value(action, HT.requests))]


def _request(graph, node):
    response = graph.value(node, HT.resp)
    body = graph.value(node, HT.body)
    expected = graph.value(response, HT.body)
    boolean = graph.value(response, MF.expectedBoolean)
    return Request(
        method=str(graph.value(node, HT.methodName)),
        path=str(graph.value(node, HT.absolutePath)),
        headers=_headers(graph, node),
        body=None if body is None else str(graph.value(body, CNT.chars)),
        statuses=tuple(str(one).rpartition("#")[2] for one in graph.objects(response, MF.expectedStatus)),
        boolean=None if boolean is None else boolean.toPython(),
        format=_text(graph.value(response, MF.expectedFormat)),
        location=_text(graph.value(response, MF.expectedLocation)),
        expected_body=None if expected is None else _text(graph.value(expected, CNT.chars)),
    )


def _headers(graph, node):
    head = graph.value(node, HT.headers)
    if head is None:
        return {}
    return {
        str(graph.value(one, HT.fieldName)): str(graph.value(one, HT.fieldValue))
        for one in Collection(graph, head)
    }


def _text(node):
    return None if node is None else str(node)


def graph_data_of(test):
    """The graphs that a protocol test wants in the store: name to file."""
    graph = test.graph
    return {
        str(graph.value(data, RDFS.label)): _path(graph.value(data, UT.graph))
        for data in graph.objects(test.node, UT.graphData)
    }


def _path(iri):
    return Path(unquote(str(iri).removeprefix("file://")))


_NAMES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404, "BadRequest": 400}


def status_fits(status, names):
    """Whether an HTTP status is one of those that a test names, such as StatusCode4xx or Created."""
    return any(
        str(status)[0] == name[10] if name.startswith("StatusCode") else status == _NAMES[name]
        for name in names
    )
