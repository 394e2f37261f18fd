"""Quotes are found again in another rendering of their report, and not invented where they are gone."""

import pytest
from written_reports import read

from kg.anchors import Quote, QuoteFinder

OLD = "# Power\n\nAWS plans “200 MW” in **Ulm**. Then it stops.\n\nMeta plans 300 MW there.\n"


def quoted(report, words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = report.text.index(words, start + 1)
    end = start + len(words)
    return Quote(words, report.text[max(0, start - 32) : start], report.text[end : end + 32], start)


def found(new, old, words, nth=0):
    return QuoteFinder(new.text).find(quoted(old, words, nth))


@pytest.mark.parametrize(
    ("name", "new", "expected"),
    [
        ("a.md", OLD, "AWS plans “200 MW” in **Ulm**."),
        ("a.md", "New first paragraph.\n\n" + OLD, "AWS plans “200 MW” in **Ulm**."),
        ("a.txt", 'AWS plans "200\nMW" in Ulm. Then it stops.', 'AWS plans "200\nMW" in Ulm.'),
        (
            "a.html",
            "<p>AWS plans &quot;200&nbsp;MW&quot; in <b>Ulm</b>. Then it stops.",
            'AWS plans "200 MW" in Ulm.',
        ),
    ],
)
def test_a_quote_is_found_in_other_renderings(tmp_path, name, new, expected):
    old = read(tmp_path, "old.md", OLD)
    new = read(tmp_path, name, new)
    start, end = found(new, old, "AWS plans “200 MW” in **Ulm**.")
    assert new.text[start:end] == expected


def test_of_several_places_the_one_with_the_same_surroundings_wins(tmp_path):
    old = read(tmp_path, "old.md", "AWS plans 300 MW there.\n\nMeta plans 300 MW there.\n")
    new = read(tmp_path, "new.md", "Some more words come first.\n\n" * 3 + old.text)
    start, _ = found(new, old, "300 MW", nth=1)
    assert new.text[:start].endswith("Meta plans ")


def test_of_equal_places_the_nearest_one_wins(tmp_path):
    old = read(tmp_path, "old.md", "It grew.\n\nIt grew.\n\nIt grew.\n")
    assert [found(old, old, "It grew.", nth=n) for n in range(3)] == [(0, 8), (10, 18), (20, 28)]


@pytest.mark.parametrize(
    "new", ["AWS plans “250 MW” in Ulm. Then it stops.", "Nothing of it is left.", "AWS plans 200 MW."]
)
def test_a_quote_whose_words_are_gone_is_not_found(tmp_path, new):
    old = read(tmp_path, "old.md", OLD)
    assert found(read(tmp_path, "a.txt", new), old, "AWS plans “200 MW” in **Ulm**.") is None


def test_a_quote_without_any_letter_is_not_found(tmp_path):
    report = read(tmp_path, "a.md", OLD)
    assert QuoteFinder(report.text).find(Quote("#", "", "", 0)) is None
