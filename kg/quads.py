"""extraction -> quads: everything from one report, for its named graph g:doc-<id>. No blank nodes.

document      a aif:Document ; dcterms:title, issued, publisher, format, source ; schema:url, genre,
              sha256 (of the bytes) ; schema:mentions each entity
text version  a aif:TextVersion ; dcterms:isFormatOf the document ; schema:sha256 ; nif:isString the text ;
              aif:copyKey by which near copies are found (`kg.copies`)
evidence      a aif:Evidence, oa:SpecificResource ; oa:hasSource the text version ; oa:hasSelector one
              oa:TextQuoteSelector and one oa:TextPositionSelector ; aif:page, section
claim         as `ontology/shapes` and the ontology guide 1.3 say
entity        schema:name, alternateName, roleName, additionalType: as this report writes it. Labels and types
              that queries use are in the reference graph or derived into g:candidates (`kg.candidates`),
              since a triple that stood in two document graphs would be counted twice
run           a prov:Activity ; prov:used the text version ; prov:generated the graph
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.metadata import version

from pyoxigraph import Literal, NamedNode, Quad

from kg.copies import copy_keys
from kg.iris import DOC, claim_iri, digest, entity_iri
from kg.keys import Keys, keys_of
from kg.literals import day, instant, integer, number
from kg.model import Claim, ClaimKind, Entity, EntityType, Evidence, Extraction, Quantity, Report
from kg.vocabulary import (
    NIF_IS_STRING,
    PROV_GENERATED,
    SCHEMA_ADDITIONAL_TYPE,
    SCHEMA_ALTERNATE_NAME,
    SCHEMA_GENRE,
    SCHEMA_MENTIONS,
    SCHEMA_NAME,
    SCHEMA_ROLE_NAME,
    SCHEMA_SOFTWARE_VERSION,
    SOFTWARE,
    concept,
    graph_of,
)
from ontology import terms
from ontology.labels import load_labels

CLASS_OF_KIND: dict[ClaimKind, str] = {
    "relation": terms.C_RELATION_CLAIM,
    "metric": terms.C_METRIC_CLAIM,
    "transition": terms.C_TRANSITION_CLAIM,
    "proposition": terms.C_PROPOSITION_CLAIM,
}
CLASS_OF_TYPE: dict[EntityType, str] = {
    "Organization": terms.C_ORGANIZATION,
    "Person": terms.C_PERSON,
    "Offering": terms.C_OFFERING,
    "Facility": terms.C_FACILITY,
    "Place": terms.C_PLACE,
    "Regulation": terms.C_REGULATION,
    "Term": terms.C_MARKET_TERM,
    "Requirement": terms.C_REQUIREMENT,
    "Market": terms.C_MARKET,
    "Survey": terms.C_SURVEY,
    "Strategy": terms.C_STRATEGY,
}
# The reader gives out a relation from about here on, since that balances what is missed and what is misread.
# What it is less sure of waits for a curator: it makes no plain fact and takes part in no conflict.
ACCEPTED_FROM = Decimal("0.4")

Value = str | Literal | None


def quads_of(extraction: Extraction, *, recorded_at: datetime) -> list[Quad]:
    """The report's quads, all in its named graph, in a fixed order; the same input gives the same quads."""
    report = extraction.report
    about = _Describer(graph_of(report.iri))
    quads = [*_document(about, report), *_text_version(about, report), *_run(about, report, recorded_at)]
    for entity in entities_of(extraction):
        quads += _entity(about, report, entity)
    for iri, keys, claim in claims_of(extraction):
        quads += _claim(about, report, claim, iri=iri, keys=keys, recorded_at=recorded_at)
        quads += _evidence(about, report, claim.evidence)
    return list(dict.fromkeys(quads))


def claims_of(extraction: Extraction) -> Iterator[tuple[str, Keys, Claim]]:
    """Each claim with its IRI and keys, in text order, which tells equal claims on equal words apart."""
    seen: dict[str, int] = {}
    for claim in extraction.claims:
        keys = keys_of(claim)
        first = claim_iri(extraction.report, claim, keys)
        ordinal = seen[first] = seen.get(first, -1) + 1
        yield (first if ordinal == 0 else claim_iri(extraction.report, claim, keys, ordinal)), keys, claim


def entities_of(extraction: Extraction) -> list[Entity]:
    """Every entity that the report mentions or a claim names, once each, as first described."""
    found = {entity.iri: entity for entity in extraction.entities}
    for claim in extraction.claims:
        for entity in named_in(claim):
            found.setdefault(entity.iri, entity)
    publisher = publisher_of(extraction.report)
    if publisher is not None:
        found.setdefault(publisher.iri, publisher)
    return list(found.values())


def named_in(claim: Claim) -> Iterator[Entity]:
    """The entities that stand in any place of the claim."""
    single = (claim.subject, claim.object, claim.aspect, claim.from_state, claim.to_state)
    yield from (entity for entity in single if entity is not None)
    for several in (claim.attributed_to, claim.relayed_by, claim.about, claim.scope, claim.by_means_of):
        yield from several


def publisher_of(report: Report) -> Entity | None:
    """Who published the report: a known organization where the name is clear, else a candidate."""
    if not report.publisher:
        return None
    labels = load_labels()
    known = [iri for iri in labels.lookup(report.publisher) if labels.named[iri].type == "Organization"]
    if len(known) == 1:
        return Entity(known[0], labels.named[known[0]].label, "Organization")
    iri = entity_iri("Organization", report.publisher)
    return Entity(iri, report.publisher, "Organization", known=False)


def text_version_iri(report: Report) -> str:
    """The IRI of this text of this publication; two publications of one text have one each."""
    return f"{DOC}text-{digest(report.iri, report.text_sha256)}"


def evidence_iri(report: Report, start: int, end: int) -> str:
    """The IRI of a span of the report's text."""
    return f"{DOC}ev-{digest(text_version_iri(report), str(start), str(end))}"


def evidence_parts(iri: str) -> tuple[str, str]:
    """The IRIs of what a piece of evidence selects by: its quote and its position."""
    return f"{iri}-quote", f"{iri}-position"


class _Describer:
    """Writes statements into one named graph; a value that is None writes nothing."""

    def __init__(self, graph: str) -> None:
        self._graph = NamedNode(graph)

    def __call__(self, subject: str, statements: Iterable[tuple[str, Value]]) -> Iterator[Quad]:
        node = NamedNode(subject)
        for predicate, value in statements:
            if value is not None:
                term = NamedNode(value) if isinstance(value, str) else value
                yield Quad(node, NamedNode(predicate), term, self._graph)


def _text(value: str | None) -> Literal | None:
    return Literal(value) if value else None


def _document(about: _Describer, report: Report) -> Iterator[Quad]:
    publisher = publisher_of(report)
    return about(
        report.iri,
        [
            (terms.RDF_TYPE, terms.C_DOCUMENT),
            (terms.DCTERMS_TITLE, Literal(report.title)),
            (terms.DCTERMS_ISSUED, day(report.issued) if report.issued else None),
            (terms.DCTERMS_PUBLISHER, publisher.iri if publisher else None),
            (terms.DCTERMS_FORMAT, Literal(report.media_type)),
            (terms.DCTERMS_SOURCE, Literal(report.source)),
            (SCHEMA_GENRE, _text(report.kind)),
            (
                terms.SCHEMA_URL,
                Literal(report.url, datatype=NamedNode(terms.XSD + "anyURI")) if report.url else None,
            ),
            (terms.SCHEMA_SHA256, Literal(report.bytes_sha256)),
        ],
    )


def _text_version(about: _Describer, report: Report) -> Iterator[Quad]:
    return about(
        text_version_iri(report),
        [
            (terms.RDF_TYPE, terms.C_TEXT_VERSION),
            (terms.DCTERMS_IS_FORMAT_OF, report.iri),
            (terms.SCHEMA_SHA256, Literal(report.text_sha256)),
            (NIF_IS_STRING, Literal(report.text)),
            *((terms.COPY_KEY, Literal(key)) for key in copy_keys(report.text)),
        ],
    )


def _run(about: _Describer, report: Report, recorded_at: datetime) -> Iterator[Quad]:
    text_version = text_version_iri(report)
    return about(
        f"{DOC}run-{digest(text_version, recorded_at.isoformat())}",
        [
            (terms.RDF_TYPE, terms.PROV_ACTIVITY),
            (terms.SCHEMA_SHA256, Literal(report.bytes_sha256)),
            (terms.PROV_USED, text_version),
            (PROV_GENERATED, graph_of(report.iri)),
            (terms.PROV_ENDED_AT_TIME, instant(recorded_at)),
            (terms.PROV_WAS_ASSOCIATED_WITH, SOFTWARE),
            (SCHEMA_SOFTWARE_VERSION, Literal(_software_version())),
        ],
    )


@cache
def _software_version() -> str:
    return version("aifactory-kg")


def _entity(about: _Describer, report: Report, entity: Entity) -> Iterator[Quad]:
    yield from about(report.iri, [(SCHEMA_MENTIONS, entity.iri)])
    yield from about(
        entity.iri,
        [
            (SCHEMA_NAME, Literal(entity.label)),
            (SCHEMA_ADDITIONAL_TYPE, CLASS_OF_TYPE[entity.type]),
            (SCHEMA_ROLE_NAME, _text(entity.job_title)),
            *((SCHEMA_ALTERNATE_NAME, Literal(alias)) for alias in entity.aliases),
        ],
    )


def _claim(
    about: _Describer, report: Report, claim: Claim, *, iri: str, keys: Keys, recorded_at: datetime
) -> Iterator[Quad]:
    status = "accepted" if claim.confidence >= ACCEPTED_FROM else "candidate"
    return about(
        iri,
        [
            (terms.RDF_TYPE, CLASS_OF_KIND[claim.kind]),
            (terms.SUBJECT, claim.subject.iri),
            *_what(claim),
            *_figure(claim.quantity),
            *_period(claim),
            *((terms.ATTRIBUTED_TO, entity.iri) for entity in claim.attributed_to),
            *((terms.RELAYED_BY, entity.iri) for entity in claim.relayed_by),
            *((terms.ABOUT, entity.iri) for entity in claim.about),
            *((terms.SCOPE, entity.iri) for entity in claim.scope),
            *((terms.BY_MEANS_OF, entity.iri) for entity in claim.by_means_of),
            (terms.STATEMENT, Literal(claim.statement)),
            (terms.MODALITY, concept("modality", claim.modality)),
            (terms.POLARITY, concept("polarity", claim.polarity)),
            (terms.STATUS, concept("status", status)),
            (terms.CONFIDENCE, number(claim.confidence)),
            (terms.EVIDENCE, evidence_iri(report, claim.evidence.start, claim.evidence.end)),
            (terms.REPORTED_IN, report.iri),
            (terms.ASSERTED_AT, day(report.issued) if report.issued else None),
            (terms.RECORDED_AT, instant(recorded_at)),
            (terms.SLOT_KEY, Literal(keys.slot)),
            (terms.PROPOSITION_KEY, Literal(keys.proposition)),
        ],
    )


def _what(claim: Claim) -> list[tuple[str, Value]]:
    return [
        (terms.PREDICATE, claim.predicate),
        (terms.OBJECT, claim.object.iri if claim.object else None),
        (terms.ROLE, _text(claim.role)),
        (terms.METRIC, claim.metric),
        (terms.ASPECT, claim.aspect.iri if claim.aspect else None),
        (terms.FROM_STATE, claim.from_state.iri if claim.from_state else None),
        (terms.TO_STATE, claim.to_state.iri if claim.to_state else None),
    ]


def _figure(quantity: Quantity | None) -> list[tuple[str, Value]]:
    if quantity is None:
        return []
    return [
        (terms.VALUE, None if quantity.value is None else number(quantity.value)),
        (terms.LOW, None if quantity.low is None else number(quantity.low)),
        (terms.HIGH, None if quantity.high is None else number(quantity.high)),
        (terms.UNIT, terms.UNIT_NS + quantity.unit),
        (terms.VALUE_QUALIFIER, concept("qual", quantity.qualifier)),
        (terms.VALUE_TEXT, Literal(quantity.text)),
    ]


def _period(claim: Claim) -> list[tuple[str, Value]]:
    period = claim.period
    if period is None:
        return []
    # The period ends before its exclusive end, so "by 2030" (end 2031-01-01) is about 2030.
    last_year = date.fromordinal(period.end.toordinal() - 1).year if period.end else None
    return [
        (terms.PERIOD_LABEL, Literal(period.label)),
        (terms.PERIOD_START, day(period.start) if period.start else None),
        (terms.PERIOD_END, day(period.end) if period.end else None),
        (terms.REFERENCE_YEAR, integer(last_year)),
    ]


def _evidence(about: _Describer, report: Report, evidence: Evidence) -> Iterator[Quad]:
    iri = evidence_iri(report, evidence.start, evidence.end)
    quote, position = evidence_parts(iri)
    yield from about(
        iri,
        [
            (terms.RDF_TYPE, terms.C_EVIDENCE),
            (terms.RDF_TYPE, terms.OA_SPECIFIC_RESOURCE),
            (terms.OA_HAS_SOURCE, text_version_iri(report)),
            (terms.OA_HAS_SELECTOR, quote),
            (terms.OA_HAS_SELECTOR, position),
            (terms.PAGE, integer(evidence.page)),
            (terms.SECTION, _text(evidence.section)),
        ],
    )
    yield from about(
        quote,
        [
            (terms.RDF_TYPE, terms.OA_TEXT_QUOTE_SELECTOR),
            (terms.OA_EXACT, Literal(evidence.quote)),
            (terms.OA_PREFIX, Literal(evidence.prefix)),
            (terms.OA_SUFFIX, Literal(evidence.suffix)),
        ],
    )
    yield from about(
        position,
        [
            (terms.RDF_TYPE, terms.OA_TEXT_POSITION_SELECTOR),
            (terms.OA_START, integer(evidence.start)),
            (terms.OA_END, integer(evidence.end)),
        ],
    )
