"""The ontology's files -> the named graphs g:schema, g:vocab and g:reference."""

import hashlib
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad

from ontology import terms
from ontology.turtle import ALIGN, CORE, REFERENCE, VOCAB, files_in, read_triples

_FILES: dict[str, tuple[Path, ...]] = {
    terms.G_SCHEMA: (CORE, ALIGN),
    terms.G_VOCAB: (VOCAB,),
    terms.G_REFERENCE: (REFERENCE,),
}


@cache
def ontology_quads() -> frozenset[Quad]:
    """All statements of the ontology in their named graphs; blank nodes of axioms have fixed names."""
    quads = []
    for graph, places in _FILES.items():
        for file in files_in(*places):
            if file.is_file():
                quads += _in_graph(file, graph)
    return frozenset(quads)


def ontology_fingerprint() -> str:
    """A hash of the ontology's files: while it stays, the graphs in the store are up to date."""
    sha = hashlib.sha256()
    for graph, places in _FILES.items():
        for file in files_in(*places):
            if file.is_file():
                sha.update(f"{graph} {file.name}\n".encode())
                sha.update(file.read_bytes())
    return sha.hexdigest()


def _in_graph(file: Path, graph: str) -> list[Quad]:
    """The file's statements in a graph. A blank node is named by file and order, the same on every load."""
    names: dict[BlankNode, NamedNode] = {}

    def named(node: BlankNode) -> NamedNode:
        return names.setdefault(node, NamedNode(f"{graph}/{file.stem}-{len(names) + 1}"))

    return [
        Quad(
            named(quad.subject) if isinstance(quad.subject, BlankNode) else quad.subject,
            quad.predicate,
            named(quad.object) if isinstance(quad.object, BlankNode) else quad.object,
            NamedNode(graph),
        )
        for quad in read_triples(file)
    ]
