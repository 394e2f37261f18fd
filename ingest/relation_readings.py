"""sentence ends -> readings: every relation that could be read between two ends, with its features.

Gives   `find_readings(doc)`: candidates in text order; nothing is decided yet
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from spacy.tokens import Doc, Span

from ingest.relation_ends import End, sentence_ends
from ingest.relation_features import Features
from ingest.relation_predicates import load_predicates


@dataclass(frozen=True)
class Pair:
    """Two ends of one sentence and what could hold between them (positions of predicates)."""

    sentence: Span
    subject: End
    object: End
    predicates: tuple[int, ...]
    features: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """The IRIs of the two."""
        return self.subject.entity.iri, self.object.entity.iri


def find_pairs(doc: Doc) -> Iterator[Pair]:
    """Every pair of ends that some predicate allows, sentence by sentence."""
    predicates = load_predicates()
    for sentence in sentence_ends(doc):
        features: Features | None = None
        lent = sentence.lent
        for subject, object_ in (
            *product(sentence.ends, repeat=2),
            *product(lent, sentence.ends),
            *product(sentence.ends, lent),
        ):
            if subject.entity.iri == object_.entity.iri or (subject.here and subject.start == object_.start):
                continue
            possible = predicates.possible(subject.entity, object_.entity)
            if not possible:
                continue
            features = features or Features(sentence)
            yield Pair(sentence.span, subject, object_, possible, tuple(features.of(subject, object_)))
