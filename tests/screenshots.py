"""Draws the pictures of docs/tour.md in a browser, from the sample reports; `make screenshots` runs it."""

import tempfile
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from browsing import chromium, tab
from PIL import Image
from sampled import read_samples
from served import ROOT, served

PICTURES = ROOT / "docs" / "tour"
_WIDTH, _COLOURS = 1280, 48
_BARS = """PREFIX aif: <https://w3id.org/ai-factory/ns#>
PREFIX v: <https://w3id.org/ai-factory/vocab/>
SELECT ?who (MAX(?value) AS ?most) WHERE {
  ?claim aif:metric v:metric-market-share ; aif:subject ?who ; aif:value ?value
} GROUP BY ?who ORDER BY DESC(?most)"""
_SHOTS = {
    "home": ("/", 860),
    "entity": ("/id/coreweave", 1000),
    "metric": ("/vocab/metric-capex", 780),
    "report": ("/doc/{report}", 900),
    "contracts": ("/landscape?view=contracts", 760),
    "network": ("/landscape?view=network", 860),
    "review": ("/review", 900),
    "query": (f"/query?{urlencode({'query': _BARS, 'run': '1', 'view': 'chart'})}", 820),
}


def draw(page, address: str, height: int) -> bytes:
    """The top of a page as a PNG of few colours."""
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.goto(address)
    page.wait_for_timeout(1500)  # what scripts add
    picture = Image.open(BytesIO(page.screenshot()))
    small = BytesIO()
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def main() -> None:
    """Read the samples, show them, draw each page."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = read_samples(Path(folder) / "store")
        with served(store) as service, chromium() as browser, tab(browser) as page:
            first = service.ask("/api/claims?subject=nebius&kind=metric&limit=1").json["claims"][0]
            report = first["report"]["id"]
            for name, (path, height) in _SHOTS.items():
                (PICTURES / f"{name}.png").write_bytes(
                    draw(page, service.url + path.format(report=report), height)
                )


if __name__ == "__main__":
    main()
