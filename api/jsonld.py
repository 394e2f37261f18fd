"""The JSON-LD context of the JSON API: with it, every claim that the API gives is triples of the ontology."""

import json

from ontology import terms

_LINKS = {
    "subject": terms.SUBJECT,
    "predicate": terms.PREDICATE,
    "object": terms.OBJECT,
    "metric": terms.METRIC,
    "unit": terms.UNIT,
    "aspect": terms.ASPECT,
    "from_state": terms.FROM_STATE,
    "to_state": terms.TO_STATE,
    "attributed_to": terms.ATTRIBUTED_TO,
    "relayed_by": terms.RELAYED_BY,
    "about": terms.ABOUT,
    "scope": terms.SCOPE,
    "by_means_of": terms.BY_MEANS_OF,
    "evidence": terms.EVIDENCE,
    "report": terms.REPORTED_IN,
    "publisher": terms.DCTERMS_PUBLISHER,
}
_TEXTS = {
    "label": terms.SKOS_PREF_LABEL,
    "statement": terms.STATEMENT,
    "role": terms.ROLE,
    "text": terms.VALUE_TEXT,
    "quote": terms.OA_EXACT,
    "prefix": terms.OA_PREFIX,
    "suffix": terms.OA_SUFFIX,
    "section": terms.SECTION,
    "slot": terms.SLOT_KEY,
    "proposition": terms.PROPOSITION_KEY,
    "title": terms.DCTERMS_TITLE,
}
_TYPED = {
    "value": (terms.VALUE, terms.XSD_DECIMAL),
    "low": (terms.LOW, terms.XSD_DECIMAL),
    "high": (terms.HIGH, terms.XSD_DECIMAL),
    "confidence": (terms.CONFIDENCE, terms.XSD_DECIMAL),
    "year": (terms.REFERENCE_YEAR, terms.XSD_INTEGER),
    "page": (terms.PAGE, terms.XSD_INTEGER),
    "asserted_at": (terms.ASSERTED_AT, terms.XSD_DATE_TIME),
    "recorded_at": (terms.RECORDED_AT, terms.XSD_DATE_TIME),
    "retired_at": (terms.RETIRED_AT, terms.XSD_DATE_TIME),
}
# Words of a closed vocabulary: "planned" is …/vocab/modality-planned.
_WORDS = {"modality": terms.MODALITY, "polarity": terms.POLARITY, "status": terms.STATUS}
# A figure and a period are not things of their own: what they hold is said of the claim.
_NESTED = ("figure", "period")


def _context() -> dict[str, object]:
    words = {
        key: {
            "@id": iri,
            "@type": "@vocab",
            "@context": {"@vocab": f"{terms.VOCAB}{key}-"},
        }
        for key, iri in _WORDS.items()
    }
    return {
        "@version": 1.1,
        "iri": "@id",
        "id": None,
        **dict.fromkeys(_NESTED, "@nest"),
        **_LINKS,
        **_TEXTS,
        **words,
        **{key: {"@id": iri, "@type": kind} for key, (iri, kind) in _TYPED.items()},
    }


CONTEXT = json.dumps({"@context": _context()}, ensure_ascii=False, indent=1)
LINK = '</context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
