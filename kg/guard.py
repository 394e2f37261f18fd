"""query text -> query text that cannot leave the store: refuse SERVICE, list the graphs that FROM names.

The engine offers no switch against SERVICE, so the text is cut into SPARQL terminals and judged by its words;
strings, comments, IRIs, variables and labels are whole terminals and can hide nothing. Two habits of the
engine's parser make the words wider than they look, both measured on Oxigraph 0.5.13:

- no space is needed around a keyword: `?s ?p 1SERVICE<http://...>{}` is a federated query;
- a name that cannot be resolved is read again as a keyword: `trueSERVICE:x{}` is `true SERVICE :x {}`.

So any bare word that contains "service" is refused, and a prefix of such a name is renamed in place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.errors import BadQuery, Forbidden

# SPARQL 1.1, 19.8: terminals that can contain the letters of a keyword without being one.
_TERMINAL = re.compile(
    r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
    | <(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>
    | (?P<variable>[?$]\w+)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:[\w][\w.\-]*)
    | (?P<prefix>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?):
      (?P<local>(?:[\w.\-:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<word>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)
_SUSPECT = re.compile("service|from", re.IGNORECASE)
_SERVICE = re.compile("service", re.IGNORECASE)
# Text appended to such a namespace lands in a path, query or fragment, so the name always is a valid IRI and
# the engine never reads its local part again as a keyword.
_CLOSED_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?://[^/?#]*[/?#]|(?!//))")


@dataclass(frozen=True)
class GuardedQuery:
    """A query that stays in the store: its text, as long as the original, and the graphs named by FROM."""

    text: str
    graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Terminal:
    kind: str
    text: str
    start: int
    prefix: str = ""
    local: str = ""


def guard_query(text: str, *, base_iri: str | None = None) -> GuardedQuery:
    """The query, safe to hand to the engine, with the absolute IRIs of its FROM and FROM NAMED clauses.

    Raises:
        Forbidden: if it contains SERVICE.
        BadQuery: if a prefix whose name contains "service" is not declared.

    >>> guard_query('ASK { ?s ?p "SERVICE <http://a.example/>" }').graphs
    ()
    >>> guard_query("ASK FROM <http://a.example/g> {}").graphs
    ('http://a.example/g',)
    """
    if not _SUSPECT.search(text):
        return GuardedQuery(text)
    terminals = [terminal for terminal in _terminals(text) if terminal.kind != "comment"]
    namespaces = _declared_namespaces(terminals)
    for terminal in terminals:
        _refuse_service(terminal, namespaces, text)
    return GuardedQuery(
        _rename_prefixes(text, terminals, namespaces),
        tuple(_graphs_of(terminals, namespaces, base_iri)),
    )


def _terminals(text: str) -> Iterator[_Terminal]:
    for match in _TERMINAL.finditer(text):
        kind = match.lastgroup or ""
        if kind == "local":
            yield _Terminal("name", match[0], match.start(), match["prefix"], match["local"])
        else:
            yield _Terminal(kind, match[kind], match.start())


def _declared_namespaces(terminals: list[_Terminal]) -> dict[str, str]:
    """Prefix to namespace as written. A prefix declared twice keeps the last, as the engine does."""
    return {
        label.prefix: namespace.text
        for keyword, label, namespace in zip(terminals, terminals[1:], terminals[2:], strict=False)
        if _is_word(keyword, "PREFIX") and label.kind == "name" and namespace.kind == "iri"
    }


def _is_word(terminal: _Terminal, keyword: str) -> bool:
    return terminal.kind == "word" and terminal.text.upper() == keyword


def _refuse_service(terminal: _Terminal, namespaces: dict[str, str], text: str) -> None:
    if terminal.kind == "word" and _SERVICE.search(terminal.text):
        raise Forbidden("SERVICE is not allowed here: queries are answered from this store alone")
    if terminal.kind != "name":
        return
    if _SERVICE.search(terminal.prefix) and terminal.prefix not in namespaces:
        line, column = place_of(text, terminal.start)
        raise BadQuery(f"prefix {terminal.prefix}: is not declared", line, column)
    if _SERVICE.search(terminal.local) and not _CLOSED_NAMESPACE.match(namespaces.get(terminal.prefix, "")):
        raise Forbidden(f"the name {terminal.text} could be read as SERVICE; write it as a full IRI")


def place_of(text: str, offset: int) -> tuple[int, int]:
    r"""Line and column of an offset, both from 1, columns in characters.

    >>> place_of("ASK\n{ }", 6)
    (2, 3)
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _rename_prefixes(text: str, terminals: list[_Terminal], namespaces: dict[str, str]) -> str:
    """The text with each prefix that contains "service" spelled otherwise, at the same length.

    The length stays so that the places in the engine's error messages stay.
    """
    suspects = [prefix for prefix in namespaces if _SERVICE.search(prefix)]
    if not suspects:
        return text
    renamed = {prefix: _free_name(prefix, namespaces) for prefix in suspects}
    characters = list(text)
    for terminal in terminals:
        if terminal.kind == "name" and terminal.prefix in renamed:
            end = terminal.start + len(terminal.prefix)
            characters[terminal.start : end] = renamed[terminal.prefix]
    return "".join(characters)


def _free_name(prefix: str, taken: dict[str, str]) -> str:
    """A prefix of the same length without "service" in it that the query does not use."""
    for digit in "0123456789":
        name = _SERVICE.sub(lambda match, digit=digit: match[0][:4] + digit + match[0][5:], prefix)  # type: ignore[misc]
        if name not in taken:
            return name
    raise Forbidden(f"the prefix {prefix}: could be read as SERVICE; choose another name")


def _graphs_of(terminals: list[_Terminal], namespaces: dict[str, str], base_iri: str | None) -> Iterator[str]:
    base = base_iri or ""
    for position, terminal in enumerate(terminals):
        rest = terminals[position + 1 : position + 3]
        if _is_word(terminal, "BASE") and rest and rest[0].kind == "iri":
            base = urljoin(base, rest[0].text)
        if not _is_word(terminal, "FROM") or not rest:
            continue
        graph = rest[-1] if _is_word(rest[0], "NAMED") else rest[0]
        if graph.kind == "iri":
            yield urljoin(base, graph.text) if base else graph.text
        elif graph.kind == "name" and graph.prefix in namespaces:
            yield namespaces[graph.prefix] + re.sub(r"\\(.)", r"\1", graph.local)
