"""words -> features: what the candidate tagger sees of a word wherever it stands.

A feature is a string. Those of a word depend on the word alone, so that the tagger adds up their weights
once per word and position.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

OFFSETS = (-2, -1, 0, 1, 2)
# Words that may stand inside a name between two capitalised ones.
CONNECTORS = frozenset(
    (
        *(
            "of",
            "and",
            "&",
            "for",
            "the",
            "de",
            "la",
            "del",
            "der",
            "von",
            "van",
            "du",
            "do",
            "da",
            "al",
            "on",
        ),
        *("in", "-", "–", "/", "'s", "’s", "+", "'", "’"),
    )
)
_WORDS_KEPT = 20_000
_DIGITS = re.compile(r"\d+")
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(_WORDS_KEPT)
def is_capital(word: str) -> bool:
    """Whether a word may be part of a name by itself: it has a capital, or a letter first and digits.

    >>> [is_capital(word) for word in ("Nebius", "xScale", "n8n", "2026", "cloud")]
    [True, True, True, False, False]
    """
    if word.islower():
        return word[0].isalpha() and any(map(str.isdigit, word))
    return any(map(str.isupper, word))


@lru_cache(_WORDS_KEPT)
def shape_of(word: str) -> str:
    """The word's outline with repeated signs squeezed.

    >>> [shape_of(word) for word in ("Nebius", "GB300", "S&P", "xScale")]
    ['Xx', 'Xd', 'X&X', 'xXx']
    """
    outline = "".join(
        "X" if sign.isupper() else "x" if sign.islower() else "d" if sign.isdigit() else sign for sign in word
    )
    return _REPEATED.sub(r"\1", outline)


@lru_cache(_WORDS_KEPT)
def folded(word: str) -> str:
    """The word in lower case with every number as 0."""
    return _DIGITS.sub("0", word.lower())


def word_features(
    word: str, offset: int, *, given_names: frozenset[str], titles: frozenset[str]
) -> Iterator[str]:
    """What is seen of a word that stands `offset` tokens after the one to be tagged."""
    lower = folded(word)
    yield f"{offset}w={_DIGITS.sub('0', word)}"
    yield f"{offset}l={lower}"
    yield f"{offset}sh={shape_of(word)}"
    yield f"{offset}s3={lower[-3:]}"
    if word in given_names:
        yield f"{offset}given"
    if word in titles:
        yield f"{offset}title"
    if offset == 0:
        yield f"p2={word[:2]}"
        yield f"p3={lower[:3]}"
        yield f"p4={lower[:4]}"
        yield f"s2={lower[-2:]}"
        yield f"s4={lower[-4:]}"
        yield f"len={min(len(word), 9)}"
