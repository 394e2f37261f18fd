"""scene -> names: a linear-chain model says which tokens are a name, and of what type.

The weights (`candidates.npz`) come from `ingest.training.candidates`: one row of numbers per feature, one
number per tag, and one per pair of tags that follow each other.
"""

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, cast

import numpy as np

from ingest.candidate_features import OFFSETS, word_features
from ingest.candidate_scene import Scene, load_list
from kg.model import EntityType

TYPES: tuple[EntityType, ...] = ("Organization", "Person", "Offering", "Facility", "Place", "Regulation")
TAGS = ("O", *(f"{part}-{kind}" for kind in TYPES for part in "BI"))
_MOST_WORDS_KEPT = 50_000  # so that memory stays flat over a long run


class Tagged(NamedTuple):
    """Tokens `start:end` are a name of the type."""

    start: int
    end: int
    type: EntityType


class CandidateTagger:
    """Finds names by their look and their surroundings."""

    def __init__(self, features: dict[str, int], weights: Any, follows: Any, first: Any) -> None:
        """`weights[row]` is of a feature, `follows[a, b]` of tag b after a, `first` of a run's first tag."""
        self._features = features
        self._weights = weights
        self._follows = follows
        self._first = first
        self._word_scores: dict[tuple[int, str], Any] = {}

    def tag(self, scene: Scene) -> list[Tagged]:
        """The names in the document, in text order."""
        return [name for run in scene.runs for name in _names(run, self._best_tags(scene, run))]

    def _best_tags(self, scene: Scene, run: list[int]) -> list[int]:
        """Viterbi over one run of tokens."""
        best = self._first + self._score(scene, run[0])
        origins = []
        for i in run[1:]:
            paths = best[:, None] + self._follows
            origin = paths.argmax(axis=0)
            origins.append(origin)
            best = paths[origin, np.arange(len(TAGS))] + self._score(scene, i)
        tags = [int(best.argmax())]
        for origin in reversed(origins):
            tags.append(int(origin[tags[-1]]))
        return tags[::-1]

    def _score(self, scene: Scene, i: int) -> Any:
        score = self._sum(scene.features(i))
        for offset in OFFSETS:
            if 0 <= i + offset < len(scene.words):
                score = score + self._word_score(offset, scene.words[i + offset])
        return score

    def _word_score(self, offset: int, word: str) -> Any:
        key = (offset, word)
        score = self._word_scores.get(key)
        if score is None:
            if len(self._word_scores) > _MOST_WORDS_KEPT:
                self._word_scores.clear()
            names, titles = load_list("given-names"), load_list("titles")
            score = self._sum(word_features(word, offset, given_names=names, titles=titles))
            self._word_scores[key] = score
        return score

    def _sum(self, features: Any) -> Any:
        rows = [row for row in map(self._features.get, features) if row is not None]
        return np.add.reduce(self._weights.take(rows, axis=0), axis=0)


def _names(run: list[int], tags: list[int]) -> list[Tagged]:
    found: list[Tagged] = []
    for i, tag in zip(run, tags, strict=True):
        name = TAGS[tag]
        if name.startswith("B-"):
            found.append(Tagged(i, i + 1, cast("EntityType", name[2:])))
        elif name.startswith("I-"):
            found[-1] = found[-1]._replace(end=i + 1)
    return found


@cache
def load_tagger() -> CandidateTagger:
    """The tagger with the weights that ship."""
    with files("ingest").joinpath("candidates.npz").open("rb") as stream, np.load(stream) as data:
        names = bytes(data["features"]).decode("utf-8").split("\n")
        return CandidateTagger(
            {name: row for row, name in enumerate(names)},
            data["weights"].astype(np.float32),
            data["follows"],
            data["first"],
        )
