"""sentences -> periods: every time that a text names, resolved to years, quarters and days.

Reads   doc.text, doc._.report (its date of publication)
Writes  doc.spans["periods"]; span._.period is a kg.model.Period
Skips   durations ("over five years") and times that nothing in the report pins to a year

"by 2030" is "/2030", "since 2016" is "2016/", "from 2026 to 2029" is "2026/2029". "the third quarter" takes
its year from the report's own current period, "last year" and "in August" from its date.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest import extensions
from ingest.extensions import text_of
from kg.calendar import Moment, at, between, is_possible, since, until
from kg.model import Period

_YEAR = r"(?:19[89]|20[0-6])\d"
_ORDINAL = r"(?:first|second|third|fourth|final|last|[1-4](?:st|nd|rd|th))"
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_FISCAL = r"(?:(?:fiscal|financial)(?:[\s-]year)?|FY)"
_SHORT = r"['’]?\d\d"
_TIME = re.compile(
    rf"""\b(?:
    (?P<iso>{_YEAR}-\d\d-\d\d)
  | (?P<span>three|six|nine|twelve|3|6|9|12|half[\s-]|)(?P<spanunit>\s?months|year)
      \s(?:to|through|until|ended|ending)\s(?:on\s)?
      (?:the\send\sof\s)?(?:\d{{1,2}}\s)?(?P<m19>{_MONTHS})(?:\s\d{{1,2}}(?!\d))?(?:,?\s(?P<y19>{_YEAR}))?
  | (?P<n20>three|six)\smonths\sof\s(?P<y20>{_YEAR})
  | (?P<m21>March|June|September|December)\squarter(?:\s(?:of\s)?(?P<y21>{_YEAR}))?
  | (?P<m1>{_MONTHS})\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?,\s?|\s)(?P<y1>{_YEAR})
  | (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m2>{_MONTHS}),?\s(?P<y2>{_YEAR})
  | (?P<m3>{_MONTHS})(?:\sof|,)?\s(?P<y3>{_YEAR})
  | (?:(?P<f4>{_FISCAL})\s?)?(?P<q4>F?Q[1-4](?![\d.])|[1-4]Q)[\s,-]*(?:of\s)?(?:(?P<f4b>{_FISCAL})\s?)?
      (?P<y4>{_YEAR}|{_SHORT})(?!\d|[%.,]\d)
  | (?P<f5>{_FISCAL})?\s?(?P<y5>(?:{_YEAR}|(?<=FY){_SHORT}))[\s-]?(?P<q5>Q[1-4]|[1-4]Q)
  | (?P<h6>H[12](?!\d)|[12]H)[\s,-]*(?:of\s)?(?P<f6>{_FISCAL})?\s?(?P<y6>{_YEAR}|{_SHORT})(?!\d|[%.,]\d)
  | (?P<o7>{_ORDINAL})[\s-](?P<f7>fiscal[\s-])?(?P<p7>quarter|half)(?:\s(?:of|in))?(?:\s(?:its|the|their))?
      (?:\s(?:calendar|the\syear|and\s(?:the\s)?full[\s-]year))?,?\s(?P<f7b>{_FISCAL})?\s?
      (?P<y7>{_YEAR}|(?<=FY){_SHORT})(?P<z7>/\d\d\b)?
  | (?P<f8>{_FISCAL})\s(?P<o8>{_ORDINAL})[\s-](?P<p8>quarter|half)(?:\sof)?\s(?P<y8>{_YEAR})
  | (?P<y9>{_YEAR})['’]s\s(?P<o9>{_ORDINAL})[\s-](?P<p9>quarter|half)
  | (?P<y10>{_YEAR})(?:\s?[-–/]\s?(?P<z10>{_YEAR}|\d\d)
      |\s(?:to|through|until)\s(?P<z10b>{_YEAR}))(?![\d-])
  | (?P<f11>{_FISCAL})[\s-]?(?P<y11>{_YEAR}|{_SHORT})(?P<z11>[/-]\d\d\b)?(?!\d)
  | (?P<y22>{_YEAR})(?P<z22>/\d\d)?\s(?:fiscal|financial)(?:\s|-)year
  | (?P<y12>{_YEAR})(?![\d,]\d|-\d|\s?(?:MW|GW|kW|%|percent))
  | (?:the\s)?(?:end|close|turn)\sof\s(?:the|this)\s(?P<decade>decade)
  | (?P<relative>(?:[Ll]ast|[Tt]his|[Nn]ext|previous|prior
      |[Tt]he\s(?:past|previous|prior|current|coming|following))\syear(?![\s-](?:earlier|old)))
  | (?P<ago>(?:a|one)\syear\s(?:ago|earlier|before)|the\syear[\s-](?:before|earlier)
      |(?:the\s)?(?:year-earlier|year-ago|prior-year)\s(?:period|quarter)?
      |(?:the\s)?same\s(?:quarter|period|half|months?)\s
      (?:last\syear|a\syear\s(?:ago|earlier)|of\sthe\s(?:previous|prior)\syear))
  | (?P<o13>{_ORDINAL})[\s-](?:fiscal[\s-])?(?P<p13>quarter|half)(?!\s(?:of\sthem|ago))
  | (?P<q14>Q[1-4])(?![\w-])
  | (?P<now>(?:the|this|reported|latest)\squarter)\b
  | (?P<next>(?:the\s)?(?:next|coming|current)\squarter)\b
  | (?P<past>(?:the\s)?(?:last|previous|preceding|prior)\squarter|the\squarter\sbefore)\b
  | (?P<d15>\d{{1,2}})\s(?P<m15>{_MONTHS})(?!\w)
  | (?P<m16>{_MONTHS})\s(?P<d16>\d{{1,2}})(?!\d|,?\s{_YEAR}|[,.]\d)
  | (?i:in|since|by|until|from|of|last|this|during|and|between|the|as\sof|end-|early|late|mid-?)\s?
      (?P<m17>January|February|March|April|May|June|July|August|September
      |October|November|December)(?!\w|(?:\sof|,)?\s{_YEAR}|\s\d)
  | (?P<wholeyear>(?:(?:the|this|current|present)\s)*(?:full|whole|entire|fiscal|financial)
      (?:\sfiscal|\sfinancial)?[\s-]year
      |for\s(?:the|this)\syear)\b(?!\s{_YEAR})
  | (?P<yearend>year[\s-]end)(?:\s(?P<y18>{_YEAR}))?
  )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class TimeMention:
    """A time at text[start:end] and the cue words directly before it; `sort` tells how it was named."""

    start: int
    end: int
    period: Period
    moment: Moment
    sort: str  # explicit, bare, relative, ago, now
    cue: str  # at, until, since, range


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("periods.toml").read_text(encoding="utf-8"))


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {phrase: name for name, phrases in _words()["cues"].items() for phrase in phrases}
    ordered = "|".join(
        re.escape(phrase).replace(r"\ ", r"\s") for phrase in sorted(names, key=len, reverse=True)
    )
    return re.compile(
        rf"(?<!\w)({ordered})(?:\s|(?<=-))(?:(?:the|about|around|calendar|summer|early|late)\s)?$", re.I
    ), names


def _year(written: str) -> int:
    digits = int(re.sub(r"\D", "", written))
    return digits if digits > 99 else 2000 + digits


def _month(written: str) -> int:
    return int(_words()["months"][written.rstrip(".").lower()])


def _part(ordinal: str, part: str, year: int, *, fiscal: bool) -> Moment:
    number = _words()["ordinals"][ordinal.lower()]
    if part == "quarter":
        return Moment(year, quarter=number, fiscal=fiscal)
    return Moment(year, half=1 if number == 1 else 2, fiscal=fiscal)


def _months_to(count: str, month: int, year: int) -> Moment:
    """The quarter or half that ends with the month, else the month itself."""
    if count in ("three", "3") and month % 3 == 0:
        return Moment(year, quarter=month // 3)
    if count in ("six", "6", "half ", "half-") and month % 6 == 0:
        return Moment(year, half=month // 6)
    return Moment(year, month=month)


def _digit(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _explicit(g: dict[str, str | None]) -> Moment | None:
    """The moment that a match names with its year, or None for those that take it from elsewhere."""
    if g["iso"]:
        year, month, day = map(int, g["iso"].split("-"))
        return Moment(year, month=month, day=day)
    for n in ("1", "2"):
        if g[f"m{n}"]:
            return Moment(_year(g[f"y{n}"] or ""), month=_month(g[f"m{n}"] or ""), day=int(g[f"d{n}"] or 1))
    if g["m19"] and g["y19"]:
        return _months_to(g["span"] or "", _month(g["m19"]), _year(g["y19"]))
    if g["n20"]:
        return (
            Moment(_year(g["y20"] or ""), quarter=1)
            if g["n20"] == "three"
            else Moment(_year(g["y20"] or ""), half=1)
        )
    if g["m21"] and g["y21"]:
        return Moment(_year(g["y21"]), quarter=_month(g["m21"]) // 3)
    if g["m3"]:
        return Moment(_year(g["y3"] or ""), month=_month(g["m3"] or ""))
    if g["q4"]:
        fiscal = bool(g["f4"] or g["f4b"] or g["q4"].startswith("F"))
        return Moment(_year(g["y4"] or ""), quarter=_digit(g["q4"]), fiscal=fiscal)
    if g["q5"]:
        return Moment(_year(g["y5"] or ""), quarter=_digit(g["q5"]), fiscal=bool(g["f5"]))
    if g["h6"]:
        return Moment(_year(g["y6"] or ""), half=_digit(g["h6"]), fiscal=bool(g["f6"]))
    for number in ("7", "8", "9"):
        if ordinal := g[f"o{number}"]:
            fiscal = bool(g.get(f"f{number}") or g.get(f"f{number}b"))
            # "fiscal 2025/26" is the year in which it ends.
            year = _year(g[f"y{number}"] or "") + bool(g.get(f"z{number}"))
            return _part(ordinal, g[f"p{number}"] or "", year, fiscal=fiscal)
    if g["f11"]:
        return Moment(_year(g["y11"] or "") + bool(g["z11"]), fiscal=True)
    if g["y22"]:
        return Moment(_year(g["y22"]) + bool(g["z22"]), fiscal=True)
    if g["y18"]:
        return Moment(_year(g["y18"]), month=12, day=31)
    return Moment(_year(g["y12"])) if g["y12"] else None


@lru_cache(maxsize=4)
def current_moment(text: str, issued: date | None) -> Moment | None:
    """The period that the report is about: its first dated quarter or half, else the first part named."""
    fiscal_years = []
    for match in _TIME.finditer(text):
        moment = _explicit(match.groupdict())
        if moment and (moment.quarter or moment.half) and (issued is None or moment.year <= issued.year + 1):
            return moment
        if moment and moment.fiscal:
            fiscal_years.append(moment.year)
    bare = next((m for m in _TIME.finditer(text) if m["o13"] or m["q14"]), None)
    if bare and fiscal_years:
        # After a fourth quarter a report also speaks of the year to come, before it of the year gone by.
        number = _number(bare)
        year = min(fiscal_years) if number == 4 else max(fiscal_years)
        return Moment(year, quarter=min(number, 4), fiscal=True)
    if bare and issued:
        return _latest(_number(bare), bare["p13"] or "quarter", issued)
    return Moment(fiscal_years[0], fiscal=True) if fiscal_years else None


def _number(match: re.Match[str]) -> int:
    return _digit(match["q14"]) if match["q14"] else int(_words()["ordinals"][match["o13"].lower()])


def _latest(number: int, part: str, issued: date) -> Moment:
    """The latest quarter or half of that number that had ended when the report came out."""
    length = 3 if part == "quarter" else 6
    number = number if part == "quarter" else min(number, 2)
    year = issued.year if number * length < issued.month else issued.year - 1
    return Moment(year, quarter=number) if part == "quarter" else Moment(year, half=number)


@dataclass(frozen=True)
class _Clock:
    """What relative times are counted from."""

    year: int | None
    issued: date | None
    now: Moment | None

    def bare_part(self, number: int, part: str) -> Moment | None:
        if self.now and (self.now.quarter or self.now.half or self.now.fiscal):
            year, fiscal = self.now.year, self.now.fiscal
            # After a fourth quarter, "the first quarter" is the one to come.
            year += part == "quarter" and (self.now.quarter, number) == (4, 1)
        elif self.issued:
            return _latest(number, part, self.issued)
        elif self.year:
            year, fiscal = self.year, False
        else:
            return None
        return (
            Moment(year, quarter=number, fiscal=fiscal)
            if part == "quarter"
            else Moment(year, half=min(number, 2), fiscal=fiscal)
        )

    def bare_month(self, month: int, day: int | None) -> Moment | None:
        if self.issued:
            year = self.issued.year if month <= self.issued.month else self.issued.year - 1
        elif self.year:
            year = self.year
        else:
            return None
        return Moment(year, month=month, day=day)

    def quarter_by(self, steps: int) -> Moment | None:
        if not self.now or not self.now.quarter:
            return None
        index = self.now.year * 4 + self.now.quarter - 1 + steps
        return Moment(index // 4, quarter=index % 4 + 1, fiscal=self.now.fiscal)


def _implied(match: re.Match[str], clock: _Clock) -> tuple[Moment | None, str]:
    """The moment and the sort of a time that is named without its year."""
    if match["wholeyear"]:
        return (Moment(clock.now.year, fiscal=clock.now.fiscal) if clock.now else None), "relative"
    if match["yearend"]:
        return (Moment(clock.year) if clock.year else None), "relative"
    if match["decade"]:
        return Moment(2030), "explicit"
    if match["relative"]:
        step = _words()["relative"].get(re.sub(r"\s", " ", match["relative"].lower()), 0)
        return (Moment(clock.year + step) if clock.year else None), "relative"
    if match["ago"]:
        return (clock.now.shifted(-1) if clock.now else Moment(clock.year - 1) if clock.year else None), "ago"
    if match["o13"] or match["q14"]:
        return clock.bare_part(_number(match), match["p13"] or "quarter"), "bare"
    if match["m19"] or match["m21"]:
        ended = clock.bare_month(_month(match["m19"] or match["m21"]), None)
        span = match["span"] or "three"
        return (_months_to(span, ended.month or 1, ended.year) if ended else None), "bare"
    if match["now"]:
        return (clock.now if clock.now and clock.now.quarter else None), "now"
    if match["next"] or match["past"]:
        return clock.quarter_by(1 if match["next"] else -1), "relative"
    month, day = next(
        (match[m], d and match[d]) for m, d in (("m15", "d15"), ("m16", "d16"), ("m17", None)) if match[m]
    )
    return clock.bare_month(_month(month), int(day) if day else None), "bare"


def _dominant_year(text: str, issued: date | None, now: Moment | None) -> int | None:
    if issued:
        return issued.year
    if now:
        return now.year
    years = [int(year) for year in re.findall(rf"\b{_YEAR}\b", text)]
    return min(max(set(years), key=lambda year: (years.count(year), -year)), 2026) if years else None


def find_times(text: str, issued: date | None) -> Iterator[TimeMention]:
    """Every time of the text that can be pinned to a year, left to right.

    >>> [t.period.label for t in find_times("From 2026 to 2029, by 2030, in Q3 FY26, since May 2024", None)]
    ['2026/2029', '/2030', 'FY2026-Q3', '2024-05/']
    """
    now = current_moment(text, issued)
    clock = _Clock(_dominant_year(text, issued, now), issued, now)
    for match in _TIME.finditer(text):
        groups = match.groupdict()
        if groups["y10"]:
            yield _years(match)
            continue
        moment, sort = _explicit(groups), "explicit"
        if moment is None:
            moment, sort = _implied(match, clock)
        if moment and is_possible(moment):
            yield _ahead(_with_cue(text, match, moment, sort), issued)


def _ahead(time: TimeMention, issued: date | None) -> TimeMention:
    """The time to come that "by March" means."""
    end = time.moment.end()
    if time.sort == "bare" and time.cue == "until" and issued and end and end <= issued:
        moment = time.moment.shifted(1)
        return TimeMention(time.start, time.end, until(moment), moment, time.sort, time.cue)
    return time


def _years(match: re.Match[str]) -> TimeMention:
    first, last = int(match["y10"]), match["z10"] or match["z10b"]
    second = int(last) if len(last) == 4 else first - first % 100 + int(last)
    moment = Moment(second)
    period = between(Moment(first), moment) if second > first else at(Moment(first))
    return TimeMention(match.start(), match.end(), period, moment, "explicit", "range")


def _with_cue(text: str, match: re.Match[str], moment: Moment, sort: str) -> TimeMention:
    pattern, names = _cues()
    start = match.start()
    if match["m17"]:
        start = match.start("m17")
    before = text[max(0, start - 32) : start]
    cue = pattern.search(before)
    if not cue or sort in ("ago", "now"):
        return TimeMention(start, match.end(), at(moment), moment, sort, "at")
    name = names[re.sub(r"\s+", " ", cue[1].lower())]
    begin = max(0, start - 32) + cue.start(1)
    period = until(moment) if name == "until" else since(moment)
    return TimeMention(begin, match.end(), period, moment, sort, name)


def _joined(text: str, times: list[TimeMention]) -> Iterator[TimeMention]:
    """Two times as one where the text spans them: "from 2026 to 2029", "between May and July 2025"."""
    index = 0
    while index < len(times):
        first = times[index]
        second = times[index + 1] if index + 1 < len(times) else None
        index += 1
        if second and _is_span(text, first, second):
            index += 1
            period = between(first.moment, second.moment)
            yield TimeMention(first.start, second.end, period, second.moment, "explicit", "range")
        else:
            yield first


def _is_span(text: str, first: TimeMention, second: TimeMention) -> bool:
    gap = text[first.end : second.end]
    if first.moment.fiscal != second.moment.fiscal or not _ordered(first.moment, second.moment):
        return False
    if (
        re.match(r"\s?(?:to|through|until|till|[-–])\s(?:the\s|end\sof\s|around\s|about\s)*\S", gap)
        and first.cue == "since"
    ):
        return len(gap) - (second.end - second.start) < 16
    opened = re.search(r"\bbetween\s$", text[max(0, first.start - 8) : first.start], re.I)
    return bool(opened and re.fullmatch(r"\sand\s", text[first.end : second.start]))


def _ordered(first: Moment, second: Moment) -> bool:
    start, end = first.start(), second.start()
    return (
        (first.year, first.quarter or 0) < (second.year, second.quarter or 0)
        if not start or not end
        else start < end
    )


def find_periods(text: str, issued: date | None) -> list[TimeMention]:
    """The times of the text with spans of two joined into one."""
    return list(_joined(text, list(find_times(text, issued))))


@Language.component("periods", assigns=["doc.spans", "span._.period"])
def periods(doc: Doc) -> Doc:
    """Mark every time of `doc` with the period that it means; the span's label is its sort."""
    report = doc._.report
    spans: list[Span] = []
    for time in find_periods(text_of(doc), report.issued if report else None):
        span = doc.char_span(time.start, time.end, label=f"{time.sort}-{time.cue}", alignment_mode="expand")
        if span is not None:
            span._.period = time.period
            spans.append(span)
    doc.spans[extensions.PERIODS] = spans
    now_of(doc)
    return doc


def now_of(doc: Doc) -> Moment | None:
    """The period that the document is about; worked out once."""
    if _NOW not in doc.user_data:
        report = doc._.report
        doc.user_data[_NOW] = current_moment(text_of(doc), report.issued if report else None)
    found: Moment | None = doc.user_data[_NOW]
    return found


_NOW = "current moment"
