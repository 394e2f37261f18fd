"""The network of more than sixty things, on a canvas: by keys, by pointer, as links, without scripts."""

import gzip
import re
from datetime import date
from decimal import Decimal

import pytest
from browsing import needs_chromium, tab, violations_of
from charted import HOSTILE
from market import evidence, report
from served import served

from api.assets import asset
from kg.graph import Graph
from kg.model import Claim, Entity, Extraction
from kg.settings import Settings
from ontology import terms

pytestmark = [
    needs_chromium,
    pytest.mark.slow,
    pytest.mark.skipif(asset("network.js") is None, reason="the scripts are not built: make assets"),
]

MANY = "/landscape?view=network&most=400"
# Each thing buys from the one whose number is half of its own, so that all hang together.
THINGS = [
    Entity(f"{terms.ID}{n:016x}", f"Cloud number {n}", "Organization", known=False) for n in range(1, 400)
]
THINGS[40] = Entity(THINGS[40].iri, HOSTILE, "Organization", known=False)
PAIRS = [(THINGS[n - 1], THINGS[n // 2 - 1]) for n in range(2, 400)]
SENTENCES = [f"{buyer.label} buys from {seller.label} ({n})." for n, (buyer, seller) in enumerate(PAIRS)]
TEXT = " ".join(SENTENCES)


def buying(buyer, seller, sentence):
    return Claim(
        kind="relation",
        subject=buyer,
        modality="reported",
        polarity="affirmed",
        evidence=evidence(TEXT, sentence),
        confidence=Decimal("0.9"),
        statement=sentence,
        predicate=terms.IS_CUSTOMER_OF,
        object=seller,
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "store"
    claims = (buying(*pair, said) for pair, said in zip(PAIRS, SENTENCES, strict=True))
    with Graph.open(Settings(store=str(path))) as graph:
        graph.replace_report(
            Extraction(
                report("many.md", TEXT, "Who buys from whom", date(2026, 4, 1), "X"),
                tuple(THINGS),
                tuple(claims),
            )
        )
        graph.publish()
    with served(path) as running:
        yield running


def at(page):
    return page.evaluate("document.activeElement.textContent")


def place_of(page, name):
    link = page.locator(".things a").get_by_text(name, exact=True)
    return {axis: float(link.get_attribute(f"data-{axis}")) for axis in ("x", "y")}


def test_sixty_things_are_an_svg_and_need_no_more_script(service):
    few = service.ask("/landscape?view=network", headers={"Accept": "text/html"}).text
    assert few.count('class="mark node"') == 60
    assert asset("network.js") not in few
    assert 'href="/landscape?most=400&amp;view=network"' in few
    assert service.ask("/landscape?view=network&most=401", headers={"Accept": "text/html"}).status == 422


def test_more_things_are_drawn_on_a_canvas_with_a_link_for_each(service, browser):
    with tab(browser) as page:
        page.goto(service.url + MANY)
        page.locator("canvas").wait_for()
        names = page.locator("canvas a").evaluate_all("links => links.map(one => one.textContent)")
        assert len(names) == 399
        assert HOSTILE in names
        page.wait_for_timeout(200)
        painted = page.evaluate(
            "(() => { const c = document.querySelector('canvas');"
            " const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            " return data.filter((value, n) => n % 4 === 3 && value > 0).length / (c.width * c.height); })()"
        )
        assert 0.01 < painted < 0.6


def test_keys_reach_every_thing_and_open_its_page(service, browser):
    with tab(browser) as page:
        page.goto(service.url + MANY)
        page.get_by_role("button", name="Whole").focus()
        page.keyboard.press("Tab")
        first = at(page)
        assert page.evaluate("document.activeElement.closest('canvas') !== null")
        seen = {first}
        for _ in range(len(THINGS) - 1):
            page.keyboard.press("PageDown")
            seen.add(at(page))
        assert seen == {one.label for one in THINGS}
        page.keyboard.press("Home")
        assert at(page) == first
        start = place_of(page, first)
        for key, axis, sign in (("Left", "x", -1), ("Right", "x", 1), ("Up", "y", -1), ("Down", "y", 1)):
            page.keyboard.press("Home")
            page.keyboard.press(f"Arrow{key}")
            assert sign * (place_of(page, at(page))[axis] - start[axis]) > 0
        assert f"is customer of {at(page)}" in page.locator("#said").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/*")


def test_escape_leaves_and_tab_does_not_go_through_hundreds_of_links_within(service, browser):
    with tab(browser) as page:
        page.goto(service.url + MANY)
        page.get_by_role("button", name="Whole").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.localName") == "figcaption"
        page.get_by_role("button", name="Whole").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('canvas') === null")


def test_a_pointer_says_what_a_thing_is_joined_to_and_opens_it(service, browser):
    with tab(browser) as page:
        page.goto(service.url + MANY)
        box = page.locator("canvas").bounding_box()
        before = page.locator("#said").inner_text()
        for step in range(400):
            page.mouse.move(box["x"] + 20 + 2 * step, box["y"] + box["height"] / 2)
            if page.locator("#said").inner_text() != before:
                break
        assert "is customer of" in page.locator("#said").inner_text()
        page.mouse.down()
        page.mouse.up()
        page.wait_for_url("**/id/*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_canvas_is_accessible_and_fits(service, browser, scheme):
    with tab(browser) as page:
        page.emulate_media(color_scheme=scheme)
        page.goto(service.url + "/landscape?view=network&most=150")
        for width in (1360, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_it_is_the_drawing_and_the_lists(service, browser):
    with tab(browser, java_script_enabled=False) as page:
        page.goto(service.url + MANY)
        assert page.locator(".things li").count() == 399
        assert page.locator(".facts li").count() == 398
        drawn = page.request.get(service.url + page.locator(".stage img").get_attribute("src"))
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert drawn.text().count('class="mark node"') == 399


def test_four_hundred_things_keep_to_the_budget(service):
    text = service.ask(MANY, headers={"Accept": "text/html"}).text
    assert len(gzip.compress(text.encode())) <= 30 * 1024
    scripts = re.findall(r'<script[^>]+src="([^"]+)"', text)
    assert any("network" in address for address in scripts)
    assert sum(len(gzip.compress(service.ask(address).body)) for address in scripts) <= 45 * 1024
