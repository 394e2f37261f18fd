"""The review queue in a real browser: decisions by keys, none without a key, a diff before a correction."""

import re

import pytest
from browsing import needs_chromium, tab
from curating import curated

pytestmark = [needs_chromium, pytest.mark.slow]


@pytest.fixture
def service(tmp_path):
    with curated(tmp_path) as running:
        yield running


def open_queue(service, page, *, key="ann-key"):
    page.goto(service.service.url + "/review")
    if key:
        page.fill("#key-text", key)
        page.keyboard.press("Enter")
        page.locator("h1").click()


def looked_at(page):
    return page.locator("#review").get_attribute("data-claim")


def wait_for_word(page, word):
    page.locator("#told", has_text=re.compile(f"^{word}")).wait_for()


def entries(service):
    return service.get("/api/curation").json["entries"]


def test_a_decision_is_one_key_and_the_next_statement_follows(service, browser):
    with tab(browser) as page:
        open_queue(service, page)
        first = looked_at(page)
        page.keyboard.press("a")
        wait_for_word(page, "Accepted")
        second = looked_at(page)
        assert second != first
        page.keyboard.press("r")
        page.keyboard.press("2")
        wait_for_word(page, "Rejected")
    done = [(one["action"], one["by"], one["target"]["id"]) for one in entries(service)]
    assert done == [("reject", "ann", second), ("accept", "ann", first)]
    assert entries(service)[0]["reason"] == "the number or its unit was misread"


def test_u_takes_the_last_decision_back(service, browser):
    with tab(browser) as page:
        open_queue(service, page)
        first = looked_at(page)
        page.keyboard.press("a")
        wait_for_word(page, "Accepted")
        page.keyboard.press("u")
        wait_for_word(page, "Taken back")
    assert [one["action"] for one in entries(service)] == ["undo", "accept"]
    queue = service.get("/api/curation/queue").json["entries"]
    assert first in [one["claim"]["id"] for one in queue]


def test_a_correction_shows_what_it_changes_before_it_is_done(service, browser):
    with tab(browser) as page:
        open_queue(service, page)
        claim = looked_at(page)
        page.select_option("#f-modality", "vendor-claim")
        page.locator("h1").click()
        page.keyboard.press("e")
        page.locator("dialog .diff li", has_text="modality").wait_for()
        assert entries(service) == []
        page.get_by_role("button", name="Apply").click()
        wait_for_word(page, "Corrected")
    assert service.get(f"/api/claims/{claim}").json["modality"] == "vendor-claim"


def test_without_a_key_or_with_a_wrong_one_nothing_is_decided(service, browser):
    with tab(browser, quiet=False) as page:
        open_queue(service, page, key=None)
        page.keyboard.press("a")
        wait_for_word(page, "A key is needed")
        page.fill("#key-text", "no-such-key")
        page.keyboard.press("Enter")
        page.locator("h1").click()
        page.keyboard.press("a")
        wait_for_word(page, "Nothing was done")
        assert page.locator("#key-text").is_visible(), "a key that is refused is asked for again"
    assert entries(service) == []


def test_who_comes_later_is_told_of_the_decision_before(service, browser):
    with tab(browser, quiet=False) as page:
        open_queue(service, page)
        claim = looked_at(page)
        service.post("/api/curation", {"action": "reject", "claim": claim, "reason": "wrong"}, by="bob")
        page.keyboard.press("a")
        wait_for_word(page, "Nothing was done")
        assert "decided about it meanwhile" in page.locator("#told").inner_text()
    assert [one["by"] for one in entries(service)] == ["bob"]
