"""Syndicated copies are one source: recognised by words and figures, linked to the earliest, in any order."""

import random
from datetime import date

import pytest
from made_claims import AWS, CANALYS, OMDIA, extraction_of, metric, report_of

from kg.copies import copy_keys, repeats
from kg.graph import Graph
from kg.model import Extraction
from kg.stated import text_of
from kg.store import EmbeddedStore
from ontology import terms


def release(*, figures: int = 0, seed: int = 7) -> list[str]:
    """Twenty sentences of a press release; `figures` changes every number."""
    chance = random.Random(seed)  # noqa: S311 - words of a test, not a secret
    vocabulary = [f"{a}{b}" for a in ("data", "cloud", "power", "rack", "site", "chip") for b in "abcdefgh"]
    return [
        f"{' '.join(chance.choices(vocabulary, k=9)).capitalize()} {chance.randrange(100, 999) + figures} MW."
        for _ in range(20)
    ]


def test_a_reprint_with_another_frame_is_a_copy() -> None:
    text = " ".join(release())
    reprint = "Our desk writes. " + text.upper() + " Read more on our pages, and subscribe today."
    assert repeats(text, reprint)
    assert set(copy_keys(text)) & set(copy_keys(reprint))


def test_the_same_words_with_other_figures_are_no_copy() -> None:
    assert not repeats(" ".join(release()), " ".join(release(figures=1)))


def test_other_words_are_no_copy_and_share_no_key() -> None:
    one, other = " ".join(release()), " ".join(release(seed=8))
    assert not repeats(one, other)
    assert not set(copy_keys(one)) & set(copy_keys(other))


def test_a_text_of_a_few_words_is_nobodys_copy() -> None:
    assert copy_keys("AWS runs 500 MW in 2026.") == []


def made(name: str, day: int, *, mw: str = "500", who=OMDIA) -> Extraction:
    said = f"AWS runs {mw} MW in 2026."
    report = report_of(*release(), said, name=name, issued=date(2026, 5, day))
    return extraction_of(report, metric(report, said, AWS, mw, attributed_to=(who,)))


def links(store: EmbeddedStore) -> dict[str, str]:
    return {text_of(quad.subject): text_of(quad.object) for quad in store.match(None, terms.SYNDICATED_FROM)}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_copies_point_to_the_earliest_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    store = EmbeddedStore()
    graph = Graph(store)
    copies = [made("first", 1), made("second", 2), made("third", 3)]
    for i in order:
        graph.replace_report(copies[i])
    iris = [copy.report.iri for copy in copies]
    assert links(store) == {iris[1]: iris[0], iris[2]: iris[0]}


def test_when_the_earliest_is_retracted_the_next_takes_its_place() -> None:
    store = EmbeddedStore()
    graph = Graph(store)
    copies = [made("first", 1), made("second", 2), made("third", 3)]
    for copy in copies:
        graph.replace_report(copy)
    graph.retract(copies[0].report.iri)
    assert links(store) == {copies[2].report.iri: copies[1].report.iri}


def test_copies_neither_dispute_nor_supersede_each_other() -> None:
    store = EmbeddedStore()
    graph = Graph(store)
    graph.replace_report(made("first", 1, mw="500", who=OMDIA))
    graph.replace_report(made("second", 2, mw="501", who=CANALYS))
    statuses = {text_of(quad.object) for quad in store.match(None, terms.STATUS)}
    assert statuses == {terms.V_STATUS_ACCEPTED}


def test_a_report_that_is_a_copy_no_longer_loses_its_link() -> None:
    store = EmbeddedStore()
    graph = Graph(store)
    graph.replace_report(made("first", 1))
    graph.replace_report(made("second", 2))
    assert links(store)
    said = "AWS runs 500 MW in 2026."
    report = report_of(*release(seed=9), said, name="second", issued=date(2026, 5, 2))
    graph.replace_report(extraction_of(report, metric(report, said, AWS, "500")))
    assert links(store) == {}
