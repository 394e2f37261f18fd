"""What a page costs: bytes over the wire, requests, and for how long browsers may keep them."""

import gzip
import re

import pytest
from curating import publish_market
from market import FIRST, SECOND
from served import served

from api.assets import asset
from kg.graph import Graph
from kg.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(asset("page.js") is None, reason="the scripts and fonts are not built: make assets"),
]

KIB = 1024
PAGES = ("/", "/landscape", "/landscape?view=network", "/metrics", "/vocab/metric-it-capacity", "/conflicts")
PAGES += ("/vocab/metric-it-capacity?view=ranking", "/vocab/metric-it-capacity?view=table")
PAGES += ("/landscape?view=contracts", "/doc/{report}", "/search?q=nebius", "/ask?q=nebius", "/upload")
PAGES += ("/id/nebius/statements", "/id/nebius/figures", "/id/nebius/neighbours")
PAGES += ("/id/nebius", "/compare?e=nebius,aws", "/reports", "/changes", "/query", "/review")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("budgets") / "store"
    publish_market(path)
    with served(path) as running:
        yield running


def page_of(service, path, **headers):
    return service.ask(path, headers={"Accept": "text/html", **headers})


def bytes_of(service, paths):
    return sum(len(gzip.compress(service.ask(path).body)) for path in paths)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_its_budget(service, path):
    if "{report}" in path:
        path = path.format(report=service.ask("/api/reports").json["reports"][0]["id"])
    text = page_of(service, path).text
    scripts = re.findall(r'<script[^>]+src="([^"]+)"', text)
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert len(gzip.compress(text.encode())) <= 30 * KIB
    assert bytes_of(service, styles) <= 8 * KIB
    assert bytes_of(service, scripts) <= {"/query": 125, "/review": 16}.get(path, 8) * KIB
    assert all(found.startswith("/static/") for found in scripts + styles)


def test_a_report_loads_what_decides_about_it_only_when_a_statement_is_opened(service):
    report = service.ask("/api/reports").json["reports"][0]["id"]
    text = page_of(service, f"/doc/{report}").text
    later = re.findall(r'data-desk="([^"]+)"', text)
    assert later == [asset("reader_desk.js")]
    assert text.count(later[0]) == 1
    assert bytes_of(service, [*re.findall(r'<script[^>]+src="([^"]+)"', text), *later]) <= 16 * KIB


def test_fonts_are_ours_two_and_small(service):
    style = service.ask(asset("style.css")).text
    fonts = set(re.findall(r'url\("?([^")]+\.woff2)"?\)', style))
    assert len(fonts) == 2
    assert sum(len(service.ask("/static/" + name.removeprefix("./")).body) for name in fonts) <= 80 * KIB


def test_built_files_may_be_kept_for_ever_and_pages_are_asked_for_again_by_tag(service):
    assert "immutable" in service.ask(asset("page.js")).headers["cache-control"]
    first = page_of(service, "/landscape")
    assert first.headers["cache-control"] == "no-cache"
    again = page_of(service, "/landscape", **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_a_page_of_an_older_version_says_so_and_stays_for_ever(tmp_path):
    with Graph.open(Settings(store=str(tmp_path / "store"))) as graph:
        graph.replace_report(FIRST)
        graph.publish()
        graph.replace_report(SECOND)
        graph.publish()
    with served(tmp_path / "store") as running:
        old, new = page_of(running, "/reports?v=1"), page_of(running, "/reports")
        assert "Version 1 of 2" in old.text
        assert "immutable" in old.headers["cache-control"]
        assert SECOND.report.title not in old.text
        assert SECOND.report.title in new.text
        assert page_of(running, "/reports?v=9").status == 404
        feed = running.ask("/changes.atom")
        assert feed.media_type == "application/atom+xml"
        assert feed.text.count("<entry>") >= len(SECOND.claims)
