"""The reports that ingest is measured with: the same ones each time, unlike each other, and plausible."""

import random
import re
from datetime import date

from varied_reports import a_report, vary

TEXT = (
    "---\ntitle: Capacity\ndate: 2025-05-28\n---\n\n# Capacity\n\n"
    "On May 28, 2026 Nebius said that in Q1 FY26 it ran 1,200 MW of H100 servers. Oracle ran 800 MW in 2025. "
    "Nebius will spend $1.6 billion by 2030.\n"
)


def test_a_number_gives_the_same_report_each_time() -> None:
    assert a_report([TEXT], 7) == a_report([TEXT], 7) != a_report([TEXT], 8)


def test_years_quarters_and_products_stay_and_dates_are_dates() -> None:
    for seed in range(50):
        varied = vary(TEXT, random.Random(seed))  # noqa: S311
        assert all(kept in varied for kept in (", 2026", "Q1 FY26", "H100", "in 2025", "by 2030"))
        found = re.search(r"date: (\S+)", varied)
        assert found is not None
        assert date.fromisoformat(found.group(1)).year == 2025


def test_a_firm_becomes_one_other_everywhere_and_most_figures_change() -> None:
    varied = vary(TEXT, random.Random(3))  # noqa: S311
    assert "Nebius" not in varied
    other = re.search(r"2026 (.+) said", varied)
    assert other is not None
    assert f"in 2025. {other.group(1)} will" in varied
    restated = sum("1,200 MW" in vary(TEXT, random.Random(seed)) for seed in range(200))  # noqa: S311
    assert 20 < restated < 80


def test_a_few_reports_are_copies_or_next_versions_of_earlier_ones() -> None:
    texts = [a_report([TEXT], number) for number in range(400)]
    urls = [re.findall(r"url: \S+", text)[0] for text in texts]
    assert 3 <= len(urls) - len(set(urls)) <= 30
    assert 5 <= sum("first appeared elsewhere" in text for text in texts) <= 40
