"""query text -> answer: run one stranger's query over a snapshot and write the result down.

Reads   a read-only store, over the union of its named graphs unless the request names a data set
Writes  the bytes that the client gets, in memory while small and in a file of their own when large
Refuses SERVICE, FROM of graphs that are not in the store, results past the limits of rows and bytes
"""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kg.errors import BadQuery, BadRequest, Forbidden, NotAcceptable, QueryFailed, QueryTooHeavy
from kg.formats import GRAPHS, RESULTS, Format
from kg.guard import guard
from kg.names import check_node
from kg.row_counts import ROW_MARKS, RowCount

AnyGraph = NamedNode | BlankNode | DefaultGraph

# Above this an answer goes to a file, so that clients who read slowly hold disk and not memory.
SPOOL_OVER = 1 << 20

_UPDATE = re.compile(
    r"(?:\s|#[^\n]*|(?:PREFIX\s+\S*|BASE)\s*<[^>]*>)*(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """One query as the protocol delivers it; a format is None where the client takes none of that kind."""

    query: str
    results_format: str | None = "srj"
    graph_format: str | None = "ttl"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base_iri: str | None = None
    max_bytes: int = 1 << 26
    max_rows: int = 1_000_000

    @property
    def wish(self) -> tuple[Any, ...]:
        """What decides about the answer: all fields in their order but the limits."""
        graphs = self.default_graphs, self.named_graphs
        return self.query, self.results_format, self.graph_format, *graphs, self.base_iri

    def __reduce__(self) -> tuple[type["Question"], tuple[Any, ...]]:
        """Pickled by its parts, which takes half as long."""
        return Question, (*self.wish, self.max_bytes, self.max_rows)


@dataclass(frozen=True)
class Answer:
    """A complete answer: its bytes or, when large, the file that holds them and that the reader deletes."""

    media_type: str
    body: bytes
    file: Path | None
    length: int
    engine_s: float = 0.0  # from the first look at the question to the last byte of the answer


class Sheet:
    """Collects what a serialiser writes: in memory at first, past `SPOOL_OVER` in the file at `spool`.

    As a context it turns the serialiser's complaint about a full sheet into QueryTooHeavy, and any other
    failure of the engine on the way into QueryFailed.
    """

    def __init__(self, spool: Path | str, max_bytes: int) -> None:
        """Nothing is written before the serialiser writes."""
        self._started = time.perf_counter()
        self._length = 0
        self._spool_name = spool
        self._max_bytes = max_bytes
        self._chunks: list[bytes] = []
        self._stored: IO[bytes] | None = None
        self._rows: RowCount | None = None

    @property
    def _spool(self) -> Path:
        return Path(self._spool_name)

    @property
    def file(self) -> IO[bytes]:
        """What the serialiser takes for an open file; it calls nothing but `write` and `flush`."""
        return cast(IO[bytes], self)

    def write(self, data: bytes) -> int:
        """Take the data; OverflowError past the limit."""
        self._length += len(data)
        if self._length > self._max_bytes:
            raise OverflowError
        if self._rows is not None:
            self._rows.add(data)
        self._chunks.append(bytes(data))
        if self._stored is None and self._length > SPOOL_OVER:
            self._stored = self._spool.open("wb")
        if self._stored is not None:
            self._stored.write(b"".join(self._chunks))
            self._chunks.clear()
        return len(data)

    def flush(self) -> None:
        """The serialiser calls it at the end; nothing is sent before the answer is complete."""

    def count_rows(self, format_name: str) -> None:
        """Count the rows of the table that will be written."""
        self._rows = RowCount(ROW_MARKS[format_name])

    def refuse_more_rows_than(self, most: int) -> None:
        """Raise QueryTooHeavy if the table that was written has more rows."""
        if self._rows is not None and self._rows.exceeds(most, self._written):
            raise QueryTooHeavy(f"the result has more than {most} rows; ask for less, for example with LIMIT")

    def _written(self) -> bytes:
        if self._stored is None:
            return b"".join(self._chunks)
        self._stored.flush()
        return self._spool.read_bytes()

    def finish(self, media_type: str) -> Answer:
        """The complete answer."""
        engine_s = time.perf_counter() - self._started
        if self._stored is None:
            return Answer(media_type, b"".join(self._chunks), None, self._length, engine_s)
        self._stored.close()
        return Answer(media_type, b"", self._spool, self._length, engine_s)

    def __enter__(self) -> "Sheet":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if not isinstance(error, OSError | OverflowError | RuntimeError | ValueError):
            return
        if self._length <= self._max_bytes:
            raise QueryFailed(str(error)) from error
        raise QueryTooHeavy(
            f"the result is larger than {self._max_bytes} bytes; ask for less, for example with LIMIT"
        ) from error


def answer(store: Store, *, question: Question, spool: Path | str) -> Answer:
    """The complete answer, written down in the format that the question takes for its kind of query.

    Raises:
        BadQuery: if the query does not parse, with the place where it stops making sense.
        Forbidden: if it would leave the store.
        NotAcceptable: if the client takes no format for this kind of query.
        QueryFailed: if the engine cannot evaluate it.
        QueryTooHeavy: if the result is larger than the question allows.
    """
    sheet = Sheet(spool, question.max_bytes)
    results = results_of(store, question)
    with sheet:
        return sheet.finish(_write(results, sheet, question))


def results_of(store: Store, question: Question) -> QuerySolutions | QueryBoolean | QueryTriples:
    """What the engine finds, nothing of it read yet; raises as `answer` does for queries that are refused."""
    guarded = guard(question.query, base_iri=question.base_iri)
    if guarded.graphs:
        _refuse_foreign_graphs(store, guarded.graphs)
    if question.default_graphs or question.named_graphs:
        _refuse_what_is_no_iri((*question.default_graphs, *question.named_graphs))
    return _evaluate(store, guarded.text, question, own_data_set=bool(guarded.graphs))


def _refuse_foreign_graphs(store: Store, graphs: Iterable[str]) -> None:
    """FROM asks for a document, and documents are not fetched; so a graph that is not here is refused.

    A graph of the request itself is only a name: one that is not here is empty (SPARQL 1.1 Protocol, 2.1.4,
    and the W3C tests, which ask ASK {} over such a graph).
    """
    for graph in graphs:
        try:
            known = store.contains_named_graph(NamedNode(graph))
        except ValueError:
            continue  # no IRI at all, as the parser will say with its place
        if not known:
            raise Forbidden(
                f"<{graph}> is not a graph of this store, and graphs are not fetched from elsewhere"
            )


def _refuse_what_is_no_iri(graphs: Iterable[str]) -> None:
    for graph in graphs:
        try:
            check_node(graph)
        except ValueError as error:
            raise BadRequest(f"{graph!r} is not an absolute IRI: {error}") from error


def _evaluate(
    store: Store, text: str, question: Question, *, own_data_set: bool
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run over the data set of the request, else that of the query, else the union of the named graphs.

    SPARQL 1.1 Protocol, 2.1.4: a data set in the request wins over FROM in the query.
    """
    default_graph: list[AnyGraph] | None = None
    named_graphs: list[NamedNode | BlankNode] | None = None
    named_by_request = bool(question.default_graphs or question.named_graphs)
    if named_by_request:
        default_graph = [NamedNode(graph) for graph in question.default_graphs]
        named_graphs = [NamedNode(graph) for graph in question.named_graphs]
    try:
        return store.query(
            text,
            base_iri=question.base_iri,
            use_default_graph_as_union=not (named_by_request or own_data_set),
            default_graph=default_graph,
            named_graphs=named_graphs,
        )
    except SyntaxError as error:
        raise bad_query(str(error), text) from error


def bad_query(message: str, text: str) -> BadQuery:
    """The parse error of the engine, with its place and a reason that people can read."""
    place = _PLACE.match(message)
    if place is None:
        return BadQuery(message)
    line, column = int(place[1]), int(place[2])
    return BadQuery(f"line {line}, column {column}: {_readable(place[3], text)}", line, column)


def _readable(expected: str, text: str) -> str:
    """The engine's reason without the character classes that it lists."""
    if _UPDATE.match(text):
        return "this is an update, and only queries are answered here"
    if "Prefix not found" in expected:
        return "prefix not declared"
    reasons = [
        reason.strip()
        for reason in expected.removeprefix("expected ")
        .removeprefix("one of ")
        .replace("\n", " ")
        .split(", ")
        if not re.search(r"[\[\]'|{}]|<unreported>", reason)
    ]
    return "expected " + " or ".join(reasons) if reasons else "the query stops making sense here"


def _write(results: QuerySolutions | QueryBoolean | QueryTriples, sheet: Sheet, question: Question) -> str:
    if isinstance(results, QueryTriples):
        graph = GRAPHS[question.graph_format] if question.graph_format else None
        if graph is None:
            raise NotAcceptable("CONSTRUCT and DESCRIBE are answered in " + _offered(GRAPHS))
        results.serialize(sheet.file, graph.engine)
        return graph.media_type
    table = RESULTS[question.results_format] if question.results_format else None
    if table is None:
        raise NotAcceptable("SELECT and ASK are answered in " + _offered(RESULTS))
    if isinstance(results, QuerySolutions):
        sheet.count_rows(table.name)
    results.serialize(sheet.file, table.engine)
    sheet.refuse_more_rows_than(question.max_rows)
    return table.media_type


def _offered(formats: Mapping[str, Format[Any]]) -> str:
    return ", ".join(entry.media_type for entry in formats.values())
