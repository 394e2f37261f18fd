"""How claims bear on each other -> quads: supersession in the newer one's graph, conflicts in g:conflicts."""

from pyoxigraph import NamedNode, Quad

from kg.iris import digest
from kg.questions import Link
from kg.standing import Conflict, ConflictKind
from kg.vocabulary import CONFLICTS_GRAPH, concept
from ontology import terms


def conflict_iri(kind: ConflictKind, key: str) -> str:
    """The IRI of the conflict of this kind about something."""
    return f"{terms.ID}conflict-{digest(kind, key)}"


def conflict_quads(conflict: Conflict) -> list[Quad]:
    """Everything about a conflict."""
    kind, key = conflict.kind, conflict.key
    return [*conflict_head(kind, key), *(involves(kind, key, claim) for claim in sorted(conflict.claims))]


def conflict_head(kind: ConflictKind, key: str) -> list[Quad]:
    """What is said of a conflict whoever is in it."""
    node = conflict_iri(kind, key)
    return [
        link_of(node, terms.RDF_TYPE, terms.C_CONFLICT, CONFLICTS_GRAPH),
        link_of(node, terms.DCTERMS_TYPE, concept("conflict", kind), CONFLICTS_GRAPH),
    ]


def involves(kind: ConflictKind, key: str, claim: str) -> Quad:
    """That a claim is in a conflict."""
    return link_of(conflict_iri(kind, key), terms.INVOLVES_CLAIM, claim, CONFLICTS_GRAPH)


def supersedes(link: Link) -> Quad:
    """That a claim supersedes another."""
    return link_of(link.newer, terms.SUPERSEDES, link.older, link.graph)


def link_of(subject: str, predicate: str, value: str, graph: str) -> Quad:
    """A quad of four IRIs."""
    return Quad(NamedNode(subject), NamedNode(predicate), NamedNode(value), NamedNode(graph))
