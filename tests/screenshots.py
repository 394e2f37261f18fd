"""Draws the pictures of docs/tour.md in a browser, from the sample reports; `make screenshots` runs it."""

import tempfile
from io import BytesIO
from pathlib import Path

from browsing import chromium, tab
from PIL import Image
from sampled import read_samples
from served import ROOT, served

PICTURES = ROOT / "docs" / "tour"
_WIDTH, _COLOURS = 1280, 48
_SHOTS = {
    "home": ("/", 860),
    "entity": ("/id/coreweave", 1000),
    "metric": ("/vocab/metric-capex", 780),
    "report": ("/doc/{report}", 900),
}


def draw(page, address: str, height: int) -> bytes:
    """The top of a page as a PNG of few colours."""
    page.set_viewport_size({"width": _WIDTH, "height": height})
    page.goto(address)
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
