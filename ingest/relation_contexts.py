"""pairs, contexts -> scores: what the words mean around and between two ends, for each predicate.

Reads   doc._.contexts, relation_contexts.npz (trained by `ingest.training.relation_contexts`)
Gives   `context_scores(pairs)`: logarithms of odds, which `relation_model` adds to those of the words
Skips   documents without contexts, and vectors of another context model than the weights were trained on

Each end is seen through its vectors, and a third place, the middle, through the mean of the words between the
ends and the word above both in the grammar. Of an end that is only meant the traits alone tell.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from spacy.tokens import Token

from ingest.context_heads import multiply
from ingest.contexts import rows_of
from ingest.relation_ends import End
from ingest.relation_readings import Pair
from ingest.weights import MARK

SIDES = ("left", "right", "middle")
_FAR = (0, 1, 2, 4, 8, 16, 32)  # steps of distances, in tokens


def middle_of(pair: Pair) -> tuple[int, int, int]:
    """The tokens [start:end) between the ends, or the sentence if one is only meant, and the word above."""
    subject, object_ = pair.subject, pair.object
    if not (subject.here and object_.here):
        end = subject if subject.here else object_
        return pair.sentence.start, pair.sentence.end, _verb_above(pair, end).i
    left, right = sorted((subject, object_), key=lambda end: end.start)
    start, end_ = (left.end, right.start) if left.end < right.start else (left.start, right.end)
    return start, max(end_, start + 1), _top(pair).i


def _verb_above(pair: Pair, end: End) -> Token:
    token = pair.sentence.doc[end.root]
    while token.pos_ not in ("VERB", "AUX") and token.head.i != token.i:
        if not pair.sentence.start <= token.head.i < pair.sentence.end:
            break
        token = token.head
    return token


def _top(pair: Pair) -> Token:
    """The lowest word above both ends, or the subject's own where nothing joins them."""
    doc = pair.sentence.doc
    one, other = doc[pair.subject.root], doc[pair.object.root]
    theirs = {token.i for token in (other, *other.ancestors)}
    inside = range(pair.sentence.start, pair.sentence.end)
    return next((token for token in (one, *one.ancestors) if token.i in theirs and token.i in inside), one)


def traits_of(pair: Pair) -> Iterator[str]:
    """How the two ends are told and stand to each other."""
    subject, object_ = pair.subject, pair.object
    yield f"types={subject.entity.type}>{object_.entity.type}"
    for side, end in (("s", subject), ("o", object_)):
        yield f"{side}={end.entity.type}"
        yield f"{side}={end.origin}:{end.how}"
        yield f"{side}:{end.standing}"
    if subject.here and object_.here:
        yield _distance(subject.start, object_.start)
        yield f"list={subject.list_start == object_.list_start}"
    else:
        end = subject if subject.here else object_
        yield f"lent{'o' if subject.here else 's'}"
        yield f"from{_distance(end.start, pair.sentence.start)}"


def _distance(first: int, second: int) -> str:
    apart = first - second
    return f"{'-' if apart < 0 else '+'}{sum(abs(apart) > step for step in _FAR)}"


@dataclass(frozen=True)
class Rows:
    """Pairs as rows of vectors, one array per side, and their traits."""

    sides: tuple[Any, Any, Any]
    traits: tuple[tuple[str, ...], ...]


def rows_of_pairs(pairs: Sequence[Pair]) -> Rows:
    """The rows of pairs of one document."""
    contexts = np.asarray(pairs[0].sentence.doc._.contexts, np.float32)
    width = contexts.shape[1] // 2
    sums = np.vstack([np.zeros((1, width), np.float32), np.cumsum(contexts[:, :width], axis=0)])
    starts, ends, tops = np.array([middle_of(pair) for pair in pairs]).T
    means = (sums[ends] - sums[starts]) / (ends - starts)[:, None]
    middle = np.hstack([means, contexts[tops, :width]])
    sides = (
        _of_ends(contexts, [pair.subject for pair in pairs]),
        _of_ends(contexts, [pair.object for pair in pairs]),
        middle,
    )
    return Rows(sides, tuple(tuple(traits_of(pair)) for pair in pairs))


def _of_ends(contexts: Any, ends: Sequence[End]) -> Any:
    here = np.array([end.start >= 0 for end in ends])[:, None]
    return rows_of(contexts, [(end.start, end.end) for end in ends]) * here


@dataclass(frozen=True)
class RelationContexts:
    """Three sides are projected; what they, the traits and the sides' products tell is added up."""

    sides: tuple[Any, Any, Any]  # weights by side
    trait_rows: Any  # per trait a row of the hidden layer,
    trait_scores: Any  # and a row of scores
    weights: Any
    bias: Any
    products: tuple[Any, Any, Any]  # weights of subject by object, subject by middle, object by middle
    traits: dict[str, int]
    contexts: str  # mark of the context model

    def scores(self, rows: Rows) -> Any:
        """A row per pair, a column per predicate."""
        left, right, middle = (
            multiply(given, weights) for given, weights in zip(rows.sides, self.sides, strict=True)
        )
        numbers = [[self.traits[trait] for trait in own if trait in self.traits] for own in rows.traits]
        hidden = left + right + middle + np.array([self.trait_rows[own].sum(axis=0) for own in numbers])
        found: Any = multiply(np.tanh(hidden), self.weights) + self.bias
        found += np.array([self.trait_scores[own].sum(axis=0) for own in numbers])
        scale = 1 / math.sqrt(left.shape[1])
        for product, weights in zip(
            (left * right, left * middle, right * middle), self.products, strict=True
        ):
            found += multiply(product, weights) * scale
        return found


def context_scores(pairs: Sequence[Pair]) -> Any:
    """A row per pair of one document, a column per predicate; None where there is nothing to go by."""
    if not pairs or pairs[0].sentence.doc._.contexts is None:
        return None
    model = load_relation_contexts()
    return model.scores(rows_of_pairs(pairs)) if is_of_these_contexts(model) else None


@cache
def mark_of_contexts() -> str:
    """By what the context model that ships is told from others: of other vectors our weights know nothing."""
    return hashlib.sha256(files("ingest").joinpath("contexts.onnx.gz").read_bytes()).hexdigest()[:16]


def is_of_these_contexts(model: RelationContexts) -> bool:
    """Whether the weights were trained on the context model that ships."""
    return model.contexts == mark_of_contexts()


@cache
def load_relation_contexts() -> RelationContexts:
    """The weights in relation_contexts.npz."""
    with files("ingest").joinpath("relation_contexts.npz").open("rb") as stream, np.load(stream) as data:
        texts = {name: data[name].tobytes().decode("utf-8") for name in ("traits", "contexts")}
        given = {name: data[name].astype(np.float32) for name in data if name not in texts}
    return RelationContexts(
        tuple(given[side] for side in SIDES),
        given["trait_rows"],
        given["trait_scores"],
        given["weights"],
        given["bias"],
        tuple(given["products"]),
        {trait: number for number, trait in enumerate(texts["traits"].split(MARK))},
        texts["contexts"],
    )
