"""A published version as readers ask it: the engine, and what was already read from it.

A version never changes, so what was read once is true as long as it is open. It has those methods of
`pyoxigraph.Store` that readers call.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from pyoxigraph import Quad, Store

from kg.queries import Row
from kg.records import ClaimRecord, Ref
from kg.snapshots import Version

_MOST_NAMES = 50_000


class Shelf(Protocol):
    """Claims that are put together already."""

    def take(self, iris: Iterable[str]) -> Mapping[str, ClaimRecord]:
        """Those of the claims that are here with all digits of their numbers, by IRI."""
        ...

    def written(self, iris: Iterable[str]) -> dict[str, bytes]:
        """Those of the claims that are here as JSON, by IRI."""
        ...

    def texts(self, iris: Iterable[str]) -> dict[str, str]:
        """Statement and quotes of those of the claims that are here."""
        ...

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """What those of the things that stand in claims are called."""
        ...

    def iris(self, wanted: Mapping[str, Collection[str]], limit: int = -1) -> list[str]:
        """The claims that have one of the values in each of these columns, in the order of their IRIs."""
        ...

    def periods(self, wanted: Mapping[str, Collection[str]]) -> list[str]:
        """The periods of claims that stand and have one of the values in each of these columns, in order."""
        ...

    def has(self, wanted: Mapping[str, Collection[str]]) -> bool:
        """Whether some claim may have one of the values in each of these columns."""
        ...

    def counts(self, thing: str) -> list[Row]:
        """In how many claims a thing is subject or object, by what they state, as `entity_claims` has it."""
        ...

    def figures(
        self, *, metrics: Collection[str], subjects: Collection[str], period: str | None
    ) -> list[Row]:
        """The claims with a figure of a metric, about these subjects or all, of a period or of all."""
        ...

    def about(self, subject: str) -> list[Row]:
        """The claims about a subject, as `compared` has them."""
        ...

    def naming(self, thing: str) -> list[Row]:
        """The claims in which a thing is subject, object or topic, as `claims_of_entity` has them."""
        ...


class VersionStore:
    """One version, open for reading."""

    def __init__(self, engine: Store, version: Version) -> None:
        """Nothing is known of it yet."""
        self.version = version
        self.shelf: Shelf | None = None
        self._engine = engine
        self._names: dict[str, Ref] = {}
        self.query = engine.query
        self.quads_for_pattern = engine.quads_for_pattern
        self.contains_named_graph = engine.contains_named_graph
        self.named_graphs = engine.named_graphs
        self.dump = engine.dump

    def __len__(self) -> int:
        """How many quads there are."""
        return len(self._engine)

    def __iter__(self) -> Iterator[Quad]:
        """Every quad."""
        return iter(self._engine)

    def known_names(self, iris: Iterable[str]) -> dict[str, Ref]:
        """Those of the things whose names were looked up before."""
        return {iri: self._names[iri] for iri in iris if iri in self._names}

    def remember_names(self, names: Mapping[str, Ref]) -> None:
        """Keep names; those that have been kept longest go first."""
        self._names |= names
        while len(self._names) > _MOST_NAMES:
            del self._names[next(iter(self._names))]
