"""JSON lists -> CSV: a row for each entry, its parts in columns of their own."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def as_csv(body: Json) -> str | None:
    """The list of a response as CSV; None if the response holds no list of things.

    >>> unit = {"iri": "urn:u", "id": "u", "label": "U"}
    >>> print(as_csv({"version": 1, "things": [{"id": "a", "unit": unit}]}))
    id,unit,unit_iri
    a,U,urn:u
    <BLANKLINE>
    """
    found = next((value for value in body.values() if _is_list(value)), None)
    if found is None:
        return None
    rows = [dict(_cells(entry)) for entry in found]
    out = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def only_fields(body: Json, fields: Iterable[str]) -> Json:
    """The response with nothing but these fields in the entries of its list; itself if it holds no list.

    >>> only_fields({"version": 1, "things": [{"id": "a", "label": "A"}]}, ["id"])
    {'version': 1, 'things': [{'id': 'a'}]}
    """
    wanted = frozenset(fields)
    return {
        name: [{key: part for key, part in entry.items() if key in wanted} for entry in value]
        if _is_list(value)
        else value
        for name, value in body.items()
    }


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _cells(entry: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in entry.items():
        column = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _cells_of_part(column, value)
        elif isinstance(value, list):
            yield from _cells_of_list(column, value)
        else:
            yield column, str(value).lower() if isinstance(value, bool) else value


def _cells_of_part(column: str, part: Json) -> Iterator[tuple[str, Any]]:
    if part.keys() >= {"iri", "label"} and len(part) <= 3:
        yield column, part["label"]
        yield f"{column}_iri", part["iri"]
    else:
        yield from _cells(part, f"{column}_")


def _cells_of_list(column: str, parts: list[Any]) -> Iterator[tuple[str, Any]]:
    """Names with semicolons between them; of longer parts only the first, since a row is one line."""
    if all(isinstance(part, str | int | float) for part in parts):
        yield column, "; ".join(map(str, parts))
    elif all(isinstance(part, dict) and "label" in part for part in parts):
        yield column, "; ".join(part["label"] for part in parts)
    elif parts and isinstance(parts[0], dict):
        yield from _cells(parts[0], f"{column}_")
