"""figures -> metrics: for every figure of a report, how likely each metric is, or that it claims nothing.

Reads   Scene, figure_metrics.npz (trained by ingest.training.figures)
Writes  per figure a probability for each slug of the closed list and for "none"

Two rounds: the second also sees what the first made of the neighbours, since figures come in lists and pairs.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ingest.figure_features import metric_features
from ingest.figure_scene import Scene
from ingest.figure_votes import votes
from ingest.weights import Numbers, Weights, load_weights, softmax

NONE = "none"
BIAS = "always"
_LIKELY, _POSSIBLE = 0.8, 0.15


def first_facts(scene: Scene, index: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Features of a figure, and facts that speak for one metric, from its own surroundings."""
    spoken = votes(scene, index)
    return metric_features(scene, index), [(slug, fact) for slug, facts in spoken.items() for fact in facts]


def neighbour_facts(
    scene: Scene, index: int, chances: Sequence[Mapping[str, float]]
) -> tuple[list[str], list[tuple[str, str]]]:
    """The same from what the first round made of the figures next to this one."""
    features: list[str] = []
    facts: list[tuple[str, str]] = []
    for step, name in ((-1, "prev"), (1, "next"), (-2, "prev2")):
        if not 0 <= index + step < len(scene.places):
            continue
        near, here = scene.places[index + step], scene.places[index]
        same = near.left == here.left and step != -2
        alike = near.quantity.unit == here.quantity.unit
        gap = _gap(scene, index, step) if abs(step) == 1 else ""
        guess = max(chances[index + step], key=lambda slug: chances[index + step][slug])
        features += [f"{name}m={guess}|{same}|{alike}", f"{name}m={guess}|{alike}|{gap}"]
        facts += _neighbour_votes(
            chances[index + step], guess, f"{name}", f"{same}|{alike}", f"{alike}|{gap}"
        )
    return features, facts


def _neighbour_votes(
    chances: Mapping[str, float], guess: str, name: str, standing: str, tie: str
) -> Iterator[tuple[str, str]]:
    if guess != NONE:
        sure = "hi" if chances[guess] > _LIKELY else "lo"
        yield guess, f"{name}|{standing}"
        yield guess, f"{name}|{tie}"
        yield guess, f"{name}|{standing}|{sure}"
    for slug, chance in chances.items():
        if slug != NONE and chance > _POSSIBLE:
            yield slug, f"{name}maybe|{standing}"


def _gap(scene: Scene, index: int, step: int) -> str:
    first, second = sorted((index, index + step))
    words = scene.words[scene.places[first].end : scene.places[second].start]
    return " ".join(words) if len(words) <= 3 else "short" if len(words) < 7 else "long"


def score(model: Weights, shared: Weights, features: list[str], facts: list[tuple[str, str]]) -> Numbers:
    """Probabilities over the model's labels; a fact adds its shared weight to its own metric only."""
    scores = model.sum_of([*features, BIAS])
    places = {label: position for position, label in enumerate(model.labels)}
    for slug, fact in facts:
        if slug in places and fact in shared.rows:
            scores[places[slug]] += shared.matrix[shared.rows[fact], 0]
    return softmax(scores)


def metric_chances(scene: Scene) -> list[dict[str, float]]:
    """Per figure of the scene, in order, the probability of each metric and of "none"."""
    own = [first_facts(scene, index) for index in range(len(scene.places))]
    model, shared = load_weights("figure_metrics_1"), load_weights("figure_votes_1")
    chances = [_named(model, score(model, shared, *facts)) for facts in own]
    model, shared = load_weights("figure_metrics_2"), load_weights("figure_votes_2")
    second = []
    for index, (features, facts) in enumerate(own):
        more_features, more_facts = neighbour_facts(scene, index, chances)
        second.append(_named(model, score(model, shared, features + more_features, facts + more_facts)))
    return second


def _named(model: Weights, probabilities: Numbers) -> dict[str, float]:
    return dict(zip(model.labels, (float(np.float64(p)) for p in probabilities), strict=True))
