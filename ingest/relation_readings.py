"""sentence ends -> readings: every relation that could be read between two ends, with its features.

Gives   `find_pairs(sentences)`: candidates in text order; nothing is decided yet
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from spacy.tokens import Span

from ingest.relation_ends import End, Sentence
from ingest.relation_features import Features, NotionsOf, Parts
from ingest.relation_predicates import load_predicates


@dataclass(frozen=True)
class Pair:
    """Two ends of one sentence and what could hold between them (positions of predicates)."""

    sentence: Span
    subject: End
    object: End
    predicates: tuple[int, ...]
    parts: Parts

    @property
    def features(self) -> tuple[str, ...]:
        """The names of its features."""
        return tuple(name for part in self.parts for name in part)

    @property
    def key(self) -> tuple[str, str]:
        """The IRIs of the two."""
        return self.subject.entity.iri, self.object.entity.iri


def find_pairs(sentences: Iterable[Sentence]) -> Iterator[Pair]:
    """Every pair of ends that some predicate allows, sentence by sentence."""
    predicates = load_predicates()
    notions = NotionsOf()
    for sentence in sentences:
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
            features = features or Features(sentence, notions)
            yield Pair(sentence.span, subject, object_, possible, features.of(subject, object_))
