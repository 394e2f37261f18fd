"""queries of one or several readings -> rows and claims: the part of an answer that needs the graph.

Runs in the query processes, so it loads neither names nor cues: queries come ready, words are made elsewhere.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Store

from kg.asking.reading import Reading
from kg.claim_records import claim_records
from kg.claim_shelf import shelf_of
from kg.names import refs_for
from kg.queries import Row, rows_of
from kg.records import ClaimRecord, Ref

# What is less likely to be read rightly is no answer, not even one that is called uncertain.
_LEAST_CONFIDENCE = Decimal("0.3")
_ALL_COUNT = frozenset({"said", "timeline", "conflict", "revision"})
_CERTAIN = frozenset({"accepted", "preferred", "disputed", "superseded"})


@dataclass(frozen=True)
class Attempt:
    """One way to put a reading as a query."""

    reading: Reading
    query: str
    needs: Mapping[str, Collection[str]]  # by columns of `kg.claim_shelf`, what a claim needs to be found

    @property
    def needs_are_all(self) -> bool:
        """Whether every claim that stands and has what is needed is found."""
        reading = self.reading
        more = (reading.filters, reading.scopes, reading.bound, reading.claimants, reading.numbers)
        of_figures = reading.form in ("figures", "comparison") and reading.metric is not None
        return of_figures and not (reading.modality or any(more))

    @property
    def wanted(self) -> str:
        """The variable that holds what was asked for."""
        return self.query.partition("SELECT DISTINCT ?")[2].split()[0]


@dataclass(frozen=True)
class Seen:
    """What the graph holds for an attempt."""

    attempt: Attempt
    rows: tuple[Row, ...]
    claims: tuple[ClaimRecord, ...]
    refs: tuple[Ref, ...]  # the things asked for, in the order of the rows
    certain: bool  # False if only readings below the limit of confidence say so


@dataclass(frozen=True)
class Plan:
    """The attempts of one reading, the first that is answered with certainty counts."""

    attempts: tuple[Attempt, ...]
    nearby: Attempt | None = None  # figures beside the one that is asked for


@dataclass(frozen=True)
class Look:
    """What was seen for each reading, None where nothing was, and the periods of figures nearby."""

    seen: tuple[Seen | None, ...]
    nearby: tuple[str, ...] = ()


def look(store: Store, *, plans: tuple[Plan, ...]) -> Look:
    """Everything that the answer is made from."""
    seen = tuple(_first(store, plan) for plan in plans)
    beside = next((plan.nearby for plan in plans if plan.nearby), None)
    if any(seen) or beside is None:
        return Look(seen)
    return Look(seen, tuple(_periods(store, beside)))


def _first(store: Store, plan: Plan) -> Seen | None:
    """The first attempt that certain claims answer; if there is none, the first that any claims answer."""
    uncertain: Seen | None = None
    for attempt in plan.attempts:
        found = _found(store, attempt)
        seen = _seen(store, attempt, found) if found else None
        if seen and seen.certain:
            return seen
        uncertain = uncertain or seen
    return uncertain


def _periods(store: Store, beside: Attempt) -> Iterable[str]:
    shelf = shelf_of(store) if beside.needs and beside.needs_are_all else None
    if shelf:
        return shelf.periods(beside.needs)
    return dict.fromkeys(row["period"] for row in rows_of(store, beside.query) if "period" in row)


def _found(store: Store, attempt: Attempt) -> list[Row]:
    """The rows of the query, which is not asked where the shelf of claims shows that there is nothing."""
    shelf = shelf_of(store) if attempt.needs else None
    if shelf and not shelf.has(attempt.needs):
        return []
    return rows_of(store, attempt.query)


def _seen(store: Store, attempt: Attempt, found: list[Row]) -> Seen | None:
    iris = dict.fromkeys(row[name] for row in found for name in ("claim", "part", "any") if name in row)
    claims = claim_records(store, iris)
    usable = claims if attempt.reading.form in _ALL_COUNT else _best(claims)
    rows = _rows(attempt.reading, found, {claim.iri for claim in usable})
    if not rows:
        return None
    wanted = attempt.wanted
    values = dict.fromkeys(row[wanted] for row in rows if "://" in row.get(wanted, ""))
    certain = not usable or any(claim.status in _CERTAIN for claim in usable)
    return Seen(attempt, rows, tuple(usable), tuple(refs_for(store, values).values()), certain)


def _best(claims: list[ClaimRecord]) -> list[ClaimRecord]:
    """Those that stand; uncertain ones only where nothing else answers."""
    standing = [claim for claim in claims if claim.status != "candidate"]
    return standing or [claim for claim in claims if claim.confidence >= _LEAST_CONFIDENCE]


def _rows(reading: Reading, found: Iterable[Row], usable: set[str]) -> tuple[Row, ...]:
    """Rows of usable claims; of one thing's relations, what reports say goes before reference data."""
    rows = tuple(row for row in found if "claim" not in row or row["claim"] in usable)
    if reading.form == "relation" and reading.wanted == "object" and any("claim" in row for row in rows):
        return tuple(row for row in rows if "claim" in row)
    return rows
