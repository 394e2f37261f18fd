"""The service publishes the ontology, its version and the description of the data set."""

import pytest
from market import FIRST
from pyoxigraph import parse
from served import served

from kg.graph import Graph as Writer
from kg.settings import Settings
from ontology import terms
from ontology.dataset import DATASET
from ontology.docs import SERIALISATIONS, html, versions
from ontology.turtle import CORE, read_triples

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("ontology") / "store"
    with Writer.open(Settings(store=str(path))) as graph:
        graph.replace_report(FIRST)
        graph.publish()
    with served(path) as running:
        yield running


@pytest.mark.parametrize("iri", [terms.ONTOLOGY, *versions()])
def test_the_ontology_and_its_version_answer_with_the_documentation(service, iri: str):
    reply = service.ask("/" + iri.removeprefix(terms.BASE), headers={"Accept": "text/html"})
    assert (reply.status, reply.media_type) == (200, "text/html")
    assert reply.text == html()


@pytest.mark.parametrize("iri", [terms.ONTOLOGY, *versions()])
@pytest.mark.parametrize("suffix", sorted(SERIALISATIONS))
def test_the_ontology_and_its_version_answer_in_each_format(service, iri: str, suffix: str):
    media_type, rdf_format = SERIALISATIONS[suffix]
    reply = service.ask("/" + iri.removeprefix(terms.BASE), headers={"Accept": media_type})
    assert (reply.status, reply.media_type) == (200, media_type)
    assert len(list(parse(reply.body, format=rdf_format))) == len(read_triples(CORE))


def test_a_version_that_is_not_kept_is_not_found(service):
    assert service.ask("/ns/0.0.1", headers={"Accept": "text/turtle"}).status == 404


@pytest.mark.parametrize(
    ("suffix", "media_type"), [("ttl", "text/turtle"), ("jsonld", "application/ld+json")]
)
def test_the_data_set_is_described_with_the_counts_of_the_graph(service, suffix: str, media_type: str):
    reply = service.ask("/dataset", headers={"Accept": media_type})
    assert (reply.status, reply.media_type) == (200, media_type)
    described = list(parse(reply.body, format=SERIALISATIONS[suffix][1]))
    values = {
        q.predicate.value: q.object.value for q in described if str(q.subject) == f"<{DATASET}>" and q.object
    }
    assert values[terms.VOID + "documents"] == "1"
    assert values[terms.OWL_VERSION_INFO] == "1"
    classes = {q.object.value for q in described if q.predicate.value == terms.VOID + "class"}
    assert terms.C_METRIC_CLAIM in classes
