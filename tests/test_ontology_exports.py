"""Exports turn claims into the forms of other standards; mappings in the table and in the Turtle agree."""

import csv

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

from ontology import terms
from ontology.questions import data_quads
from ontology.turtle import FOLDER, REFERENCE, subjects_of

QB = "http://purl.org/linked-data/cube#"
WIKIDATA = "http://www.wikidata.org/entity/"


@pytest.fixture(scope="module")
def store() -> Store:
    filled = Store()
    filled.extend(data_quads("all"))
    return filled


def exported(store: Store, name: str):
    query = (FOLDER / "exports" / f"{name}.rq").read_text(encoding="utf-8")
    return list(store.query(query, use_default_graph_as_union=True))


def subjects(triples, predicate: str, value: str) -> set[str]:
    return {
        t.subject.value for t in triples if t.predicate.value == predicate and t.object == NamedNode(value)
    }


def claims(store: Store, cls: str) -> set[str]:
    return {q.subject.value for q in store.quads_for_pattern(None, NamedNode(terms.RDF_TYPE), NamedNode(cls))}


def test_every_claim_becomes_one_web_annotation(store: Store):
    annotations = subjects(exported(store, "web-annotation"), terms.RDF_TYPE, terms.OA + "Annotation")
    kinds = (
        terms.C_RELATION_CLAIM,
        terms.C_METRIC_CLAIM,
        terms.C_TRANSITION_CLAIM,
        terms.C_PROPOSITION_CLAIM,
    )
    assert annotations == {f"{claim}/annotation" for cls in kinds for claim in claims(store, cls)}


def test_every_figure_that_counts_becomes_one_observation(store: Store):
    observations = subjects(exported(store, "data-cube"), terms.RDF_TYPE, QB + "Observation")
    retired = {q.subject.value for q in store.quads_for_pattern(None, NamedNode(terms.RETIRED_AT), None)}
    assert observations == claims(store, terms.C_METRIC_CLAIM) - retired
    assert retired


def test_every_relation_becomes_the_reifier_of_its_triple(store: Store):
    triples = exported(store, "reifiers")
    assert {t.subject.value for t in triples} == claims(store, terms.C_RELATION_CLAIM)
    again = parse(serialize(triples, format=RdfFormat.TURTLE), format=RdfFormat.TURTLE)
    assert {quad.triple for quad in again} == set(triples)


def test_wikidata_mappings_in_the_table_are_those_in_the_turtle():
    lines = (FOLDER / "mappings" / "wikidata.sssom.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    table = {
        (
            row["subject_id"].replace("aifid:", terms.ID),
            row["object_id"].replace("wikidata:", WIKIDATA),
            row["subject_label"],
        )
        for row in rows
    }
    turtle = {
        (iri, match.value, row[terms.SKOS_PREF_LABEL][0].value)
        for iri, row in subjects_of(REFERENCE).items()
        for match in row.get(terms.SKOS_EXACT_MATCH, [])
        if match.value.startswith(WIKIDATA)
    }
    assert table == turtle
    assert len(table) >= 20
