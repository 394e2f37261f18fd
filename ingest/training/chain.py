"""Fits a linear-chain conditional random field by L-BFGS: the right path of a run against all others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

_NEVER = -1e4


@dataclass(frozen=True)
class Chain:
    """`weights[row]` per feature in `features`, `follows` and `first` as the tagger takes them."""

    features: tuple[str, ...]
    weights: Any
    follows: Any
    first: Any


@dataclass(frozen=True)
class Example:
    """One run: the features of each token and its right tag."""

    features: tuple[tuple[str, ...], ...]
    tags: tuple[int, ...]


def fit_chain(
    examples: Sequence[Example],
    *,
    may_follow: Any,
    may_start: Any,
    penalty: float,
    rounds: int,
    least_seen: int = 2,
) -> Chain:
    """The weights of the greatest penalised likelihood; features seen less than `least_seen` do not count."""
    problem = _Problem(examples, may_follow, may_start, penalty, least_seen)
    found = minimize(problem.loss, problem.start(), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    weights, follows, first = problem.parts(found.x)
    return Chain(
        problem.names, weights, np.where(may_follow, follows, _NEVER), np.where(may_start, first, _NEVER)
    )


class _Problem:
    def __init__(
        self, examples: Sequence[Example], may_follow: Any, may_start: Any, penalty: float, least_seen: int
    ) -> None:
        counts = Counter(name for run in examples for token in run.features for name in set(token))
        self.names = tuple(sorted(name for name, count in counts.items() if count >= least_seen))
        self._may_follow, self._may_start, self._penalty = may_follow, may_start, penalty
        self._tags = len(may_start)
        row_of = {name: row for row, name in enumerate(self.names)}
        tokens = [token for run in examples for token in run.features]
        rows = [n for n, token in enumerate(tokens) for name in set(token) if name in row_of]
        columns = [row_of[name] for token in tokens for name in set(token) if name in row_of]
        shape = (len(tokens), len(self.names))
        self._seen = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        self._right = np.array([tag for run in examples for tag in run.tags])
        self._places = _padded([len(run.tags) for run in examples])
        self._filled = self._places >= 0
        self._count_right()

    def _count_right(self) -> None:
        tags = np.where(self._filled, self._right[self._places], 0)
        self._right_follows = np.zeros((self._tags, self._tags))
        for step in range(1, tags.shape[1]):
            here = self._filled[:, step]
            np.add.at(self._right_follows, (tags[here, step - 1], tags[here, step]), 1)
        self._right_first = np.bincount(tags[:, 0], minlength=self._tags).astype(float)
        one_hot = np.eye(self._tags)[self._right]
        self._right_weights = self._seen.T @ one_hot

    def start(self) -> Any:
        return np.zeros(len(self.names) * self._tags + self._tags * self._tags + self._tags)

    def parts(self, vector: Any) -> tuple[Any, Any, Any]:
        split = len(self.names) * self._tags
        square = split + self._tags * self._tags
        return (
            vector[:split].reshape(-1, self._tags),
            vector[split:square].reshape(self._tags, self._tags),
            vector[square:],
        )

    def loss(self, vector: Any) -> tuple[float, Any]:
        """Minus the penalised log-likelihood, and its gradient."""
        weights, follows, first = self.parts(vector)
        follows_or_never = np.where(self._may_follow, follows, _NEVER)
        scores = self._seen @ weights
        emitted = np.where(self._filled[:, :, None], scores[self._places], 0.0)
        ahead = self._forward(emitted, follows_or_never, np.where(self._may_start, first, _NEVER))
        total = _log_sum(ahead[:, -1], axis=1)
        tags, pairs = self._expected(ahead, emitted, follows_or_never, total)
        expected = np.zeros((len(self._right), self._tags))
        expected[self._places[self._filled]] = tags[self._filled]
        gradient = np.concatenate(
            [
                (self._right_weights - self._seen.T @ expected).ravel(),
                ((self._right_follows - pairs) * self._may_follow).ravel(),
                (self._right_first - tags[:, 0].sum(axis=0)) * self._may_start,
            ]
        )
        right = (
            scores[np.arange(len(self._right)), self._right].sum()
            + (self._right_follows * self._may_follow * follows).sum()
            + (self._right_first * self._may_start * first).sum()
        )
        likelihood = right - total.sum() - 0.5 * self._penalty * (vector @ vector)
        return -likelihood, self._penalty * vector - gradient

    def _forward(self, emitted: Any, follows: Any, first: Any) -> Any:
        ahead = np.zeros_like(emitted)
        ahead[:, 0] = first + emitted[:, 0]
        for step in range(1, emitted.shape[1]):
            moved = _log_sum(ahead[:, step - 1, :, None] + follows[None], axis=1) + emitted[:, step]
            ahead[:, step] = np.where(self._filled[:, step, None], moved, ahead[:, step - 1])
        return ahead

    def _expected(self, ahead: Any, emitted: Any, follows: Any, total: Any) -> tuple[Any, Any]:
        behind = np.zeros_like(emitted)
        pairs = np.zeros((self._tags, self._tags))
        for step in range(emitted.shape[1] - 2, -1, -1):
            onward = behind[:, step + 1] + emitted[:, step + 1]
            moved = _log_sum(follows[None] + onward[:, None, :], axis=2)
            here = self._filled[:, step + 1]
            behind[:, step] = np.where(here[:, None], moved, 0.0)
            joint = ahead[here, step][:, :, None] + follows[None] + onward[here][:, None, :]
            pairs += np.exp(joint - total[here][:, None, None]).sum(axis=0)
        tags = np.exp(ahead + behind - total[:, None, None]) * self._filled[:, :, None]
        return tags, pairs


def _padded(lengths: Sequence[int]) -> Any:
    places = np.full((len(lengths), max(lengths)), -1)
    start = 0
    for row, length in enumerate(lengths):
        places[row, :length] = range(start, start + length)
        start += length
    return places


def _log_sum(values: Any, *, axis: int) -> Any:
    top = values.max(axis=axis)
    return top + np.log(np.exp(values - np.expand_dims(top, axis)).sum(axis=axis))
