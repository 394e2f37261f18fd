"""one named graph -> its triples written down, or word that it is not there."""

from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.answers import Answer, Sheet
from kg.errors import UnknownIri
from kg.formats import GRAPHS


def read_graph(store: Store, *, graph: str | None, format_name: str, max_bytes: int, spool: Path) -> Answer:
    """All triples of a graph, None for the default graph.

    Raises:
        UnknownIri: if the graph is not in the store.
        QueryTooHeavy: if it is larger than allowed.
    """
    name = NamedNode(graph) if graph else DefaultGraph()
    if isinstance(name, NamedNode) and not store.contains_named_graph(name):
        raise UnknownIri(f"<{graph}> is not a graph of this store")
    entry = GRAPHS[format_name]
    with Sheet(spool, max_bytes) as sheet:
        store.dump(sheet.file, entry.engine, from_graph=name)
        return sheet.finish(entry.media_type)
