"""A linear classifier over named features, as trained by `ingest.training` and kept as JSON.

The file holds `labels`, `bias` (one number per label) and `weights` (feature: one number per label). What
training did not see weighs nothing.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Linear:
    """Weights per feature; `probabilities` is the softmax of their sums."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def scores(self, features: Iterable[str]) -> list[float]:
        """The sum of the weights for each label, in the order of `labels`."""
        rows, matrix = self._laid_out
        found = [row for row in map(rows.get, dict.fromkeys(features)) if row is not None]
        summed: list[float] = np.add.reduce(matrix.take([0, *found], axis=0), axis=0).tolist()
        return summed

    @cached_property
    def _laid_out(self) -> tuple[dict[str, int], Any]:
        """The row of each feature, and the rows, with the bias in front."""
        rows = {feature: row for row, feature in enumerate(self.weights, 1)}
        return rows, np.array([self.bias, *self.weights.values()])

    def score(self, features: Iterable[str]) -> float:
        """The sum of the weights for the first label."""
        weights = self.weights
        rows = (weights.get(feature) for feature in dict.fromkeys(features))
        return self.bias[0] + sum(row[0] for row in rows if row is not None)

    def probabilities(self, features: Iterable[str]) -> dict[str, float]:
        """The probability of each label, adding up to 1; a feature given twice counts once.

        >>> Linear(("no", "yes"), (0.0, 0.0), {"a": (0.0, 9.0)}).probabilities(["a"])["yes"] > 0.99
        True
        """
        sums = self.scores(features)
        top = max(sums)
        powers = [math.exp(value - top) for value in sums]
        total = sum(powers)
        return {label: power / total for label, power in zip(self.labels, powers, strict=True)}


@cache
def load_linear(name: str) -> Linear:
    """The classifier in `ingest/<name>.json`."""
    data = json.loads(files("ingest").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    weights = {feature: tuple(row) for feature, row in data["weights"].items()}
    return Linear(tuple(data["labels"]), tuple(data["bias"]), weights)
