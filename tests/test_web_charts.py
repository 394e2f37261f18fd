"""Charts and groupings behind the pages: marks stand where their values are, and nothing leaves the frame."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from market import FIRST, SECOND
from pyoxigraph import NamedNode

from api.web.chart import chart_of, commonest_unit, lines_of
from api.web.charting import charted_claims, charts_among
from api.web.grouping import by_metric, by_predicate, dated, numbered
from api.web.sides import neighbours_among, sides_of
from api.web.spans import Stretch, covered_share, places_of
from api.web.wording import is_ahead
from kg.claim_records import claim_records
from kg.figures import Point, converted
from kg.graph import Graph
from kg.iris import CLAIM
from kg.records import FigureRecord, PeriodRecord, Ref
from kg.settings import Settings
from kg.snapshots import latest, open_read_only

MEGAWATT = Ref("http://qudt.org/vocab/unit/MegaW", "MegaW", "megawatt")


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    path = tmp_path_factory.mktemp("charts") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        for extraction in (FIRST, SECOND):
            graph.replace_report(extraction)
        graph.publish()
    store = open_read_only(latest(path))
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    return claim_records(store, sorted(iri for iri in subjects if iri.startswith(CLAIM)))


@pytest.fixture(scope="module")
def capacity(claims):
    return next(claim for claim in claims if claim.metric and claim.metric.id == "metric-it-capacity")


def point(claim, value, year, *, subject="one", qualifier="exact", low=None, high=None, actual=True):
    number = Decimal(value)
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    about = replace(
        claim,
        subject=Ref(f"https://example.org/{subject}", subject, subject),
        figure=FigureRecord(number, low, high, MEGAWATT, qualifier, value),
        period=PeriodRecord(str(year), start.isoformat(), end.isoformat(), year),
    )
    return Point(about, number, low, high, MEGAWATT, actual)


def iris(claims):
    return {claim.iri for claim in claims}


def test_fewer_than_three_dated_figures_make_no_chart(capacity):
    undated = replace(point(capacity, "3", 2026), claim=replace(capacity, period=None))
    assert chart_of([point(capacity, "1", 2025), point(capacity, "2", 2026), undated], 3) is None


def test_what_is_not_drawn_is_counted_with_its_reason(capacity):
    undated = replace(point(capacity, "3", 2026), claim=replace(capacity, period=None))
    points = [point(capacity, str(n), 2020 + n) for n in range(1, 4)]
    chart = chart_of([*points, undated], 6)
    assert [count for _, count in chart.left_out] == [1, 2]


def test_later_is_further_right_and_more_is_further_up(capacity):
    marks = chart_of([point(capacity, str(n), 2020 + n) for n in range(1, 6)], 5).marks
    assert all(one.x < other.x and one.y > other.y for one, other in pairwise(marks))


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value="0.01", max_value=10**13, places=2),
            st.integers(min_value=1990, max_value=2060),
        ),
        min_size=3,
        max_size=20,
    )
)
def test_no_mark_and_no_tick_leaves_the_frame(capacity, drawn):
    chart = chart_of([point(capacity, str(value), year) for value, year in drawn], len(drawn))
    assert len(chart.marks) == len(drawn)
    assert all(0 <= one.x <= 100 and 0 <= one.y <= 100 for one in chart.marks)
    assert all(0 <= tick.at <= 100 for tick in (*chart.across, *chart.up))
    assert 2 <= len(chart.up) <= 20


@given(st.lists(st.integers(min_value=1, max_value=100), min_size=3, max_size=20))
def test_labels_cover_no_other_label(capacity, values):
    chart = chart_of([point(capacity, str(n), 2026, subject=str(n)) for n in values], len(values))
    named = [mark for mark in chart.marks if mark.label]
    assert all(abs(one.y - other.y) > 5 or abs(one.x - other.x) > 15 for one, other in combinations(named, 2))


def test_a_range_has_two_ends_and_an_open_end_points_the_way_it_is_open(capacity):
    chart = chart_of(
        [
            point(capacity, "15", 2025, qualifier="range", low=Decimal(10), high=Decimal(20)),
            point(capacity, "12", 2026, qualifier="at-least"),
            point(capacity, "18", 2027, qualifier="at-most", actual=False),
        ],
        3,
    )
    assert chart.marks[0].low > chart.marks[0].y > chart.marks[0].high
    assert [mark.open_to for mark in chart.marks] == ["", "up", "down"]
    assert [mark.ahead for mark in chart.marks] == [False, False, True]


def test_marks_of_one_subject_are_called_by_their_figures_and_those_of_several_by_name(capacity):
    one = chart_of([point(capacity, str(n), 2020 + n) for n in range(1, 4)], 3)
    several = chart_of([point(capacity, str(n), 2020 + n, subject=str(n)) for n in range(1, 4)], 3)
    assert [mark.label for mark in one.marks] == ["1 MW", "2 MW", "3 MW"]
    assert [mark.label for mark in several.marks] == ["1", "2", "3"]


def test_a_thing_has_a_chart_for_a_metric_with_three_dated_figures_in_one_unit(capacity):
    said = [point(capacity, str(n), 2020 + n).claim for n in range(1, 4)]
    gone = replace(point(capacity, "9", 2029).claim, status="superseded")
    (drawn,) = charts_among([*said, gone], 2)
    assert (drawn.metric.id, len(drawn.chart.marks)) == ("metric-it-capacity", 3)
    assert charts_among(said[:2], 2) == []
    assert charts_among(said, 0) == []


def test_what_was_replaced_and_what_is_of_earlier_times_is_counted_and_not_drawn(capacity):
    said = [point(capacity, str(n), 2020 + n).claim for n in range(1, 4)]
    gone = replace(point(capacity, "9", 2029).claim, status="superseded")
    found = charted_claims([*said, gone], 10)
    assert [claim.iri for claim in (mark.claim for mark in found.chart.marks)] == [one.iri for one in said]
    assert found.chart.left_out == (("superseded or retracted", 1), ("of earlier times", 6))
    assert len(found.points) == 4


def test_neighbours_of_the_claims_of_a_page_are_told_by_way_property_and_denial(claims):
    about = next(claim for claim in claims if claim.predicate and claim.object)
    denied, turned = (
        replace(about, polarity="negated"),
        replace(about, subject=about.object, object=about.subject),
    )
    found = neighbours_among(about.subject.iri, [about, about, denied, turned])
    told = {(one.direction, one.negated, one.thing.iri, one.total) for one in found}
    other = about.object.iri
    assert told == {("out", False, other, 2), ("out", True, other, 1), ("in", False, other, 1)}


def test_neighbours_stand_at_two_sides_within_the_picture_and_the_rest_is_counted(claims):
    about = next(claim for claim in claims if claim.predicate and claim.object)
    others = [replace(about, object=Ref(f"urn:{n}", str(n), str(n))) for n in range(9)]
    picture = sides_of(neighbours_among(about.subject.iri, others), 6)
    assert (len(picture.placed), picture.left_out) == (3, 6)
    assert all(0 < one.y < picture.height and one.x > 50 for one in picture.placed)


def test_lines_join_the_figures_of_one_subject_and_of_no_more(capacity):
    one = chart_of([point(capacity, str(n), 2020 + n) for n in range(1, 4)], 3)
    several = chart_of([point(capacity, str(n), 2020 + n, subject=str(n)) for n in range(1, 4)], 3)
    assert len(lines_of(one)) == 2
    assert lines_of(several) == []


def test_figures_are_given_in_one_unit_where_they_can_be(capacity):
    mega = point(capacity, "1500", 2026, qualifier="range", low=Decimal(1000), high=Decimal(2000))
    dollars = replace(
        mega.claim.figure, unit=Ref("http://qudt.org/vocab/unit/CCY_USD", "CCY_USD", "US dollar")
    )
    money = replace(mega, claim=replace(mega.claim, figure=dollars), unit=dollars.unit)
    giga = Ref("http://qudt.org/vocab/unit/GigaW", "GigaW", "gigawatt")
    (one,) = converted([mega, money], giga)
    assert (one.value, one.low, one.high, one.unit) == (Decimal("1.5"), 1, 2, giga)
    assert [same.value for same in converted([mega], MEGAWATT)] == [Decimal(1500)]
    odd = Ref("urn:unit:none", "none", "none")
    assert converted([mega], odd) == []


def test_the_commonest_unit_is_that_of_most_dated_figures(capacity):
    assert commonest_unit([]) is None
    assert commonest_unit([point(capacity, "1", 2025)]) == MEGAWATT.iri


def test_every_claim_of_the_reports_stands_in_one_group_of_its_page(claims):
    measured = by_metric(claims)
    figures = [claim for row in measured for claim in (*row.actual, *row.ahead)]
    assert iris(figures) == iris(claim for claim in claims if claim.figure and claim.metric)
    assert all(is_ahead(claim) for row in measured for claim in row.ahead)
    said = [claim for _, rows in by_predicate(claims) for row in rows for claim in row.claims]
    assert iris(said) == iris(claim for claim in claims if claim.predicate and claim.object)


def test_sources_are_numbered_from_one_without_gaps(claims):
    assert sorted(numbered(claims).values()) == [1, 2]


def test_the_timeline_puts_what_happened_before_what_is_ahead(claims):
    shown = [is_ahead(claim) for claim in dated(claims, 8)]
    assert shown == sorted(shown)
    assert shown


def test_places_add_up_to_the_covered_share():
    stretches = [Stretch("ab", ()), Stretch("cdef", (1,)), Stretch("gh", ()), Stretch("ij", (2,))]
    assert places_of(stretches) == [(20.0, 40.0), (80.0, 20.0)]
    assert sum(length for _, length in places_of(stretches)) == pytest.approx(100 * covered_share(stretches))
