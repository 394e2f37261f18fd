"""Turtle, TriG, N-Quads and JSON-LD: what is written and read again is the same graph, in both libraries."""

import warnings
from collections.abc import Iterator

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse, serialize

from ontology.check.results import CheckResult, Finding, result
from ontology.check.sources import Sources

_FORMATS = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "json-ld": RdfFormat.JSON_LD,
}


def check_round_trips(sources: Sources) -> list[CheckResult]:
    """The model through four formats of Oxigraph, and of rdflib; FOOPS! asks for one of them as RDF1."""
    same = list(_oxigraph(sources))
    return [
        result("AIF", "round-trip", "The model survives four formats of Oxigraph.", same),
        result("AIF", "round-trip-rdflib", "The ontology survives four formats of rdflib.", _rdflib(sources)),
        result("FOOPS", "RDF1", "The ontology is to be had as RDF.", same, level="WARN"),
    ]


def _oxigraph(sources: Sources) -> Iterator[Finding]:
    for name in sorted(sources.files):
        original = _canonical(sources.files[name])
        for label, rdf_format in _FORMATS.items():
            if label in ("turtle",) and name.endswith(".trig"):
                continue  # Turtle has no named graphs
            written = serialize(sources.files[name], format=rdf_format)
            if _canonical(list(parse(written, format=rdf_format))) != original:
                yield Finding(name, "", f"is not the same after {label}")


def _canonical(quads: list[Quad]) -> set[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def _rdflib(sources: Sources) -> Iterator[Finding]:
    from rdflib import Graph  # slow to import, and only the checks need it
    from rdflib.compare import isomorphic

    triples = [quad.triple for quad in sources.files.get("aif-core.ttl", [])]
    graph = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    for label in ("turtle", "nt", "json-ld", "xml"):
        # rdflib 7.6 warns of its own use of a class that it has deprecated.
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            again = Graph().parse(data=graph.serialize(format=label), format=label)
        if not isomorphic(graph, again):
            yield Finding("aif-core.ttl", "", f"is not the same after {label} of rdflib")
