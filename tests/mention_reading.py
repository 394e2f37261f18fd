"""Reads the names in a text as the pipeline does, without the language model."""

from functools import cache

import spacy
from spacy.tokens import Doc

from ingest import extensions, mentions, sentences
from kg.model import Block, Report


def report_of(text: str, blocks: tuple[Block, ...] = ()) -> Report:
    return Report(
        "urn:report", "a.txt", "text/plain", text, "", "", blocks or (Block(0, len(text), "paragraph"),), ""
    )


@cache
def _language() -> spacy.language.Language:
    extensions.register()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentences")
    nlp.add_pipe("mentions")
    assert mentions, sentences
    return nlp


def read_names(text: str, blocks: tuple[Block, ...] = ()) -> Doc:
    nlp = _language()
    doc = nlp.make_doc(text)
    doc._.report = report_of(text, blocks)
    return nlp(doc)
