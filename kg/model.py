"""What passes between the stages: reports, entities, quantities, periods, claims, rejections.

Frozen dataclasses without behaviour beyond their own invariants. Text intervals are Unicode code points of
`Report.text`, zero-based, half-open. IRIs are absolute.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

BlockKind = Literal["title", "heading", "paragraph", "list-item", "table", "quote", "code"]
EntityType = Literal[
    "Organization",
    "Person",
    "Offering",
    "Facility",
    "Place",
    "Regulation",
    "Term",
    "Requirement",  # what a regulation imposes, when no vocabulary term names it
    "Market",  # a market, a segment or a group of organizations that a figure is about
    "Survey",
    "Strategy",
]
ClaimKind = Literal["relation", "metric", "transition", "proposition"]
Modality = Literal["reported", "estimate", "forecast", "planned", "vendor-claim", "opinion", "recommendation"]
Polarity = Literal["affirmed", "negated"]
Qualifier = Literal["exact", "approximate", "approaching", "at-least", "at-most", "range"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text is `report.text[start:end]`."""

    start: int
    end: int
    header: bool = False


@dataclass(frozen=True)
class Block:
    """A stretch of the report's text with one role, in reading order; blocks never overlap."""

    start: int
    end: int
    kind: BlockKind
    level: int = 0  # of a heading: 1 is the title's level
    page: int | None = None  # 1-based, where the format has pages
    rows: tuple[tuple[Cell, ...], ...] = ()  # of a table


@dataclass(frozen=True)
class Report:
    """A report as read: immutable text with its structure and what is known of its publication.

    `iri` names the publication and stays the same for a later version of it; `text_sha256` names this text.
    """

    iri: str
    source: str  # file name, or the URL that it was fetched from
    media_type: str
    text: str
    text_sha256: str
    bytes_sha256: str
    blocks: tuple[Block, ...]
    title: str
    url: str | None = None
    publisher: str | None = None
    issued: date | None = None
    kind: str | None = None  # press release, news, analyst note ... as the report's own metadata says


@dataclass(frozen=True)
class Entity:
    """A thing that claims are about. `known` is False for a candidate that no reference data names."""

    iri: str
    label: str
    type: EntityType
    aliases: tuple[str, ...] = ()  # other names of it seen in this report
    known: bool = True
    job_title: str | None = None  # of a Person


@dataclass(frozen=True)
class Quantity:
    """A number as the report means it.

    `value`, `low` and `high` are in base money units (2.59 trillion dollars is 2590000000000) and otherwise
    in the unit as written. `unit` is a QUDT local name such as CCY_USD, MegaW, PERCENT or NUM. `low` is
    absent with "at-most" and "approaching", `high` with "at-least", `value` with "range".
    """

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    qualifier: Qualifier
    text: str  # verbatim, qualifier words included


@dataclass(frozen=True)
class Period:
    """The time that a claim is about, as GUIDELINES label: YYYY, YYYY-Qn, FY2026, A/B, /2030, 2026/ ..."""

    label: str
    start: date | None  # inclusive
    end: date | None  # exclusive


@dataclass(frozen=True)
class Evidence:
    """The span that a claim rests on; `quote` is always `report.text[start:end]`."""

    start: int
    end: int
    quote: str
    prefix: str  # up to 32 characters before
    suffix: str  # up to 32 characters after
    page: int | None = None
    section: str | None = None  # nearest heading above


@dataclass(frozen=True)
class Claim:
    """Something that a report states or relays, before it has an IRI (`kg.iris.claim_iri` mints it).

    By kind: relation has predicate and object; metric has metric and quantity; transition has aspect,
    from_state and to_state; proposition has only statement and about. `predicate` and `metric` are IRIs.
    """

    kind: ClaimKind
    subject: Entity
    modality: Modality
    polarity: Polarity
    evidence: Evidence
    confidence: Decimal  # 0 to 1: that the sentence was read correctly
    statement: str  # the claim as one plain sentence
    predicate: str | None = None
    object: Entity | None = None
    role: str | None = None  # of worksFor: the post
    metric: str | None = None
    quantity: Quantity | None = None
    aspect: Entity | None = None
    from_state: Entity | None = None
    to_state: Entity | None = None
    period: Period | None = None
    attributed_to: tuple[Entity, ...] = ()
    relayed_by: tuple[Entity, ...] = ()
    about: tuple[Entity, ...] = ()
    scope: tuple[Entity, ...] = ()
    by_means_of: tuple[Entity, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A reading that was given up: which stage, where in the text, and why."""

    stage: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Extraction:
    """Everything read from one report; entities are unique by IRI, claims are in text order."""

    report: Report
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    rejected: tuple[Rejected, ...] = field(default=())
