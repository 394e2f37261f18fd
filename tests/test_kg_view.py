"""The store seen through a pending change: what has two values is found by the rarer of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad

from kg.store import Delta, EmbeddedStore
from kg.view import View

A, B, COMMON, RARE = (f"https://example.org/{name}" for name in ("a", "b", "common", "rare"))


class Counting(EmbeddedStore):
    """Counts the quads that are read from it."""

    read = 0

    def match(self, *pattern: Any, **more: Any) -> Iterator[Quad]:
        for quad in super().match(*pattern, **more):
            self.read += 1
            yield quad


def subject(number: int) -> str:
    return f"https://example.org/{number}"


def said(number: int, predicate: str, value: str) -> Quad:
    node = NamedNode(subject(number))
    return Quad(node, NamedNode(predicate), NamedNode(value), node)


@pytest.fixture
def store() -> Counting:
    """A thousand have the one value, three the other, and two of them both."""
    store = Counting()
    commonly = {said(number, A, COMMON) for number in range(1000)}
    store.apply(Delta(into=commonly | {said(number, B, RARE) for number in (998, 999, 1000)}))
    return store


@pytest.mark.parametrize("pairs", [((A, COMMON), (B, RARE)), ((B, RARE), (A, COMMON))])
def test_the_commoner_of_two_values_is_not_read_through(
    store: Counting, pairs: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    assert View(store).having_both(*pairs) == {subject(998), subject(999)}
    assert store.read < 20


def test_both_values_count_as_they_are_after_the_change(store: Counting) -> None:
    view = View(store)
    view.replace([said(998, B, RARE), said(999, A, COMMON)], [said(0, B, RARE), said(1000, A, COMMON)])
    view.replace([], [said(1001, A, COMMON), said(1001, B, RARE)])
    found = view.having_both((A, COMMON), (B, RARE))
    assert found == {subject(0), subject(1000), subject(1001)}
