"""figures -> metrics: for every figure of a report, how likely each metric is, or that it claims nothing.

Reads   Scene, FigureContexts, figure_metrics.npz (trained by ingest.training.figures)
Writes  per figure a probability for each slug of the closed list and for "none"

Two rounds: the second also sees what the first made of the neighbours, since figures come in lists and pairs.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ingest.context_heads import joined
from ingest.facts import Fact, Rows, Sums, rows, sums
from ingest.figure_contexts import METRIC_SHARE, FigureContexts
from ingest.figure_features import metric_facts
from ingest.figure_scene import Scene
from ingest.figure_votes import Vote, votes
from ingest.table_metrics import Chances, by_heads, shared_in_tables
from ingest.weights import Numbers, softmax

NONE = "none"
BIAS = "always"
_LIKELY, _POSSIBLE = 0.8, 0.15


Own = tuple[list[Fact], list[Vote]]


def first_facts(scene: Scene, index: int) -> Own:
    """Facts about a figure, and those that speak for one metric, from its own surroundings."""
    return list(metric_facts(scene, index)), votes(scene, index)


def neighbour_facts(scene: Scene, index: int, chances: Sequence[Mapping[str, float]]) -> Own:
    """The same from what the first round made of the figures next to this one."""
    facts: list[Fact] = []
    spoken: list[Vote] = []
    for step, name in ((-1, "prev"), (1, "next"), (-2, "prev2")):
        if not 0 <= index + step < len(scene.places):
            continue
        near, here = scene.places[index + step], scene.places[index]
        same = near.left == here.left and step != -2
        alike = near.quantity.unit == here.quantity.unit
        gap = _gap(scene, index, step) if abs(step) == 1 else ""
        guess = max(chances[index + step], key=chances[index + step].__getitem__)
        facts.append(("{0}m={1}|{2}|{3}\n{0}m={1}|{3}|{4}", name, guess, same, alike, gap))
        spoken += _neighbour_votes(chances[index + step], guess, name, (same, alike, gap))
    return facts, spoken


def _neighbour_votes(
    chances: Mapping[str, float], guess: str, name: str, standing: tuple[bool, bool, str]
) -> Iterator[Vote]:
    same, alike, gap = standing
    if guess != NONE:
        sure = "hi" if chances[guess] > _LIKELY else "lo"
        patterns = "{0}|{1}|{2}\n{0}|{2}|{3}\n{0}|{1}|{2}|{4}"
        yield guess, (patterns, name, same, alike, gap, sure)
    for slug, chance in chances.items():
        if chance > _POSSIBLE and slug != NONE:
            yield slug, ("{}maybe|{}|{}", name, same, alike)


def _gap(scene: Scene, index: int, step: int) -> str:
    first, second = sorted((index, index + step))
    words = scene.words[scene.places[first].end : scene.places[second].start]
    return " ".join(words) if len(words) <= 3 else "short" if len(words) < 7 else "long"


def score(model: Rows, shared: Sums, facts: Sequence[Fact], spoken: Sequence[Vote]) -> Numbers:
    """Probabilities over the model's labels; a vote adds its shared weight to its own metric only."""
    scores = model.of([*facts, (BIAS,)])
    places = model.places
    added = [0.0] * len(places)
    for slug, fact in dict.fromkeys(spoken):
        if slug in places:
            added[places[slug]] += shared.one(fact)
    return softmax(scores + np.array(added, dtype=np.float32))


def metric_chances(scene: Scene, contexts: FigureContexts) -> list[Chances]:
    """Per figure of the scene, in order, the probability of each metric and of "none"."""
    own = [first_facts(scene, index) for index in range(len(scene.places))]
    model, shared = rows("figure_metrics_1"), sums("figure_votes_1")
    chances = [_named(model, score(model, shared, *facts)) for facts in own]
    model, shared = rows("figure_metrics_2"), sums("figure_votes_2")
    second: list[Chances] = []
    for index, (facts, spoken) in enumerate(own):
        more_facts, more_spoken = neighbour_facts(scene, index, chances)
        second.append(_named(model, score(model, shared, facts + more_facts, spoken + more_spoken)))
    if contexts.speak:
        second = [
            joined(chance, told, METRIC_SHARE)
            for chance, told in zip(second, contexts.metrics(), strict=True)
        ]
    return shared_in_tables(scene.places, by_heads(scene.places, scene.tables, second))


def _named(model: Rows, probabilities: Numbers) -> dict[str, float]:
    return dict(zip(model.places, probabilities.tolist(), strict=True))
