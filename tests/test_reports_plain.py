"""Plain text files: a line is a block, unless lines are broken at a fixed width."""

from datetime import date

import pytest
from written_reports import read, texts

FIRST = "Capex of the eight providers rose by 40 percent in 2026, says Acme."


def kinds(report):
    return [block.kind for block in report.blocks]


def test_the_first_line_is_the_title_and_every_line_a_block(tmp_path):
    report = read(
        tmp_path, "a.txt", f"Providers spend more\n{FIRST}\n\n{FIRST}\nAnother sentence stands here.\n"
    )
    assert kinds(report) == ["title", "paragraph", "paragraph", "paragraph"]
    assert report.title == "Providers spend more"


@pytest.mark.parametrize(
    "title",
    [
        "Hyperscale Sites Hit 1,300 With AWS, Google And Microsoft Owning Over Half Of All Capacity On Earth",
        "Who pays for the power of AI factories?",
    ],
)
def test_a_title_may_be_long_and_ask_something(tmp_path, title):
    assert read(tmp_path, "a.txt", f"{title}\n{FIRST}\n").title == title


def test_a_first_line_that_is_a_sentence_is_no_title(tmp_path):
    report = read(tmp_path, "a.txt", f"{FIRST}\n{FIRST}\n")
    assert kinds(report) == ["paragraph", "paragraph"]
    assert report.title == "a"


@pytest.mark.parametrize(
    "line",
    [
        "Dynamic 1 — From FLOPS to TTFT:",
        "Outlook",
        "2. Capacity and power",
        "WHAT COMES NEXT",
        "Who pays?"[:-1],
    ],
)
def test_a_short_line_that_ends_like_no_sentence_is_a_heading(tmp_path, line):
    report = read(tmp_path, "a.txt", f"Title\n{FIRST}\n{line}\n{FIRST}\n")
    assert texts(report, "heading") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "As the market moves on, Acme has identified five primary dynamics that reshape it this year:",
        "It grew.",
        "and so the market goes on without an end",
        "2026",
        "A long line that has no full stop at its end but has far too many words to be a heading",
    ],
)
def test_other_lines_are_no_headings(tmp_path, line):
    assert texts(read(tmp_path, "a.txt", f"Title\n{FIRST}\n{line}\n{FIRST}\n"), "heading") == []


def test_a_last_line_is_no_heading(tmp_path):
    assert texts(read(tmp_path, "a.txt", f"Title\n{FIRST}\nJane Doe\n"), "heading") == []


def test_lines_with_a_mark_are_list_items_without_it(tmp_path):
    report = read(
        tmp_path, "a.txt", f"{FIRST}\n- AWS grows.\n• Meta grows.\n* Both go on growing.\n1) More to come.\n"
    )
    assert texts(report, "list-item") == ["AWS grows.", "Meta grows.", "Both go on growing.", "More to come."]


def test_lines_broken_at_a_fixed_width_are_one_paragraph(tmp_path):
    text = (
        "The eight largest providers of cloud infrastructure spent more than\n"
        "$600 billion in 2026, which is what they had planned a year before,\n"
        "and they will go on.\n"
        "\n"
        "Analysts expect that the growth of the market goes on until 2030 in\n"
        "spite of the shortage of power.\n"
    )
    report = read(tmp_path, "a.txt", text)
    assert kinds(report) == ["paragraph", "paragraph"]
    assert texts(report, "paragraph")[0].endswith("and they will go on.")


PRESS_RELEASE = """\
FOR IMMEDIATE RELEASE

Acme Cloud Opens AI Factory in Ulm

ULM, Germany, May 28, 2026 /PRNewswire/ -- Acme Cloud, a provider of GPU as a service, today
opened a data center with 20 MW of capacity in Ulm. The site runs 10,000 NVIDIA GPUs and cost
EUR 300 million.

Key figures
  * 20 MW of capacity, of which 12 MW
    are sold
  * PUE of 1.15

About Acme Cloud
Acme Cloud is based in Munich and has 300 employees.
"""


def test_a_press_release_is_read_in_its_parts(tmp_path):
    report = read(tmp_path, "a.txt", PRESS_RELEASE)
    assert (report.title, report.issued) == ("Acme Cloud Opens AI Factory in Ulm", date(2026, 5, 28))
    assert texts(report, "heading") == ["FOR IMMEDIATE RELEASE", "Key figures", "About Acme Cloud"]
    assert [" ".join(text.split()) for text in texts(report, "list-item")] == [
        "20 MW of capacity, of which 12 MW are sold",
        "PUE of 1.15",
    ]
    assert texts(report, "paragraph")[0].endswith("and cost\nEUR 300 million.")
    assert texts(report, "paragraph")[1] == "Acme Cloud is based in Munich and has 300 employees."


def test_a_dateline_gives_the_date(tmp_path):
    assert read(tmp_path, "a.txt", f"A title\nLONDON, 28 May 2026 — {FIRST}\n").issued == date(2026, 5, 28)


def test_lines_of_signs_are_no_blocks(tmp_path):
    assert kinds(read(tmp_path, "a.txt", f"Title\n=====\n{FIRST}\n-----\n")) == ["title", "paragraph"]
