"""What a question asks, once understood: the value that becomes a query, and what is said when it is not."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kg.asking.lexicon import Thing
from kg.asking.periods import Time

Form = Literal[
    "figures",
    "ranking",
    "comparison",
    "relation",
    "check",
    "count",
    "conflict",
    "revision",
    "change",
    "definition",
    "timeline",
    "said",
    "who-says",
    "when",
    "post",
    "reports",
]
Wanted = Literal["subject", "object"]


@dataclass(frozen=True)
class Reading:
    """One way to read a question. Subjects and objects are alternatives for one place each."""

    form: Form
    subjects: tuple[Thing, ...] = ()
    objects: tuple[Thing, ...] = ()
    predicates: tuple[str, ...] = ()
    wanted: Wanted = "object"
    metric: str | None = None
    times: tuple[Time, ...] = ()
    claimants: tuple[Thing, ...] = ()
    modality: str | None = None
    negated: bool = False
    filters: tuple[Thing, ...] = ()  # paradigm, model or place that what is wanted must belong to
    scopes: tuple[Thing, ...] = ()  # place or market within which a figure counts
    descending: bool = True
    numbers: tuple[Decimal, ...] = ()
    bound: Literal["", "above", "below", "exactly"] = ""  # which side of the number the figures must be
    note: str = ""  # what was changed to find something


@dataclass(frozen=True)
class Gap:
    """Why a question cannot be read: words that mean nothing here, or what it does not say."""

    missing: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understood:
    """What each part of the question was taken for, and the readings or the gap that this leads to."""

    parts: tuple[tuple[str, str, str], ...]  # words, what they were taken for, IRI or ""
    readings: tuple[Reading, ...] = ()
    gap: Gap | None = field(default=None)
