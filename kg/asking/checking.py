"""A query that a model wrote -> a query that may run: read-only, limited, of the ontology's words alone.

Refuses whatever is no SELECT, leaves the graph, names a class or property that neither ontology nor shapes
know, or uses a property on a class that it is not a property of. Other IRIs are left to `unknown_things`,
which asks the graph.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.asking.known_words import Words, known_words
from kg.errors import AifkgError
from kg.guard import guard
from kg.terminals import terminals
from ontology import terms

if TYPE_CHECKING:
    from rdflib.term import Node

Triple = tuple["Node", Any, "Node"]
MOST_ROWS = 50
_XSD = "http://www.w3.org/2001/XMLSchema#"
_REFUSED = ("FROM", "GRAPH", "SERVICE")


class Unfit(Exception):
    """The query may not run; `str(error)` tells the model why."""


@dataclass(frozen=True)
class Checked:
    """A query that may run, and the things that it names and the ontology does not."""

    query: str
    things: tuple[str, ...]


def checked(text: str) -> Checked:
    """The query with a limit; Unfit with the reason if it may not run."""
    _refuse_to_leave(text)
    algebra = _parsed(text)
    words = known_words()
    for group in _groups(algebra):
        for _, predicate, value in group:
            for iri in _iris(predicate):
                _require(iri, words.properties, "property")
            if str(predicate) == terms.RDF_TYPE:
                for iri in _iris(value):
                    _require(iri, words.classes, "class")
        _require_domains(group, words)
    named = dict.fromkeys(iri for iri in _iris(algebra) if not iri.startswith(_XSD))
    return Checked(_limited(text, algebra), tuple(iri for iri in named if iri not in words.all))


def _refuse_to_leave(text: str) -> None:
    try:
        guard(text)
    except AifkgError as error:
        raise Unfit(str(error)) from error
    for terminal in terminals(text):
        if terminal.kind == "word" and terminal.text.upper() in _REFUSED:
            raise Unfit(f"{terminal.text.upper()} is not allowed")


def _parsed(text: str) -> Any:
    """The algebra of the query."""
    # Loaded when it is needed: most services have no model.
    from pyparsing import ParseException
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        algebra = translateQuery(parseQuery(text)).algebra
    except ParseException as error:
        raise Unfit(f"it does not parse: line {error.lineno}, column {error.column}: {error.msg}") from error
    except Exception as error:  # rdflib raises plain ones, as for a prefix without IRI
        raise Unfit(f"it does not parse: {error}") from error
    if algebra.name != "SelectQuery":
        raise Unfit("it is no SELECT query")
    return algebra


def _parts(part: Any) -> Iterator[Any]:
    """The part and all that it is made of, property paths included."""
    from rdflib.paths import Path

    yield part
    if isinstance(part, dict):
        inner: Iterable[Any] = [value for name, value in part.items() if not str(name).startswith("_")]
    elif isinstance(part, Path):
        inner = vars(part).values()
    elif isinstance(part, list | tuple | set | frozenset):
        inner = part
    else:
        return
    for one in inner:
        yield from _parts(one)


def _iris(part: Any) -> Iterator[str]:
    from rdflib import Literal, URIRef

    for one in _parts(part):
        if isinstance(one, URIRef):
            yield str(one)
        elif isinstance(one, Literal) and one.datatype is not None:
            yield str(one.datatype)


def _groups(algebra: Any) -> Iterator[list[Triple]]:
    """The triples that must hold together, group by group."""
    for part in _parts(algebra):
        if isinstance(part, dict) and isinstance(part.get("triples"), list):
            yield part["triples"]


def _require(iri: str, known: frozenset[str], kind: str) -> None:
    if iri not in known:
        raise Unfit(f"there is no {kind} <{iri}>")


def _require_domains(triples: list[Triple], words: Words) -> None:
    """A property of a thing that is said to be of a class must be one that the class can have."""
    kinds = {subject: str(value) for subject, predicate, value in triples if str(predicate) == terms.RDF_TYPE}
    for subject, predicate, _ in triples:
        kind = kinds.get(subject)
        domains = words.domains.get(str(predicate), frozenset())
        if kind is None or not domains or kind not in words.classes:
            continue
        related = words.above.get(kind, frozenset({kind}))
        if not any(one in related or kind in words.above.get(one, ()) for one in domains):
            owners = ", ".join(sorted(f"<{one}>" for one in domains))
            raise Unfit(f"<{predicate}> is a property of {owners}, not of <{kind}>")


def _limited(text: str, algebra: Any) -> str:
    """The text with an end; Unfit if its own lies too far."""
    if algebra.p.name == "Slice":
        if algebra.p.length is not None and int(algebra.p.length) <= MOST_ROWS:
            return text
        raise Unfit(f"LIMIT is at most {MOST_ROWS}")
    return f"{text.rstrip()}\nLIMIT {MOST_ROWS}"
