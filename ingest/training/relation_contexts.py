"""Fits `ingest.relation_contexts`: a small network over the vectors of `ingest.contexts`.

Gradients are worked out by hand, so that nothing but numpy is needed; the same input gives the same weights
on the same machine. Steps are those of Adam (Kingma and Ba 2015), with decay apart from them (Loshchilov and
Hutter 2019).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ingest.relation_contexts import SIDES, RelationContexts, Rows, mark_of_contexts
from ingest.relation_predicates import load_predicates
from ingest.weights import MARK

WIDTH = 64  # of the hidden layer
_EPOCHS, _RATE, _DECAY, _DROPPED = 10, 3e-3, 0.02, 0.3
_RISING = 0.1  # share of the steps in which the rate rises
_AT_ONCE = 600  # pairs of one step, about four reports
_FIRST, _SECOND = 0.9, 0.999  # how long Adam remembers
_RARE = -3.0  # where the bias begins: few pairs stand in a relation
_MOST = 1.0  # length of the gradient


@dataclass(frozen=True)
class Taught:
    """Pairs of one report with a label per predicate: 1 stated, 0 not, -1 not to be learnt from."""

    rows: Rows
    labels: Any


def fit_contexts(taught: Sequence[Taught], seed: int = 0) -> RelationContexts:
    """The network of these reports."""
    traits = sorted({trait for one in taught for own in one.rows.traits for trait in own})
    numbers = {trait: number for number, trait in enumerate(traits)}
    chance = np.random.default_rng(seed)
    net = _Net(len(traits), taught[0].rows.sides[0].shape[1], chance)
    pages = _Pages(taught, numbers)
    steps = [rows for _ in range(_EPOCHS) for rows in pages.shuffled(chance)]
    for step, rows in enumerate(steps):
        net.learn(pages.batch(rows), _rate(step / len(steps)))
    return net.model(numbers)


def write_contexts(model: RelationContexts, path: Path) -> None:
    """Write it in half precision."""
    arrays = {
        **dict(zip(SIDES, model.sides, strict=True)),
        "trait_rows": model.trait_rows,
        "trait_scores": model.trait_scores,
        "weights": model.weights,
        "bias": model.bias,
        "products": np.array(model.products),
    }
    packed = {name: array.astype(np.float16) for name, array in arrays.items()}
    for name, text in (("traits", MARK.join(model.traits)), ("contexts", model.contexts)):
        packed[name] = np.frombuffer(text.encode(), dtype=np.uint8)
    unfinished = path.with_suffix(".new.npz")
    np.savez_compressed(unfinished, **packed)
    unfinished.replace(path)  # a reader never meets half a model


@dataclass(frozen=True)
class _Batch:
    sides: tuple[Any, ...]
    traits: Any  # per pair a row of zeros and ones
    labels: Any


class _Pages:
    """All pairs, and which of them belong to one report."""

    def __init__(self, taught: Sequence[Taught], numbers: dict[str, int]) -> None:
        self._sides = [np.concatenate([one.rows.sides[side] for one in taught]) for side in range(3)]
        self._labels = np.concatenate([one.labels for one in taught])
        self._traits = np.zeros((len(self._labels), len(numbers)), np.float32)
        for row, own in enumerate(own for one in taught for own in one.rows.traits):
            self._traits[row, [numbers[trait] for trait in own]] = 1
        ends = np.cumsum([len(one.labels) for one in taught]).tolist()
        self._reports = [np.arange(*both) for both in pairwise([0, *ends])]

    def shuffled(self, chance: Any) -> Iterator[Any]:
        """The rows of each step of one epoch: reports in random order."""
        chosen: list[Any] = []
        for report in chance.permutation(len(self._reports)):
            chosen.append(self._reports[report])
            if sum(map(len, chosen)) >= _AT_ONCE:
                yield np.concatenate(chosen)
                chosen = []

    def batch(self, rows: Any) -> _Batch:
        """What is learnt in one step."""
        return _Batch(tuple(side[rows] for side in self._sides), self._traits[rows], self._labels[rows])


def _rate(done: float) -> float:
    """The rate rises, then falls along a cosine."""
    if done < _RISING:
        return _RATE * (0.04 + 0.96 * done / _RISING)
    return _RATE * 0.5 * (1 + math.cos(math.pi * (done - _RISING) / (1 - _RISING)))


class _Net:
    """The weights while they are learnt."""

    def __init__(self, traits: int, width: int, chance: Any) -> None:
        self._chance = chance
        predicates = len(load_predicates().all)

        def some(*shape: int, scale: float) -> Any:
            return chance.uniform(-scale, scale, shape).astype(np.float32)

        inner = 1 / math.sqrt(WIDTH)
        self._of: dict[str, Any] = {side: some(width, WIDTH, scale=1 / math.sqrt(width)) for side in SIDES}
        self._of |= {f"product{n}": some(WIDTH, predicates, scale=inner) for n in range(3)}
        self._of["trait_rows"] = chance.normal(0, 0.02, (traits, WIDTH)).astype(np.float32)
        self._of["trait_scores"] = np.zeros((traits, predicates), np.float32)
        self._of["weights"] = some(WIDTH, predicates, scale=inner)
        self._of["bias"] = np.full(predicates, _RARE, np.float32)
        self._means = {name: np.zeros_like(value) for name, value in self._of.items()}
        self._squares = {name: np.zeros_like(value) for name, value in self._of.items()}
        self._learnt = 0

    def learn(self, batch: _Batch, rate: float) -> None:
        """One step."""
        gradients = self._gradients(batch)
        length = math.sqrt(sum(float((one**2).sum()) for one in gradients.values()))
        shrunk = min(1.0, _MOST / (length + 1e-6))
        self._learnt += 1
        for name, value in self._of.items():
            gradient = gradients[name] * shrunk
            mean, square = self._means[name], self._squares[name]
            mean += (1 - _FIRST) * (gradient - mean)
            square += (1 - _SECOND) * (gradient**2 - square)
            value *= 1 - rate * _DECAY
            level = np.sqrt(square / (1 - _SECOND**self._learnt)) + 1e-8
            value -= rate * (mean / (1 - _FIRST**self._learnt)) / level

    def _dropped(self, rows: Any) -> Any:
        """The rows with some values left out and the others raised for it."""
        kept = self._chance.random(rows.shape, dtype=np.float32) >= _DROPPED
        return rows * kept / (1 - _DROPPED)

    def _gradients(self, batch: _Batch) -> dict[str, Any]:
        of, scale = self._of, 1 / math.sqrt(WIDTH)
        given = [self._dropped(side) for side in batch.sides]
        left, right, middle = sides = [rows @ of[side] for rows, side in zip(given, SIDES, strict=True)]
        hidden = np.tanh(left + right + middle + batch.traits @ of["trait_rows"])
        kept = self._dropped(np.ones_like(hidden))
        seen = hidden * kept
        pairs = ((left, right), (left, middle), (right, middle))
        scores = seen @ of["weights"] + of["bias"] + batch.traits @ of["trait_scores"]
        for number, (one, other) in enumerate(pairs):
            scores += (one * other) @ of[f"product{number}"] * scale
        # Of binary cross entropy, as the mean over stated relations and a few for each report besides.
        wrong = np.where(batch.labels >= 0, 1 / (1 + np.exp(-scores)) - batch.labels, 0)
        wrong /= (batch.labels == 1).sum() + 40
        inside = (wrong @ of["weights"].T) * kept * (1 - hidden**2)
        of_sides = [inside.copy() for _ in sides]
        found = {"weights": seen.T @ wrong, "bias": wrong.sum(axis=0)}
        for number, (one, other) in enumerate(((0, 1), (0, 2), (1, 2))):
            found[f"product{number}"] = (sides[one] * sides[other]).T @ wrong * scale
            both = wrong @ of[f"product{number}"].T * scale
            of_sides[one] += both * sides[other]
            of_sides[other] += both * sides[one]
        found |= {side: given[n].T @ of_sides[n] for n, side in enumerate(SIDES)}
        found["trait_rows"] = batch.traits.T @ inside
        found["trait_scores"] = batch.traits.T @ wrong
        return found

    def model(self, numbers: dict[str, int]) -> RelationContexts:
        """The weights as they are."""
        of = self._of
        products = of["product0"], of["product1"], of["product2"]
        sides = of["left"], of["right"], of["middle"]
        return RelationContexts(
            sides,
            of["trait_rows"],
            of["trait_scores"],
            of["weights"],
            of["bias"],
            products,
            numbers,
            mark_of_contexts(),
        )
