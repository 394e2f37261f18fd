"""periods -> the one time that a narrative claim is about."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from spacy.tokens import Doc

from ingest.extensions import text_of
from kg.model import Period

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)}
_AHEAD = re.compile(
    rf"\b(?:over|in|within|during|for|through)\s+the\s+(?:next|coming|following)\s+(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s+years\b",
    re.IGNORECASE,
)


def period_between(doc: Doc, start: int, end: int) -> Period | None:
    """The time that `text_of(doc)[start:end]` is about: of all periods in it together, or the years ahead."""
    ahead = years_ahead(text_of(doc)[start:end])
    if ahead is not None:
        now = _current_year(doc)
        return None if now is None else _years(now, now + ahead)
    spans = doc.spans.get("periods", ())
    return united([span._.period for span in spans if start <= span.start_char and span.end_char <= end])


def years_ahead(text: str) -> int | None:
    """How many years "over the next five years" looks ahead; None where the text does not say so.

    >>> years_ahead("growth over the next five years")
    5
    """
    match = _AHEAD.search(text)
    if match is None:
        return None
    count = match["count"].lower()
    return _NUMBERS.get(count) or int(count)


def united(periods: Sequence[Period]) -> Period | None:
    """The one period from the first start to the last end; None of none, or where only some ends are open.

    >>> a = Period("2026", date(2026, 1, 1), date(2027, 1, 1))
    >>> b = Period("2027", date(2027, 1, 1), date(2028, 1, 1))
    >>> united([b, a]).label
    '2026/2027'
    """
    if len(periods) <= 1:
        return periods[0] if periods else None
    starts = [period.start for period in periods if period.start is not None]
    ends = [period.end for period in periods if period.end is not None]
    if len(starts) < len(periods) or len(ends) < len(periods):
        return None
    first = min(periods, key=lambda period: period.start or date.max)
    last = max(periods, key=lambda period: period.end or date.min)
    label = first.label if first.label == last.label else f"{first.label}/{last.label}"
    return Period(label, min(starts), max(ends))


def _years(first: int, last: int) -> Period:
    return Period(f"{first}/{last}", date(first, 1, 1), date(last + 1, 1, 1))


def _current_year(doc: Doc) -> int | None:
    """The year in which the report speaks: of its date, else the one named most, of equals the last."""
    report = doc._.report
    if report is not None and report.issued is not None:
        return int(report.issued.year)
    named = [span._.period.start for span in doc.spans.get("periods", ())]
    years = Counter(start.year for start in named if start is not None)
    return max(years, key=lambda year: (years[year], year)) if years else None
