"""Figures that stand together in a table measure one thing."""

from decimal import Decimal

import pytest

from ingest.figure_scene import Place
from ingest.reports import report_of
from ingest.table_metrics import by_heads, shared_in_tables
from ingest.table_units import CellPlace, table_units
from kg.model import Quantity


def place(row: int, column: int, unit: str = "PERCENT", *, table: bool = True) -> Place:
    cell = CellPlace(0, 1, row, column, 0) if table else None
    return Place(0, 1, 0, 1, 3, Quantity(Decimal(5), None, None, unit, "exact", "5%"), cell)


def likeliest(chances: dict[str, float]) -> str:
    return max(chances, key=lambda slug: chances[slug])


SHARE = {"share": 0.9, "growth": 0.1}
UNSURE = {"share": 0.45, "growth": 0.55}
GROWTH = {"share": 0.1, "growth": 0.9}


def test_an_unsure_figure_follows_its_column() -> None:
    told = shared_in_tables([place(1, 1), place(2, 1), place(3, 1)], [SHARE, UNSURE, SHARE])
    assert [likeliest(dict(one)) for one in told] == ["share"] * 3
    assert told[1]["share"] == pytest.approx(told[0]["share"])


def test_several_are_surer_than_one_and_chances_add_up() -> None:
    told = shared_in_tables([place(row, 1) for row in range(1, 5)], [SHARE] * 4)
    assert told[0]["share"] > SHARE["share"]
    assert sum(told[0].values()) == pytest.approx(1)


def test_where_rows_agree_more_each_row_has_its_own() -> None:
    places = [place(1, 1), place(1, 2), place(2, 1), place(2, 2)]
    told = shared_in_tables(places, [SHARE, SHARE, GROWTH, UNSURE])
    assert [likeliest(dict(one)) for one in told] == ["share", "share", "growth", "growth"]


def test_figures_of_another_unit_or_outside_tables_stay_as_they_were() -> None:
    places = [place(1, 1), place(2, 1, "CCY_USD"), place(3, 1, table=False)]
    assert shared_in_tables(places, [SHARE, GROWTH, UNSURE]) == [SHARE, GROWTH, UNSURE]


def test_a_column_head_speaks_for_the_metric_that_it_names() -> None:
    text = "# Regions\n\n| Region | Share of hyperscale capacity |\n|---|---|\n| Europe | 15% |\n"
    report = report_of(text.encode(), "regions.md")
    tables = table_units(report.text, report.blocks)
    offset = report.text.index("15%")
    cell = tables.place(offset)
    assert cell is not None
    one = Place(0, 1, 0, 1, 1, Quantity(Decimal(15), None, None, "PERCENT", "exact", "15%"), cell)
    told = by_heads([one], tables, [{"share-of-total": 0.4, "growth-rate": 0.6}])
    assert likeliest(dict(told[0])) == "share-of-total"
    told = by_heads([one], tables, [{"share-of-total": 0.0, "growth-rate": 1.0}])
    assert likeliest(dict(told[0])) == "growth-rate", "what the figure cannot have no head can give it"
