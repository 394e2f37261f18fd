"""IRIs -> references with id and name."""

import re
from collections.abc import Collection, Iterable, Mapping

from pyoxigraph import NamedNode, Store

from kg.claim_shelf import shelf_of
from kg.iris import CLAIM, DOC, ID, NS, VOCAB, check_iri
from kg.queries import rows
from kg.records import Ref
from kg.version_store import VersionStore

_NAMESPACES = (ID, VOCAB, CLAIM, DOC, NS)
_LAST_PART = re.compile(r"[^/#]+(?=[/#]?$)")


def id_of(iri: str) -> str:
    """What follows the namespace in one of our IRIs; a foreign IRI is its own id.

    >>> id_of("https://w3id.org/ai-factory/id/aws"), id_of("http://a.example/x")
    ('aws', 'http://a.example/x')
    """
    for namespace in _NAMESPACES:
        if iri.startswith(namespace):
            return iri.removeprefix(namespace)
    return iri


def candidates_for(text: str, *namespaces: str) -> tuple[str, ...]:
    """The IRIs that an id can stand for, most likely first; an IRI stands for itself.

    >>> candidates_for("aws", ID)
    ('https://w3id.org/ai-factory/id/aws',)
    """
    return (text,) if ":" in text else tuple(namespace + text for namespace in namespaces)


def check_node(iri: str) -> str:
    """The IRI unchanged if the engine takes it; ValueError with the reason if not.

    >>> check_node("https://a.example/x")
    'https://a.example/x'
    """
    return NamedNode(check_iri(iri)).value


def refs_for(store: Store, iris: Iterable[str]) -> Mapping[str, Ref]:
    """A reference for each IRI, by IRI; one without a name is called by the last part of its IRI."""
    wanted = dict.fromkeys(iris)
    if not isinstance(store, VersionStore):
        return _named(store, wanted)
    known = store.known_names(wanted)
    if missing := [iri for iri in wanted if iri not in known]:
        shelf = shelf_of(store)
        labels = shelf.labels(missing) if shelf else {}
        found = {iri: Ref(iri, id_of(iri), label) for iri, label in labels.items()}
        found |= _named(store, [iri for iri in missing if iri not in labels])
        store.remember_names(found)
        known |= found
    return {iri: known[iri] for iri in wanted}


def _named(store: Store, iris: Collection[str]) -> Mapping[str, Ref]:
    labels: dict[str, str] = {}
    if iris:
        # Worst first, so that the best name is the last to be written.
        found = rows(store, "labels", many={"iri": iris})
        for row in sorted(found, key=lambda row: (int(row["rank"]), row["label"]), reverse=True):
            labels[row["iri"]] = row["label"]
    return {iri: Ref(iri, id_of(iri), labels.get(iri) or _last_part(iri)) for iri in iris}


def _last_part(iri: str) -> str:
    match = _LAST_PART.search(iri)
    return match[0] if match else iri
