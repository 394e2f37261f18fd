"""text -> numerals: every written number, in digits or in words, with its value.

Reads   text
Writes  Numeral(start, end, value, form)
Skips   numbers glued to letters on their left (H100, GPT-4), ordinals, clock times, slashed and dotted dates,
        halves and quarters of a year
"""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

Form = Literal["digits", "words", "fraction", "multiple", "article", "power", "odds"]


class Numeral(NamedTuple):
    """A written number; `text[start:end]` is the number alone, without unit and without scale word."""

    start: int
    end: int
    value: Decimal
    form: Form


@cache
def words_of_figures() -> dict[str, Any]:
    """The tables of quantities.toml."""
    return tomllib.loads(Path(__file__).with_name("quantities.toml").read_text(encoding="utf-8"))


_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_DENOMINATORS = r"thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?"
# A comma groups two or three digits (1,00,000 is a lakh), so "10, 20 MW" is never read as 1020 MW.
_DIGITS = r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
# "AED1bn" and "R14 billion" are money; "H100" is a name.
_GLUED_CURRENCY = (
    r"(?<=\b(?:AED|AUD|BRL|CAD|CHF|CNY|EUR|GBP|HKD|IDR|INR|JPY|KRW|MYR|NOK|NZD|QAR|RMB|SAR|SEK|SGD|THB|TWD))"
    r"|(?<=\b(?:USD|VND|ZAR))|(?<=\bRM)|(?<=\bRs)|(?<=\bRp)|(?<=\bR)"
)
_NUMERAL = re.compile(
    rf"""
    (?P<power>(?<![\w.])10\^\d+)
  | (?:(?<![\w.,:/^])(?<![A-Za-z]-)|{_GLUED_CURRENCY})(?P<sign>(?<!\S)[-−+–](?=[$€£¥₹\d])(?:[$€£¥₹])?)?
    (?P<digits>{_DIGITS})(?!\d|[,.:/^]\d|(?:st|nd|rd|th)\b)
  | \b(?P<odds>(?:{_ONES}|ten)\s(?:in|out\sof)\s(?:every\s)?(?:{_ONES}|ten|twenty|a\shundred))\b
  | \b(?P<half_of>half|quarter)\s(?:of\s)?an?\s(?=(?:million|billion|trillion|gigawatt|megawatt|dozen)\b)
  | \b(?P<halves>(?:(?:(?P<whole>{_ONES}|ten|twelve)\sand\s)?(?:an?|one)[\s-](?P<part>half|quarter|third)
      (?=\s(?:times|years?|months?|hours?|decades?|million|billion|trillion)\b)))
  | \b(?P<fraction>half
      | (?:(?:an?|one|two|three|four)[\s-])(?:{_DENOMINATORS}))\b
  | \b(?P<words>(?:(?:{_TENS})(?:-(?:{_ONES}))?|{_TEENS}|{_ONES}))\b
  | \b(?P<fold>(?:{_TENS}|{_TEENS}|{_ONES}|hundred)-?fold|doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing)|twice
      |trebled?|quadrupl(?:es?|ed|ing)|quintupl(?:es?|ed|ing)
      |(?:two|three|four|five|six|seven|eight|nine|ten)fold)\b
  | \b(?P<article>an?|another|(?:a|the)\s(?:further|first|second|next|additional)|one)\s
      (?=(?:dozen|hundred|thousand|million|billion|trillion|crore|lakh
      |gigawatt|megawatt|terawatt|petabyte|exabyte|terabyte|exaflop|petaflop)s?\b(?!-))
  | \b(?P<span>(?:an?))\s(?=(?:year|month|week|day|hour|decade|minute|second)\b(?!-))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What turns a fraction word into something else than a share.
_HALF_BEFORE = re.compile(
    r"(?:\b(?:first|second|latter|other|better|top|bottom|final|last|one|this|each|every|next|current|previous|[12])"
    r"(?:\sand\sa)?[\s-]|['’]s\s)$",
    re.I,
)
_HALF_AFTER = re.compile(
    r"-?(?:[\s-]?(?:year|yearly|day|time|hour|life|way|ways|of\s(?:the\s)?(?:year|20\d\d|fiscal|FY|last\syear|this\syear))\b|-)|\s(?:19|20)\d\d\b",
    re.I,
)
_PART_AFTER = re.compile(
    r"\s*(?:(?:of\b(?!\s(?:the\s)?(?:year|20\d\d|fiscal|FY|last\syear|this\syear))|in|on|by|to|more|less|lower|higher|cheaper|faster|as|from|came|come|were|was|is|are|had|have|has|by"
    r"|smaller|larger|this|last|and|or|between|note|say|said|see|plan|expect|report|want|think|use)\b|[,.;:)]|$)",
    re.I,
)
_QUARTER_AFTER = re.compile(r"\s(?:of\b|more|less)(?!\s(?:the\s)?(?:year|20\d\d|fiscal|FY))", re.I)
_NOT_A_MULTIPLE = re.compile(
    r"-(?:digit|edged|check|sided|click|decker|booked|counting)|\s(?:digits?|counting|down|check)\b", re.I
)


def _of_words(written: str) -> Decimal:
    table = words_of_figures()["words"]
    return Decimal(sum(table[word] for word in re.split(r"[\s-]", written.lower())))


def _of_fraction(written: str) -> Decimal:
    *numerator, denominator = re.split(r"[\s-]", written.lower())
    count = Decimal(
        1 if not numerator or numerator[0] in ("a", "an") else words_of_figures()["words"][numerator[0]]
    )
    share = Decimal(
        str(
            words_of_figures()["fractions"][
                denominator.removesuffix("s") if denominator != "half" else "half"
            ]
        )
    )
    # Two-thirds are 66.7, not twice the rounded third.
    return Decimal("66.7") if count == 2 and denominator == "thirds" else count * share


def _of_odds(written: str) -> Decimal:
    low, high = re.split(r"\s(?:in|out of)\s(?:every\s)?", written.lower(), maxsplit=1)
    return (_of_words(low) * 100 / (Decimal(100) if "hundred" in high else _of_words(high))).quantize(
        Decimal("0.1")
    )


def _of_multiple(written: str) -> Decimal:
    table = words_of_figures()
    word = written.lower()
    if word in table["multiples"]:
        return Decimal(table["multiples"][word])
    stem = word.removesuffix("fold").removesuffix("-")
    if stem in table["words"]:
        return Decimal(table["words"][stem])
    return Decimal(100) if stem == "hundred" else Decimal(4 if stem.startswith("quadrupl") else 5)


def _read(text: str, match: re.Match[str]) -> Numeral | None:
    start, end = match.span()
    groups = match.groupdict()
    if groups["digits"]:
        sign = -1 if groups["sign"] and groups["sign"][0] in "-−–" else 1
        return Numeral(
            match.start("digits"), end, sign * Decimal(groups["digits"].replace(",", "")), "digits"
        )
    if groups["power"]:
        return Numeral(start, end, Decimal(10) ** int(groups["power"][3:]), "power")
    if groups["odds"]:
        return Numeral(start, end, _of_odds(groups["odds"]), "odds")
    if groups["half_of"]:
        return Numeral(
            start, end - 1, Decimal("0.5" if groups["half_of"].lower() == "half" else "0.25"), "words"
        )
    if groups["halves"]:
        whole = (
            _of_words(groups["whole"]) if groups["whole"] else Decimal(1 if groups["part"] == "half" else 0)
        )
        if not groups["whole"]:
            return None
        return Numeral(
            start,
            end,
            whole + Decimal({"half": "0.5", "quarter": "0.25"}.get(groups["part"].lower(), "0.333")),
            "words",
        )
    if groups["fraction"]:
        return _read_fraction(text, start, end, groups["fraction"])
    if groups["fold"]:
        if _NOT_A_MULTIPLE.match(text, end):
            return None
        return Numeral(start, end, _of_multiple(groups["fold"]), "multiple")
    if groups["words"]:
        return Numeral(start, end, _of_words(groups["words"]), "words")
    name = "article" if groups["article"] else "span"
    return Numeral(start, match.end(name), Decimal(1), "article")


def _read_fraction(text: str, start: int, end: int, written: str) -> Numeral | None:
    if written.lower() == "half":
        if _HALF_BEFORE.search(text, max(0, start - 14), start) or _HALF_AFTER.match(text, end):
            return None
    elif not (_QUARTER_AFTER if "quarter" in written.lower() else _PART_AFTER).match(text, end):
        return None
    return Numeral(start, end, _of_fraction(written), "fraction")


def find_numerals(text: str) -> Iterator[Numeral]:
    """Every number of the text, left to right; values as written, before any scale word.

    >>> [str(n.value) for n in find_numerals("1,200 H100 GPUs in twenty-five racks, two-thirds of 3.5")]
    ['1200', '25', '66.7', '3.5']
    >>> list(find_numerals("the first half, in the 3rd quarter at 9:30"))
    []
    """
    position = 0
    while match := _NUMERAL.search(text, position):
        numeral = _read(text, match)
        if numeral:
            yield numeral
        position = max(match.end(), match.start() + 1) if numeral or match["digits"] else match.start() + 1
        if not numeral and not match["digits"]:
            boundary = re.compile(r"\w*").match(text, match.start())
            position = max(position, boundary.end() if boundary else position)
