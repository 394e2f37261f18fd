"""Turtle files -> triples: the one door to the parser, and where each file of the ontology lies.

pyoxigraph's parser reads the whole ontology in a few milliseconds; rdflib would take a second.
"""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology.errors import BrokenTurtle

FOLDER = Path(__file__).parent
CORE = FOLDER / "aif-core.ttl"
ALIGN = FOLDER / "aif-align.ttl"
VOCAB = FOLDER / "vocab"
REFERENCE = FOLDER / "reference"
SHAPES = FOLDER / "shapes"
REPORT_SHAPES = (
    SHAPES / "claims.ttl",
    SHAPES / "documents.ttl",
)  # what one report's graph is checked against
FIXTURES = FOLDER / "fixtures"
QUESTIONS = FOLDER / "cq"

Rows = dict[str, list[Literal | NamedNode]]  # what one subject says: predicate IRI -> values
_PLAIN = (Literal, NamedNode)


def read_triples(path: Path) -> list[Quad]:
    """The statements of one Turtle or TriG file in file order; BrokenTurtle with the place of the fault."""
    file_format = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
    try:
        return list(parse(path=str(path), format=file_format))
    except (SyntaxError, OSError) as error:
        raise BrokenTurtle(path.name, str(error)) from error


def files_in(*places: Path) -> Iterator[Path]:
    """The Turtle files at the places, each a file or a folder, in the order of their names."""
    for place in places:
        if place.is_dir():
            yield from sorted(place.glob("*.ttl"))
        else:
            yield place


def subjects_of(*places: Path) -> dict[str, Rows]:
    """Subject IRI -> predicate IRI -> values, of all files at the places; blank nodes are left out."""
    rows: dict[str, Rows] = {}
    for file in files_in(*places):
        for quad in read_triples(file):
            subject, value = quad.subject, quad.object
            # A tuple, since building `Literal | NamedNode` for every statement would take as long as parsing.
            if isinstance(subject, NamedNode) and isinstance(value, _PLAIN):
                row = rows.setdefault(subject.value, {})
                row.setdefault(quad.predicate.value, []).append(value)
    return rows


def texts(row: Rows, predicate: str) -> tuple[str, ...]:
    """The values of one predicate as plain strings, in file order."""
    return tuple(value.value for value in row.get(predicate, ()))
