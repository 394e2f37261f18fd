"""A checked query -> its rows, claims and things; runs in the query processes."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from kg.claim_records import claim_records
from kg.errors import BadQuery
from kg.iris import CLAIM
from kg.names import refs_for
from kg.queries import Row, rows_of
from kg.records import ClaimRecord, Ref


@dataclass(frozen=True)
class Found:
    """What a query finds."""

    rows: tuple[Row, ...]
    claims: tuple[ClaimRecord, ...]
    things: tuple[Ref, ...]


def find(store: Store, *, query: str) -> Found:
    """Rows, and the claims and things that they name; BadQuery if the engine cannot read the query."""
    try:
        rows = rows_of(store, query)
    except (SyntaxError, ValueError, TypeError) as error:
        raise BadQuery(str(error)) from error
    iris = list(dict.fromkeys(value for row in rows for value in row.values() if "://" in value))
    claims = claim_records(store, [iri for iri in iris if iri.startswith(CLAIM)])
    things = refs_for(store, [iri for iri in iris if not iri.startswith(CLAIM)])
    return Found(tuple(rows), tuple(claims), tuple(things.values()))


def unknown_things(store: Store, *, iris: Iterable[str]) -> tuple[str, ...]:
    """Those of the IRIs of which the graph says nothing."""
    return tuple(iri for iri in iris if not _is_said(store, NamedNode(iri)))


def _is_said(store: Store, node: NamedNode) -> bool:
    query = f"ASK {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }}"
    return bool(store.query(query, use_default_graph_as_union=True))
