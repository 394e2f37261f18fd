"""sentences -> quantities: every figure with its unit, its range and its qualifier.

Reads   doc.text, doc._.report (tables give units in their headers)
Writes  doc.spans["quantities"]; span._.quantity is a kg.model.Quantity
Skips   dates, ordinals, labels ("Article 5"), numbers inside names ("H100", "GPT-4")

"10-15 kW" and "between X and Y" are one range; "from X to Y" is a change, that is two figures, unless the
text calls it a range.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest import extensions
from ingest.amounts import Amount, find_amounts
from ingest.extensions import text_of
from ingest.qualifiers import Qualified, qualify
from ingest.table_units import TableUnits, table_units
from kg.model import Block, Qualifier, Quantity

_WORD_FORMS = ("fraction", "multiple")
_VAGUE = r"(?:(?:about|around|roughly|some|nearly|just|an?|only|over)\s)*"
_JOIN = re.compile(
    r"\s?(?P<dash>[-–—])\s?|\s(?P<word>to|and|or)\s(?:(?:about|around|roughly|as much as|up to|even)\s)?"
)
_FROM = re.compile(rf"\bfrom\s{_VAGUE}$", re.I)
# What is measured so is a difference: the figure after "to" is a level of its own.
_BY = re.compile(
    rf"\b(?:by|another|an? (?:extra|further|additional)|rose|fell|grew|climbed|up|down)\s{_VAGUE}$", re.I
)
_BETWEEN = re.compile(
    rf"\b(?:between|rang(?:ing|e|es|ed) from|range of|anywhere from|var(?:ies|y) from)\s{_VAGUE}$",
    re.I,
)
_LIST = re.compile(r"\s?(?:,|,?\sand|,?\sor)\s")
_PAST = re.compile(r"(?:past|passed|top|within the next)\s", re.I)
_COMPARED = re.compile(r"\s(?:earlier|ago|before|later|previously)\b", re.I)
_COUNTED = re.compile(r"\s(?:[a-z]+-)?[a-z]{3,}s\b")


@dataclass(frozen=True)
class Figure:
    """A quantity at text[start:end]; `kind` tells counts ("count") from factors ("multiple")."""

    start: int
    end: int
    kind: str
    quantity: Quantity
    number_start: int  # of the first number itself, without qualifier and currency


def find_quantities(text: str, tables: TableUnits | None = None) -> Iterator[Figure]:
    """Every figure of the text, left to right, not overlapping; offsets are characters, half-open.

    >>> [(f.quantity.text, f.quantity.unit) for f in find_quantities("racks of 10-15 kW, up to 4x")]
    [('10-15 kW', 'KiloW'), ('up to 4x', 'NUM')]
    """
    amounts = _with_shared_units(text, list(find_amounts(text)), tables)
    index = 0
    while index < len(amounts):
        amount = amounts[index]
        partner = amounts[index + 1] if index + 1 < len(amounts) else None
        index += 1
        if partner and (pair := _range(text, amount, partner)):
            index += 1
            yield _ranged(text, *pair)
        elif figure := _single(text, amount):
            yield figure


def _with_shared_units(text: str, amounts: list[Amount], tables: TableUnits | None) -> list[Amount]:
    """Bare numbers take the unit of their table column, or of the list that they open ("1, 2 and 3 GW")."""
    shared: list[Amount] = []
    following: Amount | None = None
    for amount in reversed(amounts):
        if tables and (found := tables.unit_at(amount)):
            amount = found
        elif (
            not amount.has_unit
            and following
            and following.has_unit
            and following.kind not in ("multiple", "time")
            and _LIST.fullmatch(text, amount.end, following.start)
            and amount.numeral.form == "digits"
        ):
            amount = _taking(amount, following)
        following = amount
        shared.append(amount)
    return shared[::-1]


def _taking(amount: Amount, other: Amount) -> Amount:
    """The bare amount with the other's unit, and with its scale if it has none of its own."""
    scale = other.scale if amount.scale == 1 else Decimal(1)
    return replace(amount, value=amount.value * scale, unit=other.unit, kind=other.kind, has_unit=True)


def _range(text: str, low: Amount, high: Amount) -> tuple[Amount, Amount] | None:
    """The two ends of a range with one unit, or None where they are two figures."""
    join = _JOIN.fullmatch(text, low.end, high.start)
    if not join or (high.numeral.form in _WORD_FORMS) != (low.numeral.form in _WORD_FORMS):
        return None
    before = text[max(0, low.start - 40) : low.start]
    between = bool(_BETWEEN.search(before))
    if join["word"] == "and" and not between:
        return None
    if join["word"] == "or" and (low.has_unit or high.numeral.value - low.numeral.value != 1):
        return None
    if join["word"] == "to" and _is_difference(text, low) and _BY.search(before):
        return None
    if join["word"] == "to" and _FROM.search(before) and not between:
        return None
    if not low.has_unit and high.has_unit:
        low = _taking(low, high)
    else:
        if low.has_unit and not high.has_unit:
            high = replace(high, unit=low.unit, kind=low.kind, has_unit=True)
        if low.scale == 1 and high.scale != 1:
            low = replace(low, value=low.value * high.scale)
    if low.unit != high.unit or low.value >= high.value:
        return None
    return low, high


def _is_difference(text: str, low: Amount) -> bool:
    """Whether "by X" measures a step: percentages after "by" are as often a range ("grow by 46% to 50%")."""
    return low.kind != "percent" or "point" in text[low.start : low.end]


def _ranged(text: str, low: Amount, high: Amount) -> Figure:
    start = low.start
    if match := re.search(r"\bbetween\s$", text[max(0, start - 9) : start], re.I):
        start = max(0, start - 9) + match.start()
    quantity = Quantity(None, low.value, high.value, high.unit, "range", text[start : high.end])
    return Figure(start, high.end, high.kind, quantity, low.numeral.start)


def _bounds(value: Decimal, qualifier: Qualifier) -> tuple[Decimal | None, Decimal | None]:
    if qualifier == "at-least":
        return value, None
    if qualifier in ("at-most", "approaching"):
        return None, value
    return value, value


def _single(text: str, amount: Amount) -> Figure | None:
    qualified = qualify(text, amount.start, amount.end)
    if amount.kind == "time" and _PAST.match(text, qualified.start):
        qualified = Qualified(amount.start, amount.end, "exact")
    if amount.numeral.form == "article" and amount.kind == "time" and _is_no_duration(text, qualified):
        return None
    if amount.kind == "count" and text[amount.start : amount.end].lower() == "one":
        return None
    qualifier, end = qualified.qualifier, qualified.end
    if qualifier == "exact" and amount.numeral.form in ("fraction", "odds"):
        qualifier = "approximate"
    if amount.kind == "count" and end == amount.end and (noun := _COUNTED.match(text, end)):
        end = noun.end()
    low, high = _bounds(amount.value, qualifier)
    quantity = Quantity(amount.value, low, high, amount.unit, qualifier, text[qualified.start : end])
    return Figure(qualified.start, end, amount.kind, quantity, amount.numeral.start)


def _is_no_duration(text: str, qualified: Qualified) -> bool:
    """Whether "a year" measures nothing: "twice a year", "more than a year ago"."""
    return qualified.qualifier == "exact" or bool(_COMPARED.match(text, qualified.end))


@Language.component("quantities", assigns=["doc.spans", "span._.quantity"])
def quantities(doc: Doc) -> Doc:
    """Mark every figure of `doc`; a figure inside a larger token keeps the whole token."""
    report = doc._.report
    blocks: Sequence[Block] = report.blocks if report else ()
    spans: list[Span] = []
    for figure in find_quantities(text_of(doc), table_units(text_of(doc), blocks)):
        span = doc.char_span(figure.start, figure.end, label="QUANTITY", alignment_mode="expand")
        if span is not None:
            span._.quantity = figure.quantity
            spans.append(span)
    doc.spans[extensions.QUANTITIES] = spans
    return doc
