"""Headings order what stands under them: claims are about the dynamic, organizations stand for it."""

from pathlib import Path

import pytest
from marked_documents import marked_document

from ingest.narrative_claims import narrative_claims
from ingest.topics import main_market, topics_of
from ontology import terms

LAST_MILE = 'The "last mile" of AI industrialization'


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("From FLOPS to TTFT", "From FLOPS to TTFT"),
        ("Dynamic 4 — From FLOPS to TTFT", "From FLOPS to TTFT"),
        ("Rise of sovereign data factories", "Rise of sovereign data factories"),
        ("Dynamic 1: the “last mile” of AI industrialization", LAST_MILE),
        ("Dynamic 3", "Compute-native AI cloud upgrade"),
    ],
)
def test_a_heading_names_its_dynamic_by_its_words_before_its_number(
    tmp_path: Path, heading: str, label: str
) -> None:
    doc = marked_document(tmp_path, f"## {heading}\n\nText of the section.")
    assert [topic.dynamic.label for topic in topics_of(doc)] == [label]


@pytest.mark.parametrize("heading", ["Results", "Outlook for 2027", "What customers want"])
def test_other_headings_name_no_dynamic(tmp_path: Path, heading: str) -> None:
    assert topics_of(marked_document(tmp_path, f"## {heading}\n\nText.")) == []


def test_a_section_ends_at_the_next_heading_of_its_level(tmp_path: Path) -> None:
    text = "## From FLOPS to TTFT\n\nFirst.\n\nSecond.\n\n## Outlook\n\nThird."
    doc = marked_document(tmp_path, text)
    (topic,) = topics_of(doc)
    assert topic.start <= doc.text.index("Second") < topic.end <= doc.text.index("Third")


def test_a_heading_with_a_colon_covers_one_paragraph(tmp_path: Path) -> None:
    doc = marked_document(tmp_path, "## From FLOPS to TTFT:\n\nFirst.\n\nSecond.")
    (topic,) = topics_of(doc)
    assert topic.start <= doc.text.index("First") < topic.end <= doc.text.index("Second")


def test_a_change_is_about_its_dynamic_and_its_subject_an_example(tmp_path: Path) -> None:
    text = (
        "## Compute-native AI cloud upgrade\n\n"
        "[Nebius](Organization) moved from bare metal leasing to Model as a Service."
    )
    found = narrative_claims(marked_document(tmp_path, text))._.claims
    about = {claim.kind: [entity.label for entity in claim.about] for claim in found}
    assert about["transition"] == ["Compute-native AI cloud upgrade"]
    assert about["relation"] == []
    assert [claim.subject.label for claim in found if claim.predicate == terms.EXEMPLIFIES] == ["Nebius"]


def test_the_same_change_outside_such_a_section_stands_for_nothing(tmp_path: Path) -> None:
    text = "## News\n\n[Nebius](Organization) moved from bare metal leasing to Model as a Service."
    found = narrative_claims(marked_document(tmp_path, text))._.claims
    assert not [claim for claim in found if claim.about or claim.predicate == terms.EXEMPLIFIES]


def test_a_result_under_a_dynamic_is_kept_as_a_sentence(tmp_path: Path) -> None:
    text = f"## {LAST_MILE}\n\n[Acme](Organization) runs plants, making AI industrialization a great success."
    found = narrative_claims(marked_document(tmp_path, text))._.claims
    assert [claim.statement for claim in found if claim.kind == "proposition"] == [
        "Making AI industrialization a great success."
    ]


def test_the_market_is_the_one_that_the_report_names(tmp_path: Path) -> None:
    market = main_market(
        marked_document(tmp_path, "The AI Factory market grows. Others watch the AI Factory market.")
    )
    assert market is not None
    assert market.iri == terms.ID + "market-ai-factory"
    assert main_market(marked_document(tmp_path, "Nothing is said of supply and demand.")) is None
