"""graph -> what the reports say: claims with the words that they rest on."""

from decimal import Decimal
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.bodies import claims_body
from api.deps import GraphDep
from api.problems import problems
from api.schemas import Claim, ClaimInContext, ClaimList
from api.versioned import VersionDep, VersionedRoute, written
from kg.claim_pages import ClaimFilter
from kg.disagreements import claim_context
from kg.errors import BadRequest, NotAcceptable, Overloaded, QueryTimeout, StoreUnavailable, UnknownIri
from kg.iris import CLAIM
from kg.names import check_node

router = APIRouter(prefix="/api/claims", tags=["claims"], route_class=VersionedRoute)

FAILURES = problems(BadRequest, UnknownIri, NotAcceptable, StoreUnavailable, QueryTimeout, Overloaded)


def check_id(text: str) -> str:
    """The text itself if it can end an IRI of ours or is an IRI; ValueError if it can be neither."""
    check_node(text if ":" in text else CLAIM + text)
    return text


Id = Annotated[
    str, AfterValidator(check_id), Field(pattern=r"""^[^\s<>"{}|\\^`\x00-\x1f]+$""", max_length=500)
]
Thing = Annotated[Id | None, Query(description="Id or IRI", examples=["aws"])]
SortOfClaims = Literal[
    "confidence",
    "-confidence",
    "asserted_at",
    "-asserted_at",
    "recorded_at",
    "-recorded_at",
    "year",
    "-year",
    "value",
    "-value",
    "statement",
    "-statement",
]
Cursor = Annotated[
    str | None, Query(pattern="^[0-9a-zA-Z-]{1,64}$", description="`next` of the page before this one")
]


@router.get("", response_model=ClaimList, responses=FAILURES)
async def list_claims(
    graph: GraphDep,
    version: VersionDep,
    subject: Thing = None,
    predicate: Annotated[Id | None, Query(description="Property, as usesDeliveryParadigm")] = None,
    object: Thing = None,
    metric: Annotated[Id | None, Query(description="Metric, narrower ones included, as ai-capex")] = None,
    claimant: Annotated[Id | None, Query(description="Who states or relays it")] = None,
    about: Annotated[Id | None, Query(description="Subject, object, scope, metric or topic")] = None,
    report: Annotated[Id | None, Query(description="Report that it stands in")] = None,
    kind: Literal["relation", "metric", "transition", "proposition"] | None = None,
    modality: Literal[
        "reported", "estimate", "forecast", "planned", "vendor-claim", "opinion", "recommendation"
    ]
    | None = None,
    polarity: Literal["affirmed", "negated"] | None = None,
    status: Literal["candidate", "accepted", "preferred", "disputed", "superseded", "retracted", "rejected"]
    | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2200, description="Year in which its period ends")] = None,
    min_confidence: Annotated[Decimal | None, Query(ge=0, le=1)] = None,
    text: Annotated[str | None, Query(max_length=200, description="Words of statement or quote")] = None,
    sort: Annotated[
        SortOfClaims | None,
        Query(description="A dash in front: downwards; without it by id, an order that never changes"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most claims on one page")] = 50,
    cursor: Cursor = None,
) -> Response:
    """The claims that fit all filters; contradictions are kept side by side, each with its evidence."""
    wanted = ClaimFilter(
        subject=subject,
        predicate=predicate,
        object=object,
        metric=metric,
        claimant=claimant,
        about=about,
        report=report,
        kind=kind,
        modality=modality,
        polarity=polarity,
        status=status,
        year=year,
        min_confidence=min_confidence,
        text=text,
        sort=sort,
    )
    work = partial(claims_body, version=version, wanted=wanted, limit=limit, cursor=cursor)
    return written(await graph.ask(work, version=version))


@router.get("/{id:path}", responses=FAILURES)
async def get_claim(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
) -> ClaimInContext:
    """One claim by the id or IRI that lists show, with what supports, contradicts and replaces it."""
    found = await graph.ask(partial(claim_context, id=id), version=version)
    around = ("supports", "contradicts", "supersedes", "superseded_by", "curation")
    return ClaimInContext.model_validate(
        {**dict(Claim.of(found.claim)), **{name: getattr(found, name) for name in around}}
    )
