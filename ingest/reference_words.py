"""sentence -> references: the words that stand for something named elsewhere, and for what kind of thing."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from spacy.tokens import Span, Token

from kg.model import EntityType

_THINGS: tuple[EntityType, ...] = ("Organization", "Facility", "Offering", "Regulation")
_FEW = 6  # tokens between "the" and the noun at most


class Reference(NamedTuple):
    """Tokens `start:end` stand for `number` things of one of the types; `places` are IRIs that describe them.

    `form` is the pronoun, or the type that the noun tells; `opens` is whether it starts a sentence.
    """

    start: int
    end: int
    types: tuple[EntityType, ...]
    form: str
    word: str
    opens: bool
    number: int = 1
    places: tuple[str, ...] = ()


class _Words(NamedTuple):
    nouns: Mapping[tuple[str, ...], EntityType]
    pairs: Mapping[str, EntityType]
    thing: frozenset[str]
    things: frozenset[str]
    person: frozenset[str]
    empty_after: frozenset[str]
    empty_words: frozenset[str]
    determiners: frozenset[str]
    modifiers: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(files("ingest").joinpath("references.toml").read_text(encoding="utf-8"))
    nouns = {tuple(noun.split()): kind for kind, words in data["nouns"].items() for noun in words}
    pairs = {noun: kind for kind, words in data["two"].items() for noun in words}
    pronouns = (data["pronouns"][field] for field in _Words._fields[2:7])
    determiners = (data["determiners"]["words"], data["determiners"]["modifiers"])
    return _Words(nouns, pairs, *map(frozenset, (*pronouns, *determiners)))


def find_references(sentence: Span, named: Sequence[Span]) -> Iterator[Reference]:
    """References in text order; a description that holds a name of its own kind is none."""
    taken = {i: span for span in named for i in range(span.start, span.end)}
    tokens = list(sentence)
    for place, token in enumerate(tokens):
        if token.i in taken:
            continue
        word = token.lower_
        if word in _words().determiners or word == "both":
            found = _description(tokens, place, taken)
        else:
            found = _pronoun(tokens, place)
        if found:
            yield found


def _pronoun(tokens: Sequence[Token], place: int) -> Reference | None:
    words = _words()
    word, i = tokens[place].lower_, tokens[place].i
    if word in words.thing and tokens[place].text != "IT" and not (word == "it" and _is_empty(tokens, place)):
        return Reference(i, i + 1, _THINGS, word, word, place == 0)
    if word in words.things:
        return Reference(i, i + 1, ("Organization",), word, word, place == 0)
    if word in words.person:
        return Reference(i, i + 1, ("Person",), "person", word, place == 0)
    return None


def _is_empty(tokens: Sequence[Token], place: int) -> bool:
    after = [token.lower_ for token in tokens[place + 1 : place + 4]]
    words = _words()
    return len(after) > 1 and after[0] in words.empty_after and bool(words.empty_words & set(after[1:]))


def _description(tokens: Sequence[Token], place: int, taken: Mapping[int, Span]) -> Reference | None:
    words = _words()
    places: list[str] = []
    for at in range(place + 1, min(place + 1 + _FEW, len(tokens))):
        token = tokens[at]
        kind = _noun_at(tokens, at)
        if kind:
            end, type_, count = kind
            both = tokens[place].lower_ == "both" or any(t.lower_ == "two" for t in tokens[place + 1 : at])
            if count == 2 and not both:
                return None
            word = tokens[at].lower_
            return Reference(
                tokens[place].i, end, (type_,), type_, word, place == 0, number=count, places=tuple(places)
            )
        if token.i in taken:
            span = taken[token.i]
            if span.label_ not in ("Place", "Term"):
                return None
            places += [span._.entity.iri] if span.label_ == "Place" else []
        elif token.lower_ not in words.modifiers and token.text not in (
            "-",
            "based",
            "two",
            *words.modifiers,
        ):
            return None
    return None


def _noun_at(tokens: Sequence[Token], at: int) -> tuple[int, EntityType, int] | None:
    words = _words()
    for length in (2, 1):
        noun = tuple(token.lower_ for token in tokens[at : at + length])
        follows = tokens[at + length].lower_ if at + length < len(tokens) else ""
        if noun in words.nouns and (follows,) not in words.nouns and not _is_compound(tokens, at + length):
            return tokens[at].i + length, words.nouns[noun], 1
    if tokens[at].lower_ in words.pairs:
        return tokens[at].i + 1, words.pairs[tokens[at].lower_], 2
    return None


def _is_compound(tokens: Sequence[Token], after: int) -> bool:
    """Whether the noun only describes the next one, as in "the company car"."""
    return (
        after < len(tokens)
        and tokens[after - 1].dep_ == "compound"
        and tokens[after].pos_ in ("NOUN", "PROPN")
    )
