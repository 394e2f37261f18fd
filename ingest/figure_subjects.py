"""figure -> subject: the candidate that the trained ranker puts on top, as an entity.

Reads   Scene, SubjectFinder, figure_subjects.npz (trained by ingest.training.figures)
Writes  Subject: entity, the occurrence that was chosen, and how sure the choice is
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.figure_scene import Scene
from ingest.subject_candidates import Candidate, SubjectFinder
from ingest.subject_features import SAME, Asked, chain_facts, subject_features
from ingest.weights import Numbers, load_weights
from kg.iris import entity_iri
from kg.model import Entity
from ontology.labels import load_labels

_ANOTHER = "\x00"  # the key of no candidate


@dataclass(frozen=True)
class Subject:
    """What a figure is a property of; `probability` is 0 to 1."""

    entity: Entity
    candidate: Candidate
    probability: float


def ranked_features(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidates: Sequence[Candidate]
) -> list[list[str]]:
    """The features of each candidate, in the candidates' order."""
    counts = {True: 0, False: 0}
    features = []
    for candidate in candidates:
        named = candidate.entity is not None
        features.append(subject_features(scene, finder, asked, candidate, counts[named]))
        counts[named] += 1
    return features


@dataclass(frozen=True)
class Chain:
    """How likely each thing was the subject of the figure before, and that figure's metric."""

    chances: Mapping[str, float]
    metric: str


def choose_subject(
    scene: Scene, finder: SubjectFinder, index: int, metric: str, before: Chain | None
) -> tuple[Subject, Chain] | None:
    """The most likely subject, and the chain that it ends; None when the report offers no candidate at all.

    Every subject that the figure before may have had counts with its chance, so one wrong choice does not
    drag the next ones along.
    """
    candidates = finder.candidates(index)
    if not candidates:
        return None
    chances = subject_chances(scene, finder, index, metric, before, candidates)
    best = int(chances.argmax())
    chain = Chain({c.key: float(p) for c, p in zip(candidates, chances, strict=True)}, metric)
    return Subject(entity_of(candidates[best]), candidates[best], float(chances[best])), chain


def subject_chances(
    scene: Scene,
    finder: SubjectFinder,
    index: int,
    metric: str,
    before: Chain | None,
    candidates: Sequence[Candidate],
) -> Numbers:
    """The probability of each candidate."""
    weights = load_weights("figure_subjects")
    features = ranked_features(scene, finder, Asked(index, metric, None, None), candidates)
    alone_scores = np.array([weights.sum_of(each)[0] for each in features], dtype=np.float64)

    def powers(previous: str | None) -> Numbers:
        asked = Asked(index, metric, previous, before.metric if before else None)
        chained = [weights.sum_of(chain_facts(scene, asked, candidate))[0] for candidate in candidates]
        exps: Numbers = np.exp(alone_scores + np.array(chained, dtype=np.float64))
        return exps

    if before is None:
        alone = powers(None)
        shares: Numbers = alone / alone.sum()
        return shares
    other, same = powers(_ANOTHER), powers(SAME)
    was = np.array([before.chances.get(candidate.key, 0.0) for candidate in candidates])
    total = other.sum()
    totals = total - other + same
    elsewhere = max(0.0, 1.0 - float(was.sum()))
    moved = (was / totals).sum() - was / totals + elsewhere / total
    reached = other * moved + same * was / totals
    chances: Numbers = reached / reached.sum()
    return chances


def entity_of(candidate: Candidate) -> Entity:
    """The candidate as an entity: known, named in the report, or a group or market of its own."""
    if candidate.entity is not None:
        return candidate.entity
    labels = load_labels()
    found = labels.lookup(candidate.label)
    if len(found) == 1:
        named = labels.named[found[0]]
        return Entity(named.iri, named.label, named.type, (candidate.label,))
    label = " ".join(candidate.label.split())
    return Entity(entity_iri("Market", label), label, "Market", known=False)
