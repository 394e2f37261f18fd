"""question in plain English -> what was understood, the query, the answer with its evidence; or why not.

TEXT2SPARQL asks at /api/text2sparql for the query alone.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.deps import GraphDep
from api.jsonld import LINK
from api.problems import problems
from api.schemas import Claim, Record, Thing
from api.versioned import VersionDep, VersionedRoute
from kg.asking.answering import Answer, Answered
from kg.asking.asker import LONGEST_QUESTION, Asker
from kg.asking.chat import endpoint_of
from kg.asking.modelling import Modelled, Modeller
from kg.asking.reading import Reading
from kg.errors import BadRequest, Overloaded, QueryTimeout, StoreUnavailable, UnknownIri
from kg.published import PublishedGraph

router = APIRouter(prefix="/api", tags=["questions"])
_versioned = APIRouter(prefix="/api", tags=["questions"], route_class=VersionedRoute)

_FAILURES = problems(BadRequest, UnknownIri, StoreUnavailable, QueryTimeout, Overloaded)
_EXAMPLE = "What is AWS's market share in Q4 2025?"
DATASET = "https://w3id.org/ai-factory/"
_Text = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, description="A question in English")]


class Question(BaseModel):
    """What is asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": _EXAMPLE}]})

    question: _Text


class Part(BaseModel):
    """A stretch of the question and what it was taken for."""

    words: str
    meaning: str = Field(description="thing, claimant, metric, relation, period, number, or a turn of phrase")
    iri: str | None


class Interpretation(BaseModel):
    """What a reading asks for."""

    form: str = Field(description="figures, ranking, comparison, relation, check, count, conflict, change …")
    subjects: list[str]
    objects: list[str]
    predicates: list[str]
    wanted: Literal["subject", "object"] | None
    metric: str | None
    periods: list[str]
    claimants: list[str]
    modality: str | None
    negated: bool
    restricted_to: list[str]
    widened: str = Field(description="What was relaxed to find something; empty if nothing was")

    @classmethod
    def of(cls, reading: Reading) -> "Interpretation":
        """The reading as JSON shows it."""
        return cls(
            form=reading.form,
            subjects=[thing.iri for thing in reading.subjects],
            objects=[thing.iri for thing in reading.objects],
            predicates=list(reading.predicates),
            wanted=reading.wanted if reading.predicates else None,
            metric=reading.metric,
            periods=[time.text for time in reading.times],
            claimants=[thing.iri for thing in reading.claimants],
            modality=reading.modality,
            negated=reading.negated,
            restricted_to=[thing.iri for thing in reading.filters],
            widened=reading.note,
        )


class ReadingOut(Record):
    """One reading of the question with its query and what the graph says to it."""

    interpretation: Interpretation
    query: str = Field(description="SPARQL that /sparql answers with these rows")
    text: str
    certain: bool = Field(description="False if only claims that are not accepted say so")
    things: list[Thing] = Field(description="What was asked for")
    rows: list[dict[str, str]]
    claims: list[Claim] = Field(description="The evidence: quotes, reports, claimants, confidence")

    @classmethod
    def of(cls, found: Answered) -> "ReadingOut":
        """The reading as JSON shows it."""
        return cls(
            interpretation=Interpretation.of(found.reading),
            query=found.query,
            text=found.text,
            certain=found.certain,
            things=[Thing.model_validate(ref) for ref in found.things],
            rows=[dict(row) for row in found.rows],
            claims=[Claim.of(claim) for claim in found.claims],
        )


class ByModel(Record):
    """What a language model's query finds; the model wrote the query and nothing else."""

    model: str
    query: str = Field(description="SPARQL that /sparql answers with these rows")
    repaired: bool = Field(description="The first query could not be run and was written again")
    text: str
    rows: list[dict[str, str]]
    things: list[Thing]
    claims: list[Claim] = Field(description="The claims that the rows name, with their evidence")

    @classmethod
    def of(cls, found: Modelled) -> "ByModel":
        """The answer as JSON shows it."""
        return cls(
            model=found.model,
            query=found.query,
            repaired=found.repaired,
            text=found.text,
            rows=[dict(row) for row in found.found.rows],
            things=[Thing.model_validate(ref) for ref in found.found.things],
            claims=[Claim.of(claim) for claim in found.found.claims],
        )


class AnswerOut(Record):
    """What became of the question."""

    version: int
    question: str
    outcome: Literal["answered", "choice", "nothing", "not-understood"] = Field(
        description="choice: several readings have answers; nothing: understood, but no report says it"
    )
    text: str
    understood: list[Part]
    readings: list[ReadingOut]
    missing: str = Field(description="Why it is not understood")
    unknown: list[str] = Field(description="Words that mean nothing here")
    nearest: list[str] = Field(description="Questions like this one that are understood")
    by_model: ByModel | None = Field(
        None,
        description="Of a question that is not understood: what the query of a language model finds, where "
        "the operator has configured one; it may have misread the question",
    )

    @classmethod
    def of(cls, found: Answer, question: str, version: int) -> "AnswerOut":
        """The answer as JSON shows it."""
        return cls(
            version=version,
            question=question,
            outcome=found.outcome,
            text=found.text,
            understood=[Part(words=words, meaning=what, iri=iri or None) for words, what, iri in found.parts],
            readings=[ReadingOut.of(one) for one in found.answers],
            missing=found.missing,
            unknown=list(found.unknown),
            nearest=list(found.nearest),
        )


class QueryOut(BaseModel):
    """The TEXT2SPARQL answer."""

    dataset: str
    question: str
    query: str


def asker_of(request: Request, graph: PublishedGraph) -> Asker:
    """The one asker of the application, which keeps the names of the last versions."""
    found: Asker | None = getattr(request.app.state, "asker", None)
    if found is None:
        found = request.app.state.asker = Asker(graph)
    return found


def modeller_of(request: Request, graph: PublishedGraph) -> Modeller | None:
    """The one that has a language model write queries; None where none is configured."""
    state = request.app.state
    if not hasattr(state, "modeller"):
        endpoint = endpoint_of(state.settings)
        state.modeller = Modeller(endpoint, graph) if endpoint else None
    found: Modeller | None = state.modeller
    return found


@_versioned.get("/ask", responses=_FAILURES)
async def get_answer(
    request: Request,
    graph: GraphDep,
    version: VersionDep,
    q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, examples=[_EXAMPLE])],
) -> AnswerOut:
    """Answer a question from the graph, with its query and evidence; never a guess."""
    return AnswerOut.of(await asker_of(request, graph).ask(q, version), q, version.number)


@router.post("/ask", responses=_FAILURES)
async def post_question(request: Request, response: Response, graph: GraphDep, asked: Question) -> AnswerOut:
    """The same for a question in the body; one that is not understood goes to the language model, if any."""
    version = graph.newest()
    response.headers["Link"] = LINK
    found = await asker_of(request, graph).ask(asked.question, version)
    answer = AnswerOut.of(found, asked.question, version.number)
    modeller = modeller_of(request, graph)
    if modeller is None or found.outcome != "not-understood":
        return answer
    named = tuple((words, iri) for words, _, iri in found.parts if iri)
    modelled = await modeller.answer(asked.question, named, version)
    return answer.model_copy(update={"by_model": ByModel.of(modelled)}) if modelled else answer


@_versioned.get("/text2sparql", responses=_FAILURES)
async def get_query(
    request: Request,
    graph: GraphDep,
    version: VersionDep,
    question: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, examples=[_EXAMPLE])],
    dataset: Annotated[str, Query(max_length=200, description="Any; there is one")] = DATASET,
) -> QueryOut:
    """The query for a question, as the TEXT2SPARQL challenge wants it; 400 if it is not understood."""
    query = await asker_of(request, graph).query_for(question, version)
    return QueryOut(dataset=dataset, question=question, query=query)


router.routes += _versioned.routes
