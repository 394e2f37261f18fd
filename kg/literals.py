"""Values -> RDF literals in the canonical form in which the store gives them back, so that quads compare."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from kg.keys import plain_number
from ontology import terms

T = TypeVar("T")

# What the embedded engine holds as a number; it keeps a larger one as text, as it was written.
_LARGEST_DECIMAL = Decimal(2**127) / 10**18


def instant(moment: datetime) -> Literal:
    """An xsd:dateTime in UTC to the millisecond, in the form in which the store gives it back."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{moment.microsecond // 1000:03d}".rstrip("0").rstrip(".")
    return Literal(f"{text}{fraction}Z", datatype=NamedNode(terms.XSD_DATE_TIME))


def day(moment: date) -> Literal:
    """The first instant of the day, since xsd:date is in neither OWL 2 nor SPARQL's comparisons."""
    return instant(datetime.combine(moment, time(), UTC))


def number(value: Decimal) -> Literal:
    """An xsd:decimal in canonical form."""
    return Literal(plain_number(value), datatype=NamedNode(terms.XSD_DECIMAL))


def integer(value: int | None) -> Literal | None:
    """An xsd:integer; None stays None."""
    return None if value is None else Literal(str(value), datatype=NamedNode(terms.XSD_INTEGER))


def as_written(term: T) -> T | Literal:
    """The term in the form in which the product writes it; some stores give back 500 as 500.0."""
    if not isinstance(term, Literal):
        return term
    try:
        if term.datatype.value == terms.XSD_DECIMAL and abs(Decimal(term.value)) < _LARGEST_DECIMAL:
            return number(Decimal(term.value))
        if term.datatype.value == terms.XSD_DATE_TIME:
            return instant(datetime.fromisoformat(term.value))
    except (ArithmeticError, ValueError):
        pass  # not as the standard has it, so not of the product
    return term
