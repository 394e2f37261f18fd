"""figure -> subject: the candidate that the trained ranker puts on top, as an entity.

Reads   Scene, SubjectFinder, FigureContexts, figure_subjects.npz (trained by ingest.training.figures)
Writes  Subject: entity, the occurrence that was chosen, and how sure the choice is
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.facts import Fact, sums
from ingest.figure_contexts import SUBJECT_SHARE, FigureContexts
from ingest.figure_scene import Scene
from ingest.subject_candidates import Candidate, SubjectFinder
from ingest.subject_features import SAME, Asked, chain_facts, subject_facts
from ingest.weights import Numbers
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


def ranked_facts(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidates: Sequence[Candidate]
) -> Iterator[Iterator[Fact]]:
    """The facts about each candidate, in the candidates' order."""
    counts = {True: 0, False: 0}
    for candidate in candidates:
        named = candidate.entity is not None
        yield subject_facts(scene, finder, asked, candidate, counts[named])
        counts[named] += 1


# Only those who act have them; a market may be worth something, but it borrows nothing and employs nobody.
_OF_ACTORS = frozenset(
    ("capex", "earnings", "funding", "debt", "valuation", "backlog", "headcount", "customer-count")
)
_NO_ACTORS = frozenset(("Market", "Regulation"))


def possible_subjects(finder: SubjectFinder, index: int, metric: str) -> list[Candidate]:
    """The candidates for a figure that can have the metric; all of them where none can."""
    candidates = finder.candidates(index)
    if metric not in _OF_ACTORS:
        return candidates
    able = [c for c in candidates if c.entity is None or c.entity.type not in _NO_ACTORS]
    return able or candidates


@dataclass(frozen=True)
class Chain:
    """How likely each thing was the subject of the figure before, and that figure's metric."""

    chances: Mapping[str, float]
    metric: str


def choose_subject(
    scene: Scene,
    finder: SubjectFinder,
    contexts: FigureContexts,
    index: int,
    metric: str,
    before: Chain | None,
) -> tuple[Subject, Chain] | None:
    """The most likely subject, and the chain that it ends; None when the report offers no candidate at all.

    Every subject that the figure before may have had counts with its chance, so one wrong choice does not
    drag the next ones along.
    """
    candidates = possible_subjects(finder, index, metric)
    if not candidates:
        return None
    chances = subject_chances(scene, finder, contexts, index, metric, before, candidates)
    best = int(chances.argmax())
    chain = Chain({c.key: float(p) for c, p in zip(candidates, chances, strict=True)}, metric)
    return Subject(entity_of(candidates[best]), candidates[best], float(chances[best])), chain


def subject_chances(
    scene: Scene,
    finder: SubjectFinder,
    contexts: FigureContexts,
    index: int,
    metric: str,
    before: Chain | None,
    candidates: Sequence[Candidate],
) -> Numbers:
    """The probability of each candidate."""
    weigh = sums("figure_subjects").of
    alone_facts = ranked_facts(scene, finder, Asked(index, metric, None, None), candidates)
    alone_scores = np.array([weigh(facts) for facts in alone_facts])
    if contexts.speak:
        alone_scores += SUBJECT_SHARE * contexts.subjects(index, candidates)

    if before is None:
        alone: Numbers = np.exp(alone_scores)
        shares: Numbers = alone / alone.sum()
        return shares

    def chained(previous: str, candidate: Candidate) -> float:
        return weigh(chain_facts(scene, Asked(index, metric, previous, before.metric), candidate))

    # Whatever another thing was the subject before, it says the same of all candidates.
    other = np.exp(alone_scores + chained(_ANOTHER, candidates[0]))
    same = np.exp(alone_scores + np.array([chained(SAME, candidate) for candidate in candidates]))
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
