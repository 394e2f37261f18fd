"""Near copies of a text -> one source: syndicated reports point to the earliest; support counts origins.

Two texts are copies when most runs of five words of the shorter stand in the longer, and so do its figures:
the same words with other figures are another quarter's report. Candidates are found by hashes of the runs of
words around figures, which copies share (MinHash in bands), so that looking for them costs the same in any
store.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyoxigraph import Literal, NamedNode, Quad

from kg.stated import text_of
from kg.view import View
from kg.vocabulary import NIF_IS_STRING, graph_of
from ontology import terms

_RUN = 5  # words
_BANDS, _ROWS = 24, 3  # texts that share a third of their runs meet in some band
_FEWEST_RUNS = 40  # a shorter text says too little of its own to be anybody's copy
_FEWEST_FIGURES = 8  # runs with figures; a text with fewer is told by all of its runs
_SAME_RUNS = 0.6
_SAME_FIGURES = 0.8


@dataclass(frozen=True)
class Fingerprint:
    """The runs of words of a text."""

    runs: frozenset[int]
    telling: frozenset[int]  # the runs that hold a figure, or all where there are hardly any


def repeats(one: str, other: str) -> bool:
    """Whether one of the two texts repeats the other; case, punctuation and line breaks do not matter."""
    # Figures are found in a tenth of the time, and of two texts that look alike they mostly settle it.
    if _contained(_figures(one), _figures(other)) < _SAME_FIGURES:
        return False
    runs, others = fingerprint(one).runs, fingerprint(other).runs
    return min(len(runs), len(others)) >= _FEWEST_RUNS and _contained(runs, others) >= _SAME_RUNS


@lru_cache(maxsize=256)
def fingerprint(text: str) -> Fingerprint:
    """The text's runs of words; case, punctuation and line breaks do not matter."""
    words = _words(text)
    runs, telling = set(), set()
    for at in range(len(words) - _RUN + 1):
        run = words[at : at + _RUN]
        key = _hash(" ".join(run))
        runs.add(key)
        if any(word[0].isdigit() for word in run):
            telling.add(key)
    chosen = telling if len(telling) >= _FEWEST_FIGURES else runs
    return Fingerprint(frozenset(runs), frozenset(chosen))


@lru_cache(maxsize=1024)
def _figures(text: str) -> frozenset[str]:
    return frozenset(word for word in _words(text) if word[0].isdigit())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:[.,]\d+)*", text.casefold())


def copy_keys(text: str) -> list[str]:
    """The keys under which near copies of the text are looked for; none for a text that is too short."""
    found = fingerprint(text)
    if len(found.runs) < _FEWEST_RUNS:
        return []
    hashes = np.fromiter(found.telling, dtype=np.uint64, count=len(found.telling))
    smallest = [int((hashes * factor + shift).min()) for factor, shift in _permutations()]
    bands = (smallest[at : at + _ROWS] for at in range(0, _BANDS * _ROWS, _ROWS))
    return [f"{number}-{_hash(repr(band)):016x}" for number, band in enumerate(bands)]


def link_copies(view: View, report: str) -> set[str]:
    """Bring aif:syndicatedFrom up to date with a report that came or went.

    The reports whose origin changed come back, also those that point to it by way of others.
    """
    matches = _matches(view, report)
    pointing = {text_of(quad.subject) for quad in view.having(terms.SYNDICATED_FROM, report)}
    changed = {report} if _relink(view, report, _earliest(view, {report, *matches})) else set()
    for other in pointing:
        if _relink(view, other, _earliest(view, {other, *_matches(view, other)})):
            changed.add(other)
    for other in matches - pointing:
        if _relink(view, other, _earliest(view, {_origin(view, other), report})):
            changed.add(other)
    return _with_followers(view, changed)


def _with_followers(view: View, reports: set[str]) -> set[str]:
    """The reports, and those that point to them by way of others."""
    found, frontier = set(reports), list(reports)
    while frontier:
        pointing = {text_of(q.subject) for q in view.having(terms.SYNDICATED_FROM, frontier.pop())}
        frontier += pointing - found
        found |= pointing
    return found


def _matches(view: View, report: str) -> set[str]:
    """The reports of which this one's text is a near copy, or that are one of it."""
    version, text = _text(view, report)
    if version is None:
        return set()
    keys = [Literal(text_of(quad.object)) for quad in view.about(version, terms.COPY_KEY)]
    candidates = {text_of(quad.subject) for key in keys for quad in view.having(terms.COPY_KEY, key)}
    return {
        text_of(quad.object)
        for one in candidates
        if repeats(text, _string_of(view, one))
        for quad in view.about(one, terms.DCTERMS_IS_FORMAT_OF)
    } - {report}


def _text(view: View, report: str) -> tuple[str | None, str]:
    """The report's current text version, which alone has keys, and its text."""
    for quad in view.having(terms.DCTERMS_IS_FORMAT_OF, report):
        version = text_of(quad.subject)
        if view.about(version, terms.COPY_KEY):
            return version, _string_of(view, version)
    return None, ""


def _string_of(view: View, version: str) -> str:
    return text_of(view.about(version, NIF_IS_STRING)[0].object)


def _earliest(view: View, reports: set[str]) -> str:
    """The report that was published first; one without a date counts as later than any with one."""
    return min(reports, key=lambda report: (_issued(view, report), report))


def _issued(view: View, report: str) -> str:
    return next((text_of(q.object) for q in view.about(report, terms.DCTERMS_ISSUED)), "9999")


def _origin(view: View, report: str) -> str:
    return next((text_of(q.object) for q in view.about(report, terms.SYNDICATED_FROM)), report)


def _relink(view: View, report: str, origin: str) -> bool:
    """Have the report point to its origin, or to nothing if it is the origin; whether that is new."""
    old = view.about(report, terms.SYNDICATED_FROM)
    graph = NamedNode(graph_of(report))
    new = [Quad(NamedNode(report), NamedNode(terms.SYNDICATED_FROM), NamedNode(origin), graph)]
    there = bool(view.about(report, terms.RDF_TYPE))
    wanted = new if origin != report and there else []
    view.replace(old, wanted)
    return set(old) != set(wanted)


def _contained(one: frozenset[int] | frozenset[str], other: frozenset[int] | frozenset[str]) -> float:
    """The share of the smaller set that is in the other; 1 where there is nothing to compare."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 1.0


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=1)
def _permutations() -> list[tuple[np.uint64, np.uint64]]:
    """Fixed pairs for multiply-and-add hashing modulo 2**64; the factors are odd."""
    numbers = [_hash(f"permutation {n}") for n in range(2 * _BANDS * _ROWS)]
    return [
        (np.uint64(factor | 1), np.uint64(shift))
        for factor, shift in zip(numbers[::2], numbers[1::2], strict=True)
    ]
