"""Evidence of one rendering -> the same words in another: a new version, another format, other offsets.

Reads   the quote with what stood before and after it, and the text of the new rendering
Skips   quotes whose words are not there any more: their claim has lost its evidence

What renderings write differently does not count: white space, line ends, quotation marks, dashes, hyphens at
the end of a line, the marks of Markdown. Of several places the one with the likest surroundings wins; of
equal ones the nearest to where the quote was.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from ingest.evidence import heading_above
from kg.model import Evidence, Report

_CONTEXT = 32  # characters before and after a quote
_EDGE = 8  # marks that a quote may begin or end with
_SIGN = re.compile(r"[^\W_]|[$€£¥₹%+]")


class QuoteFinder:
    """Finds quotes in one report, however often it is asked."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._signs, self._places = _signs_of(report.text)

    def find(self, evidence: Evidence) -> Evidence | None:
        """The evidence with this report's words and offsets; None when its quote does not stand here."""
        quote, _ = _signs_of(evidence.quote)
        found = list(self._occurrences(quote))
        if not found:
            return None
        at = max(found, key=lambda each: self._likeness(evidence, each, each + len(quote)))
        return self._evidence(evidence.quote, self._places[at], self._places[at + len(quote) - 1] + 1)

    def _occurrences(self, quote: str) -> Iterator[int]:
        at = self._signs.find(quote) if quote else -1
        while at >= 0:
            yield at
            at = self._signs.find(quote, at + 1)

    def _likeness(self, evidence: Evidence, start: int, end: int) -> tuple[int, int]:
        prefix, suffix = _signs_of(evidence.prefix)[0], _signs_of(evidence.suffix)[0]
        before = self._signs[max(0, start - len(prefix)) : start]
        after = self._signs[end : end + len(suffix)]
        alike = _common_start(before[::-1], prefix[::-1]) + _common_start(after, suffix)
        return alike, -abs(self._places[start] - evidence.start)

    def _evidence(self, quote: str, start: int, end: int) -> Evidence:
        text = self._report.text
        # A quote may begin with a quotation mark and end with a full stop, which the search left aside.
        start -= len(_shared_edge(text[max(0, start - _EDGE) : start][::-1], quote))
        end += len(_shared_edge(text[end : end + _EDGE], quote[::-1]))
        block = next((each for each in self._report.blocks if each.start <= start < each.end), None)
        heading = heading_above(self._report.blocks, start)
        return Evidence(
            start=start,
            end=end,
            quote=text[start:end],
            prefix=text[max(0, start - _CONTEXT) : start],
            suffix=text[end : end + _CONTEXT],
            page=block.page if block else None,
            section=" ".join(text[heading.start : heading.end].split()) if heading else None,
        )


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
