"""Bodies of the JSON API, each read off a record of `kg.records`."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from kg.records import ClaimRecord, EntityRecord, Number, ProviderRecord, ReportRecord

_EXAMPLE: JsonDict = {
    "iri": "https://w3id.org/ai-factory/id/aws",
    "id": "aws",
    "label": "Amazon Web Services",
}

_ENTRY: JsonDict = {
    "iri": "https://w3id.org/ai-factory/doc/curation-5b0c1f9d3c2b1a09",
    "id": "curation-5b0c1f9d3c2b1a09",
    "action": "reject",
    "target": {
        "iri": "https://w3id.org/ai-factory/claim/24bd81b2a1e2f2c4",
        "id": "24bd81b2a1e2f2c4",
        "label": "Nebius plans 100 MW of IT capacity in 2027.",
    },
    "into": None,
    "name": None,
    "changes": [],
    "claims": [],
    "by": "ann",
    "reason": "the sentence is about another company",
    "at": "2026-11-24T12:00:00Z",
    "state": "in-force",
    "undone_by": None,
}


class Record(BaseModel):
    """Read off a frozen dataclass with the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Thing(Record):
    """Anything with a name."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    iri: str
    id: str = Field(description="What follows …/id/, …/vocab/ or …/ns# in the IRI; the IRI itself otherwise")
    label: str


class Figure(Record):
    """A number as the report means it, in base units of money and otherwise in the unit as written."""

    value: Number | None
    low: Number | None = Field(description="Smallest number compatible with the words")
    high: Number | None = Field(description="Largest number compatible with the words")
    unit: Thing
    qualifier: str = Field(description="exact, approximate, approaching, at-least, at-most or range")
    text: str = Field(description="The words of the report")


class Period(Record):
    """The time that a claim is about."""

    label: str | None
    start: str | None = Field(description="First instant")
    end: str | None = Field(description="First instant after it")
    year: int | None = Field(description="Calendar year in which it ends")


class Evidence(Record):
    """The words that a claim rests on; offsets count Unicode code points of the report's text."""

    iri: str
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    page: int | None
    section: str | None


class Claim(Record):
    """Who says what about whom, when, how surely, and in which words."""

    iri: str
    id: str
    kind: str = Field(description="relation, metric, transition or proposition")
    statement: str
    subject: Thing
    predicate: Thing | None
    object: Thing | None
    role: str | None
    metric: Thing | None
    figure: Figure | None
    aspect: Thing | None
    from_state: Thing | None
    to_state: Thing | None
    period: Period | None
    modality: str
    polarity: str
    status: str
    attributed_to: list[Thing]
    relayed_by: list[Thing]
    about: list[Thing]
    scope: list[Thing]
    by_means_of: list[Thing]
    evidence: list[Evidence]
    report: Thing
    confidence: Number = Field(description="0 to 1: that the sentence was read correctly")
    asserted_at: str | None
    recorded_at: str | None
    retired_at: str | None
    slot: str | None = Field(description="Claims with one slot answer one question")
    proposition: str | None = Field(description="Claims with one proposition say the same")

    @classmethod
    def of(cls, record: ClaimRecord) -> "Claim":
        """The claim as JSON shows it."""
        return cls.model_validate(record)


class ChangedPart(Record):
    """A part of a claim as a curator had it: things, or other values as text; empty if it was removed."""

    field: str
    values: list[Thing | str]


class Entry(Record):
    """Something that a person did."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ENTRY]})

    iri: str
    id: str
    action: str = Field(description="accept, reject, prefer, correct, merge, split or undo")
    target: Thing = Field(description="The claim (by its sentence), the thing or the entry acted on")
    into: Thing | None = Field(description="Of merge and split: the thing that is meant")
    name: str | None = Field(description="Of split: the name whose claims mean the other thing")
    changes: list[ChangedPart] = Field(description="Of correct")
    claims: list[Thing] = Field(description="The claims that it is about")
    by: str = Field(description="Name of the key")
    reason: str
    at: str
    state: str = Field(
        description="in-force, undone, or without-object if no report makes the claim any more"
    )
    undone_by: str | None = Field(description="Id of the entry that took it back")


class ClaimInContext(Claim):
    """A claim with the claims around it."""

    supports: list[Claim] = Field(description="Say the same, whoever says it")
    contradicts: list[Claim]
    supersedes: list[Claim]
    superseded_by: list[Claim]
    curation: list[Entry] = Field(description="What people did to it, oldest first, undone entries included")


class ClaimList(Record):
    """A page of claims."""

    version: int
    total: int = Field(description="How many claims fit in all")
    next: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    claims: list[Claim]


class Report(Record):
    """A report in the graph."""

    iri: str
    id: str
    title: str
    publisher: Thing | None
    issued: str | None = Field(description="Day of publication")
    kind: str | None
    source: str | None = Field(description="File name or address that it was read from")
    media_type: str | None
    url: str | None
    claims: int

    @classmethod
    def of(cls, record: ReportRecord) -> "Report":
        """The report as JSON shows it."""
        return cls.model_validate(record)


class ReportList(Record):
    """All reports, newest first."""

    version: int
    reports: list[Report]


class ReportText(Record):
    """A report with its text and the claims that it makes, in text order."""

    version: int
    report: Report
    text: str | None
    claims: list[Claim]


class Fact(Record):
    """A plain fact, derived from accepted claims or given by reference data."""

    predicate: Thing
    object: Thing


class Counted(BaseModel):
    """How many claims state something about this."""

    thing: Thing
    claims: int


class Entity(BaseModel):
    """What is known of a thing; its claims are at `claims_url`."""

    version: int
    iri: str
    id: str
    label: str
    names: list[str]
    types: list[Thing]
    definition: str | None
    facts: list[Fact]
    claims_by_predicate: list[Counted]
    claims_by_metric: list[Counted]
    reports: list[Thing]
    replaced_by: Thing | None = Field(description="The thing that it was merged into")
    claims_url: str
    claims: list[Claim] = Field(description="The first claims in which it is the subject")

    @classmethod
    def of(cls, record: EntityRecord, version: int) -> "Entity":
        """The entity as JSON shows it, without its claims."""
        parts = {
            **vars(record),
            "version": version,
            "claims_by_predicate": _counted(record.claims_by_predicate),
            "claims_by_metric": _counted(record.claims_by_metric),
            "claims_url": f"/api/claims?about={record.id}",
            "claims": [],
        }
        return cls.model_validate(parts, from_attributes=True)


def _counted(pairs: Iterable[tuple[Any, int]]) -> list[dict[str, Any]]:
    return [{"thing": thing, "claims": number} for thing, number in pairs]


class Provider(Record):
    """A provider, and what reference data and accepted claims say it is."""

    iri: str
    id: str
    label: str
    country: Thing | None
    parent: Thing | None
    paradigms: list[Thing]
    deliveries: list[Thing]
    business_models: list[Thing]
    claims: int

    @classmethod
    def of(cls, record: ProviderRecord) -> "Provider":
        """The provider as JSON shows it."""
        return cls.model_validate(record)


class ProviderList(Record):
    """All providers by name."""

    version: int
    providers: list[Provider]


class Stats(BaseModel):
    """How much is in the graph."""

    version: int
    published_at: str
    reports: int
    claims: int
    entities: int
    quads: int
    claims_by_kind: dict[str, int]
    claims_by_modality: dict[str, int]
    claims_by_status: dict[str, int]
    last_recorded: str | None
