"""a version of the graph -> what the endpoint says of itself: SPARQL 1.1 Service Description with VoID.

Editors complete from the class and property partitions and offer the example queries, and programs that write
queries read both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, parse, serialize

from kg.answers import Answer, Sheet
from kg.formats import GRAPHS, RESULTS
from kg.queries import rows
from ontology import terms
from ontology.questions import as_turtle, load_questions

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
PREFIXES = {
    "aif": terms.NS,
    "v": terms.VOCAB,
    "e": terms.ID,
    "c": terms.CLAIM,
    "d": terms.DOC,
    "g": terms.GRAPH,
    "rdf": terms.RDF,
    "rdfs": terms.RDFS,
    "owl": terms.OWL,
    "xsd": terms.XSD,
    "skos": terms.SKOS,
    "dcterms": terms.DCTERMS,
    "schema": terms.SCHEMA,
    "oa": terms.OA,
    "prov": terms.PROV,
    "qudt": terms.QUDT,
    "unit": terms.UNIT_NS,
    "sh": terms.SH,
    "void": terms.VOID,
    "sd": SD,
}
# W3C format IRIs, https://www.w3.org/ns/formats/
_FORMAT_IRIS = {
    "srj": "SPARQL_Results_JSON",
    "srx": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF_XML",
    "trig": "TriG",
    "nq": "N-Quads",
    "n3": "N3",
}

Node = NamedNode | BlankNode


@dataclass(frozen=True)
class Endpoint:
    """What the service knows about itself and the store does not."""

    address: str
    writable: bool
    federating: bool
    version: int


def describe_service(
    store: Store, *, endpoint: Endpoint, format_name: str, max_bytes: int, spool: Path
) -> Answer:
    """The description in a format for graphs; counts are those of the version."""
    entry = GRAPHS[format_name]
    with Sheet(spool, max_bytes) as sheet:
        serialize(_Describer(store, endpoint).triples(), sheet.file, entry.engine, prefixes=PREFIXES)
        return sheet.finish(entry.media_type)


class _Describer:
    """Writes the description down, triple by triple."""

    def __init__(self, store: Store, endpoint: Endpoint) -> None:
        self._store = store
        self._endpoint = endpoint

    def triples(self) -> Iterator[Triple]:
        yield from self._service()
        yield from self._data_set(BlankNode("dataset"))
        yield from _prefixes(BlankNode("prefixes"))
        for quad in parse(as_turtle(load_questions()), format=RdfFormat.TURTLE):
            yield quad.triple

    def _service(self) -> Iterator[Triple]:
        service = BlankNode("service")
        yield _link(service, terms.RDF_TYPE, SD + "Service")
        yield _link(service, SD + "endpoint", self._endpoint.address)
        yield _link(service, SD + "supportedLanguage", SD + "SPARQL11Query")
        if self._endpoint.writable:
            yield _link(service, SD + "supportedLanguage", SD + "SPARQL11Update")
        yield _link(service, SD + "feature", SD + "UnionDefaultGraph")
        if self._endpoint.federating:
            yield _link(service, SD + "feature", SD + "BasicFederatedQuery")
        for name in (*RESULTS, *GRAPHS):
            yield _link(service, SD + "resultFormat", FORMATS + _FORMAT_IRIS[name])
        yield Triple(service, NamedNode(SD + "defaultDataset"), BlankNode("dataset"))

    def _data_set(self, data: BlankNode) -> Iterator[Triple]:
        default = BlankNode("default")
        yield _link(data, terms.RDF_TYPE, SD + "Dataset")
        yield _link(data, terms.RDF_TYPE, terms.VOID + "Dataset")
        yield Triple(
            data, NamedNode(terms.DCTERMS_TITLE), Literal("AI-factory knowledge graph", language="en")
        )
        yield _link(data, terms.DCTERMS_LICENSE, "https://creativecommons.org/licenses/by/4.0/")
        yield _link(data, terms.VOID + "sparqlEndpoint", self._endpoint.address)
        yield Triple(data, NamedNode(terms.VOID + "uriSpace"), Literal(terms.BASE))
        yield Triple(data, NamedNode(terms.OWL_VERSION_INFO), Literal(str(self._endpoint.version)))
        yield Triple(data, NamedNode(SD + "defaultGraph"), default)
        yield _link(default, terms.RDF_TYPE, SD + "Graph")
        yield _link(default, terms.RDF_TYPE, terms.VOID + "Dataset")
        yield _number(default, terms.VOID + "triples", len(self._store))
        yield from self._classes(default)
        yield from self._properties(default)
        yield from self._named_graphs(data)

    def _classes(self, default: Node) -> Iterator[Triple]:
        partitions = {}
        for number, row in enumerate(rows(self._store, "classes")):
            partition = partitions[row["class"]] = BlankNode(f"class{number}")
            yield Triple(default, NamedNode(terms.VOID + "classPartition"), partition)
            yield _link(partition, terms.VOID + "class", row["class"])
            yield _number(partition, terms.VOID + "entities", int(row["things"]))
        for number, row in enumerate(rows(self._store, "class_properties")):
            nested = BlankNode(f"use{number}")
            yield Triple(partitions[row["class"]], NamedNode(terms.VOID + "propertyPartition"), nested)
            yield _link(nested, terms.VOID + "property", row["property"])
            yield _number(nested, terms.VOID + "triples", int(row["triples"]))

    def _properties(self, default: Node) -> Iterator[Triple]:
        for number, row in enumerate(rows(self._store, "properties")):
            partition = BlankNode(f"property{number}")
            yield Triple(default, NamedNode(terms.VOID + "propertyPartition"), partition)
            yield _link(partition, terms.VOID + "property", row["property"])
            yield _number(partition, terms.VOID + "triples", int(row["triples"]))

    def _named_graphs(self, data: Node) -> Iterator[Triple]:
        for number, row in enumerate(rows(self._store, "graphs")):
            named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
            yield Triple(data, NamedNode(SD + "namedGraph"), named)
            yield _link(named, terms.RDF_TYPE, SD + "NamedGraph")
            yield _link(named, SD + "name", row["graph"])
            yield Triple(named, NamedNode(SD + "graph"), graph)
            yield _link(graph, terms.RDF_TYPE, SD + "Graph")
            yield _number(graph, terms.VOID + "triples", int(row["triples"]))


def _prefixes(node: Node) -> Iterator[Triple]:
    """SHACL 1.0, 5.2.1: declared prefixes, which query editors offer."""
    yield _link(node, terms.RDF_TYPE, terms.OWL_ONTOLOGY)
    for name, namespace in PREFIXES.items():
        declared = BlankNode(f"prefix-{name}")
        yield Triple(node, NamedNode(terms.SH + "declare"), declared)
        yield Triple(declared, NamedNode(terms.SH + "prefix"), Literal(name))
        value = Literal(namespace, datatype=NamedNode(terms.XSD + "anyURI"))
        yield Triple(declared, NamedNode(terms.SH + "namespace"), value)


def _link(subject: Node, predicate: str, value: str) -> Triple:
    return Triple(subject, NamedNode(predicate), NamedNode(value))


def _number(subject: Node, predicate: str, value: int) -> Triple:
    return Triple(subject, NamedNode(predicate), Literal(str(value), datatype=NamedNode(terms.XSD_INTEGER)))
