"""Figures as they stand in sentences: each rule with what it must catch and what it must leave alone."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from ingest.quantities import find_quantities
from ingest.table_units import table_units
from kg.model import Block, Cell, Qualifier


class Read(NamedTuple):
    text: str
    unit: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    qualifier: Qualifier


def read(sentence: str) -> list[Read]:
    return [
        Read(q.text, q.unit, q.value, q.low, q.high, q.qualifier)
        for q in (figure.quantity for figure in find_quantities(sentence))
    ]


@pytest.mark.parametrize(
    ("sentence", "text", "unit", "value"),
    [
        ("revenue of $5.13B", "$5.13B", "CCY_USD", "5130000000"),
        ("about ¥1.6 trillion", "about ¥1.6 trillion", "CCY_JPY", "1600000000000"),
        ("it cost AED1bn", "AED1bn", "CCY_AED", "1000000000"),
        ("Rs 1.25 lakh crore went in", "Rs 1.25 lakh crore", "CCY_INR", "1250000000000"),
        ("243 billion yuan came in", "243 billion yuan", "CCY_CNY", "243000000000"),
        ("a loss of minus -$3.5 billion", "-$3.5 billion", "CCY_USD", "-3500000000"),
        ("65 cents a share", "65 cents", "CCY_USD", "0.65"),
        ("NT$20 million", "NT$20 million", "CCY_TWD", "20000000"),
        ("S$6.6 billion for it", "S$6.6 billion", "CCY_SGD", "6600000000"),
        ("half a billion dollars", "half a billion dollars", "CCY_USD", "500000000"),
        ("a 750-megawatt campus", "750-megawatt", "MegaW", "750"),
        ("44MW in Stage 1a", "44MW", "MegaW", "44"),
        ("the first gigawatt is due", "the first gigawatt", "GigaW", "1"),
        ("30.8 million megawatt-hours", "30.8 million megawatt-hours", "MegaW-HR", "30800000"),
        ("50 per cent of it", "50 per cent", "PERCENT", "50"),
        ("up 7 percentage points", "7 percentage points", "PERCENT", "7"),
        ("two-thirds of the load", "two-thirds", "PERCENT", "66.7"),
        ("one in five said so", "one in five", "PERCENT", "20"),
        ("sales more than doubled", "more than doubled", "NUM", "2"),
        ("a threefold rise", "threefold", "NUM", "3"),
        ("two and a half times as fast", "two and a half times", "NUM", "2.5"),
        ("a 12x speed-up", "12x", "NUM", "12"),
        ("19.6 million tokens a second", "19.6 million tokens a second", "NUM-PER-SEC", "19600000"),
        ("at 4 TB/s each", "4 TB/s", "TeraBYTE-PER-SEC", "4"),
        ("25,000 PetaFLOPS", "25,000 PetaFLOPS", "PetaFLOPS", "25000"),
        ("1 million square feet", "1 million square feet", "FT2", "1000000"),
        ("a 13-hectare site", "13-hectare", "HA", "13"),
        ("almost a year of waiting", "almost a year", "YR", "1"),
        ("in 22 cities", "22 cities", "NUM", "22"),
        ("holds 20,480 B300 chips", "20,480", "NUM", "20480"),
        ("above 10^25 operations", "above 10^25 operations", "NUM", "1E+25"),
    ],
)
def test_a_figure_is_read_with_its_unit_and_scale(sentence: str, text: str, unit: str, value: str) -> None:
    figures = read(sentence)
    assert [(f.text, f.unit, f.value) for f in figures] == [(text, unit, Decimal(value))]


@pytest.mark.parametrize(
    "sentence",
    [
        "the H100 and GPT-4 in a GB200",
        "in 2024 and on May 3, 2025",
        "the first half and the third quarter",
        "the 3rd of its kind",
        "at 9:30 in the morning",
        "under Article 5 and Tier 3",
        "a two-story hall",
        "double-digit growth",
        "more than a year ago",
        "one of the largest",
        "DeepSeek R1 was used",
        "with Llama 3.1 70B and OpenSearch 3.0",
        "a year later",
        "the second half of 2026",
    ],
)
def test_what_only_looks_like_a_figure_is_left_alone(sentence: str) -> None:
    assert read(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "low", "high", "unit"),
    [
        ("10–15 kW a rack", "10", "15", "KiloW"),
        ("$53.5-56.5 billion", "53500000000", "56500000000", "CCY_USD"),
        ("Rs 55,000-65,000 crore", "550000000000", "650000000000", "CCY_INR"),
        ("$115 billion to $135 billion", "115000000000", "135000000000", "CCY_USD"),
        ("between 30% and 40%", "30", "40", "PERCENT"),
        ("a gain of 2-3x", "2", "3", "NUM"),
        ("five to seven years", "5", "7", "YR"),
    ],
)
def test_two_ends_make_one_range(sentence: str, low: str, high: str, unit: str) -> None:
    (figure,) = read(sentence)
    assert (figure.value, figure.low, figure.high, figure.unit) == (None, Decimal(low), Decimal(high), unit)
    assert figure.qualifier == "range"


@pytest.mark.parametrize(
    "sentence",
    [
        "it rose from $5 million to $6 million",
        "slipped by 5.6 percentage points to 38.5%",
        "up by $2.8 billion to $6.9 billion",
        "10 MW and 20 MW",
    ],
)
def test_a_change_or_a_list_is_two_figures(sentence: str) -> None:
    assert [figure.qualifier for figure in read(sentence)] == ["exact", "exact"]


@pytest.mark.parametrize(
    ("sentence", "text", "qualifier", "low", "high"),
    [
        ("over $600 billion", "over $600 billion", "at-least", "600000000000", None),
        ("well above RMB 100 billion", "well above RMB 100 billion", "at-least", "100000000000", None),
        ("up to a 75% cut", "up to a 75%", "at-most", None, "75"),
        ("no more than 18%", "no more than 18%", "at-most", None, "18"),
        ("four years or longer", "four years or longer", "at-least", "4", None),
        ("1.5 or less", "1.5 or less", "at-most", None, "1.5"),
        ("nearly 500,000 of them", "nearly 500,000", "approaching", None, "500000"),
        ("will approach $1.6 trillion", "approach $1.6 trillion", "approaching", None, "1600000000000"),
        ("roughly 2 GW", "roughly 2 GW", "approximate", "2", "2"),
        ("more than about 35%", "more than about 35%", "at-least", "35", None),
        ("more than 200 companies", "more than 200 companies", "at-least", "200", None),
        ("half of them", "half", "approximate", "50", "50"),
    ],
)
def test_qualifier_words_belong_to_the_figure(
    sentence: str, text: str, qualifier: str, low: str | None, high: str | None
) -> None:
    (figure,) = read(sentence)
    bounds = (Decimal(low) if low else None, Decimal(high) if high else None)
    assert (figure.text, figure.qualifier, figure.low, figure.high) == (text, qualifier, *bounds)


def test_a_list_shares_the_unit_of_its_last_figure() -> None:
    assert [(f.value, f.unit) for f in read("1, 2 and 3 GW")] == [(Decimal(n), "GigaW") for n in (1, 2, 3)]


def table(text: str) -> Block:
    """A block over a text of rows of cells, "a | b" a line; the first row is the head."""
    rows = []
    start = 0
    for number, line in enumerate(text.split("\n")):
        cells = []
        for part in line.split("|"):
            offset = start + line.index(part.strip(), sum(cell.end - start for cell in cells[-1:]))
            cells.append(Cell(offset, offset + len(part.strip()), header=number == 0))
        rows.append(tuple(cells))
        start += len(line) + 1
    return Block(0, len(text), "table", rows=tuple(rows))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Line | Revenue ($ million)\nCloud | 24,601", [("CCY_USD", "24601000000")]),
        ("Line | Share, %\nCloud | 17.6", [("PERCENT", "17.6")]),
        ("Line | Revenue\nCloud | $722.8 million", [("CCY_USD", "722800000")]),
        ("Line | GPUs\nHall | 20,480", [("NUM", "20480")]),
    ],
)
def test_a_bare_cell_takes_the_unit_of_its_column(text: str, expected: list[tuple[str, str]]) -> None:
    found = find_quantities(text, table_units(text, [table(text)]))
    assert [(f.quantity.unit, f.quantity.value) for f in found] == [(u, Decimal(v)) for u, v in expected]
