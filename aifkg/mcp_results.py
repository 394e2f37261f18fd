"""records of the graph -> what an agent gets: short, and every statement with the words that it rests on."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from kg.asking.answering import Answer
from kg.records import ClaimRecord, Number

_MOST_CLAIMS = 40


class Citation(BaseModel):
    """A claim, who makes it, and where it stands."""

    claim: str = Field(description="IRI of the claim")
    statement: str
    said_by: list[str]
    relayed_by: list[str]
    modality: str
    polarity: str
    status: str = Field(description="candidate: read with too little certainty to count as said")
    confidence: Number
    period: str | None
    figure: str | None = Field(description="As the report writes it")
    quote: str
    report: str
    report_title: str
    start: int = Field(description="Offset of the quote in the report's text, in code points")
    end: int


class Cited(BaseModel):
    """What was found, with the claims that say so."""

    text: str
    citations: list[Citation]
    more: int = Field(description="How many claims were left out to keep the answer short")


class AskResult(BaseModel):
    """What became of a question."""

    outcome: str = Field(description="answered, choice, nothing or not-understood")
    text: str
    query: str | None = Field(description="The SPARQL query that finds this")
    readings: list[Cited] = Field(description="Several if the question can be read in several ways")
    missing: str
    nearest: list[str] = Field(description="Questions that are understood")


class Hit(BaseModel):
    """Something that a search found."""

    kind: str
    id: str
    iri: str
    text: str


class SearchResult(BaseModel):
    """Hits, best first; the claims among them with their evidence."""

    hits: list[Hit]
    citations: list[Citation]


class EntityResult(BaseModel):
    """What is known of a thing."""

    id: str
    iri: str
    label: str
    names: list[str]
    types: list[str]
    definition: str | None
    facts: list[str]
    reports: list[str]
    claims: Cited


class Conflict(BaseModel):
    """Claims that cannot all hold."""

    kind: str
    sides: list[Citation]


class ConflictResult(BaseModel):
    """All conflicts that were asked for."""

    conflicts: list[Conflict]


class ComparedRow(BaseModel):
    """A property or metric of each thing; an empty cell is a gap."""

    what: str
    cells: list[list[Citation]]


class CompareResult(BaseModel):
    """Things side by side."""

    things: list[str]
    rows: list[ComparedRow]


class TableResult(BaseModel):
    """The result of a query."""

    columns: list[str]
    rows: list[dict[str, str]]
    boolean: bool | None
    more: int = Field(description="How many rows were left out to keep the answer short")


def citation(claim: ClaimRecord) -> Citation:
    """The claim as an agent cites it."""
    evidence = claim.evidence[0] if claim.evidence else None
    return Citation(
        claim=claim.iri,
        statement=claim.statement,
        said_by=[ref.label for ref in claim.attributed_to],
        relayed_by=[ref.label for ref in claim.relayed_by],
        modality=claim.modality,
        polarity=claim.polarity,
        status=claim.status,
        confidence=claim.confidence,
        period=claim.period.label if claim.period else None,
        figure=claim.figure.text if claim.figure else None,
        quote=evidence.quote if evidence else "",
        report=claim.report.iri,
        report_title=claim.report.label,
        start=evidence.start if evidence else 0,
        end=evidence.end if evidence else 0,
    )


def cited(text: str, claims: Iterable[ClaimRecord], most: int = _MOST_CLAIMS) -> Cited:
    """The first claims, and how many there are beyond."""
    found = list(claims)
    return Cited(text=text, citations=[citation(one) for one in found[:most]], more=max(0, len(found) - most))


def ask_result(found: Answer) -> AskResult:
    """The answer to a question."""
    return AskResult(
        outcome=found.outcome,
        text=found.text,
        query=found.answers[0].query if found.answers else None,
        readings=[cited(one.text, one.claims) for one in found.answers],
        missing=found.missing,
        nearest=list(found.nearest),
    )
