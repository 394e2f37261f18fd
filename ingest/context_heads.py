"""contexts -> scores: what the context model makes of a figure's metric, its manner, and of pairs of places.

Reads   context_heads.npz (trained by `ingest.training.contexts`)
Gives   `Choice`: scores over labels for one place; `Pairing`: a score for two places and their traits

Scores are on the scale of logarithms of odds; they are added to those of the linear models.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from thinc.api import NumpyOps

from ingest.contexts import rows_of
from ingest.weights import MARK

_MOST_KEPT = 20_000  # so that memory stays flat over a long run


@dataclass(frozen=True)
class Choice:
    """Labels for a place: a hidden layer that choices share, then one row of weights per label."""

    hidden: Any
    hidden_bias: Any
    weights: Any
    bias: Any
    labels: tuple[str, ...]

    def log_chances(self, places: Any) -> Any:
        """Per place (row of contexts) the logarithm of each label's probability."""
        inside = gelu(multiply(places, self.hidden) + self.hidden_bias)
        scores = multiply(inside, self.weights) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Pairing:
    """How well two places go together, per label; traits say how they stand to each other."""

    left: Any
    left_bias: Any
    right: Any
    right_bias: Any
    trait_rows: Any
    trait_bias: Any
    weights: Any
    bias: Any
    product: Any  # per label, over the products of both sides
    labels: tuple[str, ...]
    traits: dict[str, int]
    known: dict[tuple[str, ...], tuple[Any, Any]] = field(default_factory=dict)  # traits seen together

    def scores(self, left: Any, right: Any, traits: Sequence[Sequence[str]]) -> Any:
        """Per pair a score for each label; `left` and `right` are projected rows, of one or of all pairs."""
        known = [self._trait(tuple(own)) for own in traits]
        rows = np.array([row for row, _ in known])
        both: Any = np.tanh(left + right + rows) @ self.weights + self.bias
        both += np.array([bias for _, bias in known])
        return both + (left * right) @ self.product / math.sqrt(right.shape[1])

    def _trait(self, traits: tuple[str, ...]) -> tuple[Any, Any]:
        found = self.known.get(traits)
        if found is None:
            if len(self.known) >= _MOST_KEPT:
                self.known.clear()
            numbers = [self.traits[trait] for trait in traits if trait in self.traits]
            found = self.trait_rows[numbers].sum(axis=0), self.trait_bias[numbers].sum(axis=0)
            self.known[traits] = found
        return found


class Projected:
    """Spans of a document as a head sees them from one side; each is worked out once."""

    def __init__(self, contexts: Any, weights: Any, bias: Any) -> None:
        """Nothing is worked out yet."""
        self._contexts, self._weights, self._bias = contexts, weights, bias
        self._known: dict[tuple[int, int], Any] = {}

    def of(self, spans: Sequence[tuple[int, int]]) -> Any:
        """A row per span [start:end) of tokens."""
        missing = [span for span in dict.fromkeys(spans) if span not in self._known]
        if missing:
            rows = multiply(rows_of(self._contexts, missing), self._weights) + self._bias
            self._known.update(zip(missing, rows, strict=True))
        return np.array([self._known[span] for span in spans])


def joined(chances: Mapping[str, float], told: Mapping[str, float], share: float) -> dict[str, float]:
    """The probabilities of a linear model with what contexts tell (logarithms), which counts by `share`.

    >>> joined({"a": 0.5, "b": 0.5}, {"a": 0.0, "b": 0.0}, 1.0)
    {'a': 0.5, 'b': 0.5}
    """
    odds = {name: chance * math.exp(share * told[name]) for name, chance in chances.items()}
    total = sum(odds.values())
    return {name: value / total for name, value in odds.items()}


def multiply(rows: Any, weights: Any) -> Any:
    """Their product, in one thread: numpy's own would crowd out the other reading processes."""
    return _ops().gemm(np.ascontiguousarray(rows, np.float32), np.ascontiguousarray(weights, np.float32))


@cache
def _ops() -> Any:
    return NumpyOps()


def gelu(values: Any) -> Any:
    """The Gaussian error linear unit (Hendrycks and Gimpel 2016), in its form with tanh.

    >>> gelu(np.zeros(1)).tolist()
    [0.0]
    """
    return 0.5 * values * (1 + np.tanh(math.sqrt(2 / math.pi) * (values + 0.044715 * values**3)))


@cache
def _arrays() -> dict[str, Any]:
    with files("ingest").joinpath("context_heads.npz").open("rb") as stream, np.load(stream) as data:
        return {
            name: _words(data[name]) if data[name].dtype == np.uint8 else data[name].astype(np.float32)
            for name in data
        }


def _words(packed: Any) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode("utf-8").split(MARK))


@cache
def choice(name: str) -> Choice:
    """The choice of that name: metric, manner."""
    given = _arrays()
    parts = ("hidden", "hidden_bias", f"{name}.weights", f"{name}.bias", f"{name}.labels")
    return Choice(*(given[part] for part in parts))


@cache
def pairing(name: str) -> Pairing:
    """The pairing of that name: subject, period."""
    given = {key.partition(".")[2]: value for key, value in _arrays().items() if key.startswith(f"{name}.")}
    traits = {trait: number for number, trait in enumerate(given.pop("traits"))}
    return Pairing(**given, traits=traits)
