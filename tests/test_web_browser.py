"""Every page in a real browser, over reports read by the real pipeline: accessible and self-contained."""

import os
import re
import subprocess
import sys
from urllib.parse import urlencode

import pytest
from browsing import needs_chromium, tab, violations_of
from served import ROOT, served

pytestmark = [needs_chromium, pytest.mark.slow]

_SAMPLES = ("01-ai-factory-landscape.md", "07-neocloud-ledger.md")
PAGES = (
    "/",
    "/ask?q=",
    "/ask?q=Which+providers+use+full-stack+drop-in+delivery%3F",
    "/search?q=nebius",
    "/landscape",
    "/landscape?view=contracts",
    "/landscape?view=network",
    "/conflict/…",
    "/id/nebius/gaps",
    "/id/nebius/statements",
    "/id/coreweave/figures",
    "/id/nebius/neighbours?direction=in",
    "/review",
    "/upload",
    "/metrics",
    "/vocab/metric-it-capacity",
    "/vocab/status-accepted",
    "/conflicts",
    "/compare",
    "/compare?e=nebius,aws",
    "/changes",
    "/query",
    "/reports",
    "/doc/…",
    "/claim/…",
    "/id/nebius",
    "/id/no-such-thing",
    "/ns",
)


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    store = tmp_path_factory.mktemp("browser") / "store"
    samples = [str(ROOT / "ingest" / "samples" / name) for name in _SAMPLES]
    environment = {**os.environ, "AIFKG_STORE": str(store)}
    done = subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", *samples], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with served(store) as running:
        yield running


def place_of(service, path):
    """The path, with the first thing of its kind for the dots."""
    if path == "/doc/…":
        return "/doc/" + service.ask("/api/reports").json["reports"][0]["id"]
    if path == "/conflict/…":
        found = service.ask("/api/conflicts").json["conflicts"]
        return "/conflict/" + found[0]["id"] if found else "/conflicts"
    if path == "/claim/…":
        return "/claim/" + service.ask("/api/claims?kind=metric&limit=1").json["claims"][0]["id"]
    return path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_in_light_and_dark_and_on_a_phone(service, browser, path):
    address = service.url + place_of(service, path)
    expected = 404 if path == "/id/no-such-thing" else 200
    with tab(browser, quiet=expected == 200) as page:
        assert page.goto(address).status == expected
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (1360, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert violations_of(page) == [], f"{scheme}, {width} pixels"
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"scrolls sideways at {width} pixels"


def test_two_clicks_lead_from_an_entity_to_the_sentence_in_its_report(service, browser):
    with tab(browser, java_script_enabled=False) as page:
        page.goto(service.url + "/id/nebius")
        page.locator("a.chip").first.click()
        page.wait_for_url(re.compile(r"/doc/|#s-"))
        assert page.locator(":target").count() == 1


def write(service, page, query):
    """Open the workbench with a query in its editor, as a link to it does, and put the cursor there."""
    page.goto(f"{service.url}/query?{urlencode({'query': query})}")
    page.locator(".cm-content").click()


def test_the_workbench_runs_a_query_and_its_results_lead_to_our_pages(service, browser):
    with tab(browser) as page:
        page.goto(service.url + "/query")
        page.get_by_role("button", name="Run").click()
        page.wait_for_selector("#result tbody tr")
        assert re.match(r"\d+ rows, complete, \d+ ms, version \d+", page.locator("#status").inner_text())
        assert violations_of(page) == []
        page.locator("#result a").first.click()
        page.wait_for_url(re.compile(r"/claim/"))
        assert page.locator("mark").count() >= 1


def test_the_workbench_says_where_a_query_is_wrong(service, browser):
    with tab(browser, quiet=False) as page:
        write(service, page, "SELECT ?x WHERE {\n  ?x ?y }}")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#result .note")
        assert "line 2, column" in page.locator("#result").inner_text()
        assert page.evaluate("document.activeElement.classList.contains('cm-content')")


def test_a_query_that_takes_long_can_be_cancelled(service, browser):
    with tab(browser) as page:
        write(service, page, "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        page.get_by_role("button", name="Run").click()
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_function("document.getElementById('status').textContent.startsWith('Cancelled')")
        assert page.get_by_role("button", name="Run").is_enabled()


def test_without_scripts_the_workbench_is_a_form(service, browser):
    with tab(browser, java_script_enabled=False) as page:
        page.goto(service.url + "/query?example=1")
        page.select_option("#format", "csv")
        with page.expect_download() as download:
            page.get_by_role("button", name="Run").click()
        assert download.value.path().read_text().startswith("value,qual")


def test_styles_and_scripts_within_a_page_do_not_run(service, browser):
    with tab(browser, quiet=False) as page:
        page.goto(service.url + "/")
        hostile = "<p id=x style='color: red' onclick='a=1'>x</p>"
        page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", hostile)
        assert page.evaluate("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
