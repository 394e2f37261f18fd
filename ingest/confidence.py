"""claims -> claims with a confidence to be taken at its word: of those at 0.8, four in five are right.

Reads   doc._.claims of the figure and relation stages, `confidence.toml`
Writes  doc._.claims
Skips   claims of frames, which come later with a confidence of their own

The raw probability p of a stage becomes 1 / (1 + exp(-(slope * log(p / (1 - p)) + shift))). Slope and shift
were fitted on gold reports by `python -m ingest.evaluation.reliability --fit`.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files

from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from kg.model import Claim

extensions.register()

_LEAST, _MOST = 0.01, 0.99  # nothing that a program reads is certain


@Language.component("confidence", requires=["doc.sents"])
def confidence(doc: Doc) -> Doc:
    """Put the confidence of every claim of `doc` right."""
    doc._.claims = [calibrated(claim) for claim in doc._.claims]
    return doc


def calibrated(claim: Claim) -> Claim:
    """The claim with the share of right ones among claims of its kind and raw confidence."""
    curve = curves().get(claim.kind)
    return claim if curve is None else replace(claim, confidence=on_curve(claim.confidence, *curve))


def on_curve(raw: Decimal, slope: float, shift: float) -> Decimal:
    """The calibrated confidence, with two digits.

    >>> on_curve(Decimal("0.5"), 1.0, 0.0)
    Decimal('0.50')
    """
    odds = slope * log_odds(float(raw)) + shift
    chance = min(_MOST, max(_LEAST, 1 / (1 + math.exp(-odds))))
    return Decimal(f"{chance:.2f}")


def log_odds(chance: float) -> float:
    """The logarithm of the odds, finite also for what was taken for certain."""
    inside = min(1 - 1e-3, max(1e-3, chance))
    return math.log(inside / (1 - inside))


@cache
def curves() -> Mapping[str, tuple[float, float]]:
    """(slope, shift) by kind of claim."""
    data = tomllib.loads(files("ingest").joinpath("confidence.toml").read_text(encoding="utf-8"))
    return {kind: (float(curve["slope"]), float(curve["shift"])) for kind, curve in data.items()}
