"""Names in reports -> g:candidates: one label and type for each entity that no reference data knows.

Each document graph keeps how its report names an entity. Here the names of all reports come together: the
longest becomes the label and the others alternative labels, whatever the order in which reports came in. A
thing that a person merged into another lends it its names, and keeps a note of what it became.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Quad

from kg.stated import text_of
from kg.view import View
from kg.vocabulary import (
    CANDIDATES_GRAPH,
    CLAIM_PLACES,
    SCHEMA_ADDITIONAL_TYPE,
    SCHEMA_ALTERNATE_NAME,
    SCHEMA_NAME,
    SCHEMA_ROLE_NAME,
)
from ontology import terms
from ontology.labels import load_labels

_DESCRIBING = frozenset({SCHEMA_NAME, SCHEMA_ALTERNATE_NAME, SCHEMA_ROLE_NAME, SCHEMA_ADDITIONAL_TYPE})


def describe_candidates(
    view: View,
    came: Iterable[Quad],
    went: Iterable[Quad],
    *,
    merged: Mapping[str, str] = MappingProxyType({}),
    new_things: Iterable[str] = (),
) -> None:
    """Bring g:candidates up to date with descriptions that came into or went out of document graphs.

    What came is merged into the entity's entry. Only what went needs a look at all reports that name it.
    `merged` tells what each merged thing has become; `new_things` are those that a split may have named.
    """
    lost = {text_of(quad.subject) for quad in went if quad.predicate.value in _DESCRIBING}
    lost |= {merged[entity] for entity in lost if entity in merged}
    lost |= frozenset(new_things)
    gained: dict[str, list[Quad]] = {}
    for quad in came:
        if quad.predicate.value in _DESCRIBING:
            gained.setdefault(text_of(quad.subject), []).append(quad)
    lent: dict[str, set[str]] = {}
    for entity in merged.keys() & gained.keys():
        lent.setdefault(merged[entity], set()).update(_names_in(gained[entity]))
    for entity in sorted(lost | gained.keys() | lent.keys()):
        old = view.about(entity, None, CANDIDATES_GRAPH)
        if entity in merged:
            new = _replacement(entity, merged[entity])
        elif entity in lost or not (old or _is_known(entity)):
            new = _entry(entity, _descriptions(view, entity), _lent_to(view, entity, merged))
        else:
            names = {text_of(quad.object) for quad in old if quad.predicate.value == terms.SKOS_ALT_LABEL}
            described = [*gained.get(entity, ()), *_as_described(old)]
            new = _entry(entity, described, lent.get(entity, set()) | names)
        view.replace(old, new)


def _descriptions(view: View, entity: str) -> list[Quad]:
    """How reports describe the entity; a curator's description counts while a claim is about it."""
    quads = view.about(entity)
    curators = [quad for quad in quads if text_of(quad.graph_name) == terms.G_CURATION]
    if curators and not any(view.holds(place, entity) for place in CLAIM_PLACES):
        return [quad for quad in quads if quad not in curators]
    return quads


def _lent_to(view: View, entity: str, merged: Mapping[str, str]) -> set[str]:
    """The names, in all reports, of the things that became this one."""
    return {
        name for part, became in merged.items() if became == entity for name in _names_in(view.about(part))
    }


def _names_in(quads: Iterable[Quad]) -> set[str]:
    names = (SCHEMA_NAME, SCHEMA_ALTERNATE_NAME, terms.SKOS_PREF_LABEL, terms.SKOS_ALT_LABEL)
    return {text_of(quad.object) for quad in quads if quad.predicate.value in names}


def _replacement(entity: str, became: str) -> list[Quad]:
    node, graph = NamedNode(entity), NamedNode(CANDIDATES_GRAPH)
    return [
        Quad(
            node,
            NamedNode(terms.OWL_DEPRECATED),
            Literal("true", datatype=NamedNode(terms.XSD_BOOLEAN)),
            graph,
        ),
        Quad(node, NamedNode(terms.DCTERMS_IS_REPLACED_BY), NamedNode(became), graph),
    ]


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
        if quad.predicate.value in described
    ]


def _entry(entity: str, descriptions: list[Quad], lent: Iterable[str]) -> list[Quad]:
    """What g:candidates says of an entity; of one that reference data knows, only what that does not tell."""
    values: dict[str, set[str]] = {predicate: set() for predicate in _DESCRIBING}
    for quad in descriptions:
        if quad.predicate.value in _DESCRIBING:
            values[quad.predicate.value].add(text_of(quad.object))
    statements: list[tuple[str, NamedNode | Literal]] = [
        (terms.SCHEMA_JOB_TITLE, Literal(title)) for title in values[SCHEMA_ROLE_NAME]
    ]
    if known := load_labels().named.get(entity):
        more = set(lent) - {*known.names, *known.hidden}
        statements += [(terms.SKOS_ALT_LABEL, Literal(name, language="en")) for name in more]
    if values[SCHEMA_NAME] and not _is_known(entity):
        label = max(values[SCHEMA_NAME], key=lambda name: (len(name), name))
        others = (values[SCHEMA_NAME] | values[SCHEMA_ALTERNATE_NAME] | set(lent)) - {label}
        statements += [(terms.RDF_TYPE, NamedNode(cls)) for cls in values[SCHEMA_ADDITIONAL_TYPE]]
        statements.append((terms.SKOS_PREF_LABEL, Literal(label, language="en")))
        statements += [(terms.SKOS_ALT_LABEL, Literal(name, language="en")) for name in others]
    graph = NamedNode(CANDIDATES_GRAPH)
    return [Quad(NamedNode(entity), NamedNode(predicate), value, graph) for predicate, value in statements]


def _is_known(entity: str) -> bool:
    return entity in load_labels().named or entity.startswith(terms.VOCAB)
