"""Every IRI dereferences at the service: pages for people, triples for programs."""

import http.client
import json

import pytest
from market import FIRST, SECOND
from pyoxigraph import RdfFormat, Store, parse
from rdflib import Graph, URIRef
from served import served

from kg.graph import Graph as Writer
from kg.settings import Settings
from ontology import terms

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("linked") / "store"
    with Writer.open(Settings(store=str(path))) as graph:
        graph.replace_report(FIRST)
        graph.replace_report(SECOND)
        graph.publish()
    return path


@pytest.fixture(scope="module")
def service(store_path):
    with served(store_path) as running:
        yield running


def unfollowed(service, path, accept):
    """One response, redirects not followed."""
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"))
    connection.request("GET", path, headers={"Accept": accept})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_a_program_is_sent_on_to_the_triples(service):
    response = unfollowed(service, "/id/aws", "text/turtle")
    assert (response.status, response.headers["location"]) == (303, "/id/aws.ttl")
    reply = service.ask("/id/aws", headers={"Accept": "application/ld+json"})
    assert reply.media_type == "application/ld+json"
    assert any(quad.subject.value == terms.ID + "aws" for quad in parse(reply.body, format=RdfFormat.JSON_LD))


def test_a_person_gets_a_page(service):
    reply = service.ask("/id/aws", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (reply.status, reply.media_type) == (200, "text/html")
    assert "<h1>Amazon Web Services</h1>" in reply.text


def test_the_triples_of_a_claim_have_its_words(service):
    claim = service.ask("/api/claims?subject=aws").json["claims"][0]
    reply = service.ask(f"/claim/{claim['id']}.ttl")
    assert claim["evidence"][0]["quote"] in reply.text
    page = service.ask(f"/claim/{claim['id']}", headers={"Accept": "text/html"}).text
    assert f"<mark>{claim['evidence'][0]['quote']}</mark>" in page


def test_every_iri_of_ours_in_the_graph_dereferences(service, store_path):
    store = Store.read_only(str(store_path / "versions" / "000001"))
    kinds = (terms.ID, terms.VOCAB, terms.CLAIM, terms.DOC, terms.NS, terms.GRAPH)
    nodes = {quad.subject.value for quad in store} | {quad.graph_name.value for quad in store}
    ours = sorted(node for node in nodes if node.startswith(kinds))
    assert len(ours) > 300
    wrong = []
    for iri in [
        *ours[:: len(ours) // 120],
        *(iri for iri in ours if iri.startswith((terms.CLAIM, terms.GRAPH))),
    ]:
        path = "/" + iri.removeprefix(terms.BASE).partition("#")[0]
        reply = service.ask(path, headers={"Accept": "text/turtle"})
        if reply.status != 200 or reply.media_type != "text/turtle":
            wrong.append((iri, reply.status))
    assert wrong == []


def test_the_ontology_is_at_its_iri(service):
    triples = list(parse(service.ask("/ns", headers={"Accept": "text/turtle"}).body, format=RdfFormat.TURTLE))
    assert any(quad.subject.value == terms.C_CLAIM for quad in triples)
    assert service.ask("/ns", headers={"Accept": "text/html"}).media_type == "text/html"


def test_what_nobody_knows_is_not_found_as_a_page_and_as_a_problem(service):
    page = service.ask("/id/nobody", headers={"Accept": "text/html"})
    assert (page.status, page.media_type) == (404, "text/html")
    triples = service.ask("/id/nobody", headers={"Accept": "text/turtle"})
    assert (triples.status, triples.json["code"]) == (404, "unknown-iri")
    assert service.ask("/id/a%20b", headers={"Accept": "text/turtle"}).status == 404
    assert service.ask("/ns.doc").status == 404


@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")  # inside rdflib's own parser
def test_a_claim_of_the_json_api_is_linked_data_with_the_published_context(service):
    reply = service.ask("/api/claims?subject=nebius&kind=metric")
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in reply.headers["link"]
    context = service.ask("/context.jsonld").json["@context"]
    claim = reply.json["claims"][0]
    graph = Graph()
    graph.parse(data=json.dumps({"@context": context, **claim}), format="json-ld")
    found = set(graph.predicate_objects(URIRef(claim["iri"])))
    assert (URIRef(terms.SUBJECT), URIRef(terms.ID + "nebius")) in found
    assert (URIRef(terms.MODALITY), URIRef(terms.VOCAB + "modality-planned")) in found
    values = {str(value) for predicate, value in found if str(predicate) in (terms.VALUE, terms.UNIT)}
    assert "100" in values


def test_the_description_of_the_service_has_partitions_examples_and_prefixes(service):
    text = service.ask("/.well-known/void", headers={"Accept": "text/turtle"}).text
    assert "void:classPartition" in text
    assert "sh:SPARQLSelectExecutable" in text
    assert 'sh:prefix "aif"' in text
