"""Times as they stand in sentences, with what they mean on the day of publication."""

from datetime import date

import pytest

from ingest.periods import current_moment, find_periods
from kg.calendar import Moment, moment_of

ISSUED = date(2025, 10, 9)


def labels(sentence: str, issued: date | None = ISSUED) -> list[str]:
    return [time.period.label for time in find_periods(sentence, issued)]


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("revenue in 2023", "2023"),
        ("by 2030", "/2030"),
        ("by the end of 2027", "/2027"),
        ("by the end of the decade", "/2030"),
        ("since 2016", "2016/"),
        ("from 2026", "2026/"),
        ("from 2026 to 2029", "2026/2029"),
        ("between 2011 and 2022", "2011/2022"),
        ("2025-2028", "2025/2028"),
        ("Q3 2025", "2025-Q3"),
        ("Q1 FY26", "FY2026-Q1"),
        ("3Q25", "2025-Q3"),
        ("first quarter of fiscal 2026", "FY2026-Q1"),
        ("third quarter of fiscal 2025/26", "FY2026-Q3"),
        ("the first half of 2025", "2025-H1"),
        ("the first six months of 2025", "2025-H1"),
        ("three months ended September 30, 2025", "2025-Q3"),
        ("the three months to March 2026", "2026-Q1"),
        ("fiscal 2028", "FY2028"),
        ("FY24", "FY2024"),
        ("the 2026 financial year", "FY2026"),
        ("on September 5, 2025", "2025-09-05"),
        ("on 5 December 2024", "2024-12-05"),
        ("as of December 2024", "2024-12"),
        ("last year", "2024"),
        ("next year", "2026"),
        ("In August it bought", "2025-08"),
        ("on Nov. 3", "2024-11-03"),
        ("by March", "/2026-03"),
    ],
)
def test_a_time_is_resolved(sentence: str, label: str) -> None:
    assert labels(sentence) == [label]


@pytest.mark.parametrize(
    "sentence",
    [
        "over five years",
        "it may fall",
        "2,025 units",
        "an H100 costs little",
        "in 2000 MW steps",
        "the H200 chip",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(sentence: str) -> None:
    assert labels(sentence) == []


def test_a_bare_quarter_takes_its_year_from_the_report() -> None:
    text = (
        "Results for the fourth quarter of 2025. Sales in the first quarter rise; in the third quarter too."
    )
    assert labels(text) == ["2025-Q4", "2026-Q1", "2025-Q3"]


def test_a_year_earlier_is_the_same_part_of_the_year_before() -> None:
    assert labels("Q3 2025 was better than a year earlier") == ["2025-Q3", "2024-Q3"]


def test_without_any_year_a_relative_time_means_nothing() -> None:
    assert labels("last year in May", None) == []


def test_the_current_period_is_the_first_dated_quarter() -> None:
    assert current_moment("A note of 2026. In Q2 2026 sales rose.", None) == Moment(2026, quarter=2)


@pytest.mark.parametrize("label", ["2026", "FY2026-Q2", "2025-H1", "2025-08", "2025-08-31"])
def test_a_label_names_its_moment(label: str) -> None:
    moment = moment_of(label)
    assert moment is not None
    assert moment.label == label


@pytest.mark.parametrize("label", ["2025-13", "2025-02-30", "/2030", "Q3"])
def test_an_impossible_label_names_none(label: str) -> None:
    assert moment_of(label) is None


def test_a_period_covers_its_days() -> None:
    (time,) = find_periods("in Q4 2025", ISSUED)
    assert (time.period.start, time.period.end) == (date(2025, 10, 1), date(2026, 1, 1))
