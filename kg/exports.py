"""a version of the graph -> files for other programs."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pyoxigraph import QueryTriples, RdfFormat, Store

from kg.names import refs_for
from kg.queries import question, rows, rows_of
from kg.self_description import PREFIXES


@dataclass(frozen=True)
class Export:
    """A kind of file: what it is, and who writes it."""

    name: str
    media_type: str
    what: str
    write: Callable[[Store, IO[bytes]], None]


def write_export(store: Store, *, name: str, path: Path) -> str:
    """Write the export to the path; its media type. KeyError for a name that is none."""
    export = EXPORTS[name]
    with path.open("wb") as file:
        export.write(store, file)
    return export.media_type


def _dump(format: RdfFormat) -> Callable[[Store, IO[bytes]], None]:
    def write(store: Store, file: IO[bytes]) -> None:
        store.dump(file, format, prefixes=PREFIXES)

    return write


def _construct(name: str, format: RdfFormat) -> Callable[[Store, IO[bytes]], None]:
    def write(store: Store, file: IO[bytes]) -> None:
        triples = store.query(question(name), use_default_graph_as_union=True)
        if not isinstance(triples, QueryTriples):
            raise TypeError("an export is a CONSTRUCT query")
        triples.serialize(file, format)

    return write


def _network(writer: str) -> Callable[[Store, IO[bytes]], None]:
    def write(store: Store, file: IO[bytes]) -> None:
        import networkx  # takes longer to load than the service to start

        getattr(networkx, writer)(relation_network(store), file)

    return write


def relation_network(store: Store) -> Any:
    """The plain facts as a network; nodes are IRIs with a label, edges have the property as label."""
    import networkx

    network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    facts = rows(store, "relations")
    refs = refs_for(store, (value for row in facts for value in row.values()))
    for row in facts:
        for end in (row["subject"], row["object"]):
            network.add_node(end, label=refs[end].label)
        network.add_edge(
            row["subject"], row["object"], label=refs[row["predicate"]].label, iri=row["predicate"]
        )
    return network


_TABLES: Mapping[str, str] = {
    "claims": "export_claims",
    "relations": "relations",
    "reports": "reports",
    "metrics": "metrics",
}


def _tables(store: Store, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in _TABLES.items():
            bundle.writestr(f"{name}.csv", _csv(rows_of(store, question(text))))


def _csv(found: Iterable[Mapping[str, str]]) -> str:
    found = list(found)
    out = io.StringIO()
    columns = list(dict.fromkeys(name for row in found for name in row))
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()


EXPORTS: Mapping[str, Export] = {
    export.name: export
    for export in (
        Export("trig", "application/trig", "everything, graph by graph", _dump(RdfFormat.TRIG)),
        Export("nq", "application/n-quads", "everything, a line each", _dump(RdfFormat.N_QUADS)),
        Export("jsonld", "application/ld+json", "everything", _dump(RdfFormat.JSON_LD)),
        Export(
            "annotations",
            "application/ld+json",
            "claims as W3C Web Annotations",
            _construct("export_annotations", RdfFormat.JSON_LD),
        ),
        Export(
            "reifiers",
            "text/turtle",
            "relation claims as RDF 1.2 reifiers",
            _construct("export_reifiers", RdfFormat.TURTLE),
        ),
        Export(
            "datacube",
            "text/turtle",
            "figures as an RDF Data Cube",
            _construct("export_datacube", RdfFormat.TURTLE),
        ),
        Export("graphml", "application/graphml+xml", "plain facts as a network", _network("write_graphml")),
        Export("gexf", "application/gexf+xml", "plain facts as a network", _network("write_gexf")),
        Export("csv", "application/zip", "claims, facts, reports and metrics as tables", _tables),
    )
}
