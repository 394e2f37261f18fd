"""Whether confidence is meant as it says: python -m ingest.evaluation.reliability [--fit] [GOLD REPORTS].

Prints, per kind of claim and band of confidence, how many claims there are and how many of them are right,
with the Brier score and the expected calibration error. With --fit it first fits `ingest/confidence.toml` to
these reports. Without a gold file it reads the dev set where that is, since on the training reports the
models know the answers.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from ingest import confidence
from ingest.evaluation.__main__ import DEV
from ingest.evaluation.levels import compare
from ingest.pipeline import Reader
from ingest.relation_predicates import load_predicates
from ingest.training.gold import GoldReport, load_gold
from kg.extraction_json import as_json
from kg.model import Extraction
from kg.settings import Settings

_BANDS = 10
_ROUNDS = 100
_FILE = Path(confidence.__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Judged:
    """A claim that was found: its kind, its confidence, and whether the gold has it too."""

    kind: str
    confidence: float
    is_right: bool


def judged(extraction: Extraction, gold: GoldReport) -> list[Judged]:
    """The claims of the kinds that the gold lists; figures of the metric "other" are not judged."""
    found = as_json(extraction)
    name = gold.report.source
    listed = {"entities": list(gold.entities), "claims": list(gold.claims)}
    agreement = compare({name: listed}, {name: found}, {name: gold.report.text})
    wrong = {id(claim) for _, claim in agreement.spurious}
    predicates = {predicate.name for predicate in load_predicates().all}
    return [
        Judged(claim["kind"], float(claim["confidence"]), id(claim) not in wrong)
        for claim in found["claims"]
        if (claim["kind"] == "metric" and claim["metric"] != "other") or claim.get("predicate") in predicates
    ]


def table(kind: str, claims: Sequence[Judged]) -> Iterator[str]:
    """The reliability table of one kind of claim, as lines of Markdown."""
    stated = np.array([claim.confidence for claim in claims])
    right = np.array([claim.is_right for claim in claims], dtype=float)
    bands = np.minimum((stated * _BANDS).astype(int), _BANDS - 1)
    gaps = [
        (bands == band).mean() * abs(stated[bands == band].mean() - right[bands == band].mean())
        for band in np.unique(bands)
    ]
    yield f"{kind}: {len(claims)} claims, {right.mean():.3f} of them right"
    yield f"Brier score {((stated - right) ** 2).mean():.3f}, expected calibration error {sum(gaps):.3f}"
    yield "| confidence | claims | stated | right |"
    yield "|---|---:|---:|---:|"
    for band in np.unique(bands):
        here = bands == band
        low, high = band / _BANDS, (band + 1) / _BANDS
        shares = f"{stated[here].mean():.2f} | {right[here].mean():.2f}"
        yield f"| {low:.1f}–{high:.1f} | {here.sum()} | {shares} |"


def fit(claims: Sequence[Judged]) -> tuple[float, float]:
    """(slope, shift) of the curve that makes the claims likeliest; a prior holds it near no change."""
    odds = np.array([confidence.log_odds(claim.confidence) for claim in claims])
    right = np.array([claim.is_right for claim in claims], dtype=float)
    matrix = np.column_stack([odds, np.ones(len(odds))])
    start = np.array([1.0, 0.0])
    curve = start.copy()
    for _ in range(_ROUNDS):  # Newton's method
        chance = 1 / (1 + np.exp(-matrix @ curve))
        slope = matrix.T @ (chance - right) + (curve - start)
        bend = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.eye(2)
        curve -= np.linalg.solve(bend, slope)
    return round(float(curve[0]), 3), round(float(curve[1]), 3)


def _write(curves: dict[str, tuple[float, float]]) -> None:
    head = _FILE.read_text(encoding="utf-8").splitlines()[0]
    lines = [f"{kind} = {{ slope = {slope}, shift = {shift} }}" for kind, (slope, shift) in curves.items()]
    _FILE.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    confidence.curves.cache_clear()


def _recalibrated(claims: Sequence[Judged], curve: tuple[float, float]) -> list[Judged]:
    return [
        Judged(one.kind, float(confidence.on_curve(Decimal(str(one.confidence)), *curve)), one.is_right)
        for one in claims
    ]


def main(arguments: Sequence[str]) -> None:
    """Judge the claims of the gold reports, fit if asked to, and print the tables."""
    parser = argparse.ArgumentParser(prog="ingest.evaluation.reliability", description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=DEV / "dev-gold.jsonl")
    parser.add_argument("reports", nargs="?", type=Path, default=DEV / "dev")
    parser.add_argument("--fit", action="store_true")
    chosen = parser.parse_args(arguments)
    golds = list(load_gold(chosen.gold, chosen.reports))
    if chosen.fit:
        _write({"metric": (1.0, 0.0), "relation": (1.0, 0.0)})
    extractions = Reader(Settings()).read_many(gold.report for gold in golds)
    claims = [one for each, gold in zip(extractions, golds, strict=True) for one in judged(each, gold)]
    by_kind = {kind: [one for one in claims if one.kind == kind] for kind in ("metric", "relation")}
    if chosen.fit:
        curves = {kind: fit(listed) for kind, listed in by_kind.items()}
        _write(curves)
        by_kind = {kind: _recalibrated(listed, curves[kind]) for kind, listed in by_kind.items()}
    for kind, listed in by_kind.items():
        sys.stdout.write("\n".join([*table(kind, listed), "", ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
