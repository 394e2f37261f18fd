"""Pages in their other forms: drawings as files, Markdown with citations, data; by suffix and by Accept."""

import re
from xml.etree import ElementTree

import pytest
from charted import FIGURES, HOSTILE, SENTENCES, publish_charted
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from market import FIRST, SECOND
from served import served

from api.web.markdown import as_markdown
from api.web.markdown_text import escaped

SVG = "{http://www.w3.org/2000/svg}"
CHART = "/vocab/metric-it-capacity"
# What XML cannot hold is shown as the sign for what cannot be shown.
SHOWN = HOSTILE.replace("\x0b", "\ufffd")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("forms") / "store"
    publish_charted(path, FIRST, SECOND)
    with served(path) as running:
        yield running


def drawing_of(service, path):
    reply = service.ask(path)
    assert reply.status == 200, reply.text
    assert reply.media_type == "image/svg+xml"
    assert "script-src" not in reply.headers["content-security-policy"]
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    return ElementTree.fromstring(reply.body)  # noqa: S314 - written by the service that is tested


def addresses_in(drawing):
    return [one.attrib["href"] for one in drawing.iter(f"{SVG}a")]


def html_of(markdown):
    """The Markdown as a reader sees it; raw HTML counts, so that what slips through is seen."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


@pytest.mark.slow
@pytest.mark.parametrize("path", [f"{CHART}.svg", "/landscape.svg?view=network", "/landscape.svg"])
def test_a_drawing_is_a_file_of_its_own_that_runs_and_loads_nothing(service, path):
    drawing = drawing_of(service, path)
    tags = {element.tag.removeprefix(SVG) for element in drawing.iter()}
    assert tags.isdisjoint({"script", "foreignObject", "image", "use", "iframe", "img"})
    names = {name for element in drawing.iter() for name in element.attrib}
    assert not any(name.startswith("on") or name == "style" for name in names)
    assert all(address.startswith(service.url) for address in addresses_in(drawing))
    assert "version 1" in drawing[-1].text


@pytest.mark.slow
def test_a_drawn_chart_has_a_mark_for_each_figure_with_its_words(service):
    drawing = drawing_of(service, f"{CHART}.svg")
    names = [one.attrib["aria-label"] for one in drawing.iter(f"{SVG}a")]
    assert len(names) == len(FIGURES) + 1
    assert sum(name.startswith(f"{SHOWN}: ") for name in names) == 3
    for address in addresses_in(drawing):
        path, _, anchor = address.removeprefix(service.url).partition("#")
        assert f'id="{anchor}"' in service.ask(path, headers={"Accept": "text/html"}).text


@pytest.mark.slow
def test_filters_hold_for_a_drawing(service):
    some = drawing_of(service, f"{CHART}.svg?subject=1111111111111111")
    assert len(addresses_in(some)) == 4


@pytest.mark.slow
def test_the_positions_of_a_conflict_are_drawn(service):
    conflict = service.ask("/api/conflicts").json["conflicts"][0]["id"]
    assert len(addresses_in(drawing_of(service, f"/conflict/{conflict}.svg"))) == 2


@pytest.mark.slow
def test_a_page_on_which_nothing_is_drawn_has_no_drawing(service):
    for path in ("/metrics.svg", "/vocab/metric-fine.svg"):
        assert service.ask(path).status == 406
    assert service.ask("/id/no-such-thing.svg").status == 404


PAGES = ["/index", "/landscape", "/metrics", "/conflicts", "/reports", "/changes", CHART, "/id/nebius"]
PAGES += ["/search", "/compare", "/ask", "/id/2222222222222222"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_to_be_had_as_markdown_that_holds_no_html(service, path):
    reply = service.ask(f"{path}.md")
    assert (reply.status, reply.media_type) == (200, "text/markdown")
    shown = html_of(reply.text)
    assert re.search("<h1>.+</h1>", shown)
    assert "<script" not in shown
    assert "<img" not in shown
    assert "javascript:" not in "".join(re.findall('href="([^"]*)"', shown))
    assert re.findall('href="([^"]*)"', shown), "its links lead somewhere"
    assert all(link.startswith("http") for link in re.findall('href="([^"]*)"', shown))


@pytest.mark.slow
def test_every_statement_on_an_entity_page_has_a_footnote_with_its_sentence_and_origin(service):
    text = service.ask("/id/nebius.md").text
    numbers = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.+)$", text, re.MULTILINE))
    assert numbers == set(notes) != set()
    assert any("Nebius plans 100 MW of IT capacity in 2027." in note for note in notes.values())
    assert all("AI factories 2026" in note and "version 1" in note for note in notes.values())


@pytest.mark.slow
def test_a_report_in_markdown_is_its_whole_text_as_a_quotation(service):
    reports = service.ask("/api/reports").json["reports"]
    path = next(f"/doc/{one['id']}" for one in reports if one["title"] == FIRST.report.title)
    text = service.ask(f"{path}.md").text
    quoted = " ".join(line.removeprefix(">").strip() for line in text.splitlines() if line.startswith(">"))
    said = re.sub(r"\[\^\d+\]|\\", "", re.sub(r"\s+", " ", quoted)).strip()
    assert said == re.sub(r"\s+", " ", FIRST.report.text).strip()


@pytest.mark.slow
def test_accept_asks_for_a_form_and_the_page_names_its_forms(service):
    page = service.ask("/id/nebius", headers={"Accept": "text/html"})
    assert '</id/nebius.md>; rel="alternate"; type="text/markdown"' in page.headers["link"]
    assert 'href="/id/nebius.md">Markdown</a>' in page.text
    chart = service.ask(CHART, headers={"Accept": "text/html"})
    assert f'href="{CHART}.svg">SVG</a>' in chart.text
    same = service.ask("/id/nebius", headers={"Accept": "text/markdown, text/html;q=0.5"})
    assert (same.media_type, same.text) == ("text/markdown", service.ask("/id/nebius.md").text)
    assert same.headers["etag"] != page.headers["etag"]
    assert service.ask("/metrics", headers={"Accept": "text/markdown"}).text.startswith("# Metrics")
    assert service.ask("/metrics").text.startswith("# HELP")


@pytest.mark.slow
def test_json_and_csv_lead_to_the_data_of_the_page_with_its_filters(service):
    assert service.ask("/id/nebius.json").json["label"] == "Nebius"
    assert service.ask("/metrics.csv").media_type == "text/csv"
    assert service.ask("/ask.json").status == 406


@pytest.mark.slow
def test_tools_and_unknown_things_have_no_other_form(service):
    assert service.ask("/review.md").status == 404
    assert service.ask("/id/no-such-thing.md").status == 404


@given(st.text())
def test_any_text_is_only_text_in_markdown(text):
    shown = html_of(f"x {escaped(text)}")
    assert not re.findall("<(?!/?p>|br)", shown)


@pytest.mark.parametrize(
    "text", [HOSTILE, "# not a heading", "- none", "1. none", "=== x", "&lt;b&gt;", *SENTENCES]
)
def test_hostile_words_of_a_page_stay_words(text):
    page = f"<main><p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p></main>"
    shown = html_of(as_markdown(page, address="http://a.example/", drawing="").text)
    assert re.fullmatch(r"<p>[^<]*</p>\n", shown)
