"""Who says it: those whom the text names, near or far, and nobody else."""

from pathlib import Path

import pytest
from marked_documents import marked_document, place_of

from ingest.stance import stance_of


def claimants(folder: Path, marked: str, words: str) -> list[str]:
    doc = marked_document(folder, marked)
    return [entity.label for entity in stance_of(doc, *place_of(doc, words)).attributed_to]


@pytest.mark.parametrize(
    ("marked", "words", "expected"),
    [
        (
            "Spending will reach $2 trillion by 2030, according to [Blue Oak Research](Organization).",
            "$2 trillion",
            ["Blue Oak Research"],
        ),
        (
            "[Blue Oak Research](Organization) estimates that the market was worth $3 billion in 2025.",
            "$3 billion",
            ["Blue Oak Research"],
        ),
        (
            "The market grew by 12% in 2025, said [Blue Oak Research](Organization).",
            "12%",
            ["Blue Oak Research"],
        ),
        (
            "[Acme Cloud](Organization) said that it would spend $4 billion in 2027.",
            "$4 billion",
            ["Acme Cloud"],
        ),
        (
            "Revenue will pass $5 billion, said [Mara Lind](Person), head of [Acme Cloud](Organization).",
            "$5 billion",
            ["Mara Lind", "Acme Cloud"],
        ),
        (
            "[Acme Cloud](Organization) grows fast. The company expects revenue of $6 billion in 2027.",
            "$6 billion",
            ["Acme Cloud"],
        ),
        (
            "A survey by [Blue Oak Research](Organization) shows that 40% of companies lack staff.",
            "40%",
            ["Blue Oak Research"],
        ),
    ],
)
def test_the_one_who_is_said_to_say_it_is_the_claimant(
    tmp_path: Path, marked: str, words: str, expected: list[str]
) -> None:
    assert claimants(tmp_path, marked, words) == expected


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("[Acme Cloud](Organization) sells 4,000 machines to [Bolt](Organization).", "4,000 machines"),
        ("Revenue of [Acme Cloud](Organization) rose to $5 billion in 2025.", "$5 billion"),
        ("The new hall in [Oslo](Place) has 30 MW.", "30 MW"),
    ],
)
def test_who_only_acts_is_no_claimant(tmp_path: Path, marked: str, words: str) -> None:
    assert claimants(tmp_path, marked, words) == []


def test_a_person_brings_the_employer_along_from_an_earlier_sentence(tmp_path: Path) -> None:
    marked = (
        "[Mara Lind](Person), chief executive of [Acme Cloud](Organization), spoke on Monday. "
        "“We will add 300 MW in 2027,” [Mara Lind](Person) said."
    )
    assert claimants(tmp_path, marked, "300 MW") == ["Mara Lind", "Acme Cloud"]


def test_a_quotation_goes_on_after_the_name(tmp_path: Path) -> None:
    marked = (
        "“Demand is strong,” said [Mara Lind](Person), chief executive of [Acme Cloud](Organization). "
        "“We will need 900 MW by 2030.”"
    )
    assert claimants(tmp_path, marked, "900 MW") == ["Mara Lind", "Acme Cloud"]


def test_a_colon_puts_the_list_after_it_into_the_mouth_of_its_speaker(tmp_path: Path) -> None:
    marked = (
        "# Figures\n\nPower is short.\n\n[Blue Oak Research](Organization) has found three things:\n\n"
        "- sites take 36 months\n- racks draw 80 kW\n\nA new hall opened with 12 MW."
    )
    assert claimants(tmp_path, marked, "80 kW") == ["Blue Oak Research"]


def test_of_two_firms_the_one_whose_count_it_is_speaks(tmp_path: Path) -> None:
    marked = (
        "[Blue Oak Research](Organization) puts the market at $10 billion; "
        "[Red Elm Research](Organization) estimates $12 billion."
    )
    assert claimants(tmp_path, marked, "$10 billion") == ["Blue Oak Research"]
    assert claimants(tmp_path, marked, "$12 billion") == ["Red Elm Research"]


def test_without_names_nobody_speaks(tmp_path: Path) -> None:
    assert claimants(tmp_path, "Analysts expect growth of 7%.", "7%") == []
