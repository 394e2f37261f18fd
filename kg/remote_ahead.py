"""What a report's change will ask of a remote store, asked at once: hundreds of round trips become a few.

A report's new and old statements tell which subjects, claims and keys the change is going to look at. What is
found for them is complete, so absence is known too. It holds until the next change: an update that was worked
out from it goes through only if the store is still as it was (`kg.remote_revision`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from kg.stated import text_of
from ontology import terms

T = TypeVar("T")
Term = NamedNode | Literal

# Literals by which claims and reports find each other.
_KEYS = frozenset({terms.SLOT_KEY, terms.COPY_KEY})
# Things that few statements point at, so that all of those can be fetched.
_POINTED_AT = (terms.CLAIM, terms.DOC)
_LOOKED_AT = (*_POINTED_AT, terms.ID)
_AT_ONCE = 500


class Ahead:
    """The statements about some subjects, and with some values, all of them."""

    def __init__(self, find: Callable[[str], Iterable[Quad]], quads: Iterable[Quad]) -> None:
        """Fetch with `find`, which runs a query for ?s ?p ?o ?g, what the change of these quads will need."""
        self._about: dict[str, list[Quad]] = defaultdict(list)
        self._having: dict[Term, list[Quad]] = defaultdict(list)
        self._keyed: dict[tuple[str, Term], list[Quad]] = defaultdict(list)
        self._subjects, self._values, self._keys = _wanted(quads)
        for some in _pieces(sorted(self._subjects)):
            for quad in find(_query("?s", (f"<{iri}>" for iri in some))):
                self._about[text_of(quad.subject)].append(quad)
        for values in _pieces(sorted(self._values, key=str)):
            for quad in find(_query("?o", map(str, values))):
                self._having[_term(quad)].append(quad)
        for keys in _pieces(sorted(self._keys, key=str)):
            for quad in find(_query("?p ?o", (f"(<{p}> {o})" for p, o in keys))):
                self._keyed[quad.predicate.value, _term(quad)].append(quad)

    def match(
        self, subject: str | None, predicate: str | None, value: Term | None, graph: str | None
    ) -> list[Quad] | None:
        """The quads that fit; None if they were not fetched."""
        if subject in self._subjects:
            found = self._about.get(subject, [])
        elif value in self._values:
            found = self._having.get(value, [])
        elif predicate and value is not None and (predicate, value) in self._keys:
            found = self._keyed.get((predicate, value), [])
        else:
            return None
        return [
            quad
            for quad in found
            if (subject is None or text_of(quad.subject) == subject)
            and (predicate is None or quad.predicate.value == predicate)
            and (value is None or quad.object == value)
            and (graph is None or text_of(quad.graph_name) == graph)
        ]


def _wanted(quads: Iterable[Quad]) -> tuple[set[str], set[Term], set[tuple[str, Term]]]:
    """The subjects, the values and the keys that the change will look at."""
    subjects: set[str] = set()
    values: set[Term] = set()
    keys: set[tuple[str, Term]] = set()
    for quad in quads:
        for node in (quad.subject, quad.object):
            if isinstance(node, NamedNode) and node.value.startswith(_LOOKED_AT):
                subjects.add(node.value)
                if node.value.startswith(_POINTED_AT):
                    values.add(node)
        if quad.predicate.value in _KEYS and isinstance(quad.object, Literal):
            keys.add((quad.predicate.value, quad.object))
    return subjects, values, keys


def _term(quad: Quad) -> Term:
    if not isinstance(quad.object, NamedNode | Literal):
        raise TypeError(f"a statement's value is an IRI or a literal, not {quad.object}")
    return quad.object


def _query(variables: str, values: Iterable[str]) -> str:
    names = f"({variables})" if " " in variables else variables
    return f"SELECT * WHERE {{ VALUES {names} {{ {' '.join(values)} }} GRAPH ?g {{ ?s ?p ?o }} }}"


def _pieces(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece
