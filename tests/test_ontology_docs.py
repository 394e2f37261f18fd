"""The documentation, its serialisations and the description of the data set are made from what is there."""

import re
import tomllib
from html.parser import HTMLParser

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, RdfFormat, Store, parse

from ontology import terms
from ontology.dataset import DATASET, describe
from ontology.docs import SERIALISATIONS, html, serialised, versions
from ontology.errors import OntologyError
from ontology.questions import data_quads, load_questions
from ontology.turtle import CORE, FOLDER, VOCAB, read_triples, subjects_of


class Page(HTMLParser):
    """The ids of the page, the targets of its links, and where they open or close unevenly."""

    VOID = frozenset({"meta", "br", "link", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(html())

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        if "href" in values:
            self.links.append(values["href"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """An element that closes itself opens nothing."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page() -> Page:
    return Page()


def test_every_class_and_property_has_its_local_name_as_anchor(page: Page):
    ours = {iri.removeprefix(terms.NS) for iri in subjects_of(CORE) if iri.startswith(terms.NS)}
    assert ours <= set(page.ids)


def test_every_concept_and_scheme_has_an_anchor(page: Page):
    assert {"vocab-" + iri.removeprefix(terms.VOCAB) for iri in subjects_of(VOCAB)} <= set(page.ids)


def test_every_question_has_an_anchor(page: Page):
    assert {f"CQ{question.number:02}" for question in load_questions()} <= set(page.ids)


def test_no_anchor_stands_twice_and_every_link_inside_the_page_leads_somewhere(page: Page):
    assert len(page.ids) == len(set(page.ids))
    inside = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert inside - set(page.ids) == set()


def test_the_page_closes_what_it_opens(page: Page):
    assert page.open == []


def test_the_page_loads_nothing_from_elsewhere():
    assert not re.search(r"<(script|link|img)\b|url\(http|@import", html())


def test_the_diagram_names_every_property_that_leads_from_a_claim():
    drawing = html().split("<svg", 1)[1].split("</svg>", 1)[0]
    for iri, row in subjects_of(CORE).items():
        if NamedNode(terms.C_CLAIM) in row.get(terms.RDFS_DOMAIN, []):
            assert f">{iri.removeprefix(terms.NS)}</text>" in drawing


@pytest.mark.parametrize("suffix", sorted(SERIALISATIONS))
def test_each_serialisation_is_the_same_graph(suffix: str):
    original = Dataset(read_triples(CORE))
    again = Dataset(parse(serialised(suffix), format=SERIALISATIONS[suffix][1]))
    for dataset in (original, again):
        dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    assert again == original


def test_an_unknown_serialisation_is_an_error():
    with pytest.raises(OntologyError, match="docx"):
        serialised("docx")


def test_the_change_list_begins_with_the_version_of_the_turtle():
    listed = tomllib.loads((FOLDER / "changes.toml").read_text(encoding="utf-8"))["version"]
    about = subjects_of(CORE)[terms.ONTOLOGY]
    assert [Literal(listed[0]["number"])] == about[terms.OWL_VERSION_INFO]
    assert versions() == (f"{terms.ONTOLOGY}/{listed[0]['number']}",)


@pytest.fixture(scope="module")
def store() -> Store:
    filled = Store()
    filled.extend(data_quads("all"))
    return filled


def asked(store: Store, query: str):
    solutions = store.query(query, use_default_graph_as_union=True)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: solution[name].value for name in names if solution[name] is not None}


def test_the_description_counts_what_the_graph_holds(store: Store):
    turtle = describe(lambda query: asked(store, query), address="http://127.0.0.1:8000/", version=7)
    described = Store()
    described.bulk_load(turtle, format=RdfFormat.TURTLE)

    def value(predicate: str) -> str:
        return next(described.quads_for_pattern(NamedNode(DATASET), NamedNode(predicate), None)).object.value

    assert value(terms.VOID + "triples") == str(len(store))
    assert value(terms.VOID + "documents") == "4"
    assert value(terms.OWL_VERSION_INFO) == "7"
    assert value(terms.VOID + "sparqlEndpoint") == "http://127.0.0.1:8000/sparql"
    metric_claims = described.query(
        f"SELECT ?n WHERE {{ ?p <{terms.VOID}class> <{terms.C_METRIC_CLAIM}> ; <{terms.VOID}entities> ?n }}"
    )
    assert [solution["n"].value for solution in metric_claims] == ["16"]


def test_the_description_of_an_empty_graph_is_valid_turtle():
    turtle = describe(lambda query: [], address="https://example.org")
    assert list(parse(turtle, format=RdfFormat.TURTLE))
