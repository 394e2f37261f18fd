"""Names in the graph beyond the ontology's own terms: derived graphs, and what documents borrow from others.

Our terms are in `ontology.terms`. The named graphs:

g:schema, g:vocab, g:reference   the ontology's files, loaded when they changed
g:doc-<id>                       everything from one report; the only source of truth besides g:curation
g:curation                       what people decided, append only
g:truthy, g:candidates, g:conflicts   derived from the document graphs, kept up with every change
"""

from kg.iris import digest
from ontology.terms import DOC, GRAPH, ID, NS, OA, PROV, SCHEMA, VOCAB

CANDIDATES_GRAPH = GRAPH + "candidates"
CONFLICTS_GRAPH = GRAPH + "conflicts"
# Where a thing can stand in a claim.
CLAIM_PLACES = frozenset(
    {
        *(NS + place for place in ("subject", "object", "aspect", "fromState", "toState", "attributedTo")),
        *(NS + place for place in ("relayedBy", "about", "scope", "byMeansOf")),
    }
)

# NIF 2.1 core: the whole text of a nif:Context, which a text version is.
NIF_IS_STRING = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#isString"
OA_ANNOTATION = OA + "Annotation"
OA_ASSESSING = OA + "assessing"
OA_BODY_VALUE = OA + "bodyValue"
OA_EDITING = OA + "editing"
OA_HAS_BODY = OA + "hasBody"
OA_HAS_TARGET = OA + "hasTarget"
OA_LINKING = OA + "linking"
OA_MODERATING = OA + "moderating"
OA_MOTIVATED_BY = OA + "motivatedBy"
PROV_AT_TIME = PROV + "atTime"
PROV_ENTITY = PROV + "entity"
PROV_GENERATED = PROV + "generated"
PROV_INVALIDATION = PROV + "Invalidation"
PROV_VALUE = PROV + "value"
PROV_WAS_INFLUENCED_BY = PROV + "wasInfluencedBy"
PROV_WAS_INVALIDATED_BY = PROV + "wasInvalidatedBy"
SCHEMA_ADDITIONAL_TYPE = SCHEMA + "additionalType"
SCHEMA_ALTERNATE_NAME = SCHEMA + "alternateName"
SCHEMA_GENRE = SCHEMA + "genre"
SCHEMA_MENTIONS = SCHEMA + "mentions"
SCHEMA_NAME = SCHEMA + "name"
SCHEMA_ROLE_NAME = SCHEMA + "roleName"
SCHEMA_SOFTWARE_VERSION = SCHEMA + "softwareVersion"

SOFTWARE = ID + "software-aifactory-kg"


def graph_of(report_iri: str) -> str:
    """The named graph that holds everything from one report.

    >>> graph_of("https://w3id.org/ai-factory/doc/33dddd4ab7f30fa7")
    'https://w3id.org/ai-factory/graph/doc-33dddd4ab7f30fa7'
    """
    return f"{GRAPH}doc-{short_id(report_iri)}"


def short_id(report_iri: str) -> str:
    """The report's id as people type it: the last part of its IRI, or a hash of a foreign IRI."""
    name = report_iri.removeprefix(DOC)
    return name if name != report_iri and name.isalnum() else digest(report_iri)


def concept(scheme: str, name: str) -> str:
    """The IRI of a vocabulary's concept.

    >>> concept("modality", "vendor-claim")
    'https://w3id.org/ai-factory/vocab/modality-vendor-claim'
    """
    return f"{VOCAB}{scheme}-{name}"


def concept_name(scheme: str, iri: str) -> str:
    """The concept's name inside its scheme; ValueError for a concept of another scheme."""
    prefix = f"{VOCAB}{scheme}-"
    if not iri.startswith(prefix):
        raise ValueError(f"{iri} is no concept of the scheme {scheme}")
    return iri.removeprefix(prefix)
