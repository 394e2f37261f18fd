"""The main pages look as they did: small pictures kept beside the tests, compared in a real browser.

Pictures are shrunk before they are compared, so that another build of the browser, which draws letters a
little otherwise, passes, and a block that moved or vanished does not. `make snapshots` draws them anew.
"""

import sys
from io import BytesIO
from pathlib import Path

import pytest
from browsing import chromium, needs_chromium, tab
from curating import publish_market
from PIL import Image, ImageChops, ImageFilter
from served import served

from api.assets import asset

pytestmark = [
    needs_chromium,
    pytest.mark.slow,
    pytest.mark.skipif(asset("page.js") is None, reason="the scripts and fonts are not built: make assets"),
]

KEPT = Path(__file__).parent / "snapshots"
PAGES = {
    "landscape": "/landscape",
    "entity": "/id/nebius",
    "metric": "/vocab/metric-it-capacity",
    "ranking": "/vocab/metric-it-capacity?view=ranking",
    "review": "/review",
    "compare": "/compare?e=nebius,aws",
    "conflicts": "/conflicts",
    "query": "/query",
}
SCHEMES = ("light", "dark")
WIDTHS = (1360, 390)
HEIGHT, SHRUNK = 900, 5
# A pixel of the small pictures differs from here on; so many of them may.
FAR, MAY_DIFFER = 24, 0.01


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("snapshots") / "store"
    publish_market(path)
    with served(path) as running:
        yield running


def picture_of(page, address, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.goto(address)
    page.evaluate("document.fonts.ready")
    whole = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return whole.resize((width // SHRUNK, HEIGHT // SHRUNK), Image.Resampling.BOX)


def share_that_differs(one, other):
    if one.size != other.size:
        return 1.0
    soft = [picture.convert("L").filter(ImageFilter.BoxBlur(1)) for picture in (one, other)]
    far = ImageChops.difference(*soft).point(lambda level: 255 * (level > FAR))
    return far.histogram()[255] / (one.width * one.height)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(service, browser, name, scheme):
    with tab(browser) as page:
        for width in WIDTHS:
            seen = picture_of(page, service.url + PAGES[name], scheme, width)
            kept = Image.open(KEPT / f"{name}-{scheme}-{width}.png").convert("RGB")
            differing = share_that_differs(seen, kept)
            assert differing <= MAY_DIFFER, f"{differing:.1%} of {name}, {scheme}, {width} px is different"


def test_a_block_that_is_gone_is_noticed():
    kept = Image.open(KEPT / "entity-light-1360.png").convert("RGB")
    changed = kept.copy()
    changed.paste((252, 252, 251), (10, 62, 180, 125))
    assert share_that_differs(kept, changed) > MAY_DIFFER


def draw_all(folder):
    """Draw the pictures anew."""
    KEPT.mkdir(exist_ok=True)
    publish_market(folder / "store")
    with served(folder / "store") as running, chromium() as browser, tab(browser) as page:
        for name, path in PAGES.items():
            for scheme in SCHEMES:
                for width in WIDTHS:
                    small = picture_of(page, running.url + path, scheme, width)
                    small.quantize(64).save(KEPT / f"{name}-{scheme}-{width}.png", "PNG", optimize=True)


if __name__ == "__main__":
    draw_all(Path(sys.argv[1]))
