"""a version of the graph -> what a catalogue says of it: the data set in VoID and DCAT, as triples."""

from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse, serialize

from kg.answers import Answer, Sheet
from kg.formats import GRAPHS
from kg.queries import rows_of
from kg.self_description import PREFIXES
from ontology import terms
from ontology.dataset import describe


def describe_dataset(
    store: Store, *, address: str, version: int, format_name: str, max_bytes: int, spool: Path
) -> Answer:
    """The description with the counts of this version; `address` is where the service is reached."""
    entry = GRAPHS[format_name]
    turtle = describe(lambda query: rows_of(store, query), address=address, version=version)
    triples = (quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE))
    with Sheet(spool, max_bytes) as sheet:
        serialize(triples, sheet.file, entry.engine, prefixes={**PREFIXES, "dcat": terms.DCAT})
        return sheet.finish(entry.media_type)
