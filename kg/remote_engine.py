"""A remote store in the shape in which readers and the service's writes know the embedded engine.

It has those methods of `pyoxigraph.Store` that `kg` calls on a store. Queries are parsed here first, so a
mistake is told with its line and column as ever, and only then sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)

from kg.errors import StoreUnavailable, UnknownOutcome
from kg.remote_revision import Revision, carrying
from kg.remote_site import Options, Site
from kg.sparql_client import RESULTS_TYPE, TRIPLES_TYPE, place

Term = NamedNode | BlankNode | Literal | Triple
AnyGraph = NamedNode | BlankNode | DefaultGraph


class RemoteEngine:
    """Reads and updates one store over HTTP; errors are those of `SparqlClient`."""

    def __init__(self, site: Site, revision: Revision) -> None:
        """Take a site that was found, in the state in which it was seen."""
        self._site = site
        self.revision = revision

    def within(self, timeout_s: float | None) -> None:
        """Have what is asked from now on answered in so many seconds together."""
        self._site = self._site.until(timeout_s)

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        use_default_graph_as_union: bool = False,
        default_graph: Sequence[AnyGraph] | None = None,
        named_graphs: Sequence[NamedNode | BlankNode] | None = None,
        substitutions: Mapping[Variable, NamedNode] | None = None,
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """As the engine's own; SyntaxError for a query that does not parse."""
        kind = Store().query(query, base_iri=base_iri)
        text = f"BASE <{base_iri}>\n{query}" if base_iri else query
        text = _with_values(text, substitutions or {})
        options = self._site.union if use_default_graph_as_union else _data_set(default_graph, named_graphs)
        if isinstance(kind, QueryTriples):
            return self._triples(text, options)
        return parse_query_results(_complete(self._site.ask(text, options)), QueryResultsFormat.JSON)

    def contains_named_graph(self, name: NamedNode | BlankNode) -> bool:
        """Whether the graph holds anything."""
        return bool(self.query(f"ASK {{ GRAPH {name} {{ ?s ?p ?o }} }}"))

    def quads_for_pattern(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        value: Term | None,
        graph_name: AnyGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit, as they come; none for a blank node, whose name means nothing to the store."""
        if any(isinstance(term, BlankNode) for term in (subject, value, graph_name)):
            return
        asked = zip((subject, predicate, value), "spo", strict=True)
        triples = f"{{ {' '.join(str(term or f'?{name}') for term, name in asked)} }}"
        named = "" if isinstance(graph_name, DefaultGraph) else f"GRAPH {graph_name or '?g'} "
        for row in self._rows(f"SELECT * WHERE {{ {named}{triples} }}"):
            graph = graph_name or row["g"]
            yield Quad(subject or row["s"], predicate or row["p"], value or row["o"], graph)

    def dump(
        self,
        output: IO[bytes],
        format: RdfFormat,
        *,
        from_graph: AnyGraph | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        """Write the graph down, or the whole store graph by graph."""
        quads = self.quads_for_pattern(None, None, None, from_graph)
        given = dict(prefixes) if prefixes else None
        if from_graph is None:
            serialize(quads, output, format, prefixes=given)
        else:
            serialize((quad.triple for quad in quads), output, format, prefixes=given)

    def update(self, update: str, *, base_iri: str | None = None) -> None:
        """Have the store run the update, and carry the product's mark on in the same request.

        Raises SyntaxError for an update that does not parse.
        """
        _parse(update, base_iri)
        based = f"BASE <{base_iri}>\n{update}" if base_iri else update
        made = self.revision.after()
        text = carrying(based, self.revision, made, ends_open=False)
        try:
            _parse(text, None)
        except SyntaxError:  # it ends with the semicolon that another operation follows
            text = carrying(based, self.revision, made, ends_open=True)
        try:
            self._site.client.update(self._site.update, text, timeout_s=self._site.left_s())
        except UnknownOutcome as error:
            if self._site.revision().token != made.token:
                raise StoreUnavailable(f"{error}; whether the update was made is not known") from error
        self.revision = self._site.revision()

    def __len__(self) -> int:
        """How many quads there are in named graphs; a large store takes its time to count."""
        rows = self._rows("SELECT (COUNT(*) AS ?quads) WHERE { GRAPH ?g { ?s ?p ?o } }")
        return next((int(row["quads"].value) for row in rows), 0)

    def __iter__(self) -> Iterator[Quad]:
        """Every quad in named graphs, as they come."""
        return self.quads_for_pattern(None, None, None)

    # -- inside

    def _rows(self, text: str) -> QuerySolutions:
        """The rows of a SELECT, read while they come."""
        site = self._site
        pieces = site.client.stream(site.query, text, accept=RESULTS_TYPE, timeout_s=site.left_s())
        rows = parse_query_results(cast(IO[bytes], Pieces(pieces)), QueryResultsFormat.JSON)
        if not isinstance(rows, QuerySolutions):
            raise StoreUnavailable(f"{place(site.query)} answers a SELECT with a truth value")
        return rows

    def _triples(self, text: str, options: Options) -> QueryTriples:
        """What a CONSTRUCT or DESCRIBE found; only the engine makes such a result, so it gets the triples."""
        site = self._site
        answer = site.client.query(
            site.query, text, accept=TRIPLES_TYPE, options=options, timeout_s=site.left_s()
        )
        found = Store()
        for quad in parse(answer, format=RdfFormat.N_TRIPLES):
            found.add(Quad(quad.subject, quad.predicate, quad.object))
        results = found.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        if not isinstance(results, QueryTriples):
            raise TypeError("a CONSTRUCT gives triples")
        return results


class Pieces:
    """The pieces of an answer as the file that the engine's parsers read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Nothing is taken yet."""
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; none at the end."""
        while size < 0 or not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        cut = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        return taken


def _parse(update: str, base_iri: str | None) -> None:
    """Raise SyntaxError if the update does not parse: it is run over an empty store."""
    with suppress(RuntimeError, ValueError):  # such as that a graph is not there
        Store().update(update, base_iri=base_iri)


def _complete(answer: bytes) -> bytes:
    """The answer, if it has its end: some stores break off in the middle of a 200."""
    if not answer.rstrip().endswith(b"}"):
        raise StoreUnavailable("the store broke off in the middle of an answer")
    return answer


def _with_values(text: str, bound: Mapping[Variable, NamedNode]) -> str:
    """The query with the variables bound where its pattern begins; for the product's own SELECTs alone.

    >>> _with_values("SELECT ?a { ?a ?b ?c }", {Variable("a"): NamedNode("https://example.org/")})
    'SELECT ?a { VALUES (?a) { (<https://example.org/>) } ?a ?b ?c }'
    """
    if not bound:
        return text
    names, values = " ".join(map(str, bound)), " ".join(map(str, bound.values()))
    return text.replace("{", f"{{ VALUES ({names}) {{ ({values}) }}", 1)


def _data_set(
    default_graph: Sequence[AnyGraph] | None, named_graphs: Sequence[NamedNode | BlankNode] | None
) -> Options:
    """The graphs of the request as the protocol names them."""
    default = [
        ("default-graph-uri", graph.value) for graph in default_graph or () if isinstance(graph, NamedNode)
    ]
    named = [("named-graph-uri", graph.value) for graph in named_graphs or ()]
    return (*default, *named)
