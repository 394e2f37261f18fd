"""Values -> RDF literals in the canonical form in which the store gives them back, so that quads compare."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from pyoxigraph import Literal, NamedNode

from kg.keys import plain_number
from ontology import terms


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
