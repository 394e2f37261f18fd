"""document -> its words and parse as plain lists, laid out once.

spaCy makes an object for every token that is looked at, and the choices about figures look at each token of a
sentence a hundred times. Everything here is by token number.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from spacy.tokens import Doc

_MOST_KEPT = 100_000  # strings; so that memory stays flat over a long run
_COLUMNS: list[int | str] = [
    "LOWER",
    "DEP",
    "POS",
    "TAG",
    "LEMMA",
    "HEAD",
    "LENGTH",
    "SPACY",
    "IS_SPACE",
    "IS_PUNCT",
]


class ParsedWords:
    """Lower-case words, dependencies, parts of speech, tags, lower-case lemmas and heads of a document."""

    def __init__(self, doc: Doc) -> None:
        """Lay the document out; what was not parsed has empty names and is its own head."""
        columns = doc.to_array(_COLUMNS)
        names = names_of(doc)
        words, dependencies, classes, tags, lemmas = columns[:, :5].T.tolist()
        self.words = [names[number] for number in words]
        self.dependencies = [names[number] for number in dependencies]
        self.classes = [names[number] for number in classes]
        self.tags = [names[number] for number in tags]
        self.lemmas = [names[number].lower() for number in lemmas]
        places = np.arange(len(doc))
        tree = columns[:, 5].astype(np.int64) + places
        self._tree: list[int] = tree.tolist()
        # As with spaCy's tokens, a word without a label is its own head, though it hangs in the tree.
        self.heads: list[int] = np.where(columns[:, 1] == 0, places, tree).tolist()
        self._marks: list[bool] = (columns[:, 8] + columns[:, 9] > 0).tolist()
        self._puncts: list[bool] = columns[:, 9].astype(bool).tolist()
        lengths = columns[:, 6].astype(np.int64)
        ends = np.cumsum(lengths + columns[:, 7].astype(np.int64))
        self.starts: list[int] = (ends - lengths - columns[:, 7].astype(np.int64)).tolist()
        self.ends: list[int] = (np.array(self.starts, dtype=np.int64) + lengths).tolist()

    def is_punct(self, position: int) -> bool:
        """Whether the word is a punctuation mark."""
        return self._puncts[position]

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """By head, what hangs on it, left to right."""
        found: dict[int, list[int]] = defaultdict(list)
        for position, head in enumerate(self._tree):
            if head != position:
                found[head].append(position)
        return found

    @cached_property
    def digits(self) -> list[int]:
        """How many words before each position hold a digit."""
        return [0, *accumulate(_has_digit(word) for word in self.words)]

    def counts(self, marks: frozenset[str]) -> list[int]:
        """How many words before each position are among the marks."""
        return [0, *accumulate(word in marks for word in self.words)]

    def root(self, start: int, end: int) -> int:
        """The word of start:end that is over the others, as spaCy's `Span.root`."""
        heads = self._tree
        best, fewest = start, len(heads)
        for position in range(start, end):
            if heads[position] == position:
                return position
        for position in range(start, end):
            if not start <= heads[position] < end:
                steps = self._steps_up(position)
                if steps < fewest:
                    best, fewest = position, steps
        return best

    def _steps_up(self, position: int) -> int:
        steps, heads = 0, self._tree
        if self._marks[position] and position not in self.children:
            return len(heads) - 1
        while heads[position] != position:
            position = heads[position]
            steps += 1
        return steps

    def ancestors(self, position: int, left: int, right: int, most: int = 12) -> list[int]:
        """The word itself and those over it, as long as they stand in left:right."""
        path, heads = [position], self.heads
        while heads[position] != position and left <= heads[position] < right and len(path) < most:
            position = heads[position]
            path.append(position)
        return path


@lru_cache(maxsize=20_000)
def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


class _Names(dict[int, str]):
    """The strings of a vocabulary by number."""

    def __init__(self, strings: Any) -> None:
        super().__init__()
        self._strings = strings

    def __missing__(self, number: int) -> str:
        if len(self) > _MOST_KEPT:
            self.clear()
        name: str = self._strings[number]
        self[number] = name
        return name


_known: list[_Names] = []


def names_of(doc: Doc) -> dict[int, str]:
    """The names that were looked up in the document's vocabulary so far."""
    strings = doc.vocab.strings
    if not _known or _known[0]._strings is not strings:
        _known[:] = [_Names(strings)]
    return _known[0]


def stretch(words: Sequence[str], start: int, end: int) -> str:
    """The words of start:end with spaces between."""
    return " ".join(words[start:end])
