"""Contracts of the landscape: which figure goes with which, the drawing in lanes, and both in the browser."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from browsing import needs_chromium, tab, violations_of
from charted import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from market import FIRST, evidence, report
from served import served

from api.assets import asset
from api.web.contracts import Deal, deals_of
from api.web.lanes import WIDTH, lanes_of
from kg.claim_records import claim_records
from kg.graph import Graph
from kg.iris import CLAIM
from kg.model import Claim, Entity, Extraction, Quantity
from kg.records import Ref
from kg.settings import Settings
from kg.snapshots import latest, open_read_only
from ontology import terms

TALL = Entity(terms.ID + "1111111111111111", "Tallcloud", "Organization", known=False)
WIDE = Entity(terms.ID + "3333333333333333", "Widecloud", "Organization", known=False)
WILD = Entity(terms.ID + "2222222222222222", HOSTILE, "Organization", known=False)
LAB = Entity(terms.ID + "4444444444444444", "Lab", "Organization", known=False)
BUYING = [
    (LAB, TALL, "reported", "$300 billion"),
    (LAB, WILD, "planned", None),
    (WIDE, TALL, "reported", "$12 billion"),
]


def sentence_of(buyer, seller, modality, words):
    verb = "plans to buy from" if modality == "planned" else "buys from"
    return f"{buyer.label} {verb} {seller.label}" + (f" for {words}." if words else ".")


LOOSE = "Tallcloud has a contract worth $7 billion."
TEXT = "Contracts\n\n" + " ".join(sentence_of(*one) for one in BUYING) + f" {LOOSE}"


def claims_of(buyer, seller, modality, words):
    said = sentence_of(buyer, seller, modality, words)
    common = {"modality": modality, "polarity": "affirmed", "confidence": Decimal("0.9"), "statement": said}
    yield Claim(
        kind="relation",
        subject=buyer,
        evidence=evidence(TEXT, said),
        predicate=terms.IS_CUSTOMER_OF,
        object=seller,
        **common,
    )
    if words:
        yield worth(buyer, words, said)


def worth(subject, words, said):
    value = Decimal(re.sub(r"\D", "", words)) * 10**9
    return Claim(
        kind="metric",
        subject=subject,
        modality="reported",
        polarity="affirmed",
        evidence=evidence(TEXT, said),
        confidence=Decimal("0.9"),
        statement=said,
        metric=terms.VOCAB + "metric-contract-value",
        quantity=Quantity(value, value, value, "CCY_USD", "exact", words),
    )


CONTRACTED = Extraction(
    report("contracts.md", TEXT, "Contracts", date(2026, 3, 1), "X"),
    (TALL, WIDE, WILD, LAB),
    (
        *(claim for one in BUYING for claim in claims_of(*one)),
        worth(TALL, "$7 billion", LOOSE),
    ),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("contracts") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        graph.replace_report(CONTRACTED)
        graph.publish()
    return path


@pytest.fixture(scope="module")
def claims(store):
    version = open_read_only(latest(store))
    iris = {quad.subject.value for quad in version if str(quad.subject).startswith(f"<{CLAIM}")}
    return claim_records(version, sorted(iris))


@pytest.fixture(scope="module")
def deals(claims):
    return deals_of(
        [claim for claim in claims if claim.predicate], [claim for claim in claims if claim.figure]
    )


@pytest.fixture(scope="module")
def service(store):
    with served(store) as running:
        yield running


def test_a_figure_goes_with_the_contract_of_its_own_words_and_with_no_other(deals):
    told = [(deal.buyer.label, deal.seller.label, [one.figure.text for one in deal.worth]) for deal in deals]
    assert told == [
        ("Lab", "Tallcloud", ["$300 billion"]),
        ("Widecloud", "Tallcloud", ["$12 billion"]),
        ("Lab", HOSTILE, []),
    ]


def test_a_figure_of_a_table_goes_with_the_contract_whose_other_side_its_words_name(claims, deals):
    loose = next(claim for claim in claims if claim.figure and claim.figure.text == "$7 billion")
    named = replace(loose, evidence=(replace(loose.evidence[0], quote="Lab | Tallcloud | $7 billion"),))
    (first, *_) = deals_of(deals[0].claims, [named])
    assert [one.iri for one in first.worth] == [loose.iri]


def test_the_same_amount_from_two_reports_is_told_once_and_a_rejected_one_never(claims, deals):
    said = next(claim for claim in claims if claim.figure and claim.figure.text == "$300 billion")
    again, gone = replace(said, iri=f"{said.iri}x"), replace(said, iri=f"{said.iri}y", status="rejected")
    assert len(deals_of(deals[0].claims, [said, again])[0].worth) == 1
    assert deals_of(deals[0].claims, [gone])[0].worth == ()


def test_what_is_denied_is_listed_and_not_drawn(deals):
    denied = [replace(claim, polarity="negated") for claim in deals[0].claims]
    (deal,) = deals_of(denied, [])
    assert deal.denied
    assert lanes_of([deal], {}) is None


def test_buyers_stand_left_of_sellers_and_the_largest_contract_is_widest(deals):
    lanes = lanes_of(deals, {})
    places = {stop.thing.label: stop.x for stop in lanes.stops}
    assert places["Lab"] < places["Tallcloud"]
    widths = {
        one.deal.seller.label: one.width
        for _, some in lanes.buyers
        for one in some
        if one.deal.buyer.label == "Lab"
    }
    assert widths["Tallcloud"] > widths[HOSTILE]
    assert (lanes.unit.label, lanes.unscaled, lanes.left_out) == ("US dollar", 1, 0)


def test_hyperscalers_and_compute_natives_have_lanes_of_their_own_between_buyers_and_sellers(deals):
    of = {TALL.iri: terms.V_PARADIGM_HYPERSCALER, WIDE.iri: terms.V_PARADIGM_COMPUTE_NATIVE}
    assert [name for name, *_ in lanes_of(deals, of).titles] == [
        "Buyers",
        "Hyperscalers",
        "Compute-native",
        "Sellers",
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60, unique=True))
def test_nothing_leaves_the_frame_and_what_has_no_room_is_counted(deals, pairs):
    things = [Ref(f"urn:{n}", str(n), f"thing {n}") for n in range(10)]
    many = [Deal(things[one], things[other], False, deals[0].claims, ()) for one, other in pairs]
    lanes = lanes_of(many, {"urn:1": terms.V_PARADIGM_HYPERSCALER, "urn:2": terms.V_PARADIGM_COMPUTE_NATIVE})
    stated = [deal for deal in many if deal.buyer != deal.seller]
    if not stated:
        assert lanes is None
        return
    ribbons = [one for _, some in lanes.buyers for one in some]
    assert len(ribbons) + lanes.left_out == len(stated)
    assert all(0 < stop.x < WIDTH and 0 < stop.y < lanes.height for stop in lanes.stops)
    assert all(0 < one.x < WIDTH and 0 < one.y < lanes.height for one in ribbons)
    places = [(stop.x, stop.y) for stop in lanes.stops]
    assert len(places) == len(set(places))


def test_the_page_and_its_drawing_name_every_contract_and_escape_hostile_names(service):
    page = service.ask("/landscape?view=contracts", headers={"Accept": "text/html"}).text
    assert "<script>alert" not in page
    assert "Lab buys from Tallcloud: 300 bn USD" in page
    drawing = service.ask("/landscape.svg?view=contracts")
    assert drawing.media_type == "image/svg+xml"
    assert drawing.text.count('class="mark"') == len(BUYING)
    assert "<script>alert" not in drawing.text


def test_without_contracts_the_page_says_so_and_has_no_drawing(tmp_path):
    with Graph.open(Settings(store=str(tmp_path / "store"))) as graph:
        graph.replace_report(FIRST)
        graph.publish()
    with served(tmp_path / "store") as running:
        assert (
            "No report that was read says who buys"
            in running.ask("/landscape?view=contracts", headers={"Accept": "text/html"}).text
        )
        assert running.ask("/landscape.svg?view=contracts").status == 406


@needs_chromium
@pytest.mark.slow
@pytest.mark.skipif(asset("page.js") is None, reason="the scripts are not built: make assets")
def test_arrow_keys_lead_over_the_contracts_and_enter_shows_the_sentence(service, browser):
    with tab(browser) as page:
        page.goto(service.url + "/landscape?view=contracts")
        page.locator("a.mark").first.focus()
        assert "plans to buy" in page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("ArrowRight")
        assert "Tallcloud" in page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        page.locator(".card mark", has_text="for $300 billion").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.localName") == "figcaption"
        assert violations_of(page) == []
