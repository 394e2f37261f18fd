"""The mark that the product keeps in a remote store: which change was the last, and by whom it was made.

Each change of the product carries the mark on in the same update. A change that was worked out from what a
writer read asks for the mark that it read, so it is made wholly or, when another writer came first, not at
all; and after a broken connection the mark tells whether the change was made.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from pyoxigraph import Quad, QueryResultsFormat, QuerySolutions, parse_query_results

from kg.literals import instant
from ontology import terms

G_STORE = terms.GRAPH + "store"

_MARK = (
    f"<{G_STORE}> <{terms.OWL_VERSION_INFO}> {{number}} ; <{terms.DCTERMS_IDENTIFIER}> {{token}} ; "
    f"<{terms.DCTERMS_MODIFIED}> {{at}}"
)
_ANY_MARK = _MARK.format(number="?number", token="?token", at="?at")  # noqa: S106 - a variable

READ_REVISION = f"SELECT ?number ?token ?at WHERE {{ GRAPH <{G_STORE}> {{ {_ANY_MARK} }} }}"
READ_FROM_UNION = f"SELECT ?number ?token ?at WHERE {{ {_ANY_MARK} }}"


@dataclass(frozen=True)
class Revision:
    """A state of the store: the how-manieth, and a word that only the change that led to it knows."""

    number: int
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def after(self) -> "Revision":
        """The revision that the next change makes."""
        return Revision(self.number + 1)

    def word(self) -> str:
        """The token as a literal."""
        return f'"{self.token}"'

    def mark(self) -> str:
        """The statements of the mark, inside their graph."""
        told = _MARK.format(number=self.number, token=self.word(), at=instant(self.at))
        return f"GRAPH <{G_STORE}> {{ {told} }}"

    def pattern(self) -> str:
        """What fits this mark and no other; how the store writes numbers and times down does not matter."""
        told = _MARK.format(number="?number", token=self.word(), at="?at")
        return f"GRAPH <{G_STORE}> {{ {told} }}"


def revision_in(results: bytes) -> Revision | None:
    """The revision in the answer to `READ_REVISION`; None if the store holds nothing of the product."""
    solutions = parse_query_results(results, QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        return None
    for row in solutions:
        number, token, at = (row[name].value for name in ("number", "token", "at"))
        return Revision(int(number), token, datetime.fromisoformat(at))
    return None


def creation(first: Revision | None = None) -> str:
    """The update that gives a store its first mark, if it has none."""
    return (
        f"INSERT {{ {(first or Revision(1)).mark()} }} "
        f"WHERE {{ FILTER NOT EXISTS {{ GRAPH <{G_STORE}> {{ {_ANY_MARK} }} }} }}"
    )


@dataclass(frozen=True)
class Trace:
    """What a writer leaves in the store: the word of its own last change, which no other takes away."""

    writer: str = field(default_factory=lambda: uuid.uuid4().hex)

    def question(self) -> str:
        """The query for that word."""
        return f"SELECT ?token WHERE {{ {self._told('?token')} }}"

    def removal(self) -> str:
        """The update that takes the trace away."""
        return f"DELETE WHERE {{ {self._told('?token')} }}"

    def change(self, seen: Revision, made: Revision, out: Iterable[Quad], into: Iterable[Quad]) -> str:
        """One operation that makes the whole change in a store that is as it was seen, and else nothing."""
        return (
            f"DELETE {{ {seen.pattern()}\n{self._told('?own')}\n{_by_graph(out)} }}\n"
            f"INSERT {{ {made.mark()}\n{self._told(made.word())}\n{_by_graph(into)} }}\n"
            f"WHERE {{ {seen.pattern()} OPTIONAL {{ {self._told('?own')} }} }}"
        )

    def _told(self, token: str) -> str:
        who = f"<{G_STORE}/writer-{self.writer}>"
        return f"GRAPH <{G_STORE}> {{ {who} <{terms.DCTERMS_IDENTIFIER}> {token} }}"


def carrying(update: str, seen: Revision, made: Revision, *, ends_open: bool) -> str:
    """The update, and in the same request the mark carried on, whatever the store's state is by then.

    `ends_open` says that the update ends with the semicolon that another operation follows.
    """
    old = f"GRAPH <{G_STORE}> {{ {_ANY_MARK} }}"
    new = _MARK.format(number="?next", token=f'"{made.token}"', at=instant(made.at))
    return (
        f"{update}\n{'' if ends_open else ';'}\n"
        f"DELETE {{ {old} }} INSERT {{ GRAPH <{G_STORE}> {{ {new} }} }} "
        f"WHERE {{ OPTIONAL {{ {old} }} BIND(COALESCE(?number, {seen.number}) + 1 AS ?next) }}"
    )


def _by_graph(quads: Iterable[Quad]) -> str:
    def graph(quad: Quad) -> str:
        return str(quad.graph_name)

    ordered = sorted(sorted(quads, key=str), key=graph)
    return "".join(
        f"GRAPH {name} {{\n" + "".join(f"{quad.triple} .\n" for quad in members) + "}\n"
        for name, members in groupby(ordered, key=graph)
    )
