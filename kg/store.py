"""The seam between the product and a triple store: match, query, and one atomic change.

`TripleStore` is what the writer needs. `EmbeddedStore` is Oxigraph on disk, or in memory for tests; a remote
SPARQL 1.1 store can stand behind the same four methods, since a change is one SPARQL Update request.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.errors import StoreUnavailable

Node = str  # an IRI; the store holds no blank nodes
Term = NamedNode | Literal
# The engine writes its files after so many changed quads at least, and at most. It would keep some 100 MiB of
# changes for each of its tables before it did so by itself, and a checkpoint would wait for that. But with
# every second file it merges the whole table, so what is written at once has to grow with what is there: with
# a twentieth of the store, each quad is merged some ten times, however many there are.
_FLUSH_FROM, _FLUSH_UP_TO = 20_000, 200_000
_FLUSHED_SHARE = 1 / 20
_BYTES_PER_QUAD = 300  # in all tables of the engine


@dataclass
class Delta:
    """Quads to take out of the store and to put into it, in one transaction; no quad is in both."""

    out: set[Quad] = field(default_factory=set)
    into: set[Quad] = field(default_factory=set)

    def add(self, quad: Quad) -> None:
        """Have the quad in the store after the change."""
        if quad in self.out:
            self.out.remove(quad)
        else:
            self.into.add(quad)

    def drop(self, quad: Quad) -> None:
        """Have the quad in the store no longer after the change."""
        if quad in self.into:
            self.into.remove(quad)
        else:
            self.out.add(quad)

    def replace(self, old: Iterable[Quad], new: Iterable[Quad]) -> None:
        """Have what is new in the store, and of what is old only what is new too."""
        before, after = set(old), set(new)
        for quad in before - after:
            self.drop(quad)
        for quad in after - before:
            self.add(quad)

    def __bool__(self) -> bool:
        return bool(self.out or self.into)


class TripleStore(Protocol):
    """What the writer asks of a store."""

    def match(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | Term | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit; None fits everything."""
        ...

    def select(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT over the union of all named graphs, in the order of its variables."""
        ...

    def apply(self, delta: Delta) -> None:
        """Make the change wholly, or not at all with StoreUnavailable."""
        ...

    def checkpoint(self, target: Path) -> None:
        """A copy of the store as it is now, in a directory that does not exist yet."""
        ...

    def close(self) -> None:
        """Give the store back; it is used no more."""
        ...


class EmbeddedStore:
    """Oxigraph in this process: on disk under `path`, or in memory without one."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create the store; StoreUnavailable says why it cannot be used."""
        try:
            self._store = Store() if path is None else Store(str(path))
        except (OSError, RuntimeError) as error:  # the engine tells some damage as the one, some as the other
            raise StoreUnavailable(f"the store in {path} cannot be opened: {error}") from error
        self._path = path
        self._unflushed = 0  # quads

    @classmethod
    def over(cls, engine: Store) -> Self:
        """The store over an engine that is open already, such as a published version's."""
        store = cls.__new__(cls)
        store._store = engine
        store._path = None
        store._unflushed = 0
        return store

    def match(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | Term | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit; None fits everything."""
        return iter(
            self._store.quads_for_pattern(
                NamedNode(subject) if subject else None,
                NamedNode(predicate) if predicate else None,
                NamedNode(value) if isinstance(value, str) else value,
                NamedNode(graph) if graph else None,
            )
        )

    def select(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT over the union of all named graphs, in the order of its variables."""
        solutions = self._store.query(query, use_default_graph_as_union=True)
        if isinstance(solutions, QueryBoolean | QueryTriples):
            raise TypeError("select takes a SELECT query")
        for solution in solutions:
            yield tuple(solution)

    def apply(self, delta: Delta) -> None:
        """Make the change wholly, or not at all with StoreUnavailable."""
        if not delta:
            return
        try:
            self._store.update(as_update(delta))
        except (OSError, RuntimeError) as error:
            raise StoreUnavailable(f"the store could not be written, nothing was changed: {error}") from error
        self._unflushed += len(delta.out) + len(delta.into)
        if self._unflushed >= _FLUSH_FROM and self._unflushed >= quads_per_flush(self._bytes()):
            self._unflushed = 0
            # The change is made and logged; if the files cannot be written, the next change will tell.
            with suppress(OSError):
                self._store.flush()

    def checkpoint(self, target: Path) -> None:
        """A copy of the store as it is now: hard links on the same disk, a few milliseconds at any size."""
        try:
            self._store.backup(str(target))
        except (OSError, RuntimeError) as error:
            raise StoreUnavailable(f"the version {target.name} could not be written: {error}") from error
        self._unflushed = 0  # a copy is of files, so the engine has written them

    def close(self) -> None:
        """Give the database back; it is used no more."""
        del self._store  # the engine closes when nobody refers to it

    def __len__(self) -> int:
        return len(self._store)

    def _bytes(self) -> int:
        """The size of the tables' files, of which some may be about to be merged; 0 for a store in memory."""
        files = self._path.glob("*.sst") if self._path else ()
        sizes = 0
        for file in files:
            with suppress(FileNotFoundError):  # merged and removed just now
                sizes += file.stat().st_size
        return sizes


def quads_per_flush(stored_bytes: int) -> int:
    """After how many changed quads a store of this size is to write its files.

    >>> quads_per_flush(0), quads_per_flush(600_000_000), quads_per_flush(6_000_000_000)
    (20000, 100000, 200000)
    """
    share = int(stored_bytes / _BYTES_PER_QUAD * _FLUSHED_SHARE)
    return min(max(_FLUSH_FROM, share), _FLUSH_UP_TO)


def as_update(delta: Delta) -> str:
    """The change as one SPARQL Update request, which a store runs in one transaction."""
    operations = [("DELETE DATA", delta.out), ("INSERT DATA", delta.into)]
    return ";\n".join(f"{verb} {{\n{_by_graph(quads)}}}" for verb, quads in operations if quads)


def _by_graph(quads: set[Quad]) -> str:
    graphs: dict[Any, list[Triple]] = {}
    for quad in quads:
        graphs.setdefault(quad.graph_name, []).append(quad.triple)
    return "".join(f"GRAPH {graph} {{\n{_n_triples(triples)}}}\n" for graph, triples in graphs.items())


def _n_triples(triples: list[Triple]) -> str:
    return (serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
