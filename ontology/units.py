"""Written units -> QUDT units with their factors, read from `reference/units.ttl`.

A written form is taken as it stands first ("MW"), then without regard to case, since reports write
"Megawatts".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from ontology import terms
from ontology.turtle import REFERENCE, Rows, subjects_of, texts


@dataclass(frozen=True)
class Unit:
    """A unit of measure or a currency.

    `factor` turns a number into the base unit of its kind (W, J, s, m², ...); a currency has the factor 1,
    since rates belong to a day and never to the ontology. `written` are all forms seen in text, also the
    symbol.
    """

    iri: str
    name: str  # the QUDT local name: CCY_USD, MegaW ...
    label: str
    symbol: str
    written: tuple[str, ...]
    factor: Decimal
    kind: str  # money, power, energy, percent, count, ratio, time, bytes, flops, area, rate, length, mass ...


@dataclass(frozen=True)
class Units:
    """All units by local name, by IRI, and by what reports write for them."""

    named: Mapping[str, Unit]
    by_iri: Mapping[str, Unit]
    written: Mapping[str, Unit]
    _folded: Mapping[str, Unit]

    def find(self, written: str) -> Unit | None:
        """The unit that is written so, exactly or else without regard to case; None for an unknown one.

        >>> load_units().find("gigawatts").name
        'GigaW'
        """
        return self.written.get(written) or self._folded.get(written.casefold())


@cache
def load_units() -> Units:
    """The units of the ontology; read once, BrokenTurtle if the file does not parse."""
    units = [_unit(iri, rows) for iri, rows in subjects_of(REFERENCE / "units.ttl").items()]
    written: dict[str, Unit] = {}
    folded: dict[str, Unit] = {}
    for unit in units:
        for form in unit.written:
            written.setdefault(form, unit)
            folded.setdefault(form.casefold(), unit)
    return Units(
        named=MappingProxyType({unit.name: unit for unit in units}),
        by_iri=MappingProxyType({unit.iri: unit for unit in units}),
        written=MappingProxyType(written),
        _folded=MappingProxyType(folded),
    )


def _unit(iri: str, row: Rows) -> Unit:
    label = texts(row, terms.SKOS_PREF_LABEL)[0]
    symbol = next(iter(texts(row, terms.QUDT_SYMBOL)), "")
    forms = (symbol, label, *texts(row, terms.SKOS_ALT_LABEL))
    return Unit(
        iri=iri,
        name=iri.removeprefix(terms.UNIT_NS),
        label=label,
        symbol=symbol,
        written=tuple(dict.fromkeys(form for form in forms if form)),
        factor=Decimal(next(iter(texts(row, terms.QUDT_CONVERSION_MULTIPLIER)), "1")),
        kind=texts(row, terms.UNIT_KIND)[0],
    )
