"""Relation claims of whole reports, read by the real pipeline."""

import pytest

from ingest.pipeline import Reader
from ingest.reports import read_report
from kg.settings import Settings

pytestmark = pytest.mark.slow

BODY = (
    "{one} is building a cloud together with {two}. {one} competes with {three}.\n\n"
    "{three}, based in Amsterdam, has acquired {four}. {one} competes with {three} in Europe as well.\n\n"
    "Michael Intrator, chief executive of {one}, sees no end of demand."
)


@pytest.fixture(scope="module")
def reader():
    return Reader(Settings())


def test_relations_become_claims_with_both_ends_in_the_quote(reader, tmp_path):
    claims = _relations(
        reader, tmp_path, one="CoreWeave", two="Dell", three="Nebius", four="Weights & Biases"
    )
    read = {(claim.subject.label, name) for name, claim in claims}
    assert {("Nebius", "isHeadquarteredIn"), ("Nebius", "acquires"), ("Michael Intrator", "worksFor")} <= read
    acquisition = next(claim for name, claim in claims if name == "acquires")
    assert "Nebius" in acquisition.evidence.quote
    assert "Weights & Biases" in acquisition.evidence.quote
    assert acquisition.statement == "Nebius acquires Weights & Biases."


def test_other_names_give_other_claims(reader, tmp_path):
    claims = _relations(reader, tmp_path, one="Lambda", two="Dell", three="Crusoe", four="Marimo")
    assert {claim.subject.label for name, claim in claims if name == "acquires"} == {"Crusoe"}


def test_the_post_is_kept(reader, tmp_path):
    claims = _relations(reader, tmp_path, one="CoreWeave", two="Dell", three="Nebius", four="Marimo")
    assert [claim.role for name, claim in claims if name == "worksFor"] == ["chief executive"]


def test_a_relation_told_twice_is_one_claim(reader, tmp_path):
    claims = _relations(reader, tmp_path, one="CoreWeave", two="Dell", three="Nebius", four="Marimo")
    rivals = [claim for name, claim in claims if name == "competesWith"]
    assert len(rivals) == 1


def _relations(reader, folder, **names):
    path = folder / "report.md"
    path.write_text(
        f"---\ntitle: A report\npublished: 2026-03-01\n---\n\n# A report\n\n{BODY.format(**names)}\n"
    )
    claims = reader.read(read_report(path)).claims
    return [(claim.predicate.rpartition("#")[2], claim) for claim in claims if claim.kind == "relation"]
