"""Turtle text -> the same triples in canonical order, so that a diff shows meaning and nothing else.

The ontology or scheme comes first, then subjects by IRI; predicates in a fixed order, objects sorted; blank
nodes nested where they are used. The comment lines at the head of the file stay; comments further down do
not.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

Term = NamedNode | BlankNode | Literal

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SH = "http://www.w3.org/ns/shacl#"

_LEADING = (
    _RDF + "type",
    _RDFS + "label",
    _SKOS + "prefLabel",
    _SKOS + "altLabel",
    _SKOS + "hiddenLabel",
    _SKOS + "notation",
    _SKOS + "definition",
    _RDFS + "subClassOf",
    _RDFS + "subPropertyOf",
    _RDFS + "domain",
    _RDFS + "range",
    _SH + "targetClass",
    _SH + "path",
)
_HEADS = (_OWL + "Ontology", _SKOS + "ConceptScheme")
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_LOCAL = re.compile(r"[A-Za-z_0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9_-]))*|")
_WIDTH = 110


def canonical(text: str) -> str:
    """The Turtle text in canonical order; SyntaxError where it does not parse.

    >>> print(canonical('@prefix e: <http://e/> . e:b a e:C . e:a e:p e:b, e:a .').strip())
    @prefix e: <http://e/> .
    <BLANKLINE>
    e:a
        e:p e:a, e:b .
    <BLANKLINE>
    e:b
        a e:C .
    """
    parser = parse(text, format=RdfFormat.TURTLE)
    triples = [(quad.subject, quad.predicate, quad.object) for quad in parser]
    return _Writer(triples, dict(parser.prefixes)).text(_head_comment(text))


def _head_comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.rstrip() + "\n")
    return "".join(lines)


class _Writer:
    """Writes one set of triples; a class only because every step needs the same three indexes."""

    def __init__(self, triples: Iterable[tuple[Term, NamedNode, Term]], prefixes: dict[str, str]) -> None:
        self._by_subject: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._uses: Counter[Term] = Counter()
        for subject, predicate, value in triples:
            if value not in self._by_subject[subject][predicate.value]:
                self._by_subject[subject][predicate.value].append(value)
                self._uses[value] += 1
        self._prefixes = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self._used: set[str] = set()

    def text(self, comment: str) -> str:
        subjects = [s for s in self._by_subject if isinstance(s, NamedNode) or self._uses[s] != 1]
        blocks = [self._block(subject) for subject in sorted(subjects, key=self._subject_key)]
        head = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in sorted(self._prefixes) if p in self._used)
        return comment + ("\n" if comment else "") + head + "\n" + "\n".join(blocks)

    def _subject_key(self, subject: Term) -> tuple[int, str]:
        types = {str(getattr(t, "value", "")) for t in self._by_subject[subject].get(_RDF + "type", [])}
        if isinstance(subject, BlankNode):
            return 2, self._node(subject, 1)
        return (0 if types & set(_HEADS) else 1), subject.value

    def _block(self, subject: Term) -> str:
        anonymous = isinstance(subject, BlankNode) and self._uses[subject] == 0
        name = "[]" if anonymous else self._term(subject, 0)
        return f"{name}\n{self._predicates(subject, 1)} .\n"

    def _predicates(self, subject: Term, depth: int) -> str:
        indent = "    " * depth
        rows = self._by_subject[subject]
        order = sorted(rows, key=lambda p: (_LEADING.index(p) if p in _LEADING else len(_LEADING), p))
        return " ;\n".join(f"{indent}{self._verb(p)}{self._objects(rows[p], depth)}" for p in order)

    def _verb(self, predicate: str) -> str:
        return "a" if predicate == _RDF + "type" else self._iri(predicate)

    def _objects(self, values: list[Term], depth: int) -> str:
        written = [self._term(value, depth) for value in sorted(values, key=self._object_key)]
        line = ", ".join(written)
        if len(line) + 4 * depth < _WIDTH - 25 or len(written) == 1:
            return f" {line}"
        indent = "\n" + "    " * (depth + 1)
        return indent + ("," + indent).join(written)

    def _object_key(self, term: Term) -> tuple[int, str]:
        if isinstance(term, BlankNode):
            return 1, self._term(term, 0)
        return 0, f"{term.value}@{getattr(term, 'language', None) or ''}"

    def _term(self, term: Term, depth: int) -> str:
        if isinstance(term, NamedNode):
            return self._iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        if self._uses[term] > 1:
            return f"_:{term.value}"
        return self._node(term, depth + 1)

    def _node(self, node: Term, depth: int) -> str:
        if _RDF + "first" in self._by_subject[node]:
            return "( " + " ".join(self._items(node, depth)) + " )"
        if not self._by_subject[node]:
            return "[]"
        return f"[\n{self._predicates(node, depth)}\n{'    ' * (depth - 1)}]"

    def _items(self, node: Term, depth: int) -> Iterable[str]:
        while isinstance(node, BlankNode):
            rows = self._by_subject[node]
            yield self._term(rows[_RDF + "first"][0], depth - 1)
            node = rows[_RDF + "rest"][0]

    def _iri(self, iri: str) -> str:
        if iri == _RDF + "nil":
            return "()"
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                self._used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def _literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        if datatype in _BARE and _BARE[datatype].fullmatch(literal.value):
            return literal.value
        escaped = literal.value.replace("\\", "\\\\")
        if "\n" in escaped:
            quoted = '"""' + escaped.replace('"""', '\\"\\"\\"') + '"""'
        else:
            quoted = '"' + escaped.replace('"', '\\"') + '"'
        if literal.language:
            return f"{quoted}@{literal.language}"
        return quoted if datatype == _XSD + "string" else f"{quoted}^^{self._iri(datatype)}"
