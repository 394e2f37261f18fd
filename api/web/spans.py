"""a report's text and its claims -> stretches of text, each with the claims that rest on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.records import ClaimRecord


@dataclass(frozen=True)
class Stretch:
    """A piece of the text, and the numbers of the claims whose evidence covers all of it, or ends with it."""

    text: str
    claims: tuple[int, ...]
    ending: tuple[int, ...] = ()


def stretches_of(text: str, claims: Sequence[ClaimRecord]) -> Iterator[Stretch]:
    """The whole text in order, cut wherever the evidence of a claim starts or ends; numbers count from 1."""
    spans = [
        (evidence.start, evidence.end, number)
        for number, claim in enumerate(claims, start=1)
        for evidence in claim.evidence
        if text[evidence.start : evidence.end] == evidence.quote
    ]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(edges):
        covering = tuple(number for first, last, number in spans if first <= start and end <= last)
        ending = tuple(number for _, last, number in spans if last == end)
        yield Stretch(text[start:end], covering, ending)


def places_of(stretches: Sequence[Stretch]) -> list[tuple[float, float]]:
    """Where in the text claims rest on something: start and length of each stretch, in percent."""
    total = sum(len(stretch.text) for stretch in stretches) or 1
    places, start = [], 0
    for stretch in stretches:
        if stretch.claims:
            places.append((round(100 * start / total, 2), round(100 * len(stretch.text) / total, 2)))
        start += len(stretch.text)
    return places


def covered_share(stretches: Sequence[Stretch]) -> float:
    """Which part of the text some claim rests on, from 0 to 1."""
    total = sum(len(stretch.text) for stretch in stretches)
    return sum(len(stretch.text) for stretch in stretches if stretch.claims) / total if total else 0.0
