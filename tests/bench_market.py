"""Generated claims in any number, in the shape in which real ones are stored."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from market import FIRST, report
from pyoxigraph import Quad

from kg.model import Claim, Entity, Extraction
from kg.quads import quads_of
from ontology import terms
from ontology.labels import load_labels

CLAIMS_PER_REPORT = 45
RECORDED = datetime(2026, 11, 24, tzinfo=UTC)


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
    quantity = replace(pattern.quantity, value=value, low=value, high=value, text=f"{value} MW", unit="MegaW")
    metric = terms.VOCAB + chance.choice(["metric-it-capacity", "metric-capex", "metric-revenue"])
    return replace(
        pattern, subject=subject, evidence=evidence, statement=sentence, quantity=quantity, metric=metric
    )
