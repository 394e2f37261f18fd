"""documents -> heads, dependencies, tags, parts of speech, morphology, lemmas: what a model says of grammar.

`grammar_of` gives the model's own components or, where it is built as spaCy's small, medium and large models
are, the same tagger and parser over vectors that are computed faster, and rules that run once per
combination.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from ingest.context_vectors import ContextVectors, UnknownShape
from ingest.word_classes import WordClasses

WRITTEN: list[int | str] = ["HEAD", "DEP", "TAG", "POS", "MORPH", "LEMMA"]
_USUAL = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"]

Grammar = Callable[[Sequence[Doc]], list[Any]]


def grammar_of(model: Language) -> Grammar:
    """A function from documents to one array each, a row per token with the columns of `WRITTEN`."""
    try:
        return UsualGrammar(model) if model.pipe_names == _USUAL else AnyGrammar(model)
    except UnknownShape:
        return AnyGrammar(model)


class AnyGrammar:
    """Runs the components as they are."""

    def __init__(self, model: Language) -> None:
        """Keep them in their order."""
        self._components: list[Any] = [component for _, component in model.pipeline]

    def __call__(self, docs: Sequence[Doc]) -> list[Any]:
        """What the components write."""
        stream: Any = docs
        for component in self._components:
            stream = component.pipe(stream, batch_size=len(docs))
        return [doc.to_array(WRITTEN) for doc in stream]


class UsualGrammar:
    """Tagger and parser over shared vectors, then rules."""

    def __init__(self, model: Language) -> None:
        """Take the model apart; UnknownShape if its vectors come from something else."""
        parts: dict[str, Any] = dict(model.pipeline)
        self._vectors = ContextVectors(parts["tok2vec"].model, model.vocab)
        self._tagger, self._parser = parts["tagger"], parts["parser"]
        self._classes = WordClasses([parts["attribute_ruler"], parts["lemmatizer"]], model.vocab)

    def __call__(self, docs: Sequence[Doc]) -> list[Any]:
        """What the components would write."""
        if not docs:
            return []
        self._vectors.write(docs)
        self._tagger.set_annotations(docs, self._tagger.predict(docs))
        self._parser.set_annotations(docs, self._parser.predict(docs))
        return [np.hstack([doc.to_array(WRITTEN[:3]), self._classes.of(doc)]) for doc in docs]
