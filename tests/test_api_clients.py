"""Clients that others wrote work against the service as they are."""

import hashlib

import pytest
from rdflib import Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from served import publish_trig, served
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

pytestmark = pytest.mark.slow

KEY = "a key for the tests"
ALL = "SELECT ?o { ?s <urn:p> ?o } ORDER BY ?o"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients")
    (folder / "keys").write_text(f"tester {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    publish_trig(folder / "store", '<urn:g> { <urn:s> <urn:p> 1 , "two"@en }')
    with served(folder / "store", keys=folder / "keys") as running:
        yield running


@pytest.fixture
def wrapper(service):
    return SPARQLWrapper(f"{service.url}/sparql")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_json(wrapper, method):
    wrapper.setMethod(method)
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery(ALL)
    assert [row["o"]["value"] for row in wrapper.query().convert()["results"]["bindings"]] == ["1", "two"]


def test_sparqlwrapper_reads_xml_csv_and_graphs(wrapper):
    wrapper.setQuery(ALL)
    wrapper.setReturnFormat(XML)
    assert "two" in wrapper.query().convert().toxml()
    wrapper.setReturnFormat(CSV)
    assert wrapper.query().convert().split() == [b"o", b"1", b"two"]
    wrapper.setQuery("CONSTRUCT WHERE { ?s ?p ?o }")
    wrapper.setReturnFormat(TURTLE)
    assert b"urn:p" in wrapper.query().convert()


def test_sparqlwrapper_updates_with_a_key(service, wrapper):
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {KEY}")
    wrapper.setMethod(POST)
    wrapper.setQuery("INSERT DATA { GRAPH <urn:other> { <urn:s> <urn:q> 3 } }")
    wrapper.query()
    assert service.query("ASK { <urn:s> <urn:q> 3 }").json["boolean"] is True


def test_rdflib_reads_through_its_sparql_store(service):
    store = SPARQLStore(f"{service.url}/sparql", context_aware=False)
    found = {triple[2] for triple, _ in store.triples((URIRef("urn:s"), URIRef("urn:p"), None))}
    assert found == {Literal(1), Literal("two", lang="en")}
