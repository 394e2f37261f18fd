"""The views of a metric: each an address, what is chosen holds for all of them, its data narrowed alike."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from browsing import needs_chromium, tab, violations_of
from charted import CHARTED, FIGURES, HOSTILE, SENTENCES, TALL, figure
from market import evidence, report
from served import served

from api.assets import asset
from api.web.ranks import ranks_of
from kg.claim_shelf import shelf_of
from kg.figures import ranking
from kg.graph import Graph
from kg.metric_lists import metric_list, revisions_of
from kg.model import Claim, Entity, Extraction, Period, Quantity
from kg.reading import open_version
from kg.settings import Settings
from kg.shelf_filling import fill_shelf
from kg.snapshots import latest, open_read_only
from ontology import terms

METRIC = terms.VOCAB + "metric-it-capacity"
PAGE = "/vocab/metric-it-capacity"
VIEWS = ("chart", "ranking", "table", "revisions", "sources", "statements")
AGAIN = "Tallcloud says that it will have 1700 MW of IT capacity in 2027."
QUARTER = "Tallcloud had 1100 MW of IT capacity in Q1 2026."


def said_again():
    """A later report in which the company replaces its own forecast, and one with a quarter."""
    text = f"Capacity again\n\n{AGAIN} {QUARTER}"
    before = Decimal("1600")
    first = replace(figure(TALL, 2027, 1700, AGAIN, text=text), attributed_to=(TALL,))
    earlier_text = "Capacity before\n\nTallcloud says that it will have 1600 MW of IT capacity in 2027."
    earlier = replace(
        figure(TALL, 2027, 1600, earlier_text.partition("\n\n")[2], text=earlier_text),
        attributed_to=(TALL,),
        quantity=Quantity(before, before, before, "MegaW", "exact", "1600 MW"),
    )
    quarter = replace(
        figure(TALL, 2026, 1100, QUARTER, text=text),
        period=Period("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
    )
    return (
        Extraction(report("before.md", earlier_text, "Before", date(2026, 1, 5), "X"), (TALL,), (earlier,)),
        Extraction(report("again.md", text, "Again", date(2026, 5, 1), "X"), (TALL,), (first, quarter)),
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("metric") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        for extraction in (CHARTED, *said_again()):
            graph.replace_report(extraction)
        graph.publish()
    return path


@pytest.fixture(scope="module")
def store(path):
    return open_read_only(latest(path))


@pytest.fixture(scope="module")
def service(path):
    with served(path) as running:
        yield running


def listed(store, **chosen):
    return metric_list(store, metric=METRIC, chosen=chosen, skip=0, limit=100)


def text_of(service, address):
    reply = service.ask(address, headers={"Accept": "text/html"})
    assert reply.status == 200, reply.text[:300]
    return reply.text


def test_what_is_chosen_narrows_and_says_how_much_every_other_choice_would_leave(store):
    every, quarters = listed(store), listed(store, period="quarter")
    assert [one.period.label for one in quarters.claims] == ["2026-Q1"]
    of_subjects = dict(every.counts["subject"])
    assert sum(of_subjects.values()) == len(every.iris)
    assert {ref.label for ref in of_subjects} == {TALL.label, HOSTILE}
    assert {ref.id for ref, _ in every.counts["period"]} == {"year", "quarter"}
    assert listed(store, subject=TALL.iri.rpartition("/")[2], year="1999").iris == ()


def test_a_filled_shelf_of_claims_leaves_the_same_choices(path, store):
    version = latest(path)
    fill_shelf(open_version(version), version=version, seconds=60)
    shelved = open_version(version)
    assert shelf_of(shelved)
    for chosen in ({}, {"period": "quarter"}, {"year": "2026", "kind": "reported"}):
        assert listed(shelved, **chosen) == listed(store, **chosen)


def test_the_latest_figures_come_first(store):
    ends = [one.period.end for one in listed(store).claims]
    assert ends == sorted(ends, reverse=True)


def test_a_figure_that_its_giver_replaced_is_a_revision_from_the_old_to_the_new(store):
    (one,) = revisions_of(store, metric=METRIC)
    assert [one.before.figure.text, one.after.figure.text] == ["1600 MW", "1700 MW"]
    assert one.before.status == "superseded"


def test_bars_are_as_long_as_their_figures_within_a_unit(store):
    points = ranking(store, metric=METRIC, period="2024", unit=None, limit=10)
    (group,) = ranks_of(points).groups
    assert [(bar.claim.figure.value, bar.length) for bar in group.bars] == [(900, 100.0), (100, 11.11)]
    giga = replace(points[0].claim.figure.unit, iri="http://qudt.org/vocab/unit/GigaW")
    other = replace(points[1].claim, figure=replace(points[1].claim.figure, unit=giga))
    (both,) = ranks_of([points[0], replace(points[1], claim=other, unit=giga)]).groups
    assert both.bars[1].length == 100.0
    assert ranks_of([]) is None


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_an_address_is_named_in_its_menu_and_escapes_hostile_names(service, view):
    address = PAGE if view == "chart" else f"{PAGE}?view={view}"
    text = text_of(service, address)
    assert f'href="{address}" aria-current="page"' in text
    assert all(f"view={other}" in text for other in VIEWS if other not in ("chart", view))
    assert "<script>alert" not in text


def test_what_is_chosen_stays_from_view_to_view(service):
    text = text_of(service, f"{PAGE}?view=table&year=2026&kind=reported")
    assert f'href="{PAGE}?view=sources&amp;year=2026&amp;kind=reported"' in text
    assert "2 figures" in text


def test_the_table_of_a_narrowed_page_is_narrowed_too(service):
    rows = list(csv.DictReader(io.StringIO(service.ask(f"{PAGE}.csv?year=2026&kind=reported").text)))
    assert len(rows) == 2
    whole = service.ask(f"{PAGE}.csv")
    assert len(list(csv.DictReader(io.StringIO(whole.text)))) == len(CHARTED.claims) + 3 - 1


def test_a_ranking_is_a_drawing_too_and_leads_to_its_data(service):
    drawing = service.ask(f"{PAGE}.svg?view=ranking&year=2024")
    assert drawing.media_type == "image/svg+xml"
    assert drawing.text.count('class="mark"') == 2
    assert "<script>alert" not in drawing.text
    assert service.ask(f"{PAGE}.json?view=ranking&year=2024").json["ranking"][0]["value"] == 900


def test_statements_are_those_in_words_and_their_data_is_the_same(service):
    assert "anything of this metric but its figures" in text_of(service, f"{PAGE}?view=statements")


def test_a_statement_about_a_metric_is_no_figure_of_it(tmp_path):
    said = "IT capacity is what Tallcloud speaks of most."
    text = f"Words\n\n{said} {SENTENCES[0]}"
    spoken = Claim(
        kind="proposition",
        subject=TALL,
        modality="opinion",
        polarity="affirmed",
        evidence=evidence(text, said),
        confidence=Decimal("0.9"),
        statement=said,
        about=(Entity(METRIC, "IT power capacity", "Term"),),
    )
    told = (spoken, figure(*FIGURES[0], SENTENCES[0], text=text))
    with Graph.open(Settings(store=str(tmp_path / "store"))) as graph:
        graph.replace_report(Extraction(report("w.md", text, "Words", date(2026, 1, 5), "X"), (TALL,), told))
        graph.publish()
    with served(tmp_path / "store") as running:
        page = text_of(running, f"{PAGE}?view=statements")
        assert "1 statement about the metric itself" in page
        assert said in page
        assert SENTENCES[0] not in page
        found = running.ask(f"{PAGE}.json?view=statements").json["claims"]
        assert [one["statement"] for one in found] == [said]


def test_a_choice_that_leaves_nothing_says_so_and_leads_back(service):
    for view in ("chart", "ranking", "table", "sources"):
        text = text_of(service, f"{PAGE}?view={view}&year=1999")
        assert "No figure fits 1999" in text
        assert "Drop the filters" in text


def test_an_unknown_view_or_page_shows_the_first(service):
    assert 'aria-current="page">Chart<' in text_of(service, f"{PAGE}?view=nonsense")
    assert "the latest first" in text_of(service, f"{PAGE}?view=table&page=minus")


def test_superseded_figures_are_struck_in_the_table_and_counted_below_the_chart(service):
    text = text_of(service, PAGE)
    assert "1 superseded or retracted" in text
    assert 'class="row struck"' in text


@needs_chromium
@pytest.mark.slow
@pytest.mark.skipif(asset("page.js") is None, reason="the scripts are not built: make assets")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_accessible_and_fits_a_phone(service, browser, view, scheme):
    with tab(browser) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{service.url}{PAGE}?view={view}")
        for width in (1360, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@needs_chromium
@pytest.mark.slow
@pytest.mark.skipif(asset("page.js") is None, reason="the scripts are not built: make assets")
def test_from_a_metric_to_the_sentence_behind_its_largest_figure_by_keys_alone(service, browser):
    with tab(browser) as page:
        page.goto(service.url + PAGE)
        page.get_by_role("link", name="Ranking", exact=True).click()
        page.locator(".ranks a.mark").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        page.locator(".card mark").wait_for()
        assert "Tallcloud" in page.locator(".card").inner_text()
