"""Lists in the order that `sort=` asks for: a field, with a dash in front from the largest down."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def in_order(entries: Iterable[T], sort: str | None, keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """The entries by the key that `sort` names; equal ones stay as they are, those without a value come last.

    >>> in_order([("a", 2), ("b", None), ("c", 3)], "-size", {"size": lambda entry: entry[1]})
    [('c', 3), ('a', 2), ('b', None)]
    """
    if sort is None:
        return list(entries)
    key = keys[sort.removeprefix("-")]
    known: list[T] = []
    unknown: list[T] = []
    for entry in entries:
        (unknown if key(entry) is None else known).append(entry)
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown
