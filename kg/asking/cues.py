"""The words by which a question says what it wants, as `cues.toml` lists them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kg.asking.words import key_of
from kg.iris import ID, NS, VOCAB

_VOWELS = "aeiou"


@dataclass(frozen=True)
class Cue:
    """What a phrase may mean: `kind` says in which way, `value` what, `way` in which direction."""

    kind: str  # form, claimant, modality, polarity, metric, subject, relation
    value: str
    way: str = ""


@dataclass(frozen=True)
class Relation:
    """A property as questions and answers speak of it."""

    iri: str
    forward: str
    back: str
    symmetric: bool
    subject: frozenset[str]  # groups of things that may stand there
    object: frozenset[str]
    chain: str | None  # what to follow from the object, since the object itself is only a knot


@dataclass(frozen=True)
class Cues:
    """All of them; phrases as keys of folded words."""

    function: frozenset[str]
    light: frozenset[str]
    kinds: frozenset[str]
    phrases: Mapping[tuple[str, ...], tuple[Cue, ...]]
    relations: Mapping[str, Relation]
    related: tuple[tuple[str, ...], ...]
    names: Mapping[str, tuple[str, ...]]
    form_of: Mapping[str, frozenset[str]]
    examples: tuple[str, ...]


@cache
def load_cues() -> Cues:
    """The cues; read once."""
    data = tomllib.loads((files("kg.asking") / "cues.toml").read_text("utf-8"))
    phrases: dict[tuple[str, ...], tuple[Cue, ...]] = {}
    for phrase, cue in _listed(data):
        for form in _forms(phrase):
            key = key_of(form)
            if cue not in phrases.get(key, ()):
                phrases[key] = (*phrases.get(key, ()), cue)
    relations = {NS + name: _relation(NS + name, row) for name, row in data["relation"].items()}
    related = tuple(tuple(f"{VOCAB}metric-{slug}" for slug in line) for line in data["related"].values())
    words = {
        name: frozenset(word for form in data[name].split() for one in _forms(form) for word in key_of(one))
        for name in ("function", "light", "kinds")
    }
    return Cues(
        words["function"],
        words["light"],
        words["kinds"],
        phrases,
        relations,
        related,
        {VOCAB + term: tuple(found) for term, found in data["names"].items()},
        {name: frozenset(found) for name, found in data["form_of"].items()},
        tuple(data["examples"]["list"]),
    )


def _listed(data: Mapping[str, Any]) -> Iterator[tuple[str, Cue]]:
    for kind, value_of in (("form", str), ("modality", lambda name: f"{VOCAB}modality-{name}")):
        table = data["forms" if kind == "form" else kind]
        for name, found in table.items():
            yield from ((phrase, Cue(kind, value_of(name))) for phrase in found)
    for name, found in data["polarity"].items():
        yield from ((phrase, Cue("polarity", f"{VOCAB}polarity-{name}")) for phrase in found)
    for way, found in data["claimant"].items():
        yield from ((phrase, Cue("claimant", "", way)) for phrase in found)
    for name, found in data["metric"].items():
        yield from ((phrase, Cue("metric", f"{VOCAB}metric-{name}")) for phrase in found)
    for name, found in data["subject"].items():
        yield from ((phrase, Cue("subject", ID + name)) for phrase in found)
    for name, row in data["relation"].items():
        for way in ("active", "passive", "active_by", "subjects", "objects", "wanted_object"):
            yield from ((phrase, Cue("relation", NS + name, way)) for phrase in row.get(way, ()))


def _relation(iri: str, row: Mapping[str, Any]) -> Relation:
    chain = row.get("chain")
    return Relation(
        iri=iri,
        forward=row["forward"],
        back=row["back"],
        symmetric=row.get("symmetric", False),
        subject=frozenset(row["subject"].split()),
        object=frozenset(row["object"].split()),
        chain=NS + chain if chain else None,
    )


def _forms(phrase: str) -> Iterator[str]:
    """The phrase, or all regular forms of the verb that `~` marks in it."""
    if "~" not in phrase:
        yield phrase
        return
    verb, _, rest = phrase.partition("~")
    before, _, stem = verb.rpartition(" ")
    for form in _inflected(stem):
        yield f"{before} {form}{rest}".strip()


def _inflected(verb: str) -> tuple[str, ...]:
    """The forms of a regular verb.

    >>> _inflected("acquire"), _inflected("supply")[1:3]
    (('acquire', 'acquires', 'acquired', 'acquiring'), ('supplies', 'supplied'))
    """
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    ending = "es" if verb.endswith(("s", "sh", "ch", "x")) else "s"
    double = verb + verb[-1] if verb in {"plan", "put", "get", "run", "set", "hit", "sit", "snap"} else verb
    return verb, verb + ending, double + "ed", double + "ing"
