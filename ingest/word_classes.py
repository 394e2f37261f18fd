"""words, tags, dependencies -> parts of speech, morphology and lemmas, worked out once per combination.

The model's attribute ruler and lemmatizer look at one word with its tag and dependency (and at an expletive
"there" before it). What they say is kept, so that they run only on combinations that have not been met.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

_MOST_KEPT = 100_000  # so that memory stays flat over a long run
_READ: list[int | str] = ["ORTH", "TAG", "DEP"]
_WRITTEN: list[int | str] = ["POS", "MORPH", "LEMMA"]


class WordClasses:
    """Runs the model's rules on words out of their sentences."""

    def __init__(self, components: Sequence[Any], vocab: Vocab) -> None:
        """`components` are the model's components after the parser, in their order."""
        self._components = components
        self._vocab = vocab
        self._expletive = vocab.strings.add("expl")
        self._known: dict[tuple[int, int, int, bool], tuple[int, int, int]] = {}

    def of(self, doc: Doc) -> Any:
        """Part of speech, morphology and lemma of each token of a tagged and parsed document."""
        read = doc.to_array(_READ)
        after = np.zeros(len(doc), dtype=bool)
        after[1:] = read[:-1, 2] == self._expletive
        keys = list(zip(*(column.tolist() for column in read.T), after.tolist(), strict=True))
        known = self._known
        if new := {key for key in keys if key not in known}:
            if len(known) > _MOST_KEPT:
                known.clear()
                new = set(keys)
            self._learn(sorted(new))
        return np.array([known[key] for key in keys], dtype=np.uint64).reshape(-1, len(_WRITTEN))

    def _learn(self, keys: Sequence[tuple[int, int, int, bool]]) -> None:
        """Let the components see each combination after a word that no rule looks at."""
        comma, there = self._vocab.strings.add(","), self._vocab.strings.add("there")
        words: Any = [word for orth, _, _, after in keys for word in (there if after else comma, orth)]
        doc = Doc(self._vocab, words=words, spaces=[True] * len(words))
        tags: Any = np.zeros((len(words), 2), dtype=np.uint64)
        for place, (_, tag, dependency, after) in enumerate(keys):
            tags[2 * place] = (
                self._vocab.strings.add("EX" if after else ","),
                self._expletive if after else 0,
            )
            tags[2 * place + 1] = (tag, dependency)
        doc.from_array(["TAG", "DEP"], tags)
        for component in self._components:
            doc = component(doc)
        said = doc.to_array(_WRITTEN)[1::2]
        self._known.update(zip(keys, map(tuple, said.tolist()), strict=True))
