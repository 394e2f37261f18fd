"""The predicates that relations are read for: which ends each takes and how it reads as a sentence."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.model import Entity
from ontology.terms import VOCAB


@dataclass(frozen=True)
class Predicate:
    """One predicate by its local name; `ends` holds pairs of kinds as `kind_of` gives them."""

    name: str
    ends: frozenset[tuple[str, str]]
    symmetric: bool
    single: bool
    least: float  # a reading that is less probable is not claimed
    statement: str


@dataclass(frozen=True)
class Predicates:
    """All of them, in the file's order, and which a pair of kinds allows."""

    all: tuple[Predicate, ...]
    by_ends: Mapping[tuple[str, str], tuple[int, ...]]

    def possible(self, subject: Entity, object_: Entity) -> tuple[int, ...]:
        """Positions in `all` of the predicates that may hold between the two."""
        return self.by_ends.get((kind_of(subject), kind_of(object_)), ())


@cache
def load_predicates() -> Predicates:
    """The predicates of relation_predicates.toml."""
    data = tomllib.loads(files("ingest").joinpath("relation_predicates.toml").read_text(encoding="utf-8"))
    predicates: list[Predicate] = []
    by_ends: dict[tuple[str, str], tuple[int, ...]] = {}
    for name, fields in data.items():
        if not isinstance(fields, dict):
            continue
        ends = [tuple(line.split(" > ")) for line in fields["ends"]]
        for one, two in ends:
            by_ends[one, two] = (*by_ends.get((one, two), ()), len(predicates))
        pairs = frozenset((one, two) for one, two in ends)
        symmetric, single = fields.get("symmetric", False), fields.get("single", False)
        least = fields.get("least", data["least_probability"])
        predicates.append(Predicate(name, pairs, symmetric, single, least, fields["statement"]))
    return Predicates(tuple(predicates), by_ends)


def kind_of(entity: Entity) -> str:
    """The entity's type; a term's with its scheme.

    >>> kind_of(Entity("https://w3id.org/ai-factory/vocab/paradigm-neocloud", "neocloud", "Term"))
    'Term:paradigm'
    """
    if entity.type != "Term":
        return entity.type
    scheme = entity.iri.removeprefix(VOCAB).partition("-")[0]
    return f"Term:{scheme}"
