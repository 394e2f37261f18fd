"""amounts -> qualifiers: the words around a figure that say how exactly it is meant.

Reads   text next to a figure
Writes  Qualified(start, end, qualifier): the figure's interval widened by the words
"""

import re
from functools import cache
from typing import NamedTuple

from ingest.numerals import words_of_figures
from kg.model import Qualifier

_WIDEST = 48  # the longest run of qualifier words, in characters


class Qualified(NamedTuple):
    """The widened interval; the qualifier is "exact" where no word says otherwise."""

    start: int
    end: int
    qualifier: Qualifier


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, Qualifier], dict[str, Qualifier]]:
    words = words_of_figures()
    before: dict[str, Qualifier] = {
        phrase: name for name, phrases in words["before"].items() for phrase in phrases
    }
    after: dict[str, Qualifier] = {
        phrase: name for name, phrases in words["after"].items() for phrase in phrases
    }
    return (
        re.compile(
            rf"(?<!\w)({_alternatives(before)})(?:\s|(?<=~)|(?<=≈))\s?(?:an?\s|the\s|another\s|some\s|or\s)?$",
            re.I,
        ),
        re.compile(rf"\s?({_alternatives(after)})(?!\w)", re.I),
        before,
        after,
    )


def _alternatives(phrases: dict[str, Qualifier]) -> str:
    ordered = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered)


def _fold(phrase: str) -> str:
    return re.sub(r"\s+", " ", phrase.lower())


def qualify(text: str, start: int, end: int) -> Qualified:
    """The figure at start:end with the qualifier words directly before and behind it.

    >>> qualify("well above RMB 100 billion", 11, 26)
    Qualified(start=0, end=26, qualifier='at-least')
    """
    before_pattern, after_pattern, before, after = _patterns()
    qualifier: Qualifier = "exact"
    low = max(0, start - _WIDEST)
    window = text[low:start]
    # The leftmost match is the longest phrase that ends at the figure.
    if match := before_pattern.search(window):
        qualifier = before[_fold(match[1])]
        start = low + match.start(1)
        if (
            outer := before_pattern.search(text[max(0, start - _WIDEST) : start])
        ) and qualifier == "approximate":
            # "more than about", "up to some": the bound says more than the vagueness.
            qualifier = before[_fold(outer[1])]
            start = max(0, start - _WIDEST) + outer.start(1)
    if match := after_pattern.match(text, end):
        found = after[_fold(match[1])]
        if qualifier in ("exact", "approximate"):
            return Qualified(start, match.end(), found)
    return Qualified(start, end, qualifier)
