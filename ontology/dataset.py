"""The live graph -> a description of the data set in VoID and DCAT: what it holds, how much, where to get it.

The graph is asked through a function, so that this package needs no store: it takes a SELECT query over the
union of the named graphs and gives rows of variable -> text.
"""

from collections.abc import Callable, Iterable, Mapping

from ontology import terms
from ontology.turtle import CORE, subjects_of, texts

Ask = Callable[[str], Iterable[Mapping[str, str]]]

DATASET = terms.BASE + "dataset"

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_DESCRIPTION = "Claims of analyst reports about the market for AI factories, with their evidence."
_VOCABULARIES = (terms.NS, terms.SKOS, terms.OA, terms.PROV, terms.DCTERMS, terms.QUDT, terms.SCHEMA)
_PREFIXES = f"""@prefix dcat: <{terms.DCAT}> .
@prefix dcterms: <{terms.DCTERMS}> .
@prefix owl: <{terms.OWL}> .
@prefix void: <{terms.VOID}> .
@prefix xsd: <{terms.XSD}> .
"""
_TOTAL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_DOCUMENTS = f"SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE {{ ?d a <{terms.C_DOCUMENT}> }}"
_CLASSES = (
    "SELECT ?name (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?name . FILTER(isIRI(?name)) } GROUP BY ?name"
)
_PROPERTIES = "SELECT ?name (COUNT(*) AS ?n) WHERE { ?s ?name ?o } GROUP BY ?name"
_GRAPHS = "SELECT ?name (COUNT(*) AS ?n) WHERE { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name"
_PERIOD = f"""
SELECT (MIN(?day) AS ?from) (MAX(?day) AS ?to)
WHERE {{ ?d a <{terms.C_DOCUMENT}> ; <{terms.DCTERMS_ISSUED}> ?day }}"""
_CHANGED = f"SELECT (MAX(?when) AS ?n) WHERE {{ ?c <{terms.RECORDED_AT}> ?when }}"


def describe(ask: Ask, *, address: str, version: int | None = None) -> str:
    """Turtle that describes the graph behind `ask`, which is served at `address`; same graph, same text.

    >>> "a dcat:Dataset, void:Dataset" in describe(lambda query: [], address="https://example.org")
    True
    """
    statements = [*_identity(address.rstrip("/"), version), *_counts(ask), *_dates(ask)]
    head = f"<{DATASET}> a dcat:Dataset, void:Dataset ;\n    " + " ;\n    ".join(statements) + " .\n"
    return "\n".join([_PREFIXES, head, *_partitions(ask), *_subsets(ask)]) + "\n"


def _identity(base: str, version: int | None) -> list[str]:
    conforms_to = texts(subjects_of(CORE)[terms.ONTOLOGY], terms.OWL_VERSION_IRI)[0]
    statements = [
        'dcterms:title "AI factory market graph"@en',
        f'dcterms:description "{_DESCRIPTION}"@en',
        f"dcterms:license <{_LICENCE}>",
        'dcterms:publisher "The aifactory-kg project"',
        f"dcterms:conformsTo <{conforms_to}>",
        f'void:uriSpace "{terms.BASE}"',
        f"void:sparqlEndpoint <{base}/sparql>",
        *(f"void:vocabulary <{namespace}>" for namespace in _VOCABULARIES),
        f"dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{base}/sparql> ]",
    ]
    return statements if version is None else [*statements, f'owl:versionInfo "{version}"']


def _counts(ask: Ask) -> list[str]:
    counted = (("void:triples", _TOTAL), ("void:documents", _DOCUMENTS))
    return [f"{predicate} {row['n']}" for predicate, query in counted for row in ask(query) if row.get("n")]


def _dates(ask: Ask) -> list[str]:
    """When the newest claim came in, and the time that the documents are from."""
    dates = [f'dcterms:modified "{row["n"]}"^^xsd:dateTime' for row in ask(_CHANGED) if row.get("n")]
    for row in ask(_PERIOD):
        if row.get("from") and row.get("to"):
            ends = f'dcat:startDate "{row["from"]}"^^xsd:dateTime ; dcat:endDate "{row["to"]}"^^xsd:dateTime'
            dates.append(f"dcterms:temporal [ a dcterms:PeriodOfTime ; {ends} ]")
    return dates


def _partitions(ask: Ask) -> list[str]:
    classes = [
        f"void:classPartition [ void:class <{name}> ; void:entities {things} ]"
        for name, things in _named(ask, _CLASSES)
    ]
    properties = [
        f"void:propertyPartition [ void:property <{name}> ; void:triples {triples} ]"
        for name, triples in _named(ask, _PROPERTIES)
    ]
    return [f"<{DATASET}> {part} ." for part in (*classes, *properties)]


def _subsets(ask: Ask) -> list[str]:
    return [
        f"<{DATASET}> void:subset <{graph}> .\n<{graph}> a void:Dataset ; void:triples {triples} ."
        for graph, triples in _named(ask, _GRAPHS)
    ]


def _named(ask: Ask, query: str) -> list[tuple[str, str]]:
    return sorted((row["name"], row["n"]) for row in ask(query) if row.get("name"))
