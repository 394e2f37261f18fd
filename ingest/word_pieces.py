"""words -> word pieces: what the context model reads instead of words.

Words are taken apart as BERT's uncased models do (Devlin et al. 2019; WordPiece, Wu et al. 2016): small
letters without accents, marks by themselves, then the longest known piece first. A part of a word that has no
piece is the unknown piece.
"""

import unicodedata
from collections.abc import Iterator, Mapping

START, END, UNKNOWN, PADDING = "[CLS]", "[SEP]", "[UNK]", "[PAD]"
_MOST_KEPT = 50_000  # words; so that memory stays flat over a long run
_LONGEST = 60  # letters; what is longer is no word


class WordPieces:
    """Takes words apart; remembers those that it has seen."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        """`pieces` gives each its number; those inside a word begin with "##"."""
        self._pieces = pieces
        self._unknown = pieces[UNKNOWN]
        self._known: dict[str, tuple[int, ...]] = {}

    def of(self, word: str) -> tuple[int, ...]:
        """The numbers of a word's pieces; none for white space."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._known[word] = tuple(n for part in _parts(word) for n in self._split(part))
        return found

    def _split(self, part: str) -> list[int]:
        if len(part) > _LONGEST:
            return [self._unknown]
        numbers: list[int] = []
        start = 0
        while start < len(part):
            mark = "##" if start else ""
            ends = range(len(part), start, -1)
            end = next((end for end in ends if mark + part[start:end] in self._pieces), None)
            if end is None:
                return [self._unknown]
            numbers.append(self._pieces[mark + part[start:end]])
            start = end
        return numbers


def _parts(word: str) -> Iterator[str]:
    """Runs of letters and digits, and single marks.

    >>> list(_parts("Zürich-based"))
    ['zurich', '-', 'based']
    """
    run = ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if unicodedata.category(char) == "Mn":
            continue
        if char.isalnum():
            run += char
            continue
        if run:
            yield run
        run = ""
        if not char.isspace():
            yield char
    if run:
        yield run
