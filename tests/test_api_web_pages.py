"""The pages for people, against a real server: every figure leads to its sentence, nothing hostile runs."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from curating import publish_market
from hypothesis import given
from hypothesis import strategies as st
from market import FIRST, SECOND
from served import served

from api.web.spans import covered_share, stretches_of
from api.web.wording import figure_in_words, number_in_words, period_in_words
from kg.records import FigureRecord, PeriodRecord, Ref

MEGAWATT = Ref("http://qudt.org/vocab/unit/MegaW", "MegaW", "megawatt")


def figure(value=None, low=None, high=None, qualifier="exact", text=""):
    numbers = [None if one is None else Decimal(one) for one in (value, low, high)]
    return FigureRecord(*numbers, MEGAWATT, qualifier, text)


@pytest.mark.parametrize(
    ("given_figure", "said"),
    [
        (figure("103", "103", "103"), "103 MW"),
        (figure("600", "600", None, "at-least"), "over 600 MW"),
        (figure(None, "40", "250", "range"), "40–250 MW"),
        (figure("75", None, "75", "at-most"), "up to 75 MW"),
    ],
)
def test_a_figure_keeps_what_its_source_meant_by_it(given_figure, said):
    assert figure_in_words(given_figure) == said


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("/2030", "by 2030"),
        ("2026/", "from 2026"),
        ("2026/2027", "2026 to 2027"),
        ("2026-Q1", "Q1 2026"),
        (None, "no date"),
    ],
)
def test_a_period_is_said_as_people_say_it(label, said):
    assert period_in_words(PeriodRecord(label, None, None, None)) == said


@given(st.decimals(min_value=0, max_value=10**15, places=2, allow_nan=False))
def test_a_number_in_words_is_within_a_hundredth_of_its_scale(value):
    number, _, scale = number_in_words(value).partition(" ")
    size = {"tn": 10**12, "bn": 10**9, "m": 10**6, "": 1}[scale]
    assert abs(Decimal(number.replace(",", "")) * size - value) <= Decimal("0.005") * size


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.targets, self.ids, self.inline = [], [], []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.targets += [named["href"]] if "href" in named else []
        self.ids += [named["id"]] if "id" in named else []
        self.inline += [name for name in named if name == "style" or name.startswith("on")]
        self.inline += ["script"] if tag == "script" and "src" not in named else []


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("web") / "store"
    publish_market(path)
    with served(path) as running:
        yield running


def read(address, path):
    reply = address.ask(path, headers={"Accept": "text/html"})
    assert reply.status == 200, reply.text
    return reply.text


PAGES = [
    "/",
    "/reports",
    "/landscape",
    "/metrics",
    "/conflicts",
    "/search?q=nebius",
    "/ask?q=",
    "/id/nebius",
    "/compare?e=nebius,aws",
    "/changes",
    "/query",
    "/vocab/metric-it-capacity",
    "/id/aws",
    "/id/aws/statements",
    "/id/nebius/figures",
    "/id/nebius/neighbours",
]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_no_script_of_its_own_and_has_unique_ids(address, path):
    links = Links()
    links.feed(read(address, path))
    assert links.inline == []
    assert len(links.ids) == len(set(links.ids))


@pytest.mark.slow
def test_every_statement_on_an_entity_page_leads_to_its_place_in_the_report(address):
    links = Links()
    links.feed(read(address, "/id/nebius"))
    sources = [target for target in links.targets if "#c-" in target]
    assert sources
    for target in sources:
        path, _, anchor = target.partition("#")
        assert f'id="{anchor}"' in read(address, path)


@pytest.mark.slow
def test_the_reader_shows_the_whole_text_of_a_report(address):
    path = next(target for target in re.findall(r'href="(/doc/[^"]+)"', read(address, "/reports")))
    shown = read(address, path)
    body = shown[shown.index('<div class="text"') : shown.index('<ol class="statements">')]
    without_numbers = re.sub(r"<sup>.*?</sup>", "", body)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", without_numbers)).strip()
    assert any(text == re.sub(r"\s+", " ", one.report.text).strip() for one in (FIRST, SECOND))


@pytest.mark.slow
def test_words_of_a_searcher_are_shown_as_words(address):
    shown = read(address, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


@pytest.mark.slow
@pytest.mark.parametrize("what", ["nebius,%7B%7D", "%3Cscript%3E,nebius", "nebius,no-such-thing", "a b,c"])
def test_a_comparison_with_something_unknown_says_so_and_offers_a_choice(address, what):
    reply = address.ask(f"/compare?e={what.replace(' ', '%20')}", headers={"Accept": "text/html"})
    assert reply.status == 404
    assert "<select" in reply.text
    assert "<script>" not in reply.text


@pytest.mark.slow
def test_a_statement_that_others_contradict_shows_them_with_their_sentences(address):
    shown = read(address, re.findall(r'href="(/claim/[^"#]+)"', read(address, "/conflicts"))[0])
    assert "1.6 trillion" in shown
    assert "1.9 trillion" in shown


@pytest.mark.slow
def test_a_query_in_the_address_is_shown_as_text(address):
    assert "<script>alert" not in read(
        address, "/query?query=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E"
    )


def test_stretches_put_together_are_the_text():
    stretches = list(stretches_of("All of it.", []))
    assert "".join(one.text for one in stretches) == "All of it."
    assert covered_share(stretches) == 0.0
