"""What the graph says, as read back: references, claims with their evidence, reports, entities, counts.

Frozen dataclasses, which pydantic writes as JSON as the service shows them. `id` is what follows `…/id/`,
`…/vocab/`, `…/claim/` or `…/doc/` in the IRI.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer


def _as_json_number(value: Decimal) -> int | float:
    """Whole numbers stay whole, so that 1600000000000 is not written as 1.6e12."""
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, PlainSerializer(_as_json_number, return_type=int | float, when_used="json")]


@dataclass(frozen=True)
class Ref:
    """A thing by IRI, id and name."""

    iri: str
    id: str
    label: str


@dataclass(frozen=True)
class FigureRecord:
    """A figure in base units, as `kg.model.Quantity` but with its unit as a thing."""

    value: Number | None
    low: Number | None
    high: Number | None
    unit: Ref
    qualifier: str
    text: str


@dataclass(frozen=True)
class PeriodRecord:
    """The time that a claim is about; instants as in the graph, the end exclusive."""

    label: str | None
    start: str | None
    end: str | None
    year: int | None


@dataclass(frozen=True)
class EvidenceRecord:
    """The words that a claim rests on; offsets are code points of the report's text, half-open."""

    iri: str
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    page: int | None
    section: str | None


@dataclass(frozen=True)
class ReportRecord:
    """A report in the graph."""

    iri: str
    id: str
    title: str
    publisher: Ref | None
    issued: str | None
    kind: str | None
    source: str | None
    media_type: str | None
    url: str | None
    claims: int


@dataclass(frozen=True)
class ClaimRecord:
    """A claim with everything that qualifies it."""

    iri: str
    id: str
    kind: str
    statement: str
    subject: Ref
    predicate: Ref | None
    object: Ref | None
    role: str | None
    metric: Ref | None
    figure: FigureRecord | None
    aspect: Ref | None
    from_state: Ref | None
    to_state: Ref | None
    period: PeriodRecord | None
    modality: str
    polarity: str
    status: str
    attributed_to: tuple[Ref, ...]
    relayed_by: tuple[Ref, ...]
    about: tuple[Ref, ...]
    scope: tuple[Ref, ...]
    by_means_of: tuple[Ref, ...]
    evidence: tuple[EvidenceRecord, ...]
    report: Ref
    confidence: Number
    asserted_at: str | None
    recorded_at: str | None
    retired_at: str | None
    slot: str | None
    proposition: str | None


@dataclass(frozen=True)
class ClaimPage:
    """Some of the claims that fit, in the order of their IRIs; `cursor` continues after them."""

    claims: tuple[ClaimRecord, ...]
    total: int
    cursor: str | None


@dataclass(frozen=True)
class IriPage:
    """The IRIs of a page of claims; otherwise as ClaimPage."""

    iris: tuple[str, ...]
    total: int
    cursor: str | None


@dataclass(frozen=True)
class FactRecord:
    """A plain fact: property and value."""

    predicate: Ref
    object: Ref


@dataclass(frozen=True)
class ThingRecord:
    """A thing by name and kind, without what is said of it."""

    iri: str
    id: str
    label: str
    types: tuple[Ref, ...]


@dataclass(frozen=True)
class EntityRecord:
    """What is known of one thing, without its claims."""

    iri: str
    id: str
    label: str
    names: tuple[str, ...]
    types: tuple[Ref, ...]
    definition: str | None
    facts: tuple[FactRecord, ...]
    claims_by_predicate: tuple[tuple[Ref, int], ...]
    claims_by_metric: tuple[tuple[Ref, int], ...]
    reports: tuple[Ref, ...]
    replaced_by: Ref | None = None  # the thing that it was merged into


@dataclass(frozen=True)
class ProviderRecord:
    """A provider and what the accepted claims say it is."""

    iri: str
    id: str
    label: str
    country: Ref | None
    parent: Ref | None
    paradigms: tuple[Ref, ...]
    deliveries: tuple[Ref, ...]
    business_models: tuple[Ref, ...]
    claims: int


@dataclass(frozen=True)
class Counts:
    """How much is in the graph."""

    reports: int
    claims: int
    entities: int
    quads: int
    by_kind: tuple[tuple[str, int], ...]
    by_modality: tuple[tuple[str, int], ...]
    by_status: tuple[tuple[str, int], ...]
    last_recorded: str | None
