"""The product's own questions, one `.rq` file each in `kg/sparql/`, run over the union of the named graphs.

A question takes parameters in two ways: `one` binds variables that it projects, `many` fills the VALUES
block of a variable, written `VALUES ?x { UNDEF }` in the file. Both go through the engine's terms, so no
value can become query text.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple, Variable

from kg.remote_engine import RemoteEngine

Row = Mapping[str, str]
_FOLDER = files("kg") / "sparql"


@cache
def question(name: str) -> str:
    """The text of a question."""
    return (_FOLDER / f"{name}.rq").read_text("utf-8")


def rows(
    store: Store,
    name: str,
    *,
    one: Mapping[str, str] | None = None,
    many: Mapping[str, Iterable[str]] | None = None,
) -> list[Row]:
    """The rows of a question as text by variable, in the order of the query; an unbound variable is absent.

    `one` and `many` hold IRIs; ValueError for a text that is none.
    """
    text = question(name)
    for variable, iris in (many or {}).items():
        block = " ".join(str(NamedNode(iri)) for iri in iris)
        text = text.replace(f"VALUES ?{variable} {{ UNDEF }}", f"VALUES ?{variable} {{ {block} }}")
    return rows_of(store, text, one=one)


def rows_of(store: Store, text: str, *, one: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a query text, as in `rows`."""
    solutions = store.query(
        text,
        use_default_graph_as_union=True,
        substitutions={Variable(name): NamedNode(iri) for name, iri in (one or {}).items()},
    )
    if not isinstance(solutions, QuerySolutions):
        raise TypeError("a question is a SELECT query")
    names = [variable.value for variable in solutions.variables]
    return [
        {name: plain(value) for name in names if (value := solution[name]) is not None}
        for solution in solutions
    ]


def plain(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """The IRI, or the text of a literal."""
    return str(term) if isinstance(term, Triple) else term.value


def count_quads(store: Store) -> int | None:
    """How many quads the store holds; None for a remote one, which only shows that it answers."""
    if isinstance(store, RemoteEngine):
        store.query("ASK {}")
        return None
    return len(store)
