"""figures, periods and kinds -> the words and marks that every page uses for them.

A number is said as its source meant it: "over", "up to", "nearly" stay, a range has an en dash, and no digits
are added. Shapes tell past from future, so that colour is never needed.
"""

from decimal import Decimal

from kg.calendar import in_words
from kg.records import ClaimRecord, FigureRecord, PeriodRecord, Ref
from ontology.units import load_units

_SCALES = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"))
_QUALIFIERS = {"at-least": "over ", "at-most": "up to ", "approximate": "about ", "approaching": "nearly "}
# Filled marks are about the past or present, hollow ones about the future.
_MARKS = {
    "reported": "●",
    "estimate": "◐",
    "forecast": "○",
    "planned": "◇",
    "vendor-claim": "▷",
    "opinion": "❞",
    "recommendation": "→",
}
_AHEAD = frozenset(("forecast", "planned", "recommendation"))


def number_in_words(value: Decimal) -> str:
    """A number as people write it, with at most two decimals of its scale.

    >>> number_in_words(Decimal("1600000000000")), number_in_words(Decimal("1.52"))
    ('1.6 tn', '1.52')
    """
    for size, name in _SCALES:
        if abs(value) >= size:
            return f"{_plain(value / size)} {name}"
    return _plain(value)


def _plain(value: Decimal) -> str:
    rounded = round(value, 2)
    text = f"{rounded:,.2f}"
    return text.rstrip("0").rstrip(".").replace("-", "−")


def figure_in_words(figure: FigureRecord) -> str:
    """A figure with its unit and what its source meant by it."""
    unit = unit_in_words(figure.unit)
    if figure.qualifier == "range" and figure.low is not None and figure.high is not None:
        said = _range_in_words(figure.low, figure.high)
    else:
        known = [one for one in (figure.value, figure.low, figure.high) if one is not None]
        said = _QUALIFIERS.get(figure.qualifier, "") + (number_in_words(known[0]) if known else figure.text)
    return f"{said} {unit}".strip()


def unit_in_words(unit: Ref) -> str:
    """The sign of a unit as tables have it: USD, GW, %; nothing for bare counts."""
    known = load_units().by_iri.get(unit.iri)
    if known is not None and known.kind == "money":
        return known.name.removeprefix("CCY_")
    if unit.label in ("number", "unitless"):
        return ""
    return known.symbol if known is not None and known.symbol else unit.label


def _range_in_words(low: Decimal, high: Decimal) -> str:
    """Both ends, with the scale once where it is the same.

    >>> _range_in_words(Decimal(16 * 10**9), Decimal(20 * 10**9))
    '16–20 bn'
    """
    first, _, scale = number_in_words(low).partition(" ")
    second, _, other = number_in_words(high).partition(" ")
    return (
        f"{first}–{second} {scale}".strip() if scale == other else f"{first} {scale}–{second} {other}".strip()
    )


def period_in_words(period: PeriodRecord | None) -> str:
    """The time that a claim is about: "by 2030", "2026 to 2027", "Q1 2026"; "no date" where none is known."""
    if period is None or not period.label:
        return "no date"
    return in_words(period.label)


def mark_of(modality: str) -> str:
    """The shape of a kind of claim."""
    return _MARKS.get(modality, "●")


def is_ahead(claim: ClaimRecord) -> bool:
    """Whether a claim is about the future."""
    return claim.modality in _AHEAD


def who_says(claim: ClaimRecord) -> str:
    """Those whom the source names, or that it names nobody."""
    said = claim.attributed_to or claim.relayed_by
    return ", ".join(ref.label for ref in said) if said else "nobody named"
