"""two claims of one question -> how they bear on each other: which contradicts, which supersedes which.

Ontology guide 1.3. These are the rules; `kg.questions` applies them to all claims of a question.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from kg.quads import ACCEPTED_FROM
from kg.stated import Stated
from ontology import terms

ConflictKind = Literal["value", "attribution", "polarity", "state"]
# Whether a place lies in another, since Amsterdam and the Netherlands do not disagree.
Within = Callable[[str, str], bool]
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


def as_read(claim: Stated) -> str:
    """How a claim stands that nothing else bears on."""
    return "accepted" if claim.confidence >= ACCEPTED_FROM else "candidate"


def has_one_answer(claim: Stated) -> bool:
    """Whether the claim's question has one answer at a time; no question is asked by an unknown metric."""
    if claim.kind == "relation":
        return claim.question in load_policy().single_valued
    if claim.kind == "metric":
        return claim.question != terms.V_METRIC_OTHER
    return claim.kind == "transition"


def takes_one_value(claim: Stated) -> bool:
    """Whether two values of the claim's question exclude each other; a thing may change state twice."""
    return has_one_answer(claim) and claim.kind != "transition"


def has_a_voice(claim: Stated) -> bool:
    """Whether the claim can supersede or be superseded: it is dated, and somebody is named who says it."""
    return bool(claim.claimants and claim.asserted_at and claim.affirmed and has_one_answer(claim))


def superseded(said: Collection[Stated], *, origin: Callable[[Stated], str]) -> tuple[Stated, set[str]]:
    """Of what the same claimants said on one question, the last word and the IRIs of what it replaces.

    What is said again last was never replaced, and a report replaces nothing in its own copies.
    """
    newest = max(said, key=lambda claim: (claim.asserted_at or "", claim.iri))
    last = {claim.proposition for claim in said if claim.asserted_at == newest.asserted_at}
    return newest, {
        old.iri
        for old in said
        if (old.asserted_at or "") < (newest.asserted_at or "")
        and old.proposition not in last
        and origin(old) != origin(newest)
    }


def contradict(kind: ConflictKind, one: Stated, other: Stated, within: Within) -> bool:
    """Whether two claims of one question are in a conflict of this kind; their reports are two sources."""
    if kind == "attribution":
        return bool(one.figure) and one.proposition == other.proposition and _named_apart(one, other)
    if disagree(one, other, within) != kind:
        return False
    return kind != "value" or not one.claimants or one.claimants != other.claimants


def disagree(one: Stated, other: Stated, within: Within) -> ConflictKind | None:
    """The kind of disagreement between two claims of one slot, if any."""
    realis = load_policy().realis
    if realis[one.modality] != realis[other.modality]:
        return None
    if one.affirmed != other.affirmed:
        same = one.answer == other.answer and (one.figure == other.figure)
        return "polarity" if same else None
    if not one.affirmed or not takes_one_value(one):
        return None
    if one.figure and other.figure:
        return "value" if one.figure.excludes(other.figure) else None
    if one.answer and other.answer and one.answer != other.answer:
        nested = within(one.answer, other.answer) or within(other.answer, one.answer)
        return None if nested else "value"
    return None


def _named_apart(one: Stated, other: Stated) -> bool:
    """Whether both name claimants and share none: then one of them ascribes the statement wrongly."""
    return bool(one.claimants and other.claimants and not one.claimants & other.claimants)
