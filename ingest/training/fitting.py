"""Fit the linear models of figures by L-BFGS: a classifier with shared facts, and a ranker."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]

from ingest.weights import MARK, Weights

Array = np.ndarray[Any, np.dtype[Any]]
STEP = 0.01  # weights are told to a hundredth


@dataclass(frozen=True)
class Example:
    """A figure: its features, facts for single labels, and its label."""

    features: Sequence[str]
    facts: Sequence[tuple[str, str]]
    label: str


@dataclass(frozen=True)
class Choice:
    """Candidates with their features; `right` is 1 for the best answer, less for a fair one, 0 for wrong."""

    candidates: Sequence[Sequence[str]]
    right: Sequence[float]


def index_of(names: Iterable[str], *, least: int) -> dict[str, int]:
    """Numbers for the names that come up at least so often, in the alphabet's order."""
    counts = Counter(names)
    return {name: row for row, name in enumerate(sorted(n for n, count in counts.items() if count >= least))}


def _rows(lists: Sequence[Iterable[str]], index: dict[str, int]) -> Any:
    pairs = [(row, index[name]) for row, names in enumerate(lists) for name in set(names) if name in index]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    return sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(lists), len(index)))


def fit_classifier(
    examples: Sequence[Example], *, bias: str, own: float, common: float, rounds: int = 45
) -> tuple[Weights, Weights]:
    """Weights per feature and label, and one weight per fact; `own` and `common` are their penalties."""
    labels = sorted({example.label for example in examples})
    place = {label: position for position, label in enumerate(labels)}
    index = index_of((f for e in examples for f in {*e.features, bias}), least=4)
    shared = index_of((fact for e in examples for _, fact in e.facts), least=3)
    x = _rows([[*example.features, bias] for example in examples], index)
    size = len(labels)
    cells = {
        (row * size + place[s], shared[f])
        for row, e in enumerate(examples)
        for s, f in e.facts
        if s in place and f in shared
    }
    rows, columns = zip(*sorted(cells), strict=True)
    p = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(examples) * size, len(shared)))
    target = np.array([place[example.label] for example in examples])
    penalty = np.full((len(index), 1), own)
    penalty[index[bias]] = 1e-3
    xt, pt = x.T.tocsr(), p.T.tocsr()
    hot = np.eye(size)[target]

    def loss(theta: Array) -> tuple[float, Array]:
        w, v = theta[: len(index) * size].reshape(-1, size), theta[len(index) * size :]
        s = x @ w + (p @ v).reshape(-1, size)
        s -= s.max(axis=1, keepdims=True)
        e = np.exp(s)
        chances = e / e.sum(axis=1, keepdims=True)
        value = -np.log(chances[np.arange(len(target)), target] + 1e-300).sum()
        value += 0.5 * (penalty * w * w).sum() + 0.5 * common * (v @ v)
        wrong = chances - hot
        return value, np.concatenate([(xt @ wrong + penalty * w).ravel(), pt @ wrong.ravel() + common * v])

    start = np.zeros(len(index) * size + len(shared))
    theta = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    w, v = theta[: len(index) * size].reshape(-1, size), theta[len(index) * size :]
    return (
        Weights(index, w.astype(np.float32), tuple(labels)),
        Weights(shared, v.astype(np.float32).reshape(-1, 1)),
    )


def fit_ranker(choices: Sequence[Choice], *, penalty: float, least: int = 3, rounds: int = 120) -> Weights:
    """One weight per feature, so that right candidates come out on top; choices without one are left out."""
    choices = [choice for choice in choices if any(choice.right)]
    candidates = [features for choice in choices for features in choice.candidates]
    index = index_of((f for features in candidates for f in set(features)), least=least)
    x = _rows(candidates, index)
    xt = x.T.tocsr()
    right = np.array([value for choice in choices for value in choice.right], dtype=float)
    group = np.repeat(np.arange(len(choices)), [len(choice.candidates) for choice in choices])
    starts = np.r_[0, np.flatnonzero(np.diff(group)) + 1]

    def loss(v: Array) -> tuple[float, Array]:
        s = x @ v
        e = np.exp(s - np.maximum.reduceat(s, starts)[group])
        total = np.add.reduceat(e, starts)
        good = np.add.reduceat(e * right, starts)
        value = -np.log(good / total).sum() + 0.5 * penalty * (v @ v)
        return value, xt @ (e / total[group] - e * right / good[group]) + penalty * v

    found = minimize(loss, np.zeros(len(index)), jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    return Weights(index, found.astype(np.float32).reshape(-1, 1))


def in_steps(weights: Array, step: float) -> Array:
    """Half floats that are whole numbers of steps, as near as they can be: they take a third of the space."""
    return (np.round(weights.astype(np.float32) / step) * step).astype(np.float16)


def save(weights: Weights, path: Path, *, smallest: float = 0.02) -> None:
    """Write the weights, in steps of a hundredth; features that weigh next to nothing are dropped."""
    kept = [name for name, row in weights.rows.items() if np.abs(weights.matrix[row]).max() >= smallest]
    matrix = in_steps(weights.matrix[[weights.rows[name] for name in kept]], STEP)
    fields = {"names": np.frombuffer(MARK.join(kept).encode("utf-8"), dtype=np.uint8), "weights": matrix}
    if weights.labels:
        fields["labels"] = np.frombuffer(MARK.join(weights.labels).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(path, **fields)  # type: ignore[arg-type]
