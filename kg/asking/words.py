"""question -> words: what counts as one word, and how two spellings of it meet."""

import re
from dataclasses import dataclass

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’&.][^\W\d_]+)*|[^\W_]+|[$€£¥%]")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")


@dataclass(frozen=True)
class Word:
    """One word: as written, as compared, whether it had a possessive ending, and where it stands."""

    written: str
    folded: str
    possessive: bool
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words in order; hyphens and punctuation part them, signs of currency and percent are words.

    >>> [word.folded for word in words_of("What is AWS’s full-stack share, in %?")]
    ['what', 'is', 'aws', 'full', 'stack', 'share', 'in', '%']
    """
    return tuple(_word(match) for match in _WORD.finditer(text))


def _word(match: re.Match[str]) -> Word:
    written = match[0]
    bare = _POSSESSIVE.sub("", written)
    rest = match.string[match.end() :]
    plural = written.endswith(("s", "S")) and rest[:1] in "'’" and bool(rest)
    return Word(bare, fold(bare), bare != written or plural, match.start(), match.end())


def fold(word: str) -> str:
    """The word in lower case without full stops, and in one of two usual spellings.

    >>> fold("U.S."), fold("centre"), fold("centres")
    ('us', 'center', 'centers')
    """
    plain = word.casefold().replace("’", "'").replace(".", "") if not word[:1].isdigit() else word
    return re.sub(r"tre(s?)$", r"ter\1", plain)


def key_of(phrase: str) -> tuple[str, ...]:
    """How a phrase is looked up."""
    return tuple(word.folded for word in words_of(phrase))
