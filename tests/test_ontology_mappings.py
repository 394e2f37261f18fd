"""Mappings to other data sets, in the table and in the Turtle, agree."""

import csv

from ontology import terms
from ontology.turtle import FOLDER, REFERENCE, subjects_of

WIKIDATA = "http://www.wikidata.org/entity/"


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
