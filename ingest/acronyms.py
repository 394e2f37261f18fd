"""names -> acronyms: short forms that the text introduces in brackets, "Public Investment Fund (PIF)"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from spacy.tokens import Doc

from ingest.names import Spotted

_SMALL = frozenset(("of", "and", "the", "for", "in", "on", "de", "la", "&", "to"))


def find_acronyms(doc: Doc, names: Sequence[Spotted]) -> Iterator[tuple[Spotted, Spotted]]:
    """(long, short) pairs of neighbouring names of which one explains the other."""
    for before, after in pairwise(names):
        if after.start != before.end + 1 or doc[before.end].text != "(":
            continue
        if after.end >= len(doc) or doc[after.end].text not in (")", ",", ";"):
            continue
        first, second = doc[before.start : before.end].text, doc[after.start : after.end].text
        if is_short_for(second, first):
            yield before, after
        elif is_short_for(first, second):
            yield after, before


def is_short_for(short: str, full: str) -> bool:
    """Whether the letters of `short` come in order in `full`, the first one first, mostly as initials.

    >>> is_short_for("PIF", "Public Investment Fund"), is_short_for("BIS", "Bureau of Industry and Security")
    (True, True)
    >>> is_short_for("UK", "Nscale"), is_short_for("EAR", "Export Administration Regulations")
    (False, True)
    """
    letters = [sign.lower() for sign in short if sign.isalnum()]
    words = [word for word in full.replace("-", " ").split() if word]
    if not 2 <= len(letters) <= 8 or len(words) < 2 or not any(sign.isupper() for sign in short):
        return False
    initials = [word[0].lower() for word in words if word.lower() not in _SMALL]
    every = [word[0].lower() for word in words]
    return letters in (initials, every, initials[: len(letters)]) or _runs_through(letters, words)


def _runs_through(letters: Sequence[str], words: Sequence[str]) -> bool:
    text = " ".join(words).lower()
    place = -1
    hits = 0
    for letter in letters:
        place = text.find(letter, place + 1)
        if place < 0:
            return False
        hits += place == 0 or text[place - 1] == " "
    return text[0] == letters[0] and hits >= min(len(words), len(letters) - 1)
