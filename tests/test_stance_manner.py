"""In what manner the text commits: modality and polarity of a span."""

from pathlib import Path

import pytest
from marked_documents import marked_document, place_of

from ingest.stance import Stance, stance_of


def stance(folder: Path, marked: str, words: str, what: str | None = None) -> Stance:
    doc = marked_document(folder, marked)
    return stance_of(doc, *place_of(doc, words), what=what)


@pytest.mark.parametrize(
    ("marked", "words", "what", "modality"),
    [
        (
            "The market is forecast to reach $90 billion by 2030, says [Blue Oak Research](Organization).",
            "$90 billion",
            "market-size",
            "forecast",
        ),
        (
            "[Acme Cloud](Organization) expects revenue of $6 billion in fiscal 2027.",
            "$6 billion",
            "revenue",
            "forecast",
        ),
        (
            "[Acme Cloud](Organization) plans to invest $4 billion in a campus by 2028.",
            "$4 billion",
            "investment",
            "planned",
        ),
        (
            "[Acme Cloud](Organization) will build a data center with 300 MW, to open in 2028.",
            "300 MW",
            "it-capacity",
            "planned",
        ),
        (
            "Revenue of [Acme Cloud](Organization) rose to $5 billion in the quarter.",
            "$5 billion",
            "revenue",
            "reported",
        ),
        (
            "[Blue Oak Research](Organization) estimates that the market was worth $3 billion in 2025.",
            "$3 billion",
            "market-size",
            "estimate",
        ),
        ("Vendor case studies tell of a 9x gain.", "9x", "speedup", "vendor-claim"),
        ("[Acme Cloud](Organization) offers Bolt.", "offers Bolt", "offers", "reported"),
        (
            "[Acme Cloud](Organization) is headquartered in [Oslo](Place).",
            "headquartered in Oslo",
            "isHeadquarteredIn",
            "reported",
        ),
    ],
)
def test_the_manner_is_read_off_the_words(
    tmp_path: Path, marked: str, words: str, what: str, modality: str
) -> None:
    assert stance(tmp_path, marked, words, what).modality == modality


@pytest.mark.parametrize(
    ("marked", "words", "polarity"),
    [
        (
            "[Acme](Organization) has not signed a contract with [Bolt](Organization).",
            "contract with Bolt",
            "negated",
        ),
        ("[Acme](Organization) no longer leases bare metal.", "leases bare metal", "negated"),
        ("[Acme](Organization) signed not only [Bolt](Organization) but others too.", "Bolt", "affirmed"),
        ("It does not matter; [Acme](Organization) signed [Bolt](Organization).", "signed Bolt", "affirmed"),
        (
            "[Acme](Organization) signed [Bolt](Organization), which does not lease.",
            "signed Bolt",
            "affirmed",
        ),
    ],
)
def test_only_a_denial_that_governs_the_span_negates_it(
    tmp_path: Path, marked: str, words: str, polarity: str
) -> None:
    assert stance(tmp_path, marked, words).polarity == polarity


def test_a_research_firm_only_relays_what_sellers_claim(tmp_path: Path) -> None:
    marked = "[Blue Oak Research](Organization) reports that vendor case studies tell of a 9x gain."
    found = stance(tmp_path, marked, "9x", "speedup")
    assert found.attributed_to == ()
    assert [entity.label for entity in found.relayed_by] == ["Blue Oak Research"]


def test_a_seller_keeps_its_own_claim(tmp_path: Path) -> None:
    marked = "[Acme](Organization) claims in vendor case studies that its chip is 9x as fast."
    found = stance(tmp_path, marked, "9x", "speedup")
    assert [entity.label for entity in found.attributed_to] == ["Acme"]
    assert found.relayed_by == ()


def test_confidence_lies_between_0_and_1(tmp_path: Path) -> None:
    found = stance(tmp_path, "Revenue of [Acme](Organization) rose to $5 billion.", "$5 billion", "revenue")
    assert 0 < found.confidence <= 1
