"""pairs -> scored readings: two linear models, the second one looking at a reading among its rivals.

The first one's scores are averaged with those of `relation_contexts`, where the document has contexts. The
weights in relation_model.npz are trained by `ingest.training.relations`.
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
_CONTEXT_SHARE = 0.4  # of a first score; by cross-validation, from 0.3 to 0.5 makes no difference
_LEAST_SECOND = -3.0  # one below this has rivals to others, but no chance of its own


@dataclass(frozen=True)
class RelationModel:
    """`weights` has a row per feature, an empty one at the end, and a column per predicate."""

    rows: Mapping[str, int]
    weights: npt.NDArray[np.float32]
    second: Mapping[str, float]

    def first_scores(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float32]:
        """A logit per pair and predicate, in their orders; what pairs have in common is added up once."""
        places: dict[int, int] = {}  # of a part among the sums; the pairs keep the parts alive
        rows, starts, parts, pair_starts = list[int](), list[int](), list[int](), list[int]()
        for pair in pairs:
            pair_starts.append(len(parts))
            for part in pair.parts:
                place = places.get(id(part))
                if place is None:
                    place = places[id(part)] = len(starts)
                    starts.append(len(rows))
                    rows.append(len(self.weights) - 1)  # all zero, so that no sum is empty
                    rows += [row for row in map(self.rows.get, part) if row is not None]
                parts.append(place)
        sums = np.add.reduceat(self.weights.take(rows, axis=0), starts, axis=0)
        scores: npt.NDArray[np.float32] = np.add.reduceat(sums.take(parts, axis=0), pair_starts, axis=0)
        return np.clip(scores, -9.0, 9.0)

    def readings(self, pairs: Sequence[Pair], told: Any = None) -> list[Reading]:
        """What may be read in one report's pairs after the first look; `told` is what contexts say."""
        if not pairs:
            return []
        first: Any = self.first_scores(pairs)
        if told is not None:
            first = first * (1 - _CONTEXT_SHARE) + np.clip(told, -9.0, 9.0) * _CONTEXT_SHARE
        return [
            Reading(pair, predicate, scores[predicate])
            for pair, scores in zip(pairs, first.tolist(), strict=True)
            for predicate in pair.predicates
            if scores[predicate] > _LEAST_FIRST
        ]

    def probabilities(self, readings: Sequence[Reading]) -> list[float]:
        """How probable each of one report's readings is, in their order; 0 for one without a chance."""
        weights = self.second
        return [
            1
            / (
                1
                + math.exp(
                    -sum([weights[name] * value for name, value in features.items() if name in weights])
                )
            )
            if features
            else 0.0
            for features in rival_features(readings, _LEAST_SECOND)
        ]


def with_empty_row(weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The weights and a row of zeros."""
    return np.concatenate([weights, np.zeros((1, weights.shape[1]), dtype=np.float32)])


@cache
def load_relation_model() -> RelationModel:
    """The model in relation_model.npz."""
    with files("ingest").joinpath("relation_model.npz").open("rb") as file:
        data: Any = np.load(file)
        names = data["features"].tobytes().decode("utf-8").split("\n")
        second = data["second_features"].tobytes().decode("utf-8").split("\n")
        return RelationModel(
            {name: row for row, name in enumerate(names)},
            with_empty_row(data["weights"].astype(np.float32)),
            dict(zip(second, data["second_weights"].astype(float).tolist(), strict=True)),
        )
