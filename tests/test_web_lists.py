"""Statements, figures and neighbours of a thing as lists: what the API answers, page by page."""

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from browsing import needs_chromium, tab
from charted import HOSTILE, TALL, figure, publish_charted
from market import FIRST, SECOND, report
from served import served

from kg.model import Extraction

pytestmark = pytest.mark.slow

ALL = "/id/1111111111111111"  # Tallcloud
WILD = "/id/2222222222222222"
YEARS = range(1905, 2020)
SENTENCES = [f"Tallcloud had {year} MW of IT capacity in {year}." for year in YEARS]
TEXT = " ".join(SENTENCES)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "store"
    past = Extraction(
        report("past.md", TEXT, "The past", date(2026, 4, 1), "Archive"),
        (TALL,),
        tuple(figure(TALL, year, year, said, text=TEXT) for year, said in zip(YEARS, SENTENCES, strict=True)),
    )
    publish_charted(path, past, FIRST, SECOND)
    with served(path) as running:
        yield running


def page_of(service, path):
    reply = service.ask(path, headers={"Accept": "text/html"})
    assert reply.status == 200, reply.text
    return reply.text


def ids_on(page):
    """The claims of a page, in its order, each once."""
    main = page[page.index("<main") : page.index("<h2>Sources") if "<h2>Sources" in page else None]
    return list(dict.fromkeys(re.findall(r'href="/claim/([^"#]+)"', main)))


def ids_in(service, address):
    return [claim["id"] for claim in service.ask(address).json["claims"]]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?modality=forecast",
        "?as=object",
        "?as=subject&kind=metric&year=2025",
        "?metric=metric-it-capacity&status=accepted",
        "?predicate=isCustomerOf",
        "?modality=opinion",
    ],
)
def test_a_list_shows_what_the_api_answers_to_the_same_filters(service, query):
    path = f"{ALL}/statements{query}"
    shown = ids_on(page_of(service, path))
    data = unescape(re.search(r'href="(/api/claims[^"]+)">JSON', page_of(service, path))[1])
    assert shown == ids_in(service, data)[:100]
    assert shown == ids_in(service, f"{ALL}/statements.json{query}")[:100]


def test_pages_together_are_the_whole_list_the_latest_first(service):
    first, second = page_of(service, f"{ALL}/figures"), page_of(service, f"{ALL}/figures?page=2")
    assert "1 to 100 of 119" in first
    assert f'rel="next" href="{ALL}/figures?page=2"' in first
    assert f'rel="prev" href="{ALL}/figures"' in second
    assert 'rel="next"' not in second
    together = ids_on(first) + ids_on(second)
    assert len(together) == len(set(together)) == 119
    assert together == ids_in(
        service, "/api/claims?subject=1111111111111111&kind=metric&sort=-year&limit=500"
    )
    assert "no such page" in page_of(service, f"{ALL}/figures?page=9")


def test_each_choice_says_how_much_it_leaves(service):
    page = page_of(service, f"{ALL}/statements")
    choices = re.findall(r'<a href="([^"]+)">[^<]+</a>&nbsp;<span class="none">(\d+)</span>', page)
    assert len(choices) > 10
    for address, count in choices[:14]:
        assert f"of {count} that fit" in page_of(service, unescape(address))


def test_a_choice_that_is_taken_leads_to_the_list_without_it(service):
    page = page_of(service, f"{ALL}/statements?modality=forecast&year=2027")
    assert f'href="{ALL}/statements?year=2027" aria-current="true">forecast</a>' in page
    nothing = page_of(service, f"{ALL}/statements?year=1800")
    assert f'Nothing fits 1800. <a href="{ALL}/statements">' in nothing


def test_the_list_as_csv_and_triples_is_whole_and_keeps_its_filters(service):
    rows = list(csv.DictReader(io.StringIO(service.ask(f"{ALL}/figures.csv").text)))
    assert len(rows) == 119
    some = list(csv.DictReader(io.StringIO(service.ask(f"{ALL}/figures.csv?modality=forecast").text)))
    assert [row["modality"] for row in some] == ["forecast"]
    triples = service.ask(f"{ALL}/figures.nt?modality=forecast").text
    assert len(set(re.findall("<[^>]+/claim/([^>]+)> <[^>]+reportedIn>", triples))) == 1
    assert "Tallcloud had 1500 MW of IT capacity in 2027." in triples
    assert service.ask(f"{ALL}/figures.ttl").media_type == "text/turtle"


def test_figures_have_a_chart_of_what_is_listed(service):
    assert page_of(service, f"{WILD}/figures").count('class="mark"') == 3
    assert page_of(service, f"{WILD}/figures?year=2025").count('class="mark"') == 0
    assert service.ask(f"{WILD}/figures.svg").media_type == "image/svg+xml"


def test_the_page_of_a_thing_draws_its_longest_series_with_ids_of_their_own(service):
    page = page_of(service, ALL)
    assert page.count('class="mark"') >= 100
    ids = re.findall(r' id="([^"]+)"', page)
    assert "chart-title1" in ids
    assert len(ids) == len(set(ids))


def test_neighbours_are_those_of_the_api_whichever_way_round(service):
    found = service.ask(f"/api/entities{ALL.removeprefix('/id')}/neighbours").json
    assert [(one["direction"], one["predicate"]["id"]) for one in found["neighbours"]] == [
        ("in", "isCustomerOf")
    ]
    other = found["neighbours"][0]
    assert other["thing"]["label"] == HOSTILE
    assert (other["planned"], other["reports"], other["total"]) == (True, 1, 1)
    page = page_of(service, f"{ALL}/neighbours")
    assert other["claims"][0] in page
    assert "<script>alert" not in page
    there = service.ask("/api/entities/2222222222222222/neighbours?direction=out").json
    assert [one["thing"]["label"] for one in there["neighbours"]] == ["Tallcloud"]
    assert service.ask("/api/entities/2222222222222222/neighbours?direction=in").json["total"] == 0


def test_neighbours_as_csv_triples_and_drawing(service):
    assert "isCustomerOf" in service.ask(f"{ALL}/neighbours.csv").text
    assert "isCustomerOf" in service.ask(f"{ALL}/neighbours.nt").text
    assert "Tallcloud" in service.ask(f"{ALL}/neighbours.svg").text
    assert f"{ALL}/neighbours.md" in service.ask(f"{ALL}/neighbours", headers={"Accept": "text/html"}).text


def test_lists_about_nothing_known_are_not_found(service):
    for part in ("statements", "figures", "neighbours"):
        assert service.ask(f"/id/no-such-thing/{part}").status == 404
        assert service.ask(f"/id/no-such-thing/{part}.ttl").status == 404
    assert service.ask(f"{ALL}/figures.docx").status == 404


@needs_chromium
def test_a_neighbour_leads_to_its_page_and_on_to_what_is_said(service, browser):
    with tab(browser) as page:
        page.goto(service.url + f"{WILD}/neighbours")
        page.locator("a.mark").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{ALL}")
        page.get_by_role("link", name="Statements", exact=True).click()
        page.get_by_role("link", name="object", exact=True).click()
        page.wait_for_url("**/statements?as=object")
        assert page.locator(".statements > li").count() == 1
