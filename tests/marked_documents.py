"""Documents from marked-up text: in `[Acme](Organization) will grow` the name is a mention."""

import re
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.periods import periods
from ingest.reports import read_report
from ingest.sentences import sentences
from kg.iris import entity_iri
from kg.model import Entity
from ontology.labels import load_labels

COMPONENTS = (sentences, periods)
MARK = re.compile(r"\[([^\]]+)\]\((Organization|Person|Place|Regulation|Offering|Facility)\)")


@cache
def language() -> Language:
    """Tokens, sentences and periods; no model is loaded."""
    extensions.register()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentences")
    nlp.add_pipe("periods")
    return nlp


def marked_document(folder: Path, marked: str, *, issued: str = "2026-05-01") -> Doc:
    """The document of a Markdown report with this body; a known name gets its known IRI."""
    names = dict(MARK.findall(marked))
    path = folder / "marked.md"
    body = MARK.sub(r"\1", marked)
    path.write_text(f"---\ntitle: A made-up report\npublished: {issued}\n---\n\n{body}\n", encoding="utf-8")
    nlp = language()
    report = read_report(path)
    doc = nlp.make_doc(report.text)
    doc._.report = report
    nlp(doc)
    doc.spans[extensions.MENTIONS] = [
        _mention(doc, match.start(), match.end(), _entity(name, kind))
        for name, kind in names.items()
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", doc.text)
    ]
    return doc


def place_of(doc: Doc, words: str) -> tuple[int, int]:
    """Where the words stand; ValueError if they do not."""
    start = doc.text.index(words)
    return start, start + len(words)


def _mention(doc: Doc, start: int, end: int, entity: Entity):
    span = doc.char_span(start, end, label=entity.type, alignment_mode="expand")
    assert span is not None
    span._.entity = entity
    span._.how = "name"
    return span


def _entity(name: str, kind: str) -> Entity:
    labels = load_labels()
    known = [iri for iri in labels.lookup(name) if labels.named[iri].type == kind]
    if len(known) == 1:
        return Entity(known[0], labels.named[known[0]].label, kind)  # type: ignore[arg-type]
    return Entity(entity_iri(kind, name), name, kind, known=False)  # type: ignore[arg-type]
