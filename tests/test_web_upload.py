"""Reports are added in a real browser, read by the real pipeline, followed as it happens."""

import pytest
from browsing import needs_chromium, tab
from curating import curated, write_keys
from served import served

pytestmark = [needs_chromium, pytest.mark.slow]

NOTE = """---
title: Nebius in the north
published: 2026-05-01
---
Nebius, which is headquartered in Amsterdam, will spend $3 billion on a campus in Finland in 2027.
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with curated(tmp_path_factory.mktemp("uploads")) as running:
        yield running


def add(page, service, name, text, *, key="feeder-key"):
    page.goto(service.service.url + "/upload")
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": text.encode()}
    page.set_input_files("#files", [file])
    page.fill("#key-text", key)
    page.get_by_role("button", name="Read them").click()


def test_a_report_is_read_and_leads_to_its_page(service, browser):
    with tab(browser) as page:
        add(page, service, "note.md", NOTE)
        page.locator("#outcome a", has_text="note.md").wait_for(timeout=90_000)
        assert page.locator("#told").inner_text().startswith("Done, in version")
        page.locator("#outcome a", has_text="note.md").click()
        page.locator("h1", has_text="Nebius in the north").wait_for()
        page.go_back()
        page.locator("#outcome a", has_text="note.md").wait_for()


def test_a_file_that_cannot_be_read_says_why_and_is_never_taken_for_html(service, browser):
    with tab(browser) as page:
        add(page, service, "<img src=x onerror=alert(1)>.pdf", "no PDF at all")
        page.locator("#outcome li").wait_for(timeout=90_000)
        assert "could not be read" in page.locator("#outcome").inner_text()
        assert page.locator("#outcome img").count() == 0


@pytest.mark.parametrize("key", ["reader-key", "nobody"])
def test_a_key_that_may_not_add_adds_nothing(service, browser, key):
    before = service.get("/api/reports").json["reports"]
    with tab(browser, quiet=False) as page:
        add(page, service, "other.md", NOTE.replace("Finland", "Sweden"), key=key)
        page.locator("#told.bad", has_text="Nothing was read").wait_for()
    assert service.get("/api/reports").json["reports"] == before


def test_an_empty_graph_offers_the_sample_reports_and_reads_them(tmp_path, browser):
    keys = write_keys(tmp_path / "keys")
    with served(tmp_path / "store", keys=keys) as service, tab(browser) as page:
        page.goto(service.url + "/")
        page.get_by_role("link", name="sample reports").click()
        page.fill("#key-text", "feeder-key")
        page.get_by_role("button", name="Read them").click()
        page.locator("#told", has_text="Done, in version").wait_for(timeout=180_000)
        assert page.locator("#outcome li").count() == 10
        page.goto(service.url + "/")
        page.locator("h2", has_text="In dispute").wait_for()
