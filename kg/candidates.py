"""Names in reports -> g:candidates: one label and type for each entity that no reference data knows.

Each document graph keeps how its report names an entity. Here the names of all reports come together: the
longest becomes the label and the others alternative labels, whatever the order in which reports came in.
"""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from kg.stated import text_of
from kg.view import View
from kg.vocabulary import (
    CANDIDATES_GRAPH,
    SCHEMA_ADDITIONAL_TYPE,
    SCHEMA_ALTERNATE_NAME,
    SCHEMA_NAME,
    SCHEMA_ROLE_NAME,
)
from ontology import terms
from ontology.labels import load_labels

_DESCRIBING = frozenset({SCHEMA_NAME, SCHEMA_ALTERNATE_NAME, SCHEMA_ROLE_NAME, SCHEMA_ADDITIONAL_TYPE})


def describe_candidates(view: View, came: Iterable[Quad], went: Iterable[Quad]) -> None:
    """Bring g:candidates up to date with descriptions that came into or went out of document graphs.

    What came is merged into the entity's entry. Only what went needs a look at all reports that name it.
    """
    lost = {text_of(quad.subject) for quad in went if quad.predicate.value in _DESCRIBING}
    gained: dict[str, list[Quad]] = {}
    for quad in came:
        if quad.predicate.value in _DESCRIBING:
            gained.setdefault(text_of(quad.subject), []).append(quad)
    for entity in sorted(lost | gained.keys()):
        old = view.about(entity, None, CANDIDATES_GRAPH)
        descriptions = view.about(entity) if entity in lost else [*gained[entity], *_as_described(old)]
        view.replace(old, _entry(entity, descriptions))


def _as_described(entry: list[Quad]) -> list[Quad]:
    """An entry's statements as if one report had made them."""
    described = {
        terms.SKOS_PREF_LABEL: SCHEMA_NAME,
        terms.SKOS_ALT_LABEL: SCHEMA_ALTERNATE_NAME,
        terms.SCHEMA_JOB_TITLE: SCHEMA_ROLE_NAME,
        terms.RDF_TYPE: SCHEMA_ADDITIONAL_TYPE,
    }
    return [
        Quad(quad.subject, NamedNode(described[quad.predicate.value]), quad.object, quad.graph_name)
        for quad in entry
    ]


def _entry(entity: str, descriptions: list[Quad]) -> list[Quad]:
    """What g:candidates says of an entity; of one that reference data knows, only the posts that it held."""
    values: dict[str, set[str]] = {predicate: set() for predicate in _DESCRIBING}
    for quad in descriptions:
        if quad.predicate.value in _DESCRIBING:
            values[quad.predicate.value].add(text_of(quad.object))
    statements: list[tuple[str, NamedNode | Literal]] = [
        (terms.SCHEMA_JOB_TITLE, Literal(title)) for title in values[SCHEMA_ROLE_NAME]
    ]
    if values[SCHEMA_NAME] and not _is_known(entity):
        label = max(values[SCHEMA_NAME], key=lambda name: (len(name), name))
        others = (values[SCHEMA_NAME] | values[SCHEMA_ALTERNATE_NAME]) - {label}
        statements += [(terms.RDF_TYPE, NamedNode(cls)) for cls in values[SCHEMA_ADDITIONAL_TYPE]]
        statements.append((terms.SKOS_PREF_LABEL, Literal(label, language="en")))
        statements += [(terms.SKOS_ALT_LABEL, Literal(name, language="en")) for name in others]
    graph = NamedNode(CANDIDATES_GRAPH)
    return [Quad(NamedNode(entity), NamedNode(predicate), value, graph) for predicate, value in statements]


def _is_known(entity: str) -> bool:
    return entity in load_labels().named or entity.startswith(terms.VOCAB)
