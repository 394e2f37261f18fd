"""A real browser for the tests: Debian's Chromium, driven over a pipe, kept from any other machine."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"), reason="Chromium is not installed"
)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    assert CHROMIUM, "the Debian package chromium is needed"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=_SWITCHES)
        yield browser
        browser.close()


@contextlib.contextmanager
def tab(browser: Browser, *, width: int = 1360, quiet: bool = True, **options) -> Iterator[Page]:
    """A page with nothing remembered. Fails on a request to another machine, and on errors where quiet."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    left: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda asked: None if _stays_here(asked.url) else left.append(asked.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
        assert left == [], "requests left this machine"
        assert not (quiet and complaints), complaints
    finally:
        context.close()


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")


def violations_of(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands, each with its place."""
    found = Axe().run(page, options={"runOnly": _TAGS, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['target'][0]} {node.get('failureSummary', '')}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]
