"""The same report as Markdown, as a page, as a Word document and as a PDF states the same."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from written_reports import in_other_formats

from ingest.pipeline import Reader
from ingest.reports import read_report, report_of
from kg.settings import Settings

SAMPLES = Path(__file__).parent.parent / "ingest" / "samples"
NAMES = ["01-ai-factory-landscape.md", "03-cloud-quarter-synergy.md", "04-ai-spending-outlook-2025.md"]

AGREED = 0.9  # of the claims


@pytest.fixture(scope="module")
def reader():
    return Reader(Settings())


def stated(extraction):
    """Each claim by its kind, parts and figure, counted: what was stated, wherever it stands."""
    return Counter(
        (
            claim.kind,
            claim.subject.label,
            claim.predicate or claim.metric,
            claim.object.label if claim.object else None,
            " ".join(claim.quantity.text.split()) if claim.quantity else None,
            claim.period.label if claim.period else None,
        )
        for claim in extraction.claims
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["a.html", "a.docx", "a.pdf"])
def test_a_report_states_the_same_in_every_format_but_for_a_doubtful_reading(reader, name, other):
    original = read_report(SAMPLES / name)
    rendered = report_of(in_other_formats(original)[other], other)
    # What is made here declares nothing; when and by whom it was published is not the question.
    known = {key: getattr(original, key) for key in ("title", "url", "publisher", "issued", "kind")}
    one, two = stated(reader.read(replace(rendered, **known))), stated(reader.read(original))
    # Not all: the language model sees line breaks too, so a doubtful reading may fall the other way.
    assert (one & two).total() >= AGREED * max(one.total(), two.total())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["a.html", "a.docx", "a.pdf"])
def test_a_report_has_the_same_blocks_in_every_format(name, other):
    original = read_report(SAMPLES / name)
    rendered = report_of(in_other_formats(original)[other], other)
    assert [block.kind for block in rendered.blocks] == [block.kind for block in original.blocks]
    assert rendered.title == original.title
