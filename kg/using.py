"""update text + graphs of the request -> update text with USING clauses, SPARQL 1.1 Protocol, 2.2.3."""

from collections.abc import Iterator, Sequence

from kg.errors import BadRequest
from kg.names import check_node
from kg.terminals import Terminal, terminals


def with_using(text: str, *, default: Sequence[str], named: Sequence[str]) -> str:
    """The update with every WHERE read from these graphs; unchanged when there are none.

    Raises:
        BadRequest: if the update names its own graphs by USING or WITH, or an IRI is none.

    >>> with_using("INSERT {} WHERE {}", default=["http://a.example/g"], named=[])
    'INSERT {} USING <http://a.example/g> WHERE {}'
    """
    if not default and not named:
        return text
    clause = "".join(
        [*(f"USING {_iri(graph)} " for graph in default), *(f"USING NAMED {_iri(graph)} " for graph in named)]
    )
    pieces, position = [], 0
    for place, insertion in _insertions(text, clause):
        pieces += [text[position:place], insertion]
        position = place
    return "".join([*pieces, text[position:]])


def _iri(graph: str) -> str:
    try:
        return f"<{check_node(graph)}>"
    except ValueError as error:
        raise BadRequest(f"{graph!r} is not an absolute IRI") from error


def _insertions(text: str, clause: str) -> Iterator[tuple[int, str]]:
    """Where to put what, in the order of the text. Only words outside of braces belong to operations."""
    found = list(terminals(text))
    outside = list(_outside_of_braces(found))
    for position, terminal in enumerate(outside):
        if terminal.is_word("USING") or terminal.is_word("WITH"):
            raise BadRequest("the update names its graphs itself, so the request may not")
        if not terminal.is_word("WHERE"):
            continue
        if (
            position
            and outside[position - 1].is_word("DELETE")
            and _adjacent(found, outside[position - 1], terminal)
        ):
            yield terminal.start, f"{_group_after(text, found, terminal)} {clause}"
        else:
            yield terminal.start, clause


def _outside_of_braces(found: Sequence[Terminal]) -> Iterator[Terminal]:
    depth = 0
    for terminal in found:
        if terminal.text == "}" and terminal.kind == "mark":
            depth -= 1
        if depth == 0:
            yield terminal
        if terminal.text == "{" and terminal.kind == "mark":
            depth += 1


def _adjacent(found: Sequence[Terminal], first: Terminal, second: Terminal) -> bool:
    return found.index(second) == found.index(first) + 1


def _group_after(text: str, found: Sequence[Terminal], where: Terminal) -> str:
    """The group graph pattern that follows, braces included: DELETE WHERE deletes what it matches."""
    depth, start = 0, None
    for terminal in found[found.index(where) + 1 :]:
        if terminal.kind != "mark":
            continue
        if terminal.text == "{":
            start = terminal.start if start is None else start
            depth += 1
        elif terminal.text == "}":
            depth -= 1
            if depth == 0 and start is not None:
                return text[start : terminal.start + 1]
    return "{}"
