"""Marks of drawings by keys alone, in a real browser: along and between series, to the sentence and out."""

import re

import pytest
from browsing import needs_chromium, tab, violations_of
from charted import FIGURES, HOSTILE, publish_charted
from market import FIRST, SECOND
from served import served

pytestmark = [needs_chromium, pytest.mark.slow]

CHART = "/vocab/metric-it-capacity"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("marks") / "store"
    publish_charted(path, FIRST, SECOND)
    with served(path) as running:
        yield running


@pytest.fixture
def page(browser):
    with tab(browser) as opened:
        yield opened


def name_at(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def enter_chart(page):
    """Tab from the heading to the one mark that is in the order of focus."""
    page.locator("main h1").click()
    for _ in range(40):
        press(page, "Tab")
        if page.evaluate("document.activeElement.matches('a.mark')"):
            return
    raise AssertionError("no mark can be reached with Tab")


def test_arrows_move_along_a_series_and_between_series(service, page):
    page.goto(service.url + CHART)
    enter_chart(page)
    assert name_at(page).startswith("Tallcloud: 900 MW, 2024, reported, said by nobody named")
    press(page, "ArrowRight", "ArrowRight")
    assert "1,200 MW, 2026" in name_at(page)
    press(page, "End")
    assert "1,500 MW, 2027, forecast" in name_at(page)
    press(page, "ArrowDown")
    assert "300 MW, 2027" in name_at(page)
    press(page, "ArrowLeft", "ArrowLeft")
    assert "100 MW, 2024" in name_at(page)
    press(page, "ArrowLeft")
    assert "100 MW, 2024" in name_at(page), "a series does not run on into the next"
    press(page, "ArrowUp")
    assert "900 MW, 2024" in name_at(page)


def test_every_mark_can_be_reached_by_arrows_alone(service, page):
    page.goto(service.url + CHART)
    enter_chart(page)
    seen, waiting = set(), [[]]
    while waiting and len(seen) < 50:
        path = waiting.pop()
        page.locator("a.mark").first.focus()
        press(page, *path)
        if name_at(page) not in seen:
            seen.add(name_at(page))
            waiting += [[*path, key] for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")]
    assert len(seen) == page.locator("a.mark").count() == len(FIGURES) + 1


def test_enter_opens_the_sentence_and_escape_leads_back_and_out(service, page):
    page.goto(service.url + CHART)
    enter_chart(page)
    press(page, "Enter")
    page.locator(".card mark").wait_for()
    assert page.locator(".card mark").inner_text() == "Tallcloud had 900 MW of IT capacity in 2024."
    assert page.evaluate("document.activeElement.closest('.card') !== null")
    assert violations_of(page) == []
    press(page, "Escape")
    assert page.locator(".card").count() == 0
    assert "900 MW" in name_at(page)
    press(page, "Escape")
    assert page.evaluate("document.activeElement.localName") == "figcaption"
    press(page, "Tab")
    assert not page.evaluate("document.activeElement.matches('a.mark')"), "Escape has left the chart"


def test_tab_past_the_card_comes_back_to_its_mark(service, page):
    page.goto(service.url + CHART)
    enter_chart(page)
    press(page, "Enter")
    page.locator(".card a").last.wait_for()
    press(page, "Tab", "Tab", "Tab")
    assert page.locator(".card").count() == 0
    assert "900 MW" in name_at(page)


def test_the_focus_is_to_be_seen_and_t_leads_to_the_table(service, page):
    page.goto(service.url + CHART)
    enter_chart(page)
    ring = "getComputedStyle(document.activeElement.querySelector('.ring')).stroke"
    focused = page.evaluate(ring)
    press(page, "t")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "figures"
    page.locator("a.mark").nth(1).evaluate("mark => mark.blur()")
    plain = page.evaluate("getComputedStyle(document.querySelector('a.mark .ring')).stroke")
    assert focused != plain == "none"


def test_a_hostile_name_is_read_out_as_it_is_written(service, page):
    page.goto(service.url + CHART)
    names = page.locator("a.mark").evaluate_all("marks => marks.map(one => one.getAttribute('aria-label'))")
    assert sum(name.startswith(HOSTILE) for name in names) == 3


def test_without_scripts_every_mark_is_a_link_to_its_sentence(service, browser):
    with tab(browser, java_script_enabled=False) as page:
        page.goto(service.url + CHART)
        page.locator("a.mark").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/doc/**#c-*")
        assert page.locator(":target").count() == 1


def test_positions_of_a_conflict_are_marks_too(service, page):
    conflict = service.ask("/api/conflicts").json["conflicts"][0]["id"]
    page.goto(f"{service.url}/conflict/{conflict}")
    enter_chart(page)
    assert "1.6 tn USD" in name_at(page)
    press(page, "ArrowDown")
    assert "1.9 tn USD" in name_at(page)
    press(page, "Enter")
    page.locator(".card mark").wait_for()


def test_arrows_lead_over_the_network_to_the_page_of_a_thing(service, page):
    page.goto(service.url + "/landscape?view=network")
    place = "document.activeElement.querySelector('circle').getBoundingClientRect().x"
    moved = []
    for mark in page.locator("a.mark").all():
        mark.focus()
        before = page.evaluate(place)
        press(page, "ArrowRight")
        moved.append(page.evaluate(place) - before)
    assert any(moved)
    assert all(step >= 0 for step in moved)
    press(page, "End", "Enter")
    page.wait_for_url(re.compile("/(id|vocab)/"))
