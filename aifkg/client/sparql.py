"""A SPARQL table as Python values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_XSD = "http://www.w3.org/2001/XMLSchema#"
_READ: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys((_XSD + name for name in ("integer", "int", "long", "gYear")), int),
    **dict.fromkeys((_XSD + name for name in ("double", "float")), float),
    _XSD + "decimal": Decimal,
    _XSD + "boolean": lambda text: text in ("true", "1"),
}
Cell = str | int | float | Decimal | bool | None


@dataclass(frozen=True)
class Table:
    """The rows of a SELECT: numbers and booleans as such, all else as text, None where nothing is bound."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, results: dict[str, Any]) -> "Table":
        """The table of SPARQL 1.1 results in JSON."""
        columns = tuple(results["head"]["vars"])
        bindings = results["results"]["bindings"]
        return cls(columns, tuple(tuple(_cell(row.get(name)) for name in columns) for row in bindings))


def _cell(term: dict[str, str] | None) -> Cell:
    if term is None:
        return None
    text = term["value"]
    read = _READ.get(term.get("datatype", ""))
    try:
        value: Cell = read(text) if read else text
    except (ArithmeticError, ValueError):
        return text
    return value
