"""places -> sites: data centres and plants that go by their place, "a 300 MW data centre in Vineland".

Reads   the tokens and the places named among them
Gives   sites with the names that stand for them, each where the text describes it
Skips   plurals ("data centers in Texas"), and a noun without a place; "the campus" is left to `references`
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.tokens import Doc, Span

_LONGEST_ASIDE = 4
_MOST_MODIFIERS = 7
_UNITS = frozenset(
    ("MW", "GW", "megawatt", "megawatts", "gigawatt", "gigawatts", "about", "up", "to", "some", "over")
)
_NUMBER = re.compile(r"\d[\d.,]*(?:MW|GW|megawatt|gigawatt)?$")


class Site(NamedTuple):
    """Tokens `start:end` describe a site in the place; its noun `head` is at `head_start:head_end`.

    `told` is False where those tokens hold no description ("one in Ribe" after "two campuses").
    """

    start: int
    end: int
    head_start: int
    head_end: int
    head: str
    family: str
    place: Span
    told: bool = True


class Words(NamedTuple):
    """The words of sites.toml; `plurals` gives the noun's family and its singular, with a colon between."""

    heads: Mapping[tuple[str, ...], str]
    plurals: Mapping[tuple[str, ...], str]
    numbers: Mapping[str, int]
    modifiers: frozenset[str]
    asides: frozenset[str]
    prepositions: frozenset[str]
    place_words: frozenset[str]
    superlatives: frozenset[str]
    articles: frozenset[str]
    choosing: frozenset[str]


@cache
def words_of_sites() -> Words:
    """The words of sites.toml."""
    data = tomllib.loads(files("ingest").joinpath("sites.toml").read_text(encoding="utf-8"))
    heads = {tuple(head.split()): family for head, family in data["heads"].items()}
    plurals = {
        tuple(plural.split()): f"{data['heads'][singular]}:{singular}"
        for plural, singular in data["plurals"].items()
    }
    sets = (frozenset(data["words"][field]) for field in Words._fields[3:])
    return Words(heads, plurals, data["numbers"], *sets)


def find_sites(doc: Doc, places: Sequence[Span]) -> Iterator[Site]:
    """Sites in text order; `places` are the spans that name places."""
    starts = {span.start: span for span in places}
    ends = {span.end: span for span in places}
    texts = [token.text for token in doc]
    for head_start, head_end, family in find_heads(texts, words_of_sites().heads):
        if _is_superlative(texts, first_modifier(texts, head_start)):
            continue
        place = _place_after(doc, texts, head_end, starts)
        first = first_modifier(texts, head_start)
        before = ends.get(first)
        head = " ".join(texts[head_start:head_end])
        if (
            before is not None
            and before._.how != "adjective"
            and not _is_sentence_break(doc, before.start, head_end)
        ):
            yield Site(before.start, head_end, head_start, head_end, head, family, before)
        elif place is not None and not _is_sentence_break(doc, first, place.end):
            yield Site(first, place.end, head_start, head_end, head, family, place)


def find_heads(texts: Sequence[str], heads: Mapping[tuple[str, ...], str]) -> Iterator[tuple[int, int, str]]:
    """Where one of the nouns stands, the longest that fits, with what it is said to be."""
    longest = max(map(len, heads))
    lasts = {head[-1] for head in heads}
    for end, text in enumerate(texts, 1):
        if text not in lasts:
            continue
        for start in range(max(0, end - longest), end):
            family = heads.get(tuple(texts[start:end]))
            if family and texts[end : end + 1] != ["campus"]:
                yield start, end, family
                break


def first_modifier(texts: Sequence[str], head_start: int) -> int:
    """Where the words before the noun start that describe it, an article left out."""
    words = words_of_sites()
    first = head_start
    while first and head_start - first < _MOST_MODIFIERS:
        before = texts[first - 1]
        if (
            before not in words.modifiers
            and before.lower() not in words.modifiers
            and not _NUMBER.match(before)
        ):
            break
        first -= 1
    while first < head_start and texts[first] in ("-", "(", ")"):
        first += 1
    return first


def _place_after(doc: Doc, texts: Sequence[str], head_end: int, starts: Mapping[int, Span]) -> Span | None:
    words = words_of_sites()
    at = _after_figure(texts, head_end)
    while at < len(texts) and at - head_end < _LONGEST_ASIDE and texts[at] in words.asides:
        at += 1
    at += texts[at : at + 1] == [","]
    if at >= len(texts) or texts[at] not in words.prepositions:
        return None
    for place in range(at + 1, min(at + 5, len(texts))):
        if place in starts:
            return starts[place]
        if texts[place] not in words.place_words:
            return None
    return None


def _after_figure(texts: Sequence[str], at: int) -> int:
    """Behind "of 1.2 GW", where that stands."""
    if texts[at : at + 1] not in (["of"], ["with"]):
        return at
    behind = at + 1
    while behind < len(texts) and (_NUMBER.match(texts[behind]) or texts[behind] in _UNITS):
        behind += 1
    return behind if behind > at + 1 else at


def _is_superlative(texts: Sequence[str], first: int) -> bool:
    """Whether the noun is compared with others, "the largest data centre in Asia", which names none."""
    return first > 0 and texts[first - 1] in words_of_sites().superlatives


def _is_sentence_break(doc: Doc, start: int, end: int) -> bool:
    return any(doc[i].is_sent_start for i in range(start + 1, end))
