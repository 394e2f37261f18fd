"""SPARQL text -> text that cannot leave the store: refuse SERVICE and LOAD, list the graphs that FROM names.

The engine offers no switch against SERVICE or LOAD, so the text is cut into SPARQL terminals and judged by
its words; strings, comments, IRIs, variables and labels are whole terminals and can hide nothing. Two
habits of the engine's parser make the words wider than they look, both measured on Oxigraph 0.5.13:

- no space is needed around a keyword: `?s ?p 1SERVICE<http://...>{}` is a federated query;
- a name that cannot be resolved is read again as a keyword: `trueSERVICE:x{}` is `true SERVICE :x {}`.

So any bare word that contains such a keyword is refused, and a prefix that contains one is renamed in place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.errors import BadQuery, Forbidden
from kg.terminals import Terminal, place_of, terminals

_SUSPECTS = ("service", "load", "from")
_LEAVING = re.compile("service|load", re.IGNORECASE)
# Text appended to such a namespace lands in a path, query or fragment, so the name always is a valid IRI and
# the engine never reads its local part again as a keyword.
_CLOSED_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?://[^/?#]*[/?#]|(?!//))")


@dataclass(frozen=True)
class Guarded:
    """Text that stays in the store, as long as the original, and the graphs named by FROM."""

    text: str
    graphs: tuple[str, ...] = ()


def guard(text: str, *, base_iri: str | None = None) -> Guarded:
    """The query or update, safe to hand to the engine, with the absolute IRIs of FROM and FROM NAMED.

    Raises:
        Forbidden: if it contains SERVICE or LOAD.
        BadQuery: if a prefix whose name contains one of these is not declared.

    >>> guard('ASK { ?s ?p "SERVICE <http://a.example/>" }').graphs
    ()
    >>> guard("ASK FROM <http://a.example/g> {}").graphs
    ('http://a.example/g',)
    """
    if not _is_suspect(text):
        return Guarded(text)
    found = list(terminals(text))
    namespaces = declared_namespaces(found)
    for terminal in found:
        _refuse_to_leave(terminal, namespaces, text)
    return Guarded(_rename_prefixes(text, found, namespaces), tuple(_graphs_of(found, namespaces, base_iri)))


def _is_suspect(text: str) -> bool:
    """Whether any of the words is there at all; a loop, since each small query pays for this."""
    folded = text.casefold()
    for suspect in _SUSPECTS:  # noqa: SIM110 - any() over a generator takes three times as long
        if suspect in folded:
            return True
    return False


def declared_namespaces(found: Sequence[Terminal]) -> dict[str, str]:
    """Prefix to namespace as written. A prefix declared twice keeps the last, as the engine does."""
    return {
        label.prefix: namespace.text
        for keyword, label, namespace in zip(found, found[1:], found[2:], strict=False)
        if keyword.is_word("PREFIX") and label.kind == "name" and namespace.kind == "iri"
    }


def _refuse_to_leave(terminal: Terminal, namespaces: dict[str, str], text: str) -> None:
    if terminal.kind == "word" and (keyword := _LEAVING.search(terminal.text)):
        raise Forbidden(f"{keyword[0].upper()} is not allowed here: nothing is read from other places")
    if terminal.kind != "name":
        return
    if _LEAVING.search(terminal.prefix) and terminal.prefix not in namespaces:
        line, column = place_of(text, terminal.start)
        raise BadQuery(f"prefix {terminal.prefix}: is not declared", line, column)
    if _LEAVING.search(terminal.local) and not _CLOSED_NAMESPACE.match(namespaces.get(terminal.prefix, "")):
        raise Forbidden(f"the name {terminal.text} could be read as a keyword (SERVICE, LOAD); write the IRI")


def _rename_prefixes(text: str, found: Sequence[Terminal], namespaces: dict[str, str]) -> str:
    """The text with each prefix that contains a keyword spelled otherwise, at the same length.

    The length stays so that the places in the engine's error messages stay.
    """
    suspects = [prefix for prefix in namespaces if _LEAVING.search(prefix)]
    if not suspects:
        return text
    renamed = {prefix: _free_name(prefix, namespaces) for prefix in suspects}
    characters = list(text)
    for terminal in found:
        if terminal.kind == "name" and terminal.prefix in renamed:
            end = terminal.start + len(terminal.prefix)
            characters[terminal.start : end] = renamed[terminal.prefix]
    return "".join(characters)


def _free_name(prefix: str, taken: dict[str, str]) -> str:
    """A prefix of the same length without a keyword in it that the text does not use."""
    for digit in "0123456789":
        name = "".join(_spoiled(prefix, digit))
        if name not in taken:
            return name
    raise Forbidden(f"the prefix {prefix}: could be read as a keyword; choose another name")


def _spoiled(prefix: str, digit: str) -> Iterator[str]:
    """The prefix in pieces, the last but second letter of each keyword replaced."""
    position = 0
    for keyword in _LEAVING.finditer(prefix):
        yield prefix[position : keyword.end() - 3] + digit
        position = keyword.end() - 2
    yield prefix[position:]


def _graphs_of(found: Sequence[Terminal], namespaces: dict[str, str], base_iri: str | None) -> Iterator[str]:
    base = base_iri or ""
    for position, terminal in enumerate(found):
        rest = found[position + 1 : position + 3]
        if terminal.is_word("BASE") and rest and rest[0].kind == "iri":
            base = urljoin(base, rest[0].text)
        if not terminal.is_word("FROM") or not rest:
            continue
        graph = rest[-1] if rest[0].is_word("NAMED") else rest[0]
        if graph.kind == "iri":
            yield urljoin(base, graph.text) if base else graph.text
        elif graph.kind == "name" and graph.prefix in namespaces:
            yield namespaces[graph.prefix] + re.sub(r"\\(.)", r"\1", graph.local)
