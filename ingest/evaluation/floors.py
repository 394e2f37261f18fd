"""Pins how well reports must be read: python -m ingest.evaluation.floors [--lower].

The floors in `tests/floors.json` are measured on the training reports that are held out while a component is
tried, a little below what was reached. Pinning anew only raises them; --lower also lowers what is no longer
reached.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.evaluation.__main__ import evaluate
from ingest.pipeline import Reader
from ingest.training.gold import GOLD, is_held_out, load_gold
from kg.settings import Settings

FLOORS = Path(__file__).parents[2] / "tests" / "floors.json"
_SLACK = 0.02

Floors = dict[str, dict[str, float]]


def measure(reader: Reader) -> Floors:
    """Precision and recall per level."""
    agreement = evaluate(reader, [gold for gold in load_gold(GOLD) if is_held_out(gold.report.source)])
    return {
        level: {"precision": tally.precision, "recall": tally.recall}
        for level, tally in agreement.levels.items()
    }


def raised(floors: Mapping[str, Mapping[str, float]], reached: Floors, *, lower: bool) -> Floors:
    """New floors: a little below what was reached and, unless `lower` allows it, nowhere below the old ones.

    >>> raised({"entities": {"recall": 0.9}}, {"entities": {"recall": 0.95}}, lower=False)
    {'entities': {'recall': 0.93}}
    >>> raised({"entities": {"recall": 0.9}}, {"entities": {"recall": 0.8}}, lower=False)
    {'entities': {'recall': 0.9}}
    """
    return {
        level: {
            side: max(_below(value), 0.0 if lower else floors.get(level, {}).get(side, 0.0))
            for side, value in sides.items()
        }
        for level, sides in reached.items()
    }


def missed(floors: Mapping[str, Mapping[str, float]], reached: Floors) -> list[str]:
    """What is below its floor, in words; [] if nothing is.

    >>> missed({"entities": {"recall": 0.9}}, {"entities": {"recall": 0.8}})
    ['entities: recall 0.800 is below 0.900']
    """
    return [
        f"{level}: {side} {reached[level][side]:.3f} is below {floor:.3f}"
        for level, sides in floors.items()
        for side, floor in sides.items()
        if reached[level][side] < floor
    ]


def _below(value: float) -> float:
    return math.floor((value - _SLACK) * 1000 + 1e-6) / 1000


def main(arguments: Sequence[str]) -> None:
    """Measure and write the floors."""
    old = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    new = raised(old, measure(Reader(Settings())), lower="--lower" in arguments)
    FLOORS.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
