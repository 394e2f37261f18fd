"""words of a question -> the periods and numbers in it."""

import re
from dataclasses import dataclass
from decimal import Decimal

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "last": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_HALVES = {"first": 1, "second": 2, "1st": 1, "2nd": 2}
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ),
        1,
    )
}
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_LEAD = (
    r"(?:\b(?:in|for|during|of|at|by|until|till|up to|over|to|through|around)\s+)?(?:the\s+)?"
    r"(?:end of\s+|whole of\s+|full year\s+|year\s+|calendar year\s+)?"
)
_FORMS = (
    (re.compile(_LEAD + rf"\bQ(?P<quarter>[1-4])[\s,/-]*(?:of\s+)?{_YEAR}\b", re.I), "quarter"),
    (re.compile(_LEAD + rf"\b{_YEAR}[\s-]*Q(?P<quarter>[1-4])\b", re.I), "quarter"),
    (
        re.compile(
            _LEAD + rf"\b(?P<ordinal>{'|'.join(_ORDINALS)})\s+quarter\s+(?:of\s+|in\s+)?{_YEAR}\b",
            re.I,
        ),
        "ordinal",
    ),
    (re.compile(_LEAD + rf"\b(?P<half>{'|'.join(_HALVES)})\s+half\s+(?:of\s+)?{_YEAR}\b", re.I), "half"),
    (re.compile(_LEAD + rf"\b(?P<month>{'|'.join(_MONTHS)})\s+{_YEAR}\b", re.I), "month"),
    (re.compile(_LEAD + rf"\b(?:FY\s*|fiscal\s+(?:year\s+)?){_YEAR}\b", re.I), "fiscal"),
    (
        re.compile(
            rf"\b(?P<by>by|until|till|up to|through)\s+(?:the\s+)?(?:end of\s+|year\s+)?{_YEAR}\b",
            re.I,
        ),
        "by",
    ),
    (re.compile(_LEAD + rf"\b{_YEAR}\b", re.I), "year"),
)
_RANGE = re.compile(
    r"\b(?:from|between)\s+(?P<first>(?:19|20)\d\d)\s+(?:to|and|until)\s+(?P<last>(?:19|20)\d\d)\b", re.I
)
_SCALES = {
    "thousand": 3, "million": 6, "m": 6, "mn": 6, "billion": 9, "bn": 9, "b": 9,
    "trillion": 12, "tn": 12, "t": 12,
}  # fmt: skip
_NUMBER = re.compile(
    rf"(?:[$€£¥]\s?|\bUSD\s|\bEUR\s)?(?<![\w.])(?P<digits>\d[\d,]*(?:\.\d+)?)"
    rf"(?:\s?(?P<scale>{'|'.join(_SCALES)})\b)?"
    r"(?P<unit>\s?%|\s?(?:percent|per cent|dollars|euros|yuan|gw|mw|kw|twh|gpus?|years|times)\b)?",
    re.I,
)


@dataclass(frozen=True)
class Time:
    """A period: the labels that claims about exactly it bear, and the year that it ends in."""

    text: str
    labels: tuple[str, ...]
    year: int
    whole_year: bool  # figures of its quarters are within it


@dataclass(frozen=True)
class Number:
    """A number, and where it stands with its unit."""

    value: Decimal
    start: int
    end: int


@dataclass(frozen=True)
class Found:
    """Periods and numbers, and the question with blanks in place of the periods."""

    times: tuple[Time, ...]
    numbers: tuple[Number, ...]
    rest: str


def times_and_numbers(question: str) -> Found:
    """What stands in the question.

    >>> found = times_and_numbers("AWS in the fourth quarter of 2025: 28%?")
    >>> found.times[0].labels, found.numbers[0].value, found.rest.split()
    (('2025-Q4',), Decimal('28'), ['AWS', ':', '28%?'])
    """
    times: list[tuple[int, Time]] = []
    while match := _RANGE.search(question):
        years = range(int(match["first"]), int(match["last"]) + 1)
        times.extend((match.start(), Time(str(year), (str(year), f"FY{year}"), year, True)) for year in years)
        question = question[: match.start()] + " " * len(match[0]) + question[match.end() :]
    for pattern, kind in _FORMS:
        while match := pattern.search(question):
            times.append((match.start(), _time(match, kind)))
            question = question[: match.start()] + " " * len(match[0]) + question[match.end() :]
    ordered = tuple(time for _, time in sorted(times, key=lambda pair: pair[0]))
    return Found(ordered, tuple(_number(match) for match in _NUMBER.finditer(question)), question)


def _number(match: re.Match[str]) -> Number:
    value = Decimal(match["digits"].replace(",", ""))
    if match["scale"]:
        value = value.scaleb(_SCALES[match["scale"].lower()])
    return Number(value, match.start(), match.end())


def _time(match: re.Match[str], kind: str) -> Time:
    year = int(match["year"])
    labels: tuple[str, ...]
    if kind in ("quarter", "ordinal"):
        number = match["quarter"] if kind == "quarter" else _ORDINALS[match["ordinal"].lower()]
        labels = (f"{year}-Q{number}",)
    elif kind == "half":
        labels = (f"{year}-H{_HALVES[match['half'].lower()]}",)
    elif kind == "month":
        labels = (f"{year}-{_MONTHS[match['month'].lower()]:02}",)
    elif kind == "fiscal":
        labels = (f"FY{year}", str(year))
    elif kind == "by":
        labels = (f"/{year}", str(year))
    else:
        labels = (str(year), f"FY{year}", f"/{year}")
    return Time(labels[0], labels, year, kind in ("by", "year", "fiscal"))
