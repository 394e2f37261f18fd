"""Following in a real browser: what came of a thing since it was looked at is told at home, and in a feed."""

import pytest
from browsing import needs_chromium, tab, violations_of
from market import FIRST, SECOND
from served import served

from api.assets import asset
from kg.graph import Graph
from kg.settings import Settings

pytestmark = [
    needs_chromium,
    pytest.mark.slow,
    pytest.mark.skipif(asset("page.js") is None, reason="the scripts are not built: make assets"),
]


def publish(store, report):
    with Graph.open(Settings(store=str(store))) as graph:
        graph.replace_report(report)
        graph.publish()


@pytest.fixture
def store(tmp_path):
    publish(tmp_path / "store", FIRST)
    return tmp_path / "store"


def followed_at_home(page, url):
    page.goto(url + "/")
    page.locator("#following li").first.wait_for()
    return page.locator("#following").inner_text()


def test_what_came_of_a_metric_since_it_was_looked_at_is_told_at_home(store, browser):
    with served(store) as service, tab(browser) as page:
        page.goto(service.url + "/vocab/metric-dc-investment-cumulative")
        page.get_by_role("button", name="Follow").click()
        assert page.get_by_role("button", name="Following").get_attribute("aria-pressed") == "true"
        assert "nothing new" in followed_at_home(page, service.url)
        publish(store, SECOND)
        assert "1 came, 1 changed standing since version 1" in followed_at_home(page, service.url)
        assert violations_of(page) == []
        page.locator("#following li a").last.click()
        page.wait_for_url("**/changes?since=1&about=metric-dc-investment-cumulative")
        assert page.locator("main").inner_text().count("1.9 trillion") == 1
        assert "Smallcloud" not in page.locator("main").inner_text()
        page.go_back()
        page.locator("#following li a").first.click()
        page.wait_for_url("**/vocab/**")
        assert "nothing new" in followed_at_home(page, service.url), "it was looked at"


def test_a_question_tells_which_statements_came_into_its_answer(store, browser):
    with served(store) as service, tab(browser) as page:
        question = "What is the cumulative data-centre investment by 2030?"
        page.goto(f"{service.url}/ask?q={question}")
        page.get_by_role("button", name="Follow").click()
        assert "nothing new" in followed_at_home(page, service.url)
        publish(store, SECOND)
        assert "1 statement came into its answer" in followed_at_home(page, service.url)


def test_home_tells_what_came_since_the_last_visit(store, browser):
    with served(store) as service, tab(browser) as page:
        page.goto(service.url + "/")
        assert not page.locator("#following").is_visible()
        publish(store, SECOND)
        page.goto(service.url + "/")
        page.locator("#following", has_text="Since your last visit, version 1").wait_for()


def test_who_follows_no_more_is_told_nothing_and_nothing_leaves_the_browser(store, browser):
    with served(store) as service, tab(browser) as page:
        page.goto(service.url + "/id/nebius")
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_role("button", name="Follow").click()
        page.get_by_role("button", name="Following").click()
        assert page.get_by_role("button", name="Follow").get_attribute("aria-pressed") == "false"
        assert [url for url in asked if "/static/" not in url] == []
        page.goto(service.url + "/")
        assert not page.locator("#following").is_visible()


def test_a_feed_tells_of_one_thing_alone(store):
    publish(store, SECOND)
    with served(store) as service:
        whole = service.ask("/changes.atom").text
        feed = service.ask("/changes.atom?about=metric-dc-investment-cumulative").text
        assert "Smallcloud" in whole
        assert "Smallcloud" not in feed
        assert feed.count("<entry>") == 2
        assert 'href="' + service.url + '/changes.atom?about=metric-dc-investment-cumulative"' in feed
        api = service.ask("/api/changes?since=1&about=metric-dc-investment-cumulative").json
        assert (api["added"], api["removed"], api["changed"]) == (1, 0, 1)
        assert service.ask("/api/changes?since=1&about=no-such-thing").json["claims"] == []


def test_an_unknown_thing_cannot_be_followed_and_its_page_leads_on(store, browser):
    with served(store) as service, tab(browser, quiet=False) as page:
        assert page.goto(f"{service.url}/id/nebiu").status == 404
        assert page.locator("button.follow").count() == 0
        page.get_by_role("link", name="Nebius", exact=True).click()
        page.wait_for_url("**/id/nebius")
        page.locator("button.follow").wait_for()
