"""The W3C suites for Protocol, Graph Store Protocol and Service Description, over HTTP."""

import hashlib

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from served import served
from w3c import SUITES, cases_of, graph_data_of, requests_of, status_fits

from kg.formats import GRAPHS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SUITES.exists(), reason="the W3C suites are not beside the project"),
]

KEY = "a key for the tests"
WRITER = {"Authorization": f"Bearer {KEY}"}
SD = "http://www.w3.org/ns/sparql-service-description#"


def suite(*manifests):
    if not SUITES.exists():
        return []
    return [test for manifest in manifests for test in cases_of(SUITES / manifest)]


PROTOCOL = suite("protocol/manifest.ttl")
GRAPH_STORE = suite("graph-store-protocol/manifest-indirect.ttl", "graph-store-protocol/manifest-direct.ttl")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w3c")
    (folder / "keys").write_text(f"tester {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    with served(folder / "store", keys=folder / "keys") as running:
        yield running


def update(service, text):
    headers = {"Content-Type": "application/sparql-update", **WRITER}
    reply = service.ask("/sparql", method="POST", data=text.encode(), headers=headers)
    assert reply.status == 204, reply.text


def put(service, graph, path):
    headers = {"Content-Type": "application/n-triples", **WRITER}
    reply = service.ask(f"/store?graph={graph}", method="PUT", data=path.read_bytes(), headers=headers)
    assert reply.status in (201, 204), reply.text


def send(service, request, path):
    """As an ordinary client does; the standard library would add a content type that a test leaves out."""
    headers = {
        "Content-Type": "",
        **{name.title(): value for name, value in request.headers.items()},
        **WRITER,
    }
    charset = "utf-16" if "utf-16" in headers["Content-Type"].lower() else "utf-8"
    data = None if request.body is None else request.body.encode(charset)
    if data is None:
        del headers["Content-Type"]
    return service.ask(path, method=request.method, data=data, headers=headers)


@pytest.mark.parametrize("test", PROTOCOL, ids=lambda test: test.short)
def test_protocol(service, test):
    update(service, "DROP ALL")
    for graph, path in graph_data_of(test).items():
        put(service, graph, path)
    for request in requests_of(test):
        reply = send(service, request, request.path.replace("/sparql/", "/sparql"))
        assert status_fits(reply.status, request.statuses), reply.text
        if request.boolean is not None:
            assert reply.json["boolean"] is request.boolean
        if request.format == "RDF":
            assert reply.media_type in {entry.media_type for entry in GRAPHS.values()}


@pytest.mark.parametrize("test", GRAPH_STORE, ids=lambda test: test.short)
def test_graph_store(service, test):
    update(service, "DROP ALL")
    location = None
    for request in requests_of(test):
        reply = send(service, request, _graph_path(request.path, location))
        assert status_fits(reply.status, request.statuses), (request.method, request.path, reply.text)
        location = reply.headers.get("location", location)
        if request.location is not None:
            assert reply.headers["location"]
        if request.expected_body is not None:
            assert reply.media_type == "text/turtle"
            base = "http://www.example/gsp/"
            found = Graph().parse(data=reply.text, format="turtle", publicID=base)
            assert isomorphic(
                found, Graph().parse(data=request.expected_body, format="turtle", publicID=base)
            )
        if request.method == "HEAD":
            assert reply.body == b""


def _graph_path(path, location):
    """Where our store answers what the manifest writes as /gsp."""
    prefix = "/graph" if path.startswith("/gsp/") else "/store"
    return prefix + path.removeprefix("/gsp").replace("$LOCATION$", location or "")


def test_service_description(service):
    reply = service.ask("/sparql", headers={"Accept": "text/turtle, application/rdf+xml;q=0.5"})
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    found = Graph().parse(data=reply.text, format="turtle")
    endpoint = URIRef(f"{service.url}/sparql")
    (described,) = found.subjects(URIRef(SD + "endpoint"), endpoint)
    assert (described, RDF.type, URIRef(SD + "Service")) in found
    ranges = {
        "defaultDataset": "Dataset",
        "defaultGraph": "Graph",
        "namedGraph": "NamedGraph",
        "graph": "Graph",
    }
    for property, range in ranges.items():
        for value in found.objects(None, URIRef(SD + property)):
            assert (value, RDF.type, URIRef(SD + range)) in found
    assert list(found.objects(described, URIRef(SD + "defaultDataset")))


def test_every_test_of_the_suites_was_run():
    assert (len(PROTOCOL), len(GRAPH_STORE)) == (34, 13)
