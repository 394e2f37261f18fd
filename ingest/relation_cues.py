"""tokens -> notions: which of the notions in relation_cues.toml each token helps to express."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

Phrase = tuple[str, ...]


@cache
def _phrases() -> dict[str, list[tuple[Phrase, str]]]:
    """Phrases with their notion, by their first word."""
    data = tomllib.loads(Path(__file__).with_name("relation_cues.toml").read_text(encoding="utf-8"))
    by_first: dict[str, list[tuple[Phrase, str]]] = {}
    for notion, phrases in data["notions"].items():
        for phrase in phrases:
            # The tokenizer makes three tokens of a hyphenated word.
            words = tuple(phrase.replace("-", " - ").split())
            by_first.setdefault(words[0], []).append((words, notion))
    return by_first


def find_notions(lemmas: Sequence[str], forms: Sequence[str]) -> list[frozenset[str]]:
    """The notions of each token; all tokens of a phrase have its notion.

    >>> find_notions(["they", "take", "over", "acme"], ["they", "took", "over", "acme"])[1] >= {"acquire"}
    True
    """
    found: list[set[str]] = [set() for _ in lemmas]
    phrases = _phrases()
    for start in range(len(lemmas)):
        for first in {lemmas[start], forms[start]}:
            for words, notion in phrases.get(first, ()):
                end = start + len(words)
                if end > len(lemmas):
                    continue
                if all(
                    word in (lemmas[i], forms[i]) for word, i in zip(words, range(start, end), strict=True)
                ):
                    for i in range(start, end):
                        found[i].add(notion)
    return [frozenset(notions) for notions in found]
