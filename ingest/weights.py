"""Weights of a linear model over named features, as trained by `ingest.training` and kept as `.npz`.

The file holds `names` (the features as UTF-8, with unit separators between), `weights` (a row of numbers
per feature, in half precision) and, for a classifier, `labels`. A feature that the training did not see
weighs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

# Features are made of words of the report, which may hold line ends but never this.
MARK = "\x1f"
Numbers = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Weights:
    """Rows of `matrix` by feature; a ranker has one column, a classifier one per label."""

    rows: dict[str, int]
    matrix: Numbers
    labels: tuple[str, ...] = ()

    def sum_of(self, features: Iterable[str]) -> Numbers:
        """The sum of the features' rows.

        >>> Weights({"a": 0}, np.ones((1, 2), dtype=np.float32)).sum_of(["a", "b"]).tolist()
        [1.0, 1.0]
        """
        found = [row for row in map(self.rows.get, features) if row is not None]
        if not found:
            return np.zeros(self.matrix.shape[1], dtype=np.float32)
        total: Numbers = np.add.reduce(self.matrix.take(found, axis=0), axis=0)
        return total


@cache
def load_weights(name: str) -> Weights:
    """The weights in `ingest/<name>.npz`."""
    with files("ingest").joinpath(f"{name}.npz").open("rb") as stream, np.load(stream) as data:
        names = data["names"].tobytes().decode("utf-8").split(MARK)
        labels = tuple(data["labels"].tobytes().decode("utf-8").split(MARK)) if "labels" in data else ()
        return Weights(
            {feature: row for row, feature in enumerate(names)}, data["weights"].astype(np.float32), labels
        )


def softmax(scores: Numbers) -> Numbers:
    """Probabilities from scores; they add up to 1."""
    powers: Numbers = np.exp(scores - scores.max())
    result: Numbers = powers / powers.sum()
    return result
