"""Relations by grammar: each form with a sentence that holds it and a near miss, parsed by the real model."""

import re

import pytest
from marked_documents import MARK

from ingest.pipeline import load_language
from ingest.relation_ends import sentence_ends
from ingest.relation_paths import find_by_path
from kg.iris import entity_iri
from kg.model import Entity
from kg.settings import Settings

READ = [
    (
        "[Acme](Organization) will lease servers worth $38 billion from [Norvex](Organization).",
        "isCustomerOf",
        "Acme",
        "Norvex",
    ),
    ("[Norvex](Organization) sells chips to [Acme](Organization).", "isCustomerOf", "Acme", "Norvex"),
    (
        "[Acme](Organization) has signed a five-year contract for servers with [Norvex](Organization).",
        "isCustomerOf",
        "Acme",
        "Norvex",
    ),
    (
        "[Acme](Organization) plans to invest $2 billion in [Norvex](Organization).",
        "investsIn",
        "Acme",
        "Norvex",
    ),
    ("[Acme](Organization) acquired [Norvex](Organization).", "acquires", "Acme", "Norvex"),
    ("[Norvex](Organization) was acquired by [Acme](Organization).", "acquires", "Acme", "Norvex"),
    (
        "[Acme](Organization) cooperates closely with [Norvex](Organization).",
        "partnersWith",
        "Acme",
        "Norvex",
    ),
    (
        "[Acme](Organization) will compete directly with [Norvex](Organization).",
        "competesWith",
        "Acme",
        "Norvex",
    ),
    ("[Acme](Organization) has offices in [Oslo](Place).", "operatesIn", "Acme", "Oslo"),
    ("[Acme](Organization) will deploy 2,000 [Vega X2](Offering).", "usesTechnology", "Acme", "Vega X2"),
    ("[Elm Park](Facility) is operated by [Acme](Organization).", "operatesFacility", "Acme", "Elm Park"),
]
NOT_READ = [
    "[Acme](Organization) has learnt from [Norvex](Organization).",
    "[Acme](Organization) told reporters that it will lease servers from [Norvex](Organization).",
    "[Acme](Organization) has a campus in [Oslo](Place).",
    "[Acme](Organization) was praised by [Norvex](Organization).",
    "[Acme](Organization) put chips into [Elm Park](Facility).",
    "Servers from [Norvex](Organization) reach [Acme](Organization).",
]


@pytest.fixture(scope="module")
def nlp():
    return load_language(Settings().spacy_model, until="references")


@pytest.mark.parametrize(("sentence", "predicate", "subject", "object_"), READ)
def test_a_verb_with_its_subject_and_object_is_read(nlp, sentence, predicate, subject, object_):
    assert (predicate, subject, object_) in _read(nlp, sentence)


@pytest.mark.parametrize("sentence", NOT_READ)
def test_a_near_miss_is_left_alone(nlp, sentence):
    assert not _read(nlp, sentence)


def _read(nlp, marked):
    text = MARK.sub(r"\1", marked)
    doc = nlp.get_pipe("sentences")(nlp.make_doc(text))
    spans = []
    for name, kind in MARK.findall(marked):
        match = re.search(re.escape(name), text)
        span = doc.char_span(*match.span(), label=kind, alignment_mode="expand")
        span._.entity, span._.how = Entity(entity_iri(kind, name), name, kind, known=False), "name"
        spans.append(span)
    doc.spans["mentions"] = spans
    doc = nlp.get_pipe("gated_parser")(doc)
    return {
        (predicate, one.entity.label, other.entity.label)
        for sentence in sentence_ends(doc)
        for one, other, predicate in find_by_path(sentence)
    }
