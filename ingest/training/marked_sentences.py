"""sentences of our own with marks -> examples: text, mentions and what is stated.

The notation is told at the top of relation_sentences.txt. Names are made up per example (made_up_names.toml),
so that nothing is learnt about them. An opening sentence or heading names what is only meant; where
nothing is meant, half of the examples open with something that has no part in what is stated.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ontology.terms import VOCAB

_MARK = re.compile(r"\[(\w+):(\w+)(?:=([^\]]*))?\]")
_MEANT = re.compile(r"\s*\((\w+):(\w+)\)\s*")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_STATED = re.compile(r"(\w+)\((\w+),(\w+)\)")
_PRONOUN_OR_COMPANY = ("t", "i", "o")  # how a reference to an organization starts: the, its, our

TYPES = {
    "O": "Organization",
    "P": "Person",
    "T": "Offering",
    "F": "Facility",
    "L": "Place",
    "R": "Regulation",
}
SCHEMES = {"Kp": "paradigm", "Kd": "delivery", "Km": "model"}
_OPENERS = (
    "{} reported its results on Tuesday. ",
    "For {} it was a good year. ",
    "{} is growing. ",
    "The quarter was a busy one for {}. ",
    "{} has plans. ",
)


@dataclass(frozen=True)
class Marked:
    """A mention in an example; `key` is one thing's letter."""

    start: int
    end: int
    key: str
    name: str
    type: str
    how: str
    iri: str | None = None  # of a term: in the scheme that it belongs to


@dataclass(frozen=True)
class Example:
    """A short text with its mentions; `stated` holds predicate, subject's key and object's key."""

    text: str
    mentions: tuple[Marked, ...]
    stated: frozenset[tuple[str, str, str]]


def read_examples(text: str, *, per_line: int, seed: int) -> Iterator[Example]:
    """Up to `per_line` different wordings of each line, the same ones for the same seed.

    Raises ValueError for a line whose relations name a letter that it does not mark.
    """
    random_ = random.Random(seed)  # noqa: S311
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        seen: set[str] = set()
        for _ in range(per_line * 2):
            pattern = _worded(line, random_)
            if pattern in seen or len(seen) == per_line:
                continue
            seen.add(pattern)
            yield _Writer(random_).write(pattern)


@cache
def _names() -> Mapping[str, list[str]]:
    names: Mapping[str, list[str]] = tomllib.loads(
        Path(__file__).with_name("made_up_names.toml").read_text(encoding="utf-8")
    )
    return names


def _worded(line: str, random_: random.Random) -> str:
    """The line with one wording of each choice."""
    while _CHOICE.search(line):
        line = _CHOICE.sub(lambda match: random_.choice(match.group(1).split("|")), line, count=1)
    return line


class _Writer:
    """Writes one example."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        self._named: dict[str, str] = {}
        self._text = ""
        self._mentions: list[Marked] = []

    def write(self, pattern: str) -> Example:
        sentence, _, stated = pattern.partition("=>")
        meant = _MEANT.search(sentence)
        sentence = _MEANT.sub(" ", sentence).strip()
        self._open(sentence, meant)
        place = 0
        for match in _MARK.finditer(sentence):
            self._text += sentence[place : match.start()]
            place = match.end()
            self._mention(match)
        self._text += sentence[place:]
        relations = frozenset(_STATED.findall(stated))
        unknown = {key for _, one, two in relations for key in (one, two)} - self._named.keys()
        if unknown:
            raise ValueError(f"no mark for {sorted(unknown)} in: {pattern}")
        return Example(self._text, tuple(self._mentions), relations)

    def _open(self, sentence: str, meant: re.Match[str] | None) -> None:
        """Name beforehand what is meant or referred to."""
        referred = [m for m in _MARK.finditer(sentence) if m[3] and m[2] == "O"]
        if meant:
            key, kind = meant.groups()
        elif referred and referred[0][3][0].lower() in _PRONOUN_OR_COMPANY:
            key, kind = referred[0].group(1, 2)
        elif self._random.random() < 0.5:
            key, kind = "other", "O"
        else:
            return
        name = self._name(key, kind)
        if kind in SCHEMES or self._random.random() < 0.2:
            self._text += "## "
            self._add(name[0].upper() + name[1:], key, kind, "name")
            self._text += "\n\n"
        else:
            before, after = self._random.choice(_OPENERS).split("{}")
            self._text += before
            self._add(name, key, kind, "name")
            self._text += after

    def _mention(self, match: re.Match[str]) -> None:
        key, kind, words = match.groups()
        if words:
            self._add(words, key, kind, "adjective" if kind == "L" else "reference")
            return
        name = self._name(key, kind)
        plural = kind == "Kp" and self._random.random() < 0.3
        self._add(name + "s" if plural else name, key, kind, "name")

    def _name(self, key: str, kind: str) -> str:
        if key not in self._named:
            free = [name for name in _names()[kind] if name not in self._named.values()]
            self._named[key] = self._random.choice(free)
        return self._named[key]

    def _add(self, written: str, key: str, kind: str, how: str) -> None:
        name = self._name(key, kind)
        iri = f"{VOCAB}{SCHEMES[kind]}-{name.replace(' ', '-')}" if kind in SCHEMES else None
        start = len(self._text)
        self._text += written
        self._mentions.append(Marked(start, len(self._text), key, name, TYPES.get(kind, "Term"), how, iri))
