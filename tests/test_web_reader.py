"""The report reader in a real browser: decisions beside the sentence, by mouse and by keys."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from browsing import needs_chromium, tab, violations_of
from curating import Curators, curated, write_keys
from market import FIRST
from served import ROOT, served

from api.assets import asset
from ontology import terms

pytestmark = [
    needs_chromium,
    pytest.mark.slow,
    pytest.mark.skipif(asset("reader.js") is None, reason="the scripts are not built: make assets"),
]


@pytest.fixture(scope="session")
def ingested(tmp_path_factory):
    """A store that the real pipeline filled."""
    store = tmp_path_factory.mktemp("reader") / "store"
    sample = ROOT / "ingest" / "samples" / "01-ai-factory-landscape.md"
    done = subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", str(sample)],
        env={**os.environ, "AIFKG_STORE": str(store)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return store


@pytest.fixture
def read(ingested, tmp_path):
    """A service over a copy of it, with keys."""
    store = shutil.copytree(ingested, tmp_path / "store")
    with served(store, keys=write_keys(tmp_path / "keys")) as running:
        yield Curators(running)


def open_reader(service, page, *, key="ann-key"):
    report = service.get("/api/reports").json["reports"][0]["id"]
    page.goto(f"{service.service.url}/doc/{report}")
    if key:
        page.evaluate("key => sessionStorage.setItem('aifkg-key', key)", key)


def figure_of(service):
    """A figure that nobody disputes, with one thing that says it."""
    found = service.get("/api/claims?kind=metric&limit=500").json["claims"]
    return next(one for one in found if one["status"] == "accepted" and one["figure"]["value"])


def choose(page, claim):
    """Click the statement, and wait until its case is open."""
    page.locator(f"#c-{claim} > p").last.click()
    page.locator(f"#c-{claim} #case").wait_for()


def wait_for_word(page, word):
    page.locator("#told", has_text=re.compile(f"^{word}")).wait_for()


def entries(service):
    return service.get("/api/curation").json["entries"]


def status_of(service, claim):
    return service.get(f"/api/claims/{claim}").json["status"]


def counts(service, claim):
    """Whether the graph says that the claim counts."""
    asked = f"ASK {{ <{claim['iri']}> <{terms.STATUS}> <{terms.VOCAB}status-accepted> }}"
    return service.service.query(asked).json["boolean"]


def test_a_sentence_and_its_statement_find_each_other(read, browser):
    with tab(browser) as page:
        open_reader(read, page, key=None)
        page.locator(".evidence").first.click()
        page.locator("#case").wait_for()
        claim = page.locator("#case").get_attribute("data-claim")
        assert page.url.endswith(f"#c-{claim}")
        assert page.locator(f"li.on#c-{claim}").count() == 1
        assert page.locator(".evidence.on").count() >= 1
        page.keyboard.press("Escape")
        assert page.locator("#case").count() == 0


def test_without_a_key_the_reader_says_how_to_get_one_and_nothing_is_written(read, browser):
    with tab(browser) as page:
        open_reader(read, page, key=None)
        assert not page.locator("#key").is_visible()
        choose(page, figure_of(read)["id"])
        page.locator("#case").get_by_role("button", name="Accept").click()
        wait_for_word(page, "A key is needed")
        assert "aifkg keys add NAME --scopes curate" in page.locator("#key").inner_text()
    assert entries(read) == []


def test_a_key_that_is_refused_is_asked_for_again(read, browser):
    with tab(browser, quiet=False) as page:
        open_reader(read, page, key="no-such-key")
        choose(page, figure_of(read)["id"])
        page.keyboard.press("a")
        wait_for_word(page, "Nothing was done")
        assert page.locator("#key").is_visible()
    assert entries(read) == []


def test_a_rejection_by_keys_shows_its_consequences_and_can_be_undone(read, browser):
    figure = figure_of(read)
    claim = figure["id"]
    assert counts(read, figure)
    with tab(browser) as page:
        open_reader(read, page)
        choose(page, claim)
        page.keyboard.press("r")
        page.locator("dialog .diff li", has_text="status").wait_for()
        assert entries(read) == [], "it shows what it changes before it is done"
        page.keyboard.press("2")
        wait_for_word(page, "Rejected")
        assert status_of(read, claim) == "rejected"
        assert not counts(read, figure)
        assert page.locator(f'.evidence[data-claims~="{claim}"]').count() == 0, (
            "it no longer rests on the text"
        )
        assert page.locator("details", has_text="rejected").locator(f"#c-{claim}").count() == 1
        page.keyboard.press("u")
        wait_for_word(page, "Taken back")
        assert page.locator(f'.evidence[data-claims~="{claim}"]').count() >= 1
    assert status_of(read, claim) == "accepted"
    assert [one["action"] for one in entries(read)] == ["undo", "reject"]
    assert entries(read)[1]["reason"] == "the number or its unit was misread"


def test_a_correction_by_mouse_shows_a_diff_and_changes_the_answer_of_the_graph(read, browser):
    figure = figure_of(read)
    claim, query = (
        figure["id"],
        f"SELECT ?value {{ <{figure['iri']}> <{terms.VALUE}> ?value }}",
    )
    with tab(browser) as page:
        open_reader(read, page)
        choose(page, claim)
        page.locator("#case summary").click()
        page.fill("#f-value", "4321")
        page.fill("#f-period", "2031")
        page.locator("#case").get_by_role("button", name="Correct").click()
        page.locator("dialog .diff li", has_text="value").wait_for()
        assert entries(read) == []
        page.get_by_role("button", name="Apply").click()
        wait_for_word(page, "Corrected")
        assert page.locator("#case #f-value").input_value() == "4321"
        rows = read.service.query(query).json["results"]["bindings"]
        assert [row["value"]["value"] for row in rows] == ["4321"]
        assert read.get(f"/api/claims/{claim}").json["period"]["label"] == "2031"
        page.locator("#case [data-undo]").first.click()
        wait_for_word(page, "Taken back")
    assert read.get(f"/api/claims/{claim}").json["figure"]["value"] == figure["figure"]["value"]


def test_acceptance_is_one_key_and_a_confirmation_and_holds(read, browser):
    claim = figure_of(read)["id"]
    with tab(browser) as page:
        open_reader(read, page)
        choose(page, claim)
        page.keyboard.press("a")
        page.get_by_role("button", name="Apply").wait_for()
        page.keyboard.press("Escape")
        assert entries(read) == [], "Escape leaves it as it was"
        page.keyboard.press("a")
        page.get_by_role("button", name="Apply").wait_for()
        page.keyboard.press("Enter")
        wait_for_word(page, "Accepted")
        assert page.locator("#case .statements li", has_text="accept").count() == 1
    assert [(one["action"], one["target"]["id"]) for one in entries(read)] == [("accept", claim)]


def test_two_names_are_merged_from_the_reader(tmp_path, browser):
    with curated(tmp_path) as service, tab(browser) as page:
        claim = service.claim("Nebius")
        page.goto(f"{service.service.url}/doc/{claim['report']['id']}")
        page.evaluate("sessionStorage.setItem('aifkg-key', 'ann-key')")
        choose(page, claim["id"])
        page.keyboard.press("m")
        page.fill("#into", "aws")
        page.get_by_role("button", name="What would change").click()
        page.locator("dialog .diff li").first.wait_for()
        page.get_by_role("button", name="Apply").click()
        wait_for_word(page, "Merged")
        assert service.get(f"/api/claims/{claim['id']}").json["subject"]["id"] == "aws"


def test_who_comes_later_is_told_of_the_decision_before(read, browser):
    claim = figure_of(read)["id"]
    with tab(browser, quiet=False) as page:
        open_reader(read, page)
        choose(page, claim)
        read.post("/api/curation", {"action": "reject", "claim": claim, "reason": "wrong"}, by="bob")
        page.keyboard.press("a")
        page.get_by_role("button", name="Apply").click()
        wait_for_word(page, "Nothing was done")
        assert "decided about it meanwhile" in page.locator("#told").inner_text()
    assert [one["by"] for one in entries(read)] == ["bob"]


def test_hostile_names_stay_text_in_what_opens(tmp_path, browser):
    hostile = '<img src=x onerror="document.title=1">"\'&'
    with curated(tmp_path) as service, tab(browser) as page:
        claim = service.claim("Nebius plans")
        service.does("correct", claim=claim["id"], changes={"statement": hostile})
        page.goto(f"{service.service.url}/doc/{claim['report']['id']}")
        page.evaluate("sessionStorage.setItem('aifkg-key', 'ann-key')")
        choose(page, claim["id"])
        assert page.locator("#f-statement").input_value() == hostile
        page.keyboard.press("r")
        page.locator("dialog .diff, dialog h3").first.wait_for()
        assert page.locator("main img").count() == 0
        assert page.title() == FIRST.report.title


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390])
def test_a_case_is_accessible_and_fits(read, browser, scheme, width):
    with tab(browser, width=width) as page:
        page.emulate_media(color_scheme=scheme)
        open_reader(read, page)
        choose(page, figure_of(read)["id"])
        page.locator("#case summary").click()
        assert violations_of(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("r")
        page.locator("dialog .diff").wait_for()
        assert violations_of(page) == [], "why reject"
