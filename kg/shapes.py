"""SHACL: a report's quads are checked against `ontology/shapes` before they are committed.

A report that breaks a shape is refused whole, so the store never holds half of one. What is checked are the
report's own statements, the class tree, and what the ontology says of the things that the report names.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Store

from kg.errors import InvalidGraph
from kg.ontology_graphs import ontology_quads
from kg.stated import text_of
from ontology import terms
from ontology.turtle import SHAPES

if TYPE_CHECKING:
    from pyshacl_turbo import CompiledShapes
    from rdflib import Graph

# Names of known things are checked when the ontology is made, not with every report.
_OF_REPORTS = ("claims.ttl", "documents.ttl")
_SHOWN = 3  # findings named in the message; the rest are counted


def check_shapes(quads: Sequence[Quad]) -> None:
    """Nothing if the quads of one report conform; else InvalidGraph, naming claims and what is wrong."""
    # The engine takes a store four times as fast as text, which it reads with rdflib.
    data = Store()
    data.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in [*quads, *_background(quads)])
    conforms, report, _ = _shapes().validate(  # type: ignore[no-untyped-call]
        data, allow_warnings=True, allow_infos=True
    )
    if not conforms:
        raise _refusal(report)


@cache
def _shapes() -> "CompiledShapes":
    # Loaded when it is needed: it takes half a second, and most processes never check a shape.
    from pyshacl_turbo import CompiledShapes
    from rdflib import Graph
    from rdflib.namespace import SH

    graph = Graph()
    for name in _OF_REPORTS:
        graph.parse(SHAPES / name, format="turtle")
    for shape in list(graph.subjects(SH.severity, SH.Warning)):
        # A warning refuses nothing, and telling it takes longer than the whole check.
        graph.remove((shape, None, None))
        graph.remove((None, None, shape))
    return CompiledShapes(graph, advanced=True)  # type: ignore[no-untyped-call]


@cache
def _class_tree() -> list[Quad]:
    wanted = {terms.RDFS_SUB_CLASS_OF, terms.RDFS_DOMAIN, terms.RDFS_RANGE}
    schema = (quad for quad in ontology_quads() if text_of(quad.graph_name) == terms.G_SCHEMA)
    return [quad for quad in schema if quad.predicate.value in wanted]


@cache
def _kinds() -> dict[str, list[Quad]]:
    kinds: dict[str, list[Quad]] = {}
    for quad in ontology_quads():
        if isinstance(quad.subject, NamedNode) and quad.predicate.value in (terms.RDF_TYPE, terms.UNIT_KIND):
            kinds.setdefault(quad.subject.value, []).append(quad)
    return kinds


def _background(quads: Iterable[Quad]) -> list[Quad]:
    """The class tree, and the kinds of every thing that the quads name."""
    named = {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}
    return _class_tree() + [quad for iri in named for quad in _kinds().get(iri, ())]


def _refusal(report: "Graph") -> InvalidGraph:
    """One sentence: the first findings with the claim or other node that each is about, and how many more."""
    from rdflib.namespace import SH

    found = sorted(
        (
            str(report.value(result, SH.focusNode)),
            str(report.value(result, SH.resultMessage) or "breaks a shape"),
        )
        for result in report.subjects(SH.resultSeverity, SH.Violation)
    )
    told = "; ".join(f"{node}: {message}" for node, message in found[:_SHOWN])
    more = len(found) - _SHOWN
    return InvalidGraph(told + (f"; and {more} more" if more > 0 else ""), dict(reversed(found)))
