"""The ontology's names as token sequences: finds where a document writes one of them, the longest first.

A name is found in the case in which it is known. Another case is taken when nothing can be confused with it:
terms (words of the trade, also at the head of a sentence or in a heading), and names of five letters or more
in capitals.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from spacy.tokens import Doc

from ontology.labels import Labels, Named

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_IN_CAPITALS = 5


class Known(NamedTuple):
    """A name that stands at tokens `start:end`; several IRIs when several things bear it."""

    start: int
    end: int
    iris: tuple[str, ...]
    everyday: bool  # the name also means something else


class _Entry(NamedTuple):
    lowers: tuple[int, ...]  # per token: the hash of its lower-case form
    name: str
    iris: tuple[str, ...]
    any_case: bool
    everyday: bool


class NameIndex:
    """All names of the ontology, by the lower-case form of their first token."""

    def __init__(self, labels: Labels, tokenizer: Callable[[str], Doc]) -> None:
        """Tokenize every name as a report's text is."""
        self._by_first: dict[int, list[_Entry]] = {}
        for name, holders in sorted(_holders(labels).items()):
            self._add(name, holders, tokenizer)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: (-len(entry.lowers), entry.name))
        self._firsts = np.array(sorted(self._by_first), dtype=np.uint64)

    def _add(self, name: str, holders: list[Named], tokenizer: Callable[[str], Doc]) -> None:
        lowers = tuple(token.lower for token in tokenizer(name))
        if not lowers:
            return
        entry = _Entry(
            lowers,
            name,
            tuple(sorted({named.iri for named in holders})),
            all(named.type in ("Term", "Market") for named in holders) and _has_word(name),
            any(name in named.everyday for named in holders),
        )
        self._by_first.setdefault(lowers[0], []).append(entry)

    def find(self, doc: Doc) -> Iterator[Known]:
        """Names in text order; none overlaps an earlier one."""
        numbers = doc.to_array("LOWER")
        lowers, free = numbers.tolist(), 0
        for start in np.flatnonzero(np.isin(numbers, self._firsts)).tolist():
            if start < free:
                continue
            found = self._longest(doc, lowers, start)
            if found:
                free = found.end
                yield found

    def find_inside(self, doc: Doc, start: int, end: int) -> Iterator[Known]:
        """Names within the tokens of a longer one, "MaaS" in "MaaS and AI application ecosystem"."""
        lowers = doc.to_array("LOWER").tolist()
        for first in range(start, end):
            for entry in self._by_first.get(lowers[first], ()):
                last = first + len(entry.lowers)
                if last - first < end - start and last <= end and _is_here(entry, doc, lowers, first):
                    yield Known(first, last, entry.iris, entry.everyday)
                    break

    def _longest(self, doc: Doc, lowers: list[int], start: int) -> Known | None:
        for entry in self._by_first[lowers[start]]:
            if _is_here(entry, doc, lowers, start):
                return Known(start, start + len(entry.lowers), entry.iris, entry.everyday)
        return None


def _is_here(entry: _Entry, doc: Doc, lowers: list[int], start: int) -> bool:
    wanted = entry.lowers
    end = start + len(wanted)
    # Most names that start alike differ in the last word.
    if end > len(lowers) or lowers[end - 1] != wanted[-1]:
        return False
    return tuple(lowers[start:end]) == wanted and _is_written(entry, doc, start, end)


def _is_written(entry: _Entry, doc: Doc, start: int, end: int) -> bool:
    written = doc[start:end].text
    if written == entry.name or entry.any_case:
        return True
    letters = _WORD.findall(written)
    if written.isupper() and sum(map(len, letters)) >= _SHORTEST_IN_CAPITALS:
        return True
    return _plain(written) == _plain(entry.name)


def _plain(name: str) -> str:
    return name.replace("’", "'").replace("\n", " ").replace("  ", " ")


def _has_word(name: str) -> bool:
    return any(len(word) > 1 for word in _WORD.findall(name))


def _holders(labels: Labels) -> dict[str, list[Named]]:
    holders: dict[str, list[Named]] = {}
    for named in labels.named.values():
        for name in dict.fromkeys(named.names + named.hidden):
            for variant in _spellings(name, named.type == "Term"):
                holders.setdefault(variant, []).append(named)
    return holders


def _spellings(name: str, is_term: bool) -> Iterable[str]:
    """The name and what it is also written as: British and American, curly or straight, joined or apart."""
    rules: list[Callable[[str], str]] = [
        lambda text: text.replace("Center", "Centre").replace("center", "centre"),
        lambda text: text.replace("Centre", "Center").replace("centre", "center"),
        lambda text: text.replace("'", "’"),
    ]
    if is_term:
        rules += [lambda text: text.replace("-", " "), lambda text: text.replace(" ", "-")]
    found = [name]
    for rule in rules:
        found += [rule(text) for text in found]
    return dict.fromkeys(found)
