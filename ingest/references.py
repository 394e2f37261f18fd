"""mentions, parsed sentences -> more mentions: "the company", "it", "both firms" mean what was named before.

Reads   doc.spans["mentions"], doc.sents, dependencies where a sentence was parsed, doc._.report (its blocks)
Writes  more spans in doc.spans["mentions"], with span._.how "reference"
Skips   pronouns that mean nothing ("it is likely that"), and references before anything of the kind is named
"""

from collections import deque
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest import extensions
from ingest.antecedents import Antecedents
from ingest.extensions import MENTIONS
from ingest.reference_words import Reference, find_references

extensions.register()


@Language.component("references", requires=["doc.spans", "doc.sents"], assigns=["doc.spans"])
def references(doc: Doc) -> Doc:
    """Add the references of `doc` to its mentions."""
    named = sorted(doc.spans.get(MENTIONS, ()), key=lambda span: (span.start, span.end))
    found = list(_resolved(doc, named))
    doc.spans[MENTIONS] = sorted([*named, *found], key=lambda span: (span.start, span.end))
    return doc


def _resolved(doc: Doc, named: Sequence[Span]) -> Iterator[Span]:
    for reference, antecedents in read_references(doc, named):
        # What hangs on a span belongs to its extent: two things cannot share one, so the second has no "the".
        for skipped, entity in enumerate(antecedents.of(reference)):
            span = Span(doc, reference.start + skipped, reference.end, label=entity.type)
            span._.entity = entity
            span._.how = "reference"
            antecedents.name(span)
            yield span


def read_references(doc: Doc, named: Sequence[Span]) -> Iterator[tuple[Reference, Antecedents]]:
    """Each reference in text order, with what is in mind just before it."""
    antecedents = Antecedents(doc, named)
    waiting = deque(named)
    for sentence in doc.sents:
        here: list[Span] = []
        while waiting and waiting[0].start < sentence.end:
            here.append(waiting.popleft())
        antecedents.enter(sentence)
        unread = deque(here)
        for reference in find_references(sentence, here):
            while unread and unread[0].start < reference.start:
                antecedents.name(unread.popleft())
            yield reference, antecedents
        for span in unread:
            antecedents.name(span)
