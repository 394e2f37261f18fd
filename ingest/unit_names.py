"""Written unit -> unit: the patterns that find a currency before a number and a unit behind it."""

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ingest.numerals import words_of_figures
from ontology.units import load_units

# One-letter symbols that never mean anything else next to a number.
_SAFE = "$%WR"


class UnitName(NamedTuple):
    """A unit's QUDT local name and its kind: money, power, percent ..."""

    name: str
    kind: str
    part: Decimal = Decimal(1)  # of the unit: a cent is a hundredth of a dollar


class UnitNames(NamedTuple):
    """`before` and `after` have a group "unit" whose text `named` turns into a unit."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    money_in: re.Pattern[str]  # a currency anywhere in a table's head
    unit_in: re.Pattern[str]  # another unit anywhere in a table's head
    exact: dict[str, UnitName]
    folded: dict[str, UnitName]

    def named(self, written: str) -> UnitName:
        """The unit written so; KeyError for a text that the patterns did not find."""
        flat = re.sub(r"[\s-]+", " ", written.strip())
        return self.exact.get(flat) or self.folded[flat.casefold()]


def _table() -> dict[str, UnitName]:
    """Every form of the ontology's units that can stand next to a number; single letters only if safe."""
    more = words_of_figures()["units"]
    units = load_units()
    table = {
        written: UnitName(unit.name, unit.kind)
        for written, unit in units.written.items()
        if unit.kind not in ("count", "ratio")
        and (len(written) > 1 or written in _SAFE or not written.isascii())
    }
    for name, forms in more["more"].items():
        table |= {form: UnitName(name, units.named[name].kind) for form in forms}
    for name, forms in more["hundredths"].items():
        table |= {form: UnitName(name, "money", Decimal("0.01")) for form in forms}
    return table | {form: UnitName("NUM", "multiple") for form in more["factors"]["forms"]}


@cache
def unit_names() -> UnitNames:
    """The patterns over all units of the ontology."""
    table = _table()
    exact = {re.sub(r"[\s-]+", " ", written.strip()): unit for written, unit in table.items()}
    folded = {written.casefold(): unit for written, unit in reversed(exact.items()) if len(written) > 3}
    money = [written for written, unit in table.items() if unit.kind == "money" and unit.part == 1]
    # A currency's symbol stands before the number, its name and code also behind.
    others = [written for written, unit in table.items() if unit.kind != "money" or len(written) > 2]
    return UnitNames(_before(money), _after(others), _within(money), _within(others), exact, folded)


def _alternatives(written: list[str]) -> str:
    return "|".join(
        re.escape(word).replace(r"\ ", r"[\s-]").replace(r"\-", r"[\s-]")
        for word in sorted(set(written), key=lambda word: (-len(word), word))
    )


def _before(money: list[str]) -> re.Pattern[str]:
    # "R" for rand or "RM" must not be the end of another word.
    return re.compile(
        rf"(?P<sign>(?<![\w.])[-−–+]?)(?<![A-Za-z])(?P<unit>{_alternatives(money)})[ \u00a0]?(?:[-−])?$"
    )


def _within(written: list[str]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w])(?P<unit>{_alternatives([word for word in written if word not in 'xX×WRM'])})(?![A-Za-z])"
    )


def _after(written: list[str]) -> re.Pattern[str]:
    """Symbols may touch the next word; names may not, and only the long ones are read in any case."""
    symbols = [word for word in written if not word[-1].isalnum()]
    names = [word for word in written if word[-1].isalnum()]
    long_names = [word for word in names if len(word) > 3 and not word.isupper()]
    return re.compile(
        rf"[\s-]?(?P<unit>(?:{_alternatives(symbols)})"
        rf"|(?:{_alternatives(names)}|(?i:{_alternatives(long_names)}))(?![\w/])(?!-(?:on|off|end)))"
    )
