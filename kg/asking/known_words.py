"""ontology and shapes -> the words that a query may use: classes, properties, and what these are of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pyoxigraph import NamedNode, Quad

from kg.ontology_graphs import ontology_quads
from ontology import terms
from ontology.turtle import SHAPES, files_in, read_triples

_SH = "http://www.w3.org/ns/shacl#"
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Words:
    """What the ontology and the shapes know."""

    all: frozenset[str]
    properties: frozenset[str]
    classes: frozenset[str]
    above: Mapping[str, frozenset[str]]  # a class: itself and all above it
    domains: Mapping[
        str, frozenset[str]
    ]  # a property: the classes that it is said to be of; absent if of any


@cache
def known_words() -> Words:
    """All words, read once."""
    quads = [*ontology_quads(), *(quad for file in files_in(SHAPES) for quad in read_triples(file))]
    said = _pairs_by_predicate(quads)
    types = said[terms.RDF_TYPE]
    targets = {value for name in ("targetClass", "class") for _, value in said[_SH + name]}
    classes = (
        {name for name, kind in types if kind.endswith("#Class")} | {kind for _, kind in types} | targets
    )
    properties = {quad.predicate.value for quad in quads} | _paths(quads)
    properties |= {name for name, kind in types if kind.endswith("Property")}
    return Words(
        frozenset(_nodes(quads)),
        frozenset(properties),
        frozenset(classes),
        _closed(classes, said[terms.RDFS_SUB_CLASS_OF]),
        _domains(said[terms.RDFS_DOMAIN], quads),
    )


def _pairs_by_predicate(quads: Iterable[Quad]) -> Mapping[str, Pairs]:
    said: defaultdict[str, Pairs] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            said[quad.predicate.value].append((quad.subject.value, quad.object.value))
        elif isinstance(quad.object, NamedNode):
            said[quad.predicate.value].append(("", quad.object.value))
    return said


def _nodes(quads: Iterable[Quad]) -> Iterable[str]:
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode):
                yield term.value


def _paths(quads: Iterable[Quad]) -> set[str]:
    """The properties that shapes speak of."""
    return {
        quad.object.value
        for quad in quads
        if quad.predicate.value == _SH + "path" and isinstance(quad.object, NamedNode)
    }


def _domains(pairs: Pairs, quads: Iterable[Quad]) -> Mapping[str, frozenset[str]]:
    """The domain of each property that has one, with the classes whose shapes also speak of it."""
    found: dict[str, set[str]] = {}
    for name, domain in pairs:
        found.setdefault(name, set()).add(domain)
    owner, path, target = {}, {}, {}
    for quad in quads:
        if quad.predicate.value == _SH + "property":
            owner[str(quad.object)] = str(quad.subject)
        elif isinstance(quad.object, NamedNode) and quad.predicate.value == _SH + "path":
            path[str(quad.subject)] = quad.object.value
        elif isinstance(quad.object, NamedNode) and quad.predicate.value == _SH + "targetClass":
            target[str(quad.subject)] = quad.object.value
    for part, name in path.items():
        of = target.get(owner.get(part, ""))
        if of and name in found:
            found[name].add(of)
    return {name: frozenset(of) for name, of in found.items()}


def _closed(classes: Iterable[str], pairs: Pairs) -> Mapping[str, frozenset[str]]:
    parents: dict[str, set[str]] = {}
    for name, parent in pairs:
        parents.setdefault(name, set()).add(parent)
    return {one: frozenset(_above(one, parents)) for one in classes}


def _above(one: str, parents: Mapping[str, set[str]]) -> set[str]:
    found, waiting = {one}, [one]
    while waiting:
        new = parents.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
