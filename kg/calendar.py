"""Period labels <-> dates: the GUIDELINES way to write a time, and the interval that it covers."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from kg.model import Period

_LABEL = re.compile(r"(FY)?(\d{4})(?:-Q([1-4])|-H([12])|-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True)
class Moment:
    """A year or a part of one: at most one of quarter, half and month is set, a day only with its month."""

    year: int
    quarter: int | None = None
    half: int | None = None
    month: int | None = None
    day: int | None = None
    fiscal: bool = False

    @property
    def label(self) -> str:
        """As GUIDELINES write it.

        >>> Moment(2026, quarter=3, fiscal=True).label, Moment(2025, month=8).label
        ('FY2026-Q3', '2025-08')
        """
        written = f"{'FY' if self.fiscal else ''}{self.year:04d}"
        if self.quarter:
            return f"{written}-Q{self.quarter}"
        if self.half:
            return f"{written}-H{self.half}"
        if self.month:
            written += f"-{self.month:02d}"
        return f"{written}-{self.day:02d}" if self.day else written

    @property
    def is_part(self) -> bool:
        """Whether it is less than a year."""
        return bool(self.quarter or self.half or self.month)

    def shifted(self, years: int) -> "Moment":
        """The same part of another year."""
        day = 28 if (self.month, self.day) == (2, 29) else self.day
        return Moment(self.year + years, self.quarter, self.half, self.month, day, self.fiscal)

    def start(self) -> date | None:
        """The first day; None in a fiscal year, whose months nobody told us."""
        if self.fiscal:
            return None
        month = self.month or (
            3 * self.quarter - 2 if self.quarter else 6 * self.half - 5 if self.half else 1
        )
        return date(self.year, month, self.day or 1)

    def end(self) -> date | None:
        """The day after the last one; None in a fiscal year."""
        start = self.start()
        if start is None:
            return None
        if self.day:
            return start + timedelta(days=1)
        months = 1 if self.month else 3 if self.quarter else 6 if self.half else 12
        month = start.month - 1 + months
        return date(start.year + month // 12, month % 12 + 1, 1)


def moment_of(label: str) -> Moment | None:
    """The moment that a label without a slash names; None for any other text or an impossible date."""
    match = _LABEL.fullmatch(label)
    if not match:
        return None
    fiscal, year, quarter, half, month, day = match.groups()
    parts = [int(part) if part else None for part in (quarter, half, month, day)]
    moment = Moment(int(year), parts[0], parts[1], parts[2], parts[3], bool(fiscal))
    return moment if is_possible(moment) else None


def is_possible(moment: Moment) -> bool:
    """Whether the calendar has such a day."""
    try:
        Moment(moment.year, moment.quarter, moment.half, moment.month, moment.day).start()
    except ValueError:
        return False
    return True


def at(moment: Moment) -> Period:
    """The period that the moment covers."""
    return Period(moment.label, moment.start(), moment.end())


def until(moment: Moment) -> Period:
    """Open to the past: "by 2030" is "/2030"."""
    return Period(f"/{moment.label}", None, moment.end())


def since(moment: Moment) -> Period:
    """Open to the future: "from 2026" is "2026/"."""
    return Period(f"{moment.label}/", moment.start(), None)


def between(first: Moment, last: Moment) -> Period:
    """From the first to the last, both included."""
    return Period(f"{first.label}/{last.label}", first.start(), last.end())


def period_of(label: str) -> Period | None:
    """The period that a label names, as GUIDELINES write it; None for any other text.

    >>> period_of("2026/2029").end, period_of("/2030").start, period_of("soon")
    (datetime.date(2030, 1, 1), None, None)
    """
    first, slash, last = label.partition("/")
    begins, ends = moment_of(first), moment_of(last)
    if not slash:
        return at(begins) if begins else None
    if begins and ends:
        return between(begins, ends)
    if begins and not last:
        return since(begins)
    return until(ends) if ends and not first else None


def in_words(label: str) -> str:
    """A period label as people say it.

    >>> in_words("/2030"), in_words("2026/"), in_words("2026/2027"), in_words("2026-Q1"), in_words("FY2026")
    ('by 2030', 'from 2026', '2026 to 2027', 'Q1 2026', 'FY2026')
    """
    start, slash, end = label.partition("/")
    if not slash:
        return _part_in_words(start)
    if not start:
        return f"by {_part_in_words(end)}"
    return f"{_part_in_words(start)} to {_part_in_words(end)}" if end else f"from {_part_in_words(start)}"


def _part_in_words(label: str) -> str:
    year, dash, part = label.partition("-")
    return f"{part} {year}" if dash and part[:1] in ("Q", "H") else label
