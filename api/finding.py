"""graph -> what was searched for."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.claims import FAILURES
from api.deps import GraphDep
from api.schemas import Record
from api.versioned import VersionDep, VersionedRoute
from kg.search_index import search

router = APIRouter(prefix="/api/search", tags=["search"], route_class=VersionedRoute)


class HitOut(Record):
    """Something found."""

    kind: str = Field(description="entity, report or claim")
    iri: str
    id: str
    text: str = Field(description="Name, title or statement")
    marked: str = Field(description="Where the words stand, between « and »")
    score: float


class SearchResult(Record):
    """Hits, best first."""

    version: int
    corrected: dict[str, str] = Field(description="Words that were not found, and what was searched instead")
    hits: list[HitOut]


@router.get("", responses=FAILURES)
async def get_hits(
    graph: GraphDep,
    version: VersionDep,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words; the last may be unfinished")],
    kind: Annotated[Literal["entity", "report", "claim"] | None, Query(description="Only these")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SearchResult:
    """Things, reports and claims with all of the words, misspelt ones included."""
    work = partial(search, version=version, words=q, kind=kind, limit=limit)
    found = await graph.ask(work, version=version)
    return SearchResult.model_validate(
        {"version": version.number, "corrected": dict(found.corrected), "hits": found.hits}
    )
