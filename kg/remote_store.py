"""A SPARQL 1.1 store elsewhere as a `TripleStore`: every change is one update request, made wholly or not."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Self

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from kg.errors import AifkgError, QueryFailed, QueryTimeout, StoreChanged, StoreUnavailable, UnknownOutcome
from kg.literals import as_written
from kg.remote_ahead import Ahead
from kg.remote_revision import Revision, Trace
from kg.remote_site import Site, find_site
from kg.settings import Settings
from kg.sparql_client import place
from kg.store import Delta, Node, Term

_CLOSING_S = 5.0
_Pattern = tuple[NamedNode | None, NamedNode | None, Term | None, NamedNode | None]


class RemoteStore:
    """What the writer asks of a store, asked over HTTP."""

    def __init__(self, site: Site) -> None:
        """Take a site that was found; StoreUnavailable if it does not answer."""
        self._site = site
        self._revision = site.revision()
        self._trace = Trace()
        self._ahead: Ahead | None = None

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The settings' remote store, begun if it is empty; errors as in `find_site`."""
        return cls(find_site(settings, create=True))

    @property
    def revision(self) -> Revision:
        """The state that this process last saw or made."""
        return self._revision

    def match(
        self,
        subject: Node | None = None,
        predicate: Node | None = None,
        value: Node | Term | None = None,
        graph: Node | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit; None fits everything."""
        if graph and not (subject or predicate or value):
            return self._whole(graph)
        if self._ahead is not None:
            term = NamedNode(value) if isinstance(value, str) else value
            known = self._ahead.match(subject, predicate, term, graph)
            if known is not None:
                return iter(known)
        asked = (
            NamedNode(subject) if subject else None,
            NamedNode(predicate) if predicate else None,
            NamedNode(value) if isinstance(value, str) else value,
            NamedNode(graph) if graph else None,
        )
        s, p, o, g = (str(term) if term else f"?{name}" for term, name in zip(asked, "spog", strict=True))
        text = f"SELECT * WHERE {{ GRAPH {g} {{ {s} {p} {o} }} }}"
        return self._quads(text, asked)

    def look_ahead(self, quads: Iterable[Quad]) -> None:
        """Fetch what a change of these quads will ask for; `match` knows it until the change is made."""
        self._ahead = Ahead(lambda text: self._quads(text, (None, None, None, None)), quads)

    def select(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a SELECT over the union of all named graphs, in the order of its variables."""
        return iter([tuple(row) for row in self._rows(query, union=True)])

    def apply(self, delta: Delta) -> None:
        """Make the change wholly, or not at all with StoreUnavailable.

        StoreChanged if another writer has changed the store since this one last looked.
        """
        self._ahead = None
        if not delta:
            return
        made = self._revision.after()
        try:
            self._send(made, delta)
        except UnknownOutcome as error:
            if not self._was_made(made):
                self._rule_out(made, error)
        self._look(made)

    def checkpoint(self, target: Path) -> NoReturn:
        """A remote store keeps no versions of its own: StoreUnavailable."""
        raise StoreUnavailable("a remote store keeps no old versions")

    def close(self) -> None:
        """Take away what only this writer needed; a store that is away keeps it, which does no harm."""
        with suppress(AifkgError):
            self._site.client.update(self._site.update, self._trace.removal(), timeout_s=_CLOSING_S)

    # -- inside

    def _send(self, made: Revision, delta: Delta) -> None:
        text = self._trace.change(self._revision, made, delta.out, delta.into)
        try:
            self._site.client.update(self._site.update, text, timeout_s=self._site.timeout_s)
        except (QueryFailed, QueryTimeout) as error:
            raise StoreUnavailable(f"the store could not be written, nothing was changed: {error}") from error

    def _look(self, made: Revision) -> None:
        """Take notice of the store's state; StoreChanged if the change was not made, as others were first."""
        was_made = self._was_made(made)
        self._revision = self._site.revision()
        if not was_made:
            raise StoreChanged(
                f"{place(self._site.update)} was changed by another writer; nothing was changed"
            )

    def _was_made(self, made: Revision) -> bool:
        return any(row["token"].value == made.token for row in self._rows(self._trace.question()))

    def _rule_out(self, made: Revision, error: UnknownOutcome) -> None:
        """Carry the mark on, so that a change whose answer was lost cannot be made any more.

        Returns if it was made by then; StoreUnavailable if it never will be; UnknownOutcome if that is open.
        """
        try:
            self._send(self._revision.after(), Delta())
        except StoreUnavailable as again:
            raise UnknownOutcome(f"{error}; whether it was made is not known") from again
        if not self._was_made(made):
            self._revision = self._site.revision()
            raise StoreUnavailable(f"{error}; nothing was changed") from error

    def _quads(self, text: str, asked: _Pattern) -> Iterator[Quad]:
        subject, predicate, value, graph = asked
        for row in self._rows(text):
            said = as_written(row["o"]) if value is None else value
            yield Quad(subject or row["s"], predicate or row["p"], said, graph or row["g"])

    def _whole(self, graph: Node) -> Iterator[Quad]:
        triples = self._site.client.graph(self._site.graphs, graph, timeout_s=self._site.left_s())
        name = NamedNode(graph)
        for quad in parse(triples, format=RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, as_written(quad.object), name)

    def _rows(self, text: str, *, union: bool = False) -> QuerySolutions:
        answer = self._site.ask(text, self._site.union if union else ())
        solutions = parse_query_results(answer, QueryResultsFormat.JSON)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("select takes a SELECT query")
        return solutions
