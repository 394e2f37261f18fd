"""SPARQL text with SERVICE -> the same text with the tables of those services in its place.

The processes that queries run in have no network, and the engine's own client checks no address. So the
service asks the endpoints that its operator allows itself, before the query runs, and writes what they answer
into the text as VALUES: what joins with a table does not depend on where it came from (SPARQL 1.1 Federated
Query, 2.4).

Each clause is asked once and as a whole: nothing that the rest of the query finds is sent along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urljoin

from pyoxigraph import BlankNode, QueryResultsFormat, QuerySolutions, Triple, parse_query_results

from kg.errors import Forbidden, QueryTooHeavy, RemoteServiceFailed
from kg.guard import declared_namespaces
from kg.terminals import Terminal, terminals

# RDF 1.1, 3.5: a blank node of another store gets a name of its own, since VALUES can hold none.
_NAMED_BLANK = "urn:aifkg:genid:"


@dataclass(frozen=True)
class ServiceClause:
    """One SERVICE of a query: where it stands, whom it asks, and what."""

    start: int
    end: int
    endpoint: str
    silent: bool
    query: str


def service_clauses(text: str, *, base_iri: str, most_rows: int) -> list[ServiceClause]:
    """The clauses in the order of the text; each asks for one row more than allowed, so that it shows.

    Raises:
        Forbidden: if an endpoint is a variable, or a SERVICE stands inside of another.

    >>> text = "ASK { SERVICE <http://a.example/q> {} }"
    >>> [clause.endpoint for clause in service_clauses(text, base_iri="", most_rows=9)]
    ['http://a.example/q']
    """
    found = list(terminals(text))
    prologue = _prologue(found, base_iri)
    clauses: list[ServiceClause] = []
    for position, terminal in enumerate(found):
        if not terminal.is_word("SERVICE"):
            continue
        if clauses and terminal.start < clauses[-1].end:
            raise Forbidden("a SERVICE inside of a SERVICE is not asked")
        clause = _clause_at(text, found, position, prologue, base_iri, most_rows)
        if clause is not None:
            clauses.append(clause)
    return clauses


def _prologue(found: Sequence[Terminal], base_iri: str) -> str:
    lines = [f"BASE <{base_iri}>"] if base_iri else []
    for word, first, second in zip(found, found[1:], [*found[2:], Terminal("end", "", 0)], strict=False):
        if word.is_word("BASE") and first.kind == "iri":
            lines.append(f"BASE <{first.text}>")
        elif word.is_word("PREFIX") and first.kind == "name" and second.kind == "iri":
            lines.append(f"PREFIX {first.prefix}: <{second.text}>")
    return "\n".join(lines)


def _clause_at(
    text: str, found: Sequence[Terminal], position: int, prologue: str, base_iri: str, most_rows: int
) -> ServiceClause | None:
    """The clause whose SERVICE is at that position; None for what is no clause, which the guard refuses."""
    rest = list(found[position + 1 : position + 4])
    silent = bool(rest) and rest[0].is_word("SILENT")
    rest = rest[silent:]
    if len(rest) < 2 or rest[1].text != "{":
        return None
    if rest[0].kind == "variable":
        raise Forbidden("the endpoint of a SERVICE must be written as an IRI")
    opening = position + 2 + silent
    closing = _closing(found, opening)
    endpoint = _iri(rest[0], found, base_iri)
    if closing is None or endpoint is None:
        return None
    pattern = text[found[opening].start + 1 : closing.start]
    query = f"{prologue}\nSELECT * WHERE {{{pattern}\n}} LIMIT {most_rows + 1}"
    return ServiceClause(found[position].start, closing.start + 1, endpoint, silent, query)


def _closing(found: Sequence[Terminal], opening: int) -> Terminal | None:
    depth = 0
    for terminal in found[opening:]:
        if terminal.kind == "mark":
            depth += {"{": 1, "}": -1}.get(terminal.text, 0)
            if depth == 0:
                return terminal
    return None


def _iri(terminal: Terminal, found: Sequence[Terminal], base_iri: str) -> str | None:
    if terminal.kind == "iri":
        return urljoin(base_iri, terminal.text) if base_iri else terminal.text
    namespace = declared_namespaces(found).get(terminal.prefix)
    return namespace + terminal.local if terminal.kind == "name" and namespace is not None else None


def with_tables(
    text: str, clauses: Sequence[ServiceClause], tables: Sequence[bytes | None], most: int
) -> str:
    """The text with each clause replaced by its table in SPARQL JSON, or by nothing asked where it is None.

    Raises:
        RemoteServiceFailed: if a table is not one.
        QueryTooHeavy: if a table has more rows than `most`.
    """
    pieces, position = [], 0
    for clause, table in zip(clauses, tables, strict=True):
        pieces += [text[position : clause.start], "{" if table is None else _values(clause, table, most), "}"]
        position = clause.end
    return "".join((*pieces, text[position:]))


def _values(clause: ServiceClause, table: bytes, most: int) -> str:
    try:
        solutions = parse_query_results(table, format=QueryResultsFormat.JSON)
        if not isinstance(solutions, QuerySolutions):
            raise RemoteServiceFailed(f"<{clause.endpoint}> answered with no table")
        rows = list(_rows(solutions, clause.endpoint))
    except (SyntaxError, ValueError) as error:
        raise RemoteServiceFailed(f"<{clause.endpoint}> answered with no table: {error}") from error
    if len(rows) > most:
        raise QueryTooHeavy(f"<{clause.endpoint}> has more than {most} rows for its SERVICE; ask for less")
    variables = " ".join(str(variable) for variable in solutions.variables)
    return f"{{ VALUES ({variables}) {{ {' '.join(rows)} }} "


def _rows(solutions: QuerySolutions, endpoint: str) -> Iterator[str]:
    # A blank node keeps its identity within one answer only.
    scope = sha256(endpoint.encode()).hexdigest()[:12]
    for solution in solutions:
        yield f"({' '.join(_term(value, scope) for value in solution)})"


def _term(value: object, scope: str) -> str:
    if value is None:
        return "UNDEF"
    if isinstance(value, BlankNode):
        return f"<{_NAMED_BLANK}{scope}:{value.value}>"
    if isinstance(value, Triple):
        raise RemoteServiceFailed("a SERVICE answered with a triple term, which VALUES cannot hold")
    return str(value)
