"""The formats that answers are written in: short name, media type, the engine's serialiser.

The first media type of a format is the one that answers carry; the others are older or looser names for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pyoxigraph import QueryResultsFormat, RdfFormat

E = TypeVar("E")


@dataclass(frozen=True)
class Format(Generic[E]):
    """One way to write an answer down."""

    name: str  # also the file suffix
    media_types: tuple[str, ...]
    engine: E

    @property
    def media_type(self) -> str:
        """The media type that answers carry."""
        return self.media_types[0]


RESULTS: Mapping[str, Format[QueryResultsFormat]] = {
    entry.name: entry
    for entry in (
        # SPARQL 1.1 Query Results JSON, XML, CSV and TSV Formats, media type registrations
        Format("srj", ("application/sparql-results+json", "application/json"), QueryResultsFormat.JSON),
        Format(
            "srx",
            ("application/sparql-results+xml", "application/xml", "text/xml"),
            QueryResultsFormat.XML,
        ),
        Format("csv", ("text/csv",), QueryResultsFormat.CSV),
        Format("tsv", ("text/tab-separated-values",), QueryResultsFormat.TSV),
    )
}
GRAPHS: Mapping[str, Format[RdfFormat]] = {
    entry.name: entry
    for entry in (
        Format("ttl", ("text/turtle", "application/turtle", "application/x-turtle"), RdfFormat.TURTLE),
        Format("nt", ("application/n-triples", "text/plain"), RdfFormat.N_TRIPLES),
        Format("jsonld", ("application/ld+json", "application/json"), RdfFormat.JSON_LD),
        Format("rdf", ("application/rdf+xml", "application/xml", "text/xml"), RdfFormat.RDF_XML),
        Format("trig", ("application/trig", "application/x-trig"), RdfFormat.TRIG),
        Format("nq", ("application/n-quads",), RdfFormat.N_QUADS),
        Format("n3", ("text/n3",), RdfFormat.N3),
    )
}
