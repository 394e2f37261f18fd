"""What many tests share."""

import pytest


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests of a process: Playwright runs once in it."""
    from browsing import chromium

    with chromium() as running:
        yield running
