"""claims of one question -> how each stands: accepted, disputed, superseded, and what disagrees with what.

Ontology guide 1.3. A function of the claims alone: neither the order in which reports came in nor the clock
matters, so reports may be read in any order and on many machines.
"""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

from kg.quads import ACCEPTED_FROM
from kg.stated import Stated
from ontology import terms

ConflictKind = Literal["value", "attribution", "polarity", "state"]
# What a curator decided against takes no part in disagreements.
OUT_OF_THE_RACE = frozenset({"rejected", "retracted", "superseded"})


@dataclass(frozen=True)
class Policy:
    """Which predicates have one answer, which aspects speak of which relation, which modalities compare."""

    single_valued: frozenset[str]
    state_predicates: Mapping[str, str]  # IRI of the aspect -> IRI of the relation
    realis: Mapping[str, str]  # modality -> its group


@dataclass(frozen=True)
class Conflict:
    """Claims that cannot all hold; `key` names what they disagree about."""

    kind: ConflictKind
    key: str
    claims: frozenset[str]


@dataclass(frozen=True)
class Standing:
    """How the claims of one question bear on each other."""

    supersedes: frozenset[tuple[str, str]]  # newer, older
    conflicts: tuple[Conflict, ...]


@cache
def load_policy() -> Policy:
    """The policy of `standing.toml`."""
    with (Path(__file__).parent / "standing.toml").open("rb") as file:
        data = tomllib.load(file)
    return Policy(
        single_valued=frozenset(terms.NS + name for name in data["single_valued"]),
        state_predicates={f"{terms.V_ASPECT}-{name}": terms.NS + to for name, to in data["states"].items()},
        realis={modality: group for group, members in data["realis"].items() for modality in members},
    )


def judge(
    claims: Iterable[Stated],
    *,
    origin: Callable[[str], str],
    within: Callable[[str, str], bool],
) -> Standing:
    """How the claims of one question bear on each other; withdrawn and rejected ones are left out before.

    `origin` tells the report that a report repeats. `within` tells whether a place lies in another, since
    Amsterdam and the Netherlands do not disagree.
    """
    active = sorted(claims, key=lambda claim: claim.iri)
    supersedes = frozenset(_superseding(active, origin))
    old = {older for _, older in supersedes}
    current = [claim for claim in active if claim.iri not in old and as_read(claim) == "accepted"]
    return Standing(supersedes, tuple(_conflicts(current, origin, within)))


def as_read(claim: Stated) -> str:
    """How a claim stands that nothing else bears on."""
    return "accepted" if claim.confidence >= ACCEPTED_FROM else "candidate"


def has_one_answer(claim: Stated) -> bool:
    """Whether the claim's question has one answer at a time."""
    if claim.kind == "relation":
        return claim.question in load_policy().single_valued
    return claim.kind in ("metric", "transition")


def disagree(one: Stated, other: Stated, within: Callable[[str, str], bool]) -> ConflictKind | None:
    """The kind of disagreement between two claims of one slot, if any."""
    realis = load_policy().realis
    if realis[one.modality] != realis[other.modality]:
        return None
    if one.affirmed != other.affirmed:
        same = one.answer == other.answer and (one.figure == other.figure)
        return "polarity" if same else None
    if not one.affirmed or not has_one_answer(one) or one.kind == "transition":
        return None
    if one.figure and other.figure:
        return "value" if one.figure.excludes(other.figure) else None
    if one.answer and other.answer and one.answer != other.answer:
        nested = within(one.answer, other.answer) or within(other.answer, one.answer)
        return None if nested else "value"
    return None


def _superseding(claims: list[Stated], origin: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """The same claimants' newer answer to a question replaces their older one; others never do."""
    said_by: dict[frozenset[str], list[Stated]] = defaultdict(list)
    for claim in claims:
        if claim.claimants and claim.asserted_at and claim.affirmed and has_one_answer(claim):
            said_by[claim.claimants].append(claim)
    for sayings in said_by.values():
        newest = max(sayings, key=lambda claim: (claim.asserted_at or "", claim.iri))
        last = {claim.proposition for claim in sayings if claim.asserted_at == newest.asserted_at}
        for old in sayings:
            older = (old.asserted_at or "") < (newest.asserted_at or "")
            if older and old.proposition not in last and origin(old.report) != origin(newest.report):
                yield newest.iri, old.iri


def _conflicts(
    claims: list[Stated], origin: Callable[[str], str], within: Callable[[str, str], bool]
) -> Iterator[Conflict]:
    against: dict[tuple[ConflictKind, str], set[str]] = defaultdict(set)
    for one, other in combinations(claims, 2):
        # A report that gives two figures speaks of two things that were read as one question.
        if origin(one.report) == origin(other.report):
            continue
        kind = disagree(one, other, within)
        if kind and not (kind == "value" and one.claimants and one.claimants == other.claimants):
            against[kind, one.slot if kind == "value" else f"{one.slot} {one.answer}"] |= {one.iri, other.iri}
        if one.figure and one.proposition == other.proposition and _named_apart(one, other):
            against["attribution", one.proposition] |= {one.iri, other.iri}
    for (kind, key), members in sorted(against.items()):
        yield Conflict(kind, key, frozenset(members))


def _named_apart(one: Stated, other: Stated) -> bool:
    """Whether both name claimants and share none: then one of them ascribes the statement wrongly."""
    return bool(one.claimants and other.claimants and not one.claimants & other.claimants)
