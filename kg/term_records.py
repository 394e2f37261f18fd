"""graph -> the classes and properties in use, with their names: what query editors complete from."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Store

from kg.names import refs_for
from kg.queries import rows
from kg.self_description import PREFIXES


@dataclass(frozen=True)
class TermRecord:
    """A class or property; `uses` counts the things of the class, or the triples with the property."""

    iri: str
    prefixed: str
    kind: str
    label: str
    uses: int


def term_records(store: Store) -> list[TermRecord]:
    """All terms in use that a prefix of ours shortens, the most used first."""
    used = list(_used(store))
    refs = refs_for(store, [iri for _, iri, _ in used])
    found = [
        TermRecord(iri, short, kind, refs[iri].label, uses)
        for kind, iri, uses in used
        if (short := prefixed(iri)) is not None
    ]
    return sorted(found, key=lambda term: (-term.uses, term.prefixed))


def prefixed(iri: str) -> str | None:
    """The IRI as a query writes it; None without a prefix for it.

    >>> prefixed("https://w3id.org/ai-factory/ns#Claim"), prefixed("http://a.example/x")
    ('aif:Claim', None)
    """
    for prefix, namespace in PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{name}"
    return None


def _used(store: Store) -> Iterator[tuple[str, str, int]]:
    for row in rows(store, "classes"):
        yield "class", row["class"], int(row["things"])
    for row in rows(store, "properties"):
        yield "property", row["property"], int(row["triples"])
