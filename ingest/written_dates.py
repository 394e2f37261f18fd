"""Written dates -> `date`: of front matter and meta tags, and of the dateline with which a news text opens.

Skips   dates whose order of day and month is open ("05/06/2026") and dates inside sentences
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<year>(?:19|20)\d\d)[-/.](?P<number>[01]?\d)[-/.](?P<day>[0-3]?\d)(?!\d)",
        r"(?P<year>(?:19|20)\d\d)(?P<number>[01]\d)(?P<day>[0-3]\d)(?!\d)",
        rf"{_DAY}(?:\s+of)?[\s-]+(?P<month>{_MONTH})[,\s-]+(?P<year>(?:19|20)\d\d)\b",
        rf"(?P<month>{_MONTH})\s+{_DAY},?\s+(?P<year>(?:19|20)\d\d)\b",
        r"(?P<year>(?:19|20)\d\d)年\s?(?P<number>[01]?\d)月\s?(?P<day>[0-3]?\d)日",
    )
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.I)
_STARTS = re.compile(r"(?<!\w)(?=[A-Z\d])")
_PLACE = r"[A-Z][\w.'’ -]{1,40}(?:, ?[A-Z][\w.' ]{1,30})?"
_DASH = r"(?:–|—|--?)"
# What may stand before the date of a dateline, and what must then follow it.
_OPENINGS = tuple(
    (re.compile(before), re.compile(after))
    for before, after in (
        # the date alone, or with a time or a further field behind it
        (r"", r"\s*(?:$|[|•·]|\d{1,2}:\d\d|at \d)"),
        # "28 May 2026 — Capex rose"
        (r"", rf"\s?{_DASH}\s"),
        # "Published on 28 May 2026"
        (r"(?i:(?:first )?(?:published|posted|issued|released|dated?))(?i: on)?\s?:?\s+", r""),
        # "By Jane Doe | 28 May 2026"
        (r"(?:[Bb]y )?[A-Z][\w.'’ ,&-]{2,60}\s?[|•·]\s?", r"\s*(?:$|[|•·])"),
        # the places of a news agency's text, such as San Jose, Calif. and Amsterdam (Reuters)
        (
            rf"{_PLACE}(?: ?\([A-Z][\w .]{{1,30}}\))? ?(?:,|{_DASH}) ?",
            rf"\s?(?:{_DASH}|[(/:]|\.\s|$)",
        ),
    )
)
_MARKUP = re.compile(r"\*+|__|^[#>]+")
_LONGEST_OPENING = 110  # characters
_LEADING_BLOCKS = 5


def parse_date(written: str) -> date | None:
    """The date that the text opens with, or None; ISO times and RFC 5322 dates are read too.

    >>> parse_date("May 28, 2026")
    datetime.date(2026, 5, 28)
    >>> parse_date("05/06/2026") is None
    True
    """
    written = written.strip()
    found = _date_at(written, 0)
    if found is not None:
        return found[0]
    try:
        return parsedate_to_datetime(written).date()
    except (TypeError, ValueError, IndexError):
        return None


def as_date(value: object) -> date | None:
    """The date that a metadata value holds, whatever type its parser gave it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return parse_date(value) if isinstance(value, str) else None


def dateline(blocks: Iterable[str]) -> date | None:
    """The date of publication that one of the first blocks opens with or consists of; None if there is none.

    >>> dateline(["A title", "LONDON, 28 May 2026 — Capex rose."])
    datetime.date(2026, 5, 28)
    >>> dateline(["On 28 May 2026 Acme opened a site."]) is None
    True
    """
    for number, block in enumerate(blocks):
        if number == _LEADING_BLOCKS:
            break
        found = _opening_date(_MARKUP.sub("", block[: _LONGEST_OPENING * 2]).strip())
        if found is not None:
            return found
    return None


def _opening_date(text: str) -> date | None:
    for start in _STARTS.finditer(text, 0, _LONGEST_OPENING):
        found = _date_at(text, start.start())
        if found:
            written, end = found
            before = text[: start.start()]
            fits = any(b.fullmatch(before) and a.match(text, end) for b, a in _OPENINGS)
            return written if fits else None
    return None


def _date_at(text: str, start: int) -> tuple[date, int] | None:
    weekday = _WEEKDAY.match(text, start)
    start = weekday.end() if weekday else start
    for pattern in _WRITTEN:
        match = pattern.match(text, start)
        if match:
            parts = match.groupdict()
            month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
            try:
                return date(int(parts["year"]), month, int(parts["day"])), match.end()
            except ValueError:
                return None
    return None


def _month(written: str) -> int:
    return _MONTHS[written.rstrip(".").lower()]
