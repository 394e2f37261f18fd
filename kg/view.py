"""The store as it will be after a change that is still being put together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from kg.store import Delta, Node, Term


class Readable(Protocol):
    """A store, or a view of one."""

    def match(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | Term | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit; None fits everything."""
        ...


class View:
    """Reads a store, or another view, through a pending change, and adds to the change."""

    def __init__(self, store: Readable, delta: Delta | None = None) -> None:
        """Look through `delta`; what it holds already is seen from the start."""
        self._store = store
        self._delta = Delta()
        self._by_subject: dict[str, set[Quad]] = defaultdict(set)
        self._by_value: dict[tuple[str, Term], set[Quad]] = defaultdict(set)
        if delta is not None:
            self.replace(delta.out, delta.into)

    @property
    def delta(self) -> Delta:
        """What is pending."""
        return self._delta

    def replace(self, old: Iterable[Quad], new: Iterable[Quad]) -> None:
        """Have what is new, and of what is old only what is new too."""
        before, after = set(old), set(new)
        for quad in before - after:
            self.drop(quad)
        for quad in after - before:
            self.add(quad)

    def add(self, quad: Quad) -> None:
        """Have the quad after the change."""
        self._delta.add(quad)
        if quad in self._delta.into:
            self._by_subject[_iri(quad.subject)].add(quad)
            self._by_value[_iri(quad.predicate), _term(quad)].add(quad)

    def drop(self, quad: Quad) -> None:
        """Have the quad no longer after the change."""
        self._delta.drop(quad)
        self._by_subject[_iri(quad.subject)].discard(quad)
        self._by_value[_iri(quad.predicate), _term(quad)].discard(quad)

    def about(self, subject: Node, predicate: Node | None = None, graph: Node | None = None) -> list[Quad]:
        """The quads with this subject."""
        kept = [
            quad for quad in self._store.match(subject, predicate, None, graph) if quad not in self._delta.out
        ]
        coming = [
            quad
            for quad in self._by_subject.get(subject, ())
            if (predicate is None or _iri(quad.predicate) == predicate)
            and (graph is None or _iri(quad.graph_name) == graph)
        ]
        return list(dict.fromkeys(kept + coming))

    def match(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | Term | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit after the change; None fits everything."""
        term = NamedNode(value) if isinstance(value, str) else value
        kept = (
            quad
            for quad in self._store.match(subject, predicate, value, graph)
            if quad not in self._delta.out
        )
        if subject is not None:
            near: Iterable[Quad] = self._by_subject.get(subject, ())
        elif predicate is not None and term is not None:
            near = self._by_value.get((predicate, term), ())
        else:
            near = self._delta.into
        coming = (
            quad
            for quad in near
            if (subject is None or _iri(quad.subject) == subject)
            and (predicate is None or _iri(quad.predicate) == predicate)
            and (term is None or quad.object == term)
            and (graph is None or _iri(quad.graph_name) == graph)
        )
        return iter(dict.fromkeys([*kept, *coming]))

    def before(self, subject: Node, predicate: Node) -> list[Quad]:
        """The quads with this subject and predicate in the store as it is, without the change."""
        return list(self._store.match(subject, predicate))

    def having(self, predicate: Node, value: Node | Term, graph: Node | None = None) -> list[Quad]:
        """The quads with this predicate and value."""
        term = NamedNode(value) if isinstance(value, str) else value
        kept = [
            quad for quad in self._store.match(None, predicate, term, graph) if quad not in self._delta.out
        ]
        coming = [
            quad
            for quad in self._by_value.get((predicate, term), ())
            if graph is None or _iri(quad.graph_name) == graph
        ]
        return list(dict.fromkeys(kept + coming))

    def having_both(self, one: tuple[Node, Node], other: tuple[Node, Node]) -> set[str]:
        """The subjects with both pairs of predicate and value; costs what the rarer does, not the other."""
        asked = (one, other)
        rarer, stored = _shorter(*(self._store.match(None, *pair) for pair in asked))
        predicate, value = asked[rarer]
        also, wanted = asked[1 - rarer]
        kept = [quad for quad in stored if quad not in self._delta.out]
        coming = self._by_value.get((predicate, NamedNode(value)), ())
        return {
            iri
            for iri in {_iri(quad.subject) for quad in (*kept, *coming)}
            if any(quad.object == NamedNode(wanted) for quad in self.about(iri, also))
        }

    def contains(self, quad: Quad) -> bool:
        """Whether the quad is there after the change."""
        if quad in self._delta.into:
            return True
        if quad in self._delta.out:
            return False
        graph = _iri(quad.graph_name)
        found = self._store.match(_iri(quad.subject), _iri(quad.predicate), _term(quad), graph)
        return next(found, None) is not None

    def holds(self, predicate: Node, value: Node | Term) -> bool:
        """Whether any quad has this predicate and value; looks at the first only, however many there are."""
        term = NamedNode(value) if isinstance(value, str) else value
        if self._by_value.get((predicate, term)):
            return True
        return any(quad not in self._delta.out for quad in self._store.match(None, predicate, term))


def _shorter(one: Iterator[Quad], other: Iterator[Quad]) -> tuple[int, list[Quad]]:
    """Which of the two ends first, and what it gave; the other is read no further than that."""
    read: tuple[list[Quad], list[Quad]] = ([], [])
    while True:
        for which, quads in enumerate((one, other)):
            quad = next(quads, None)
            if quad is None:
                return which, read[which]
            read[which].append(quad)


def _iri(node: object) -> str:
    if not isinstance(node, NamedNode):
        raise TypeError(f"the graph holds no blank nodes, but here is {node}")
    return node.value


def _term(quad: Quad) -> Term:
    if not isinstance(quad.object, NamedNode | Literal):
        raise TypeError(f"a statement's value is an IRI or a literal, not {quad.object}")
    return quad.object
