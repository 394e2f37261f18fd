"""A cell's value and its number format -> the text that a reader of the sheet sees.

0.32 under "0%" is 32%, 1200000 under '$#,##0.0,,"M"' is $1.2M: a figure without its format is another one.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal

_SECTION = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<symbol>[^\]-]*)[^\]]*\]|(?P<skipped>\[[^\]]*\]|_.|\*.)'
    r"|(?P<number>[0#?][0#?.,]*(?:E[+-]?0+)?)|(?P<other>.)"
)
_GENERAL = ("", "general", "@")
_PLACES = 10  # decimal places that a number without a format shows at most


def as_shown(value: object, number_format: str) -> str:
    """The value as the sheet shows it; dates as ISO dates.

    >>> as_shown(0.325, "0.0%"), as_shown(1200000, '$#,##0.0,,"M"'), as_shown(-3, "#,##0;(#,##0)")
    ('32.5%', '$1.2M', '(3)')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return _number(float(value), number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    sections = _SECTION.split(number_format)
    section = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    if section.strip().lower() in _GENERAL:
        return _plain(value)
    if len(sections) > 1:
        value = abs(value)  # the section itself writes the sign
    percent = "%" in re.sub(r'"[^"]*"|\\.', "", section)
    shown, numbers = "", 0
    for token in _TOKEN.finditer(section):
        if token["number"] and not numbers:
            numbers += 1
            shown += _digits(value * 100 if percent else value, token["number"])
        elif not token["skipped"] and not token["number"]:
            shown += token["quoted"] or token["escaped"] or token["symbol"] or token["other"] or ""
    return shown.strip() if numbers else _plain(value)


def _digits(value: float, placeholders: str) -> str:
    whole = placeholders.rstrip(",")
    value /= 1000 ** (len(placeholders) - len(whole))  # each comma at the end divides by a thousand
    whole, _, fraction = whole.partition(".")
    places = sum(1 for char in fraction if char in "0#?")
    text = f"{value:,.{places}f}" if "," in whole else f"{value:.{places}f}"
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    return text.rstrip(".") if places else text


def _plain(value: float) -> str:
    text = f"{value:.{_PLACES}f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"
