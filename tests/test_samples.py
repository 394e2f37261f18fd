"""The sample reports that ship with the project: all are read, with the structure that they were given."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ingest.reports import read_report
from kg.model import Report

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "ingest" / "samples"

# name, publisher, issued, kind, blocks of each kind other than paragraphs
EXPECTED = [
    (
        "01-ai-factory-landscape.md",
        "Compute Ledger",
        date(2026, 6, 2),
        "news",
        {"title": 1, "heading": 2, "list-item": 4},
    ),
    (
        "02-cloud-quarter-omdia.html",
        "Harbour Lane Briefing",
        date(2026, 2, 24),
        "news",
        {"title": 1, "heading": 2, "table": 1, "quote": 1},
    ),
    (
        "03-cloud-quarter-synergy.md",
        "The Capacity Desk",
        date(2026, 2, 12),
        "analyst",
        {"title": 1, "table": 1},
    ),
    ("04-ai-spending-outlook-2025.md", "Compute Ledger", date(2025, 9, 18), "news", {"title": 1}),
    (
        "05-ai-spending-update-2026.html",
        "Grid & Rack Review",
        date(2026, 1, 19),
        None,
        {"title": 1, "heading": 1, "list-item": 2},
    ),
    ("06-power-and-density.pdf", None, date(2026, 3, 27), None, {"title": 1, "heading": 4, "table": 1}),
    (
        "07-neocloud-ledger.md",
        "Harbour Lane Briefing",
        date(2026, 5, 20),
        "analyst",
        {"title": 1, "heading": 2, "table": 1, "quote": 1},
    ),
    (
        "08-sovereignty-rules.docx",
        "Sovereign Compute Monitor",
        date(2026, 5, 11),
        "analyst",
        {"title": 1, "heading": 3, "list-item": 3, "table": 1},
    ),
    (
        "09-asia-and-gulf.html",
        "Sovereign Compute Monitor",
        date(2025, 12, 9),
        None,
        {"title": 1, "heading": 2, "list-item": 2},
    ),
    (
        "10-deals-wire.txt",
        None,
        date(2026, 4, 14),
        None,
        {"title": 1, "heading": 5, "list-item": 3},
    ),
]


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {path.name: read_report(path) for path in sorted(SAMPLES.iterdir())}


def test_every_sample_is_listed_here(reports):
    assert sorted(reports) == [name for name, *_ in EXPECTED]


@pytest.mark.parametrize(("name", "publisher", "issued", "kind", "blocks"), EXPECTED)
def test_a_sample_has_its_metadata_and_structure(reports, name, publisher, issued, kind, blocks):
    report = reports[name]
    counted = Counter(block.kind for block in report.blocks if block.kind != "paragraph")
    assert (report.publisher, report.issued, report.kind) == (publisher, issued, kind)
    assert counted == blocks


def test_samples_come_in_at_least_three_formats(reports):
    assert len({report.media_type for report in reports.values()}) >= 3


def test_no_two_samples_are_the_same_publication(reports):
    assert len({report.iri for report in reports.values()}) == len(reports)


def test_samples_are_small():
    assert max(path.stat().st_size for path in SAMPLES.iterdir()) < 100_000


def test_two_samples_disagree_on_the_market_share_of_one_provider_in_one_quarter(reports):
    end = "of the market in the fourth quarter of 2025"
    assert f"Amazon Web Services held 32% {end}" in reports["02-cloud-quarter-omdia.html"].text
    assert f"Amazon Web Services held 28% {end}" in reports["03-cloud-quarter-synergy.md"].text


def test_a_later_sample_updates_the_forecast_of_an_older_one_by_the_same_firm(reports):
    older, newer = reports["04-ai-spending-outlook-2025.md"], reports["05-ai-spending-update-2026.html"]
    assert "the firm forecasts worldwide AI spending of more than $2 trillion" in older.text
    assert "Worldwide AI spending will reach $2.52 trillion in 2026, Gartner now forecasts" in newer.text
    assert older.issued < newer.issued


def test_navigation_and_footers_of_the_pages_are_not_read(reports):
    text = "".join(report.text for report in reports.values())
    assert all(word not in text for word in ("Subscribe", "Most read", "Copyright", "About us"))


def test_the_pdf_reads_its_columns_one_after_the_other_and_joins_what_a_page_end_cuts(reports):
    report = reports["06-power-and-density.pdf"]
    cut = next(b for b in report.blocks if "In our view" in report.text[b.start : b.end])
    assert report.text[cut.start : cut.end].endswith("and no chip stays new for as long as that.")
    assert cut.page == 1
    assert "planned in gigawatts. Khazna" in report.text  # "giga-" and "watts" on two lines
    assert "Quarterly on power" not in report.text
    assert [block.page for block in report.blocks if block.kind == "table"] == [2]


@pytest.mark.slow
def test_the_script_still_writes_the_samples_that_are_no_text_files(reports, tmp_path):
    subprocess.run([sys.executable, ROOT / "scripts" / "make_samples.py", tmp_path], check=True)
    written = {path.name: read_report(path) for path in tmp_path.iterdir()}
    assert len(written) == 2
    # Packed bytes differ from one zlib to the next, the text does not.
    assert {name: report.text for name, report in written.items()} == {n: reports[n].text for n in written}
