"""an IRI of the graph -> what is said of it: as triples with those of its evidence, or in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple, serialize

from kg.answers import Answer, Sheet
from kg.errors import UnknownIri
from kg.formats import GRAPHS
from kg.graph_reads import read_graph
from kg.names import refs_for
from kg.queries import rows
from kg.records import Ref
from kg.self_description import PREFIXES
from ontology import terms

# A claim without its words would be half of it, so these are followed.
_PARTS = (terms.EVIDENCE, terms.OA_HAS_SELECTOR)


@dataclass(frozen=True)
class Statement:
    """One thing that is said: a property with the thing or the text that is its value."""

    predicate: Ref
    value: Ref | str


@dataclass(frozen=True)
class Description:
    """What is said of a thing, and what points at it, for people."""

    thing: Ref
    statements: tuple[Statement, ...]
    incoming: tuple[tuple[Ref, Ref], ...]  # subject, property


def describe(store: Store, *, iri: str, format_name: str, max_bytes: int, spool: Path) -> Answer:
    """The description as triples; UnknownIri if nothing is said of it."""
    triples = dict.fromkeys(_about(store, NamedNode(iri)))
    if not triples:
        raise UnknownIri(f"nothing is known about <{iri}>")
    return _written(triples, format_name, max_bytes, spool)


def describe_all(
    store: Store, *, iris: Iterable[str], format_name: str, max_bytes: int, spool: Path
) -> Answer:
    """The descriptions of several things in one; nothing where nothing is said of them."""
    triples = dict.fromkeys(triple for iri in iris for triple in _about(store, NamedNode(iri)))
    return _written(triples, format_name, max_bytes, spool)


def _written(triples: Iterable[Triple], format_name: str, max_bytes: int, spool: Path) -> Answer:
    entry = GRAPHS[format_name]
    with Sheet(spool, max_bytes) as sheet:
        serialize(triples, sheet.file, entry.engine, prefixes=PREFIXES)
        return sheet.finish(entry.media_type)


def read_graph_or_describe(
    store: Store, *, iri: str, format_name: str, max_bytes: int, spool: Path
) -> Answer:
    """The triples of the graph of that name, else those about the thing; UnknownIri if it is neither."""
    if store.contains_named_graph(NamedNode(iri)):
        return read_graph(store, graph=iri, format_name=format_name, max_bytes=max_bytes, spool=spool)
    return describe(store, iri=iri, format_name=format_name, max_bytes=max_bytes, spool=spool)


def _about(store: Store, node: NamedNode | BlankNode) -> Iterator[Triple]:
    for quad in store.quads_for_pattern(node, None, None):
        yield quad.triple
        if isinstance(quad.object, BlankNode) or (
            isinstance(quad.object, NamedNode) and quad.predicate.value in _PARTS
        ):
            yield from _about(store, quad.object)


def describe_for_people(store: Store, *, iri: str) -> Description:
    """The description with names; UnknownIri if nothing is said of it and nothing points at it."""
    said = list(store.quads_for_pattern(NamedNode(iri), None, None))
    incoming = rows(store, "incoming", one={"entity": iri})
    if not said and not incoming:
        raise UnknownIri(f"nothing is known about <{iri}>")
    named = [quad.object.value for quad in said if isinstance(quad.object, NamedNode)]
    refs = refs_for(
        store,
        [
            iri,
            *(quad.predicate.value for quad in said),
            *named,
            *(row[name] for row in incoming for name in ("subject", "predicate")),
        ],
    )
    statements = {
        Statement(
            refs[quad.predicate.value],
            refs[quad.object.value] if isinstance(quad.object, NamedNode) else _text_of(quad.object),
        )
        for quad in said
    }
    return Description(
        refs[iri],
        tuple(sorted(statements, key=_order)),
        tuple((refs[row["subject"]], refs[row["predicate"]]) for row in incoming),
    )


def _text_of(term: BlankNode | Literal | Triple) -> str:
    return term.value if isinstance(term, Literal) else str(term)


def _order(statement: Statement) -> tuple[str, str]:
    value = statement.value
    return statement.predicate.label, value if isinstance(value, str) else value.label
