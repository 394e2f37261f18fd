"""Another rendering of a report keeps the IRIs of its claims, while offsets, page and surroundings move."""

from dataclasses import dataclass, replace

import pytest
from made_claims import AWS, DROP_IN, OMDIA, evidence_in, extraction_of, metric, relation, renamed, report_of
from reportlab.platypus import Paragraph
from written_reports import TITLE, typeset

from ingest.pipeline import Reader
from ingest.reports import report_of as report_in
from kg.actions import Action
from kg.errors import InvalidGraph
from kg.graph import Graph
from kg.model import Extraction, Report
from kg.prepared import prepare
from kg.quotes import check_quotes
from kg.settings import Settings
from kg.stated import text_of
from kg.store import EmbeddedStore
from ontology import terms

URL = "https://example.org/campus"
SENTENCES = (
    "Amazon Web Services plans capital expenditure of “$150 billion” in 2026.",
    "Nebius operates 300 MW of power capacity in Finland.",
    "Amazon Web Services uses full-stack drop-in delivery for its AI factories.",
    "Huawei uses full-stack drop-in delivery for its AI factories.",
)
MARKDOWN = "# Campus\n\n" + "\n\n".join(SENTENCES) + "\n"
HTML = "<!doctype html><meta charset=utf-8><title>Campus</title><article><h1>Campus</h1>" + "".join(
    "<p>A line that only the page has, above every paragraph of it.</p><p>"
    + sentence.replace("“", "&quot;")
    .replace("”", "&quot;")
    .replace("$150 billion", "<b>$150&nbsp;billion</b>")
    .replace("300 MW", "300&nbsp;MW")
    .replace("full-stack", "full‑stack")
    .replace("drop-in", "drop‑in")
    for sentence in SENTENCES
)

STRAIGHT = [sentence.replace("“", '"').replace("”", '"') for sentence in SENTENCES]
PDF = typeset([Paragraph("Campus", TITLE), *STRAIGHT])


@dataclass(frozen=True)
class Standing:
    """A claim that stands, with its evidence."""

    iri: str
    quote: str
    start: int
    page: int | None


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Settings())


def rendered(name: str, content: str | bytes) -> Report:
    return report_in(content.encode() if isinstance(content, str) else content, name, url=URL)


def standing_in(store: EmbeddedStore) -> dict[str, Standing]:
    """The claims that are not withdrawn, by what they say."""

    def value(iri: str, predicate: str) -> str | None:
        return next((text_of(quad.object) for quad in store.match(iri, predicate)), None)

    found = {}
    for quad in store.match(None, terms.STATEMENT):
        claim = text_of(quad.subject)
        if value(claim, "http://www.w3.org/ns/prov#wasInvalidatedBy") is None:
            evidence = value(claim, terms.EVIDENCE) or ""
            page = value(evidence, terms.PAGE)
            found[text_of(quad.object)] = Standing(
                claim,
                value(f"{evidence}-quote", terms.OA_EXACT) or "",
                int(value(f"{evidence}-position", terms.OA_START) or -1),
                int(page) if page else None,
            )
    return found


@pytest.mark.slow
def test_other_renderings_keep_the_iris_of_claims_and_move_their_evidence(reader: Reader) -> None:
    store = EmbeddedStore()
    graph = Graph(store)
    graph.replace_report(reader.read(rendered("a.md", MARKDOWN)))
    first = standing_in(store)
    assert len(first) >= 4
    for report in (
        rendered("a.html", HTML),
        rendered("a.pdf", PDF),
        rendered("a.md", MARKDOWN),
    ):
        change = graph.replace_report(reader.read(report))
        now = standing_in(store)
        assert {what: claim.iri for what, claim in now.items()} == {w: c.iri for w, c in first.items()}
        assert (change.added, change.retired, change.kept) == (0, 0, len(first))
        for claim in now.values():
            assert report.text[claim.start :].startswith(claim.quote)
            assert (claim.page is None) == (report.media_type != "application/pdf")


def told(*sentences: str, name: str = "report") -> tuple[Extraction, Extraction]:
    """One claim on the first sentence in one rendering, the same after more text in another."""
    plain = report_of(*sentences, name=name)
    other = report_of("More text.", *(one.replace("'", "’") for one in sentences), name=name)
    quotes = sentences[0], sentences[0].replace("'", "’")
    return (
        extraction_of(plain, relation(plain, quotes[0], AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)),
        extraction_of(other, relation(other, quotes[1], AWS, terms.USES_DELIVERY_PARADIGM, DROP_IN)),
    )


def test_a_claim_in_the_same_words_by_somebody_else_is_another_claim() -> None:
    first, again = told("AWS's clouds drop in.")
    graph = Graph(EmbeddedStore())
    graph.replace_report(first)
    (claim,) = again.claims
    change = graph.replace_report(extraction_of(again.report, renamed(claim, attributed_to=(OMDIA,))))
    assert (change.kept, change.added, change.retired) == (0, 1, 1)


def test_a_claim_whose_words_are_gone_is_another_claim() -> None:
    first, _ = told("AWS's clouds drop in.")
    other, _ = told("The clouds of AWS drop in.")
    graph = Graph(EmbeddedStore())
    graph.replace_report(first)
    change = graph.replace_report(other)
    assert (change.kept, change.added, change.retired) == (0, 1, 1)


def test_a_persons_decision_stays_with_the_claim_in_another_rendering() -> None:
    first, again = told("AWS's clouds drop in.")
    store = EmbeddedStore()
    graph = Graph(store)
    graph.replace_report(first)
    ((_, before),) = standing_in(store).items()
    graph.curate(Action("reject", before.iri, "misread"), by="a person")
    assert graph.replace_report(again).kept == 1
    ((_, after),) = standing_in(store).items()
    assert (after.iri, after.quote) == (before.iri, "AWS’s clouds drop in.")
    status = [text_of(quad.object) for quad in store.match(after.iri, terms.STATUS)]
    assert [iri.rpartition("-")[2] for iri in status] == ["rejected"]


@pytest.mark.parametrize(
    "moved", [{"start": 4, "end": 19}, {"quote": "AWS runs 51 MW."}, {"prefix": "x"}, {"suffix": "x"}]
)
def test_evidence_that_is_not_verbatim_is_refused_when_it_is_written(moved: dict[str, object]) -> None:
    report = report_of("Then AWS runs 50 MW.")
    claim = metric(report, "AWS runs 50 MW.", AWS, "50")
    sound = extraction_of(report, claim)
    check_quotes(prepare(sound).quads)
    bent = renamed(claim, evidence=replace(evidence_in(report, "AWS runs 50 MW."), **moved))
    with pytest.raises(InvalidGraph, match="does not stand"):
        prepare(extraction_of(report, bent))
