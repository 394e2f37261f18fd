"""numerals -> amounts: a number with its scale, its currency and its unit.

Reads   text, ontology.units
Writes  Amount(start, end, value, unit, kind ...) for each numeral that can be a figure
Skips   bare years, numbers glued to letters that are no unit ("3D", "two-story"), labels ("Article 5")
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ingest.numerals import Numeral, find_numerals, words_of_figures
from ingest.unit_names import UnitName, unit_names

_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\.?\s(?:\d{{1,2}}\s?(?:[-–]|and|to)\s?)?$")
_MONTH_AFTER = re.compile(rf"(?:\s(?:and|to|or)\s\d{{1,2}}|\s?[-–]\s?\d{{1,2}})?\s(?:of\s)?{_MONTH}")
# What stands before a version or a model's size: "OpenSearch 3.0", "Llama 3.1 70B".
_VERSION = re.compile(r"\b(?!PUE|EUE|WUE)[A-Z][A-Za-z-]*[a-zA-Z]\s(?:\d\.\d\s)?$")
_SMALLEST_RAND = 1000  # below it "R1" is a name
_SPACE = r"[ \u00a0]?"


@dataclass(frozen=True)
class Amount:
    """One number with what it counts; `scaled` and `has_unit` tell what the text itself gave."""

    start: int
    end: int
    value: Decimal
    unit: str
    kind: str  # of the unit, and "count" for a bare number, "multiple" for "4x" and "doubled"
    numeral: Numeral
    scale: Decimal
    currency_before: bool
    has_unit: bool


class _Patterns(NamedTuple):
    scale: re.Pattern[str]
    letters_any: re.Pattern[str]
    letters_money: re.Pattern[str]
    label: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    words = words_of_figures()
    scales = "|".join(sorted(map(re.escape, words["scales"]), key=len, reverse=True))
    labels = "|".join(map(re.escape, words["labels"]["before"]))
    return _Patterns(
        re.compile(rf"[\s-]?({scales})s?(?![A-Za-z])", re.I),
        re.compile(rf"([{''.join(words['letters']['any'])}])(?![\w])"),
        re.compile(
            rf"{_SPACE}([{''.join(words['letters']['any']) + ''.join(words['letters']['money'])}])(?![\w])"
        ),
        re.compile(rf"(?:^|[\s(\"“])(?:{labels})\s$"),
    )


def _scale(text: str, end: int, *, money: bool, form: str) -> tuple[Decimal, int]:
    """The scale word behind the number and where it ends; 1 when there is none."""
    patterns, words = _patterns(), words_of_figures()
    if match := patterns.scale.match(text, end):
        return Decimal(words["scales"][re.sub(r"\s+", " ", match[1].lower())]), match.end()
    if form == "digits":
        if money and (match := patterns.letters_money.match(text, end)):
            table = words["letters"]["any"] | words["letters"]["money"]
            return Decimal(table[match[1]]), match.end()
        if not money and (match := patterns.letters_any.match(text, end)):
            return Decimal(words["letters"]["any"][match[1]]), match.end()
    return Decimal(1), end


def _is_glued(text: str, end: int) -> bool:
    """Whether the number runs on into letters that make another word of it."""
    return bool(re.compile(r"[A-Za-z]|[-–][A-Za-z]").match(text, end))


def read_amount(text: str, numeral: Numeral) -> Amount | None:
    """The amount that the numeral opens, or None where the number is no figure at all."""
    names = unit_names()
    start = numeral.start
    before = names.before.search(text, max(0, start - 12), start)
    unit: UnitName | None = None
    if before:
        unit, start = names.named(before.group("unit")), before.start("sign")
    value = numeral.value
    if before and before.group("sign").strip() and before.group("sign") in "-−–":
        value = -abs(value)
    scale, end = _scale(text, numeral.end, money=bool(before), form=numeral.form)
    after = names.after.match(text, end)
    if after and not before:
        unit, end = names.named(after.group("unit")), after.end()
    if numeral.form == "multiple":
        return Amount(start, numeral.end, value, "NUM", "multiple", numeral, Decimal(1), False, True)
    if numeral.form in ("fraction", "odds"):
        return Amount(start, numeral.end, value, "PERCENT", "percent", numeral, Decimal(1), False, True)
    if unit is None:
        if _is_no_figure(text, numeral, end, scale):
            return None
        return Amount(start, end, value * scale, "NUM", "count", numeral, scale, False, False)
    if unit.name == "CCY_ZAR" and scale == 1 and value < _SMALLEST_RAND and text[start] == "R":
        return None
    # Money is in base units; all else keeps the unit as written.
    return Amount(
        start, end, value * scale * unit.part, unit.name, unit.kind, numeral, scale, bool(before), True
    )


def _is_date(text: str, numeral: Numeral) -> bool:
    """Whether bare digits are a month's day or a year."""
    written = text[numeral.start : numeral.end]
    if _YEAR.fullmatch(written):
        return True
    if len(written) > 2:
        return False
    before = _MONTH_BEFORE.search(text, max(0, numeral.start - 12), numeral.start)
    return bool(before or _MONTH_AFTER.match(text, numeral.end))


def _is_no_figure(text: str, numeral: Numeral, end: int, scale: Decimal) -> bool:
    if numeral.form == "article" and scale == 1:
        return True
    if _is_glued(text, end):
        return True
    if scale == 1 and numeral.form == "digits" and _is_date(text, numeral):
        return True
    is_size = "." in text[numeral.start : numeral.end] or text[numeral.end : end] == "B"
    before = max(0, numeral.start - 24)
    if numeral.form == "digits" and is_size and _VERSION.search(text, before, numeral.start):
        return True
    return bool(_patterns().label.search(text, before, numeral.start))


def find_amounts(text: str) -> Iterator[Amount]:
    """Every amount of the text, left to right, not overlapping."""
    reached = 0
    for numeral in find_numerals(text):
        if numeral.start < reached:
            continue
        amount = read_amount(text, numeral)
        if amount:
            reached = amount.end
            yield amount
