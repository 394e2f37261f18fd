"""What scripts add to pages, in a real browser: cards, keys, suggestions, completion, views of results."""

from urllib.parse import urlencode

import pytest
from browsing import needs_chromium, tab, violations_of
from curating import publish_market
from market import FIRST, SECOND
from served import served

pytestmark = [needs_chromium, pytest.mark.slow]

PREFIX = "PREFIX aif: <https://w3id.org/ai-factory/ns#> "


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("islands") / "store"
    publish_market(path)
    with served(path) as running:
        yield running


@pytest.fixture
def page(browser):
    with tab(browser) as opened:
        yield opened


def test_a_source_chip_shows_its_sentence_and_escape_puts_it_away(service, page):
    page.goto(service.url + "/id/nebius")
    chip = page.locator("a.chip").first
    chip.hover()
    card = page.locator(".card")
    card.wait_for()
    assert card.locator("mark").inner_text() in FIRST.report.text + SECOND.report.text
    card.hover()
    page.wait_for_timeout(400)
    assert card.is_visible(), "a card may be pointed at"
    page.keyboard.press("Escape")
    assert card.count() == 0


def test_a_focused_chip_shows_its_card_too(service, page):
    page.goto(service.url + "/id/nebius")
    page.locator("h1").click()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "chip":
            break
    page.locator(".card mark").wait_for()


def test_keys_go_to_pages_move_over_rows_and_open_help(service, page):
    page.goto(service.url + "/")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/metrics")
    page.keyboard.press("j")
    assert page.locator(".at").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/vocab/metric-*")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.get_by_label("no single keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_timeout(200)
    assert "/vocab/metric-" in page.url, "single keys were switched off"


def test_keys_never_act_while_somebody_writes(service, page):
    page.goto(service.url + "/")
    page.fill("#q", "gl")
    page.keyboard.type("gl?")
    assert page.url == service.url + "/"
    assert page.input_value("#q") == "glgl?"
    assert page.locator("dialog").count() == 0


def test_x_twice_compares_what_was_chosen(service, page):
    page.goto(service.url + "/id/nebius")
    page.keyboard.press("x")
    page.goto(service.url + "/id/aws")
    page.keyboard.press("x")
    page.keyboard.press("x")
    page.wait_for_url("**/compare?e=nebius,aws")


def test_a_question_box_suggests_things_that_arrow_keys_choose(service, page):
    page.goto(service.url + "/")
    page.locator("#q").press_sequentially("neb")
    page.locator(".suggestions li").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator('.suggestions [aria-selected="true"]').count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/nebius")


def test_the_editor_completes_from_the_vocabulary_in_use_and_declares_the_prefix(service, browser):
    with tab(browser, quiet=False) as page:
        page.goto(service.url + "/query?query=")
        page.locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.type("SELECT ?c WHERE { ?c aif:reportedI")
        page.locator(".cm-tooltip-autocomplete li").first.wait_for()
        page.wait_for_timeout(200)  # the editor ignores a key that comes as soon as the list does
        page.keyboard.press("Enter")
        assert page.input_value("#query").startswith("PREFIX aif: <https://w3id.org/ai-factory/ns#>\n")
        assert "aif:reportedIn" in page.input_value("#query")


@pytest.mark.parametrize(
    ("query", "view", "shown"),
    [
        ("SELECT ?who ?value { ?c aif:subject ?who ; aif:value ?value }", "chart", "svg.bars rect"),
        ("SELECT ?who ?what { ?c aif:subject ?who ; aif:object ?what }", "graph", "svg.drawing circle"),
        (
            "CONSTRUCT { ?who ?how ?what } { ?c aif:subject ?who ; aif:predicate ?how ; aif:object ?what }",
            "graph",
            "svg.drawing circle",
        ),
        ("SELECT ?who { ?c aif:subject ?who }", "table", "#result td a"),
    ],
)
def test_a_shared_link_opens_on_its_result_in_its_view_with_the_query_folded(
    service, page, query, view, shown
):
    page.goto(f"{service.url}/query?{urlencode({'query': PREFIX + query, 'run': '1', 'view': view})}")
    page.locator(shown).first.wait_for()
    assert not page.locator(".cm-editor").is_visible()


def test_arrows_lead_from_bar_to_bar_of_a_result(service, page):
    query = PREFIX + "SELECT ?who ?value { ?c aif:subject ?who ; aif:value ?value } ORDER BY ?value"
    page.goto(f"{service.url}/query?{urlencode({'query': query, 'run': '1', 'view': 'chart'})}")
    bars = page.locator("svg.bars a.mark")
    bars.first.wait_for()
    bars.first.focus()
    names = bars.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    seen = []
    for _ in names:
        seen.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("ArrowDown")
    assert seen == names
    assert len(names) == 3
    assert violations_of(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.localName") == "figcaption"


def test_results_show_names_and_iris_on_demand(service, page):
    query = PREFIX + "SELECT ?who { ?c aif:subject ?who . FILTER(STRENDS(STR(?who), '/nebius')) }"
    page.goto(f"{service.url}/query?{urlencode({'query': query, 'run': '1'})}")
    page.locator("#result td a", has_text="Nebius").first.wait_for()
    page.get_by_label("names in the place of IRIs").uncheck()
    page.locator("#result td a", has_text="id/nebius").first.wait_for()


def test_a_query_can_be_had_as_code_that_runs_elsewhere(service, page):
    page.goto(service.url + "/query")
    page.get_by_role("button", name="Code").click()
    assert service.url + "/sparql" in page.locator("dialog pre").first.inner_text()


def test_examples_can_be_searched(service, page):
    page.goto(service.url + "/query")
    page.get_by_label("find an example").fill("rack power")
    visible = page.locator(".workbench ol li:visible")
    assert 0 < visible.count() < 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_what_opens_over_a_page_is_accessible_too(service, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(service.url + "/id/nebius")
    page.locator("a.chip").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.locator(".card mark").wait_for()
    assert violations_of(page) == [], "evidence card"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("dialog").wait_for()
    assert violations_of(page) == [], "help"
    page.keyboard.press("Escape")
    page.goto(service.url + "/")
    page.locator("#q").press_sequentially("neb")
    page.locator(".suggestions li").first.wait_for()
    assert violations_of(page) == [], "suggestions"


def test_a_page_fits_a_wide_screen_and_paper(service, page):
    page.set_viewport_size({"width": 2560, "height": 1300})
    page.goto(service.url + "/id/nebius")
    assert page.evaluate("document.documentElement.scrollWidth") <= 2560
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("h1").is_visible()
