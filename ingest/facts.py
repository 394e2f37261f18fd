"""facts -> features: what a choice looks at, and what it weighs.

A fact is a tuple of patterns, one a line, and the values that fill them: `("{0}|dep={1}", "row", "nsubj")`.
Training spells the names of its features out. Reading does so once per fact and remembers what it weighs,
since nearly all facts come up again and again.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from ingest.weights import Numbers, Weights, load_weights

Fact = tuple[Any, ...]
_MOST_KEPT = 40_000  # so that memory stays flat over a long run


def spelled(fact: Fact) -> list[str]:
    r"""The names of the features that a fact stands for.

    >>> spelled(("dep={1}\n{0}|dep={1}", "sentence", "nsubj"))
    ['dep=nsubj', 'sentence|dep=nsubj']
    """
    values = fact[1:]
    return [pattern.format(*values) for pattern in fact[0].split("\n")]


def features_of(facts: Iterable[Fact]) -> list[str]:
    """The names of the features of all facts, each once."""
    return list(dict.fromkeys(name for fact in facts for name in spelled(fact)))


class Sums:
    """What facts weigh in a model with one weight per feature."""

    def __init__(self, weights: Weights) -> None:
        """Nothing is remembered yet."""
        self._weights = weights
        self._known: dict[Fact, float] = {}

    def of(self, facts: Iterable[Fact]) -> float:
        """The sum of the weights of all facts; no feature may stand in two of them."""
        known, total = self._known, 0.0
        for fact in facts:
            value = known.get(fact)
            total += self._learn(fact) if value is None else value
        return total

    def one(self, fact: Fact) -> float:
        """What one fact weighs."""
        value = self._known.get(fact)
        return self._learn(fact) if value is None else value

    def _learn(self, fact: Fact) -> float:
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        value = self._known[fact] = float(self._weights.sum_of(spelled(fact))[0])
        return value


class Rows:
    """What facts weigh in a model with one weight per feature and label."""

    def __init__(self, weights: Weights) -> None:
        """Nothing is remembered yet."""
        self._weights = weights
        self._known: dict[Fact, tuple[int, ...]] = {}
        self.places = {label: place for place, label in enumerate(weights.labels)}

    def of(self, facts: Iterable[Fact]) -> Numbers:
        """The sum of the rows of all facts; a feature that stands in two of them counts once."""
        known = self._known
        rows: dict[int, None] = {}
        for fact in facts:
            found = known.get(fact)
            for row in self._learn(fact) if found is None else found:
                rows[row] = None
        total: Numbers = np.add.reduce(self._weights.matrix.take(list(rows), axis=0), axis=0)
        return total

    def _learn(self, fact: Fact) -> tuple[int, ...]:
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        rows = self._weights.rows
        value = self._known[fact] = tuple(rows[name] for name in spelled(fact) if name in rows)
        return value


@cache
def sums(name: str) -> Sums:
    """The sums of the weights in `ingest/<name>.npz`."""
    return Sums(load_weights(name))


@cache
def rows(name: str) -> Rows:
    """The rows of the weights in `ingest/<name>.npz`."""
    return Rows(load_weights(name))
