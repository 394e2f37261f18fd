"""A report with figures of two companies over four years, one of which has a hostile name."""

from datetime import date
from decimal import Decimal

from market import evidence, report

from kg.graph import Graph
from kg.model import Claim, Entity, Extraction, Period, Quantity
from kg.settings import Settings
from ontology import terms

HOSTILE = """<script>alert(1)</script> & "Sons" | [x](javascript:alert(2)) *b* `c` \x0b<img src=x>"""
TALL = Entity(terms.ID + "1111111111111111", "Tallcloud", "Organization", known=False)
WILD = Entity(terms.ID + "2222222222222222", HOSTILE, "Organization", known=False)
FIGURES = [(TALL, 2024, 900), (TALL, 2025, 1000), (TALL, 2026, 1200), (TALL, 2027, 1500)]
FIGURES += [(WILD, 2024, 100), (WILD, 2025, 150), (WILD, 2027, 300)]
SENTENCES = [f"{one.label} had {value} MW of IT capacity in {year}." for one, year, value in FIGURES]
TEXT = "Capacity\n\n" + " ".join(SENTENCES)


def figure(about, year, value, sentence, *, text=TEXT):
    number = Decimal(value)
    return Claim(
        kind="metric",
        subject=about,
        modality="forecast" if year > 2026 else "reported",
        polarity="affirmed",
        evidence=evidence(text, sentence),
        confidence=Decimal("0.9"),
        statement=sentence,
        metric=terms.VOCAB + "metric-it-capacity",
        quantity=Quantity(number, number, number, "MegaW", "exact", f"{value} MW"),
        period=Period(str(year), date(year, 1, 1), date(year + 1, 1, 1)),
    )


def relation(about, sentence):
    return Claim(
        kind="relation",
        subject=about,
        modality="planned",
        polarity="affirmed",
        evidence=evidence(TEXT, sentence),
        confidence=Decimal("0.8"),
        statement=sentence,
        predicate=terms.IS_CUSTOMER_OF,
        object=TALL,
    )


CHARTED = Extraction(
    report("charted.md", TEXT, HOSTILE, date(2026, 3, 1), HOSTILE),
    (TALL, WILD),
    (
        *(figure(*one, sentence) for one, sentence in zip(FIGURES, SENTENCES, strict=True)),
        relation(WILD, SENTENCES[-1]),
    ),
)


def publish_charted(store_path, *more):
    """Publish the report, and others with it."""
    with Graph.open(Settings(store=str(store_path))) as graph:
        for extraction in (CHARTED, *more):
            graph.replace_report(extraction)
        graph.publish()
