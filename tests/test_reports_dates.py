"""Dates of publication: read where they are plain, left open where they are not."""

from datetime import date, datetime

import pytest

from ingest.written_dates import as_date, dateline, parse_date

DAY = date(2026, 5, 28)


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-28",
        "2026-05-28T10:00:00Z",
        "2026/05/28",
        "20260528",
        "28 May 2026",
        "28th of May, 2026",
        "May 28, 2026",
        "May 28th 2026",
        "Thursday, 28 May 2026",
        "Thu, 28 May 2026 10:00:00 GMT",
        "28-May-2026",
        "2026年5月28日",
    ],
)
def test_a_written_date_is_read(written):
    assert parse_date(written) == DAY


@pytest.mark.parametrize(
    "written", ["05/06/2026", "28.05.2026", "May 2026", "2026", "2026-13-01", "2026-02-30", "", "soon"]
)
def test_a_date_that_is_open_or_impossible_is_none(written):
    assert parse_date(written) is None


def test_a_parser_s_own_types_are_taken():
    assert as_date(datetime(2026, 5, 28, 12)) == as_date(DAY) == DAY  # noqa: DTZ001
    assert as_date(20260528) is None


@pytest.mark.parametrize(
    "block",
    [
        "LONDON, 28 May 2026 — Capex rose.",
        "LONDON, May 28, 2026 /PRNewswire/ -- Capex rose.",
        "SAN JOSE, Calif., May 28, 2026 (GLOBE NEWSWIRE) -- Capex rose.",
        "AMSTERDAM (Reuters) - May 28, 2026 - Capex rose.",
        "ABU DHABI, UAE, May 28, 2026: G42 reported progress.",
        "**London, May 28, 2026** – Capex rose.",
        "May 28, 2026",
        "Published: Thursday, May 28, 2026 by Jane Doe",
        "By Jane Doe | May 28, 2026",
        "By Jane Doe, May 28, 2026",
        "28 May 2026 — Capex rose.",
    ],
)
def test_a_dateline_is_read(block):
    assert dateline(["A title without a date", block]) == DAY


@pytest.mark.parametrize(
    "block",
    [
        "On 28 May 2026 Acme opened a site.",
        "In London, May 28, 2026 was a big day.",
        "Acme said on 28 May 2026 — a Thursday — that capex rose.",
        "Updated May 28, 2026",
        "Capex rose in May 2026.",
    ],
)
def test_a_date_inside_a_sentence_is_no_dateline(block):
    assert dateline([block]) is None


def test_only_the_first_blocks_can_hold_the_dateline():
    assert dateline([*["A paragraph."] * 5, "28 May 2026"]) is None
