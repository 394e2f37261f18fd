"""Figures as claims: what is measured, of whom, when, with which sign, and on which words it rests."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.figure_cues import find_cues
from ingest.narrower_metrics import metric_iri
from ingest.pipeline import Reader
from ingest.reports import read_report
from ingest.training.figure_sentences import parse
from ingest.training.figures import lessons
from kg.model import Claim, Extraction
from kg.settings import Settings
from ontology.metrics import load_metrics, metrics_by_slug

Read = Callable[[str], list[Claim]]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Settings())


@pytest.fixture
def extract(reader: Reader, tmp_path: Path) -> Callable[[str], Extraction]:
    def extract(text: str) -> Extraction:
        path = tmp_path / "report.md"
        path.write_text(f"---\ntitle: A note\npublished: 2026-02-05\n---\n\n{text}\n", encoding="utf-8")
        return reader.read(read_report(path))

    return extract


@pytest.fixture
def read(extract: Callable[[str], Extraction]) -> Read:
    return lambda text: [claim for claim in extract(text).claims if claim.kind == "metric"]


def slug(claim: Claim) -> str:
    return load_metrics()[claim.metric or ""].guideline_slug


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sentence", "metric", "subject", "value"),
    [
        ("Microsoft reported revenue of $77.7 billion.", "revenue", "Microsoft", "77700000000"),
        ("CoreWeave had a net loss of $110 million.", "earnings", "CoreWeave", "-110000000"),
        ("Capital expenditure at Oracle was $12 billion.", "capex", "Oracle", "12000000000"),
        ("Nebius has a contract worth $17.4 billion.", "contract-value", "Nebius", "17400000000"),
        ("Lambda raised $1.5 billion in a Series E round.", "funding", "Lambda", "1500000000"),
        ("TikTok must pay a fine of EUR 530 million.", "fine", "TikTok", "530000000"),
        ("Colossus has 200,000 GPUs.", "gpu-count", "Colossus", "200000"),
        ("Oracle reported a backlog of $455 billion.", "backlog", "Oracle", "455000000000"),
    ],
)
def test_a_figure_becomes_a_claim(read: Read, sentence: str, metric: str, subject: str, value: str) -> None:
    (claim,) = read(sentence)
    assert claim.quantity is not None
    assert (slug(claim), claim.subject.label, claim.quantity.value) == (metric, subject, Decimal(value))


@pytest.mark.slow
@pytest.mark.parametrize(
    "sentence",
    [
        "The note answers four questions about Nvidia.",
        "Nvidia met AMD again three months later.",
        "One of the two founders of Nebius left.",
    ],
)
def test_what_structures_the_text_claims_nothing(read: Read, sentence: str) -> None:
    assert read(sentence) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Revenue at Meta rose 26%.", "26"),
        ("Revenue at Meta fell 26%.", "-26"),
        ("Tencent spent 24% less than a year before.", "-24"),
        ("Tencent spent 24% more than a year before.", "24"),
    ],
)
def test_a_fall_is_negative(read: Read, sentence: str, value: str) -> None:
    (claim,) = read(sentence)
    assert claim.quantity is not None
    assert claim.quantity.value == Decimal(value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("In 2024 Microsoft reported revenue of $245 billion.", "2024"),
        ("By 2030 Khazna will have 5 GW of capacity.", "/2030"),
        ("Microsoft reported revenue of $77.7 billion in the first quarter of fiscal 2026.", "FY2026-Q1"),
    ],
)
def test_a_figure_takes_the_time_of_its_sentence(read: Read, sentence: str, period: str) -> None:
    (claim,) = read(sentence)
    assert claim.period is not None
    assert claim.period.label == period


@pytest.mark.slow
def test_each_member_of_a_list_has_the_figure(read: Read) -> None:
    claims = read("Amazon Web Services and Microsoft each had a market share of 30%.")
    assert {claim.subject.label for claim in claims} == {"Amazon Web Services", "Microsoft"}


@pytest.mark.slow
def test_together_the_members_of_a_list_have_one_figure(read: Read) -> None:
    assert len(read("Amazon Web Services and Microsoft had a combined market share of 51%.")) == 1


@pytest.mark.slow
def test_what_the_title_says_again_is_one_claim(read: Read) -> None:
    text = "# Oracle's backlog reaches $455 billion\n\nOracle said that its backlog reached $455 billion."
    assert len(read(text)) == 1


@pytest.mark.slow
def test_a_table_cell_is_read_from_its_row_and_column(read: Read) -> None:
    text = "Figures in millions of US dollars.\n\n| Company | Revenue |\n|---|---|\n| Nebius | 146 |\n"
    (claim,) = read(text)
    assert claim.quantity is not None
    assert (slug(claim), claim.subject.label) == ("revenue", "Nebius")
    assert (claim.quantity.value, claim.quantity.unit) == (Decimal(146000000), "CCY_USD")


@pytest.mark.slow
def test_the_quote_stands_in_the_report_and_holds_the_figure(extract: Callable[[str], Extraction]) -> None:
    found = extract(
        "AWS had sales of $33 billion, while Azure grew 39% and Google Cloud took in $15.2 billion."
    )
    claims = [claim for claim in found.claims if claim.kind == "metric"]
    assert len(claims) == 3
    for claim in claims:
        assert claim.quantity is not None
        assert found.report.text[claim.evidence.start : claim.evidence.end] == claim.evidence.quote
        assert claim.quantity.text in claim.evidence.quote


@pytest.mark.slow
def test_a_figure_that_claims_nothing_is_rejected_with_a_reason(extract: Callable[[str], Extraction]) -> None:
    found = extract("This note about Nvidia answers four questions.")
    assert [(r.stage, r.reason) for r in found.rejected if r.stage == "metric_claims"] == [
        ("metric_claims", "it counts nothing")
    ]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [("a fine", {"fine"}), ("the order book", {"backlog"}), ("refine the finest", set())],
)
def test_cue_words_speak_for_their_metrics(text: str, slugs: set[str]) -> None:
    assert {speaks.slug for hit in find_cues(text) for speaks in hit.speaks} == slugs


@pytest.mark.parametrize(
    ("slug", "words", "expected"),
    [
        ("investment", "cumulative global data center investment is forecast", "dc-investment-cumulative"),
        ("investment", "cumulative investment is forecast", "investment"),
        ("capex", "deploy in AI infrastructure capex", "ai-capex"),
        ("speedup", "a 12x vector indexing speed-up", "vector-index-speedup"),
        ("speedup", "a 12x speed-up", "speedup"),
    ],
)
def test_the_narrower_metric_needs_all_its_words(slug: str, words: str, expected: str) -> None:
    assert metric_iri(slug, words.split()) == metrics_by_slug()[expected].iri


@pytest.mark.parametrize("line", ["a [stray bracket", "a [$5 million|funding] without subject"])
def test_malformed_mark_up_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="malformed"):
        parse(line)


@pytest.mark.slow
def test_a_marked_sentence_teaches_what_it_marks() -> None:
    (lesson,) = lessons([], [parse("Acme raised [$5 million|funding|Acme] in the third round of two days.")])
    assert [claim["metric"] for claim in lesson.carried.values()] == ["funding"]
