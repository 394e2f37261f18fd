"""Generated claims in any number, in the shape in which real ones are stored.

How often a metric, a unit, a year and a modality occur follows the claims of the training reports, so a
question has a few answers at most, as there.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from market import FIRST, report
from pyoxigraph import Quad

from kg.model import Claim, Entity, Extraction, Period
from kg.quads import quads_of
from ontology import terms
from ontology.labels import load_labels

CLAIMS_PER_REPORT = 45
RECORDED = datetime(2026, 11, 24, tzinfo=UTC)
# Metric, unit, and how often; then years and modalities.
FIGURES = (
    ("growth-rate", "PERCENT", 35),
    ("share-of-total", "PERCENT", 35),
    ("it-capacity", "MegaW", 28),
    ("revenue", "CCY_USD", 26),
    ("capex", "CCY_USD", 18),
    ("earnings", "CCY_USD", 15),
    ("duration", "YR", 14),
    ("contract-value", "CCY_EUR", 14),
    ("market-share", "PERCENT", 11),
    ("gpu-count", "NUM", 10),
    ("survey-share", "PERCENT", 10),
    ("it-capacity", "GigaW", 6),
)
YEARS = {2022: 2, 2023: 5, 2024: 9, 2025: 53, 2026: 61, 2027: 8, 2028: 4, 2029: 3, 2030: 5, 2031: 1}
MODALITIES = {"reported": 62, "planned": 20, "estimate": 10, "forecast": 7, "vendor-claim": 1}


def market_quads(claims: int, seed: int = 7) -> Iterator[Quad]:
    """About 22 quads for each claim; the same every time."""
    chance = random.Random(seed)  # noqa: S311 - data, not secrets
    known = [one for one in load_labels().named.values() if one.type == "Organization"]
    organizations = [Entity(one.iri, one.label, "Organization") for one in known]
    for number in range(claims // CLAIMS_PER_REPORT):
        yield from quads_of(_extraction(number, organizations, chance), recorded_at=RECORDED)


def _extraction(number: int, organizations: list[Entity], chance: random.Random) -> Extraction:
    sentences = [f"Sentence {number}-{place} says something." for place in range(CLAIMS_PER_REPORT)]
    text = " ".join(sentences)
    described = report(f"r{number}.md", text, f"Report {number}", FIRST.report.issued, "Omdia")
    claims = tuple(
        _claim(sentence, text.index(sentence), chance.choice(organizations), chance) for sentence in sentences
    )
    return Extraction(
        described, tuple({claim.subject.iri: claim.subject for claim in claims}.values()), claims
    )


def _claim(sentence: str, start: int, subject: Entity, chance: random.Random) -> Claim:
    pattern = chance.choice([claim for claim in FIRST.claims if claim.kind != "transition"])
    evidence = replace(pattern.evidence, start=start, end=start + len(sentence), quote=sentence)
    if pattern.quantity is None:
        return replace(pattern, subject=subject, evidence=evidence, statement=sentence)
    value = Decimal(chance.randrange(1, 10_000))
    (metric, unit, _) = chance.choices(FIGURES, [often for _, _, often in FIGURES])[0]
    year = chance.choices([*YEARS], [*YEARS.values()])[0]
    return replace(
        pattern,
        subject=subject,
        evidence=evidence,
        statement=sentence,
        quantity=replace(
            pattern.quantity, value=value, low=value, high=value, text=f"{value} {unit}", unit=unit
        ),
        metric=terms.VOCAB + "metric-" + metric,
        period=Period(str(year), date(year, 1, 1), date(year + 1, 1, 1)),
        modality=chance.choices([*MODALITIES], [*MODALITIES.values()])[0],
    )
