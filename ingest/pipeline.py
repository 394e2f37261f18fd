"""report -> extraction: the stages in order, and nothing else.

One spaCy document per report over exactly `report.text`, so that a token's offset is the report's.
"""

from collections.abc import Iterable, Iterator

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from ingest import (
    confidence,
    contexts,
    extensions,
    gated_parser,
    mentions,
    metric_claims,
    narrative_claims,
    periods,
    quantities,
    references,
    relation_claims,
    sentences,
)
from ingest.second_reader import second_reader_of
from kg.errors import BadSetting
from kg.extraction_json import LISTED_TYPES
from kg.model import Claim, Entity, Extraction, Report
from kg.settings import Settings
from ontology import terms
from ontology.labels import load_labels

# The vocabularies whose terms are listed among a report's entities; other terms only serve claims.
LISTED_SCHEMES = (
    terms.V_PARADIGM,
    terms.V_DELIVERY,
    terms.V_MODEL,
    terms.V_DYNAMIC,
    terms.V_CHALLENGE,
    terms.V_LAYER,
)

# The stages in the order in which they run. Each module makes a component of its own name known to spaCy.
STAGES = (
    sentences,
    mentions,
    quantities,
    periods,
    gated_parser,
    references,
    contexts,
    metric_claims,
    relation_claims,
    confidence,
    narrative_claims,
)


def load_language(spacy_model: str, *, until: str | None = None) -> Language:
    """The model's tokenizer with our stages after it, or some of them; BadSetting if it is not installed."""
    extensions.register()
    try:
        model = spacy.load(spacy_model)
    except OSError as error:
        raise BadSetting(f"the spaCy model {spacy_model!r} is not installed") from error
    nlp = spacy.blank(model.lang or "en", vocab=model.vocab)
    nlp.tokenizer = model.tokenizer
    for stage in STAGES:
        component = stage.__name__.rpartition(".")[2]
        config = {"spacy_model": spacy_model} if component == "gated_parser" else {}
        nlp.add_pipe(component, config=config)
        if component == until:
            break
    return nlp


class Reader:
    """Reads reports; loading the model takes about a second, reading one about ten milliseconds."""

    def __init__(self, settings: Settings) -> None:
        """Load the model that the settings name."""
        self._nlp = load_language(settings.spacy_model)
        self._second = second_reader_of(settings)

    def read(self, report: Report) -> Extraction:
        """Everything that the report states, as far as it could be read."""
        return extraction_of(self._read_again(self.document(report)))

    def read_many(self, reports: Iterable[Report]) -> Iterator[Extraction]:
        """The extractions in the order of the reports; faster than one by one."""
        for doc in self._nlp.pipe(map(self._unread, reports), batch_size=32):
            yield extraction_of(self._read_again(doc))

    def document(self, report: Report) -> Doc:
        """The report's document after all stages, for tests and for looking into an extraction."""
        return self._nlp(self._unread(report))

    def _read_again(self, doc: Doc) -> Doc:
        if self._second is not None:
            claims, rejected = self._second.read(doc)
            doc._.claims = [*doc._.claims, *claims]
            doc._.rejected = [*doc._.rejected, *rejected]
        return doc

    def _unread(self, report: Report) -> Doc:
        doc = self._nlp.make_doc(report.text)
        doc._.report = report
        return doc


def extraction_of(doc: Doc) -> Extraction:
    """What the stages left on a document: entities unique by IRI, claims in text order."""
    claims = sorted(doc._.claims, key=_place)
    mentioned = (span._.entity for span in doc.spans.get(extensions.MENTIONS, ()))
    entities = {entity.iri: entity for entity in mentioned if _is_listed(entity)}
    return Extraction(doc._.report, tuple(entities.values()), tuple(claims), tuple(doc._.rejected))


def _is_listed(entity: Entity) -> bool:
    """Whether a reader would look the entity up; of the vocabularies' terms only those of some are."""
    if entity.type == "Term":
        scheme = load_labels().named[entity.iri].scheme if entity.iri in load_labels().named else None
        return scheme in LISTED_SCHEMES
    return entity.type in LISTED_TYPES


def _place(claim: Claim) -> tuple[int, int]:
    return claim.evidence.start, claim.evidence.end
