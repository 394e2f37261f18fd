"""quotes of one rendering of a report -> the same words in another, and the claims that rest on them.

What renderings write differently does not count: white space, line ends, quotation marks, dashes, hyphens at
the end of a line, the marks of Markdown. Of several places the one with the likest surroundings wins; of
equal ones the nearest to where the quote was.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from pyoxigraph import NamedNode, Quad

from kg.curated import as_read
from kg.stated import Stated, stated_of, text_of
from kg.vocabulary import NIF_IS_STRING
from ontology import terms

_EDGE = 8  # marks that a quote may begin or end with
_SIGN = re.compile(r"[^\W_]|[$€£¥₹%+]")

Span = tuple[int, int]  # code points of a text, zero-based, half-open


@dataclass(frozen=True)
class Quote:
    """Words of a text with what stands before and after them, and where they begin."""

    exact: str
    prefix: str
    suffix: str
    start: int


class QuoteFinder:
    """Finds quotes in one text, however often it is asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._signs, self._places = _signs_of(text)

    def find(self, quote: Quote) -> Span | None:
        """Where the quote's words stand in the text; None when they do not."""
        words, _ = _signs_of(quote.exact)
        found = list(self._occurrences(words))
        if not found:
            return None
        at = max(found, key=lambda each: self._likeness(quote, each, each + len(words)))
        return self._with_edges(quote.exact, self._places[at], self._places[at + len(words) - 1] + 1)

    def _occurrences(self, words: str) -> Iterator[int]:
        at = self._signs.find(words) if words else -1
        while at >= 0:
            yield at
            at = self._signs.find(words, at + 1)

    def _likeness(self, quote: Quote, start: int, end: int) -> tuple[int, int]:
        prefix, suffix = _signs_of(quote.prefix)[0], _signs_of(quote.suffix)[0]
        before = self._signs[max(0, start - len(prefix)) : start]
        after = self._signs[end : end + len(suffix)]
        alike = _common_start(before[::-1], prefix[::-1]) + _common_start(after, suffix)
        return alike, -abs(self._places[start] - quote.start)

    def _with_edges(self, exact: str, start: int, end: int) -> Span:
        """A quote may begin with a quotation mark and end with a full stop, which the search left aside."""
        text = self._text
        before = _shared_edge(text[max(0, start - _EDGE) : start][::-1], exact)
        after = _shared_edge(text[end : end + _EDGE], exact[::-1])
        return start - len(before), end + len(after)


def anchored(old: Iterable[Quad], new: Iterable[Quad]) -> list[Quad]:
    """A report's new quads, in which a claim that it made before, in the same words, has its old IRI.

    `old` is the report's graph, `new` what another rendering or version of it gave. A claim is the same if it
    says the same, by the same claimants, where the old quote's words now stand.
    """
    known, quads = list(old), list(new)
    if not known:
        return quads
    before, after = _Reading(known), _Reading(quads)
    names = {text: iri for iri, text in _pairs(before, after)}
    if not names:
        return quads
    return [
        Quad(NamedNode(names[text_of(quad.subject)]), quad.predicate, quad.object, quad.graph_name)
        if text_of(quad.subject) in names
        else quad
        for quad in quads
    ]


def _pairs(before: "_Reading", after: "_Reading") -> Iterator[tuple[str, str]]:
    """An old claim's IRI with that of the new claim that is the same, for claims whose IRIs differ."""
    came = {iri for iri in after.claims if iri not in before.claims}
    went = [iri for iri, claim in before.claims.items() if iri not in after.claims and not claim.withdrawn]
    if not came or not went or not after.text:
        return
    finder = QuoteFinder(after.text)
    for old in sorted(went, key=lambda iri: (before.quote(iri).start, iri)):
        place = finder.find(before.quote(old))
        alike = [new for new in came if _alike(before.claims[old], after.claims[new])]
        near = [(shared, new) for new in alike if place and (shared := _overlap(place, after.span(new)))]
        if near:
            _, new = max(near, key=lambda each: (each[0], each[1]))
            came.remove(new)
            yield old, new


class _Reading:
    """The text and the claims of a report's graph, as they were read."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._about: dict[str, list[Quad]] = {}
        for quad in quads:
            self._about.setdefault(text_of(quad.subject), []).append(quad)
        self.claims: dict[str, Stated] = {
            iri: claim for iri, about in self._about.items() if (claim := stated_of(as_read(about)))
        }

    @property
    def text(self) -> str:
        """The text that the report has now."""
        current = [
            text_of(quad.object)
            for about in self._about.values()
            if not any(quad.predicate.value == terms.DCTERMS_IS_REPLACED_BY for quad in about)
            for quad in about
            if quad.predicate.value == NIF_IS_STRING
        ]
        return next(iter(current), "")

    def quote(self, claim: str) -> Quote:
        """The words that the claim rests on."""
        told = self._evidence(claim)
        return Quote(
            told.get(terms.OA_EXACT, ""),
            told.get(terms.OA_PREFIX, ""),
            told.get(terms.OA_SUFFIX, ""),
            int(told.get(terms.OA_START, 0)),
        )

    def span(self, claim: str) -> Span:
        """Where the words stand that the claim rests on."""
        told = self._evidence(claim)
        return int(told.get(terms.OA_START, 0)), int(told.get(terms.OA_END, 0))

    def _evidence(self, claim: str) -> dict[str, str]:
        selectors = (
            selector
            for evidence in self._linked(claim, terms.EVIDENCE)
            for selector in self._linked(evidence, terms.OA_HAS_SELECTOR)
        )
        return {
            quad.predicate.value: text_of(quad.object)
            for selector in selectors
            for quad in self._about.get(selector, ())
        }

    def _linked(self, iri: str, predicate: str) -> list[str]:
        return [
            text_of(quad.object) for quad in self._about.get(iri, ()) if quad.predicate.value == predicate
        ]


def _alike(old: Stated, new: Stated) -> bool:
    return old.proposition == new.proposition and old.claimants == new.claimants


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _signs_of(text: str) -> tuple[str, list[int]]:
    """The text's letters, digits, currency and per cent signs in lower case, and where each stands."""
    found = [(match.group().lower()[0], match.start()) for match in _SIGN.finditer(text)]
    return "".join(sign for sign, _ in found), [place for _, place in found]


def _common_start(first: str, second: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _shared_edge(beside: str, quote: str) -> str:
    """As many of the marks beside a place as the quote has at its edge."""
    marks = sum(1 for _ in takewhile(lambda char: not _SIGN.match(char), quote))
    return "".join(takewhile(lambda char: not _SIGN.match(char) and not char.isspace(), beside))[:marks]
