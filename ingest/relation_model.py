"""pairs -> scored readings: two linear models, the second one looking at a reading among its rivals.

The weights in relation_model.npz are trained by `ingest.training.relations`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.relation_readings import Pair
from ingest.relation_rivals import Reading, rival_features

_LEAST_FIRST = -5.0  # a first score below this is not looked at again


@dataclass(frozen=True)
class RelationModel:
    """`weights` has a row per feature and a column per predicate."""

    rows: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    second: Mapping[str, float]

    def first_scores(self, pair: Pair) -> npt.NDArray[np.float32]:
        """A logit per predicate, in the order of the predicates."""
        rows = [row for row in map(self.rows.get, pair.features) if row is not None]
        scores: npt.NDArray[np.float32] = np.add.reduce(self.weights.take(rows, axis=0), axis=0)
        return np.clip(scores, -9.0, 9.0)

    def readings(self, pairs: Sequence[Pair]) -> list[Reading]:
        """What may be read in one report's pairs after the first look."""
        found: list[Reading] = []
        for pair in pairs:
            scores = self.first_scores(pair)
            found += [
                Reading(pair, predicate, float(scores[predicate]))
                for predicate in pair.predicates
                if scores[predicate] > _LEAST_FIRST
            ]
        return found

    def probabilities(self, readings: Sequence[Reading]) -> list[float]:
        """How probable each of one report's readings is, 0 to 1, in their order."""
        return [
            1 / (1 + math.exp(-sum(self.second.get(name, 0.0) * value for name, value in features.items())))
            for features in rival_features(readings)
        ]


@cache
def load_relation_model() -> RelationModel:
    """The model in relation_model.npz."""
    with files("ingest").joinpath("relation_model.npz").open("rb") as file:
        data: Any = np.load(file)
        names = data["features"].tobytes().decode("utf-8").split("\n")
        second = data["second_features"].tobytes().decode("utf-8").split("\n")
        return RelationModel(
            {name: row for row, name in enumerate(names)},
            data["weights"].astype(np.float32),
            dict(zip(second, data["second_weights"].astype(float).tolist(), strict=True)),
        )
