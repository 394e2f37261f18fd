"""graph -> the claims that a curator should look at, the most doubtful first, each with the reasons.

A claim about which somebody has decided is not in the queue, unless that was undone.
"""

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from pyoxigraph import Store

from kg.claim_records import claim_records
from kg.curation import decision_on
from kg.iris import CLAIM, DOC, ID, VOCAB
from kg.names import candidates_for, refs_for
from kg.queries import rows
from kg.records import ClaimRecord, Ref
from kg.snapshots import Version
from kg.store import EmbeddedStore
from kg.view import View
from kg.vocabulary import concept

_SPOKEN = frozenset(concept("modality", name) for name in ("forecast", "estimate", "opinion"))
_MOST_KEPT = 2
_kept: dict[Path, list["_Doubted"]] = {}


@dataclass(frozen=True)
class Cause:
    """A sort of reason: how much trust it leaves, and what it is called for people."""

    trust: Decimal
    says: str
    below: Decimal | None = None  # of the confidence


@dataclass(frozen=True)
class Reason:
    """Why a claim is in the queue, with the things or conflicts that it is about."""

    code: str
    says: str
    things: tuple[Ref, ...]


@dataclass(frozen=True)
class ToReview:
    """A claim to look at. Doubt is 0 to 1."""

    claim: ClaimRecord
    doubt: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class QueuePage:
    """Some of the claims, how many there are in all, and how many for each reason."""

    entries: tuple[ToReview, ...]
    total: int
    by_reason: tuple[tuple[str, int], ...]
    cursor: str | None


@dataclass
class _Doubted:
    """A claim with its reasons, and the IRIs that each is about."""

    claim: str
    report: str
    confidence: Decimal
    reasons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def doubt(self) -> Decimal:
        trust = self.confidence
        for code in self.reasons:
            trust *= causes()[code].trust
        return (1 - trust).quantize(Decimal("0.0001"))

    @property
    def key(self) -> str:
        """Text order is the order of the queue; also the cursor."""
        return f"{10000 - int(self.doubt * 10000):05d}-{self.claim.removeprefix(CLAIM)}"


@cache
def causes() -> Mapping[str, Cause]:
    """The sorts of reasons of `review.toml`."""
    with (Path(__file__).parent / "review.toml").open("rb") as file:
        data = tomllib.load(file)
    return {
        code: Cause(
            Decimal(str(told["trust"])),
            told["says"],
            Decimal(str(told["below"])) if "below" in told else None,
        )
        for code, told in data.items()
    }


def queue_page(
    store: Store,
    *,
    version: Version,
    reason: str | None,
    report: str | None,
    about: str | None,
    limit: int,
    cursor: str | None,
) -> QueuePage:
    """The claims to look at after the cursor; for a reason, of a report, about a thing where one is given."""
    fitting = _queue(store, version)
    if report:
        wanted = candidates_for(report, DOC)
        fitting = [one for one in fitting if one.report in wanted]
    if about:
        things = candidates_for(about, ID, VOCAB)
        named = {row["claim"] for row in rows(store, "review_about", many={"thing": things})}
        fitting = [one for one in fitting if one.claim in named]
    counts = {code: sum(code in one.reasons for one in fitting) for code in causes()}
    if reason:
        fitting = [one for one in fitting if reason in one.reasons]
    start = bisect_right(fitting, cursor, key=lambda one: one.key) if cursor else 0
    shown = fitting[start : start + limit]
    more = start + limit < len(fitting)
    return QueuePage(
        tuple(_named(store, shown)), len(fitting), tuple(counts.items()), shown[-1].key if more else None
    )


def _named(store: Store, doubted: list[_Doubted]) -> Iterable[ToReview]:
    things = (iri for one in doubted for about in one.reasons.values() for iri in about)
    refs = refs_for(store, things)
    claims = {claim.iri: claim for claim in claim_records(store, (one.claim for one in doubted))}
    for one in doubted:
        yield ToReview(
            claims[one.claim],
            one.doubt,
            tuple(
                Reason(code, causes()[code].says, tuple(refs[iri] for iri in about))
                for code, about in one.reasons.items()
            ),
        )


def _queue(store: Store, version: Version) -> list[_Doubted]:
    """All claims to look at, in order; kept while the version stays."""
    if version.path not in _kept:
        _kept[version.path] = sorted(_doubted(store), key=lambda one: one.key)
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return _kept[version.path]


def _doubted(store: Store) -> Iterable[_Doubted]:
    decided = _decided(store)
    claimants, elsewhere = _claimants(store)
    unknown: dict[str, list[str]] = defaultdict(list)
    for row in rows(store, "review_names"):
        unknown[row["claim"]].append(row["thing"])
    conflicts: dict[str, list[str]] = defaultdict(list)
    for row in rows(store, "conflicts"):
        conflicts[row["claim"]].append(row["conflict"])
    for row in rows(store, "review"):
        claim = row["claim"]
        if claim in decided:
            continue
        found = _Doubted(claim, row["report"], Decimal(row["confidence"]))
        needless = [one for one in claimants[claim] if one in (row.get("publisher"), row["subject"])]
        reasons: dict[str, list[str]] = {
            "in-conflict": conflicts.get(claim, []),
            "unresolved-name": unknown.get(claim, []),
            "needless-attribution": needless,
            "claimant-elsewhere": [one for one in elsewhere[claim] if one not in needless],
        }
        found.reasons = {code: sorted(set(about)) for code, about in reasons.items() if about}
        if found.confidence < (causes()["unsure"].below or 0):
            found.reasons = {"unsure": [], **found.reasons}
        if row["modality"] in _SPOKEN and not claimants[claim]:
            found.reasons["no-claimant"] = []
        if found.reasons:
            yield found


def _claimants(store: Store) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The claimants of each claim, and those of them whose names are not in its words."""
    named: dict[tuple[str, str], bool] = {}
    for row in rows(store, "review_claimants"):
        pair = row["claim"], row["claimant"]
        named[pair] = named.get(pair, False) or row["name"].casefold() in row["words"].casefold()
    all_of_them: dict[str, list[str]] = defaultdict(list)
    elsewhere: dict[str, list[str]] = defaultdict(list)
    for (claim, claimant), is_named in named.items():
        all_of_them[claim].append(claimant)
        if not is_named:
            elsewhere[claim].append(claimant)
    return all_of_them, elsewhere


def _decided(store: Store) -> set[str]:
    view = View(EmbeddedStore.over(store))
    claims = {row["claim"] for row in rows(store, "review_decided")}
    return {claim for claim in claims if claim.startswith(CLAIM) and decision_on(view, claim)}
