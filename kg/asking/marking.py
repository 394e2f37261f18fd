"""question -> its words, each with what it can mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg.asking.cues import Cue, load_cues
from kg.asking.lexicon import Lexicon, Name
from kg.asking.periods import Number, Time, times_and_numbers
from kg.asking.words import Word, words_of


@dataclass(frozen=True)
class Mark:
    """A stretch of words with everything that it can mean; none of both is a word to be accounted for."""

    words: tuple[Word, ...]
    at: int
    names: tuple[Name, ...] = ()
    cues: tuple[Cue, ...] = ()

    @property
    def text(self) -> str:
        """As written."""
        return " ".join(word.written for word in self.words)

    @property
    def folded(self) -> str:
        """As compared."""
        return " ".join(word.folded for word in self.words)

    def cues_of(self, kind: str) -> tuple[Cue, ...]:
        """What it can mean in this way."""
        return tuple(cue for cue in self.cues if cue.kind == kind)


@dataclass(frozen=True)
class Marked:
    """The whole question."""

    marks: tuple[Mark, ...]
    times: tuple[Time, ...]
    numbers: tuple[Decimal, ...]


def mark(question: str, lexicon: Lexicon) -> Marked:
    """The longest phrases that mean something, from left to right, and all other words one by one."""
    found = times_and_numbers(question)
    lower = question.islower()
    named = [one for one in _marks(words_of(found.rest), lexicon, lower) if one.names]
    numbers = tuple(one for one in found.numbers if not any(_within(mark, one) for mark in named))
    rest = found.rest
    for one in numbers:
        rest = rest[: one.start] + " " * (one.end - one.start) + rest[one.end :]
    marks = tuple(_marks(words_of(rest), lexicon, lower))
    return Marked(marks, found.times, tuple(one.value for one in numbers))


def _within(mark: Mark, number: Number) -> bool:
    return mark.words[0].start < number.end and number.start < mark.words[-1].end


def _marks(words: tuple[Word, ...], lexicon: Lexicon, lower: bool) -> Iterator[Mark]:
    at = 0
    while at < len(words):
        found = _longest(words, at, lexicon, lower)
        yield found
        at += len(found.words)


def _longest(words: tuple[Word, ...], at: int, lexicon: Lexicon, lower: bool) -> Mark:
    for length in range(min(lexicon.longest, len(words) - at), 0, -1):
        part = words[at : at + length]
        if any(word.possessive for word in part[:-1]) and not lexicon.things(part):
            continue
        names = lexicon.things(part, lower=lower)
        cues = lexicon.cues.get(tuple(word.folded for word in part), ())
        if length == 1 and part[0].folded in load_cues().function and not cues:
            names = tuple(name for name in names if name.strict)
        if names or cues:
            return Mark(part, at, names, cues)
    return Mark(words[at : at + 1], at)
