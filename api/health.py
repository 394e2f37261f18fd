"""Whether the service lives, and whether it can answer."""

from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import GraphDep
from api.problems import problems
from kg.errors import Overloaded, QueryTimeout, StoreUnavailable
from kg.published import PublishedGraph
from kg.queries import count_quads

router = APIRouter(tags=["health"])

_LONGEST_CHECK_S = 2.0


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class Ready(BaseModel):
    """Questions are answered, from this version of the graph."""

    status: str = "ready"
    version: int
    quads: int | None = Field(description="Not counted in a remote store")
    damaged: int | None = Field(
        description="Version that would answer if its files were sound; the next ingest publishes another"
    )


@router.get("/healthz")
async def health() -> Alive:
    """Alive as long as this answers; says nothing about the graph."""
    return Alive()


@router.get("/readyz", responses=problems(StoreUnavailable, QueryTimeout, Overloaded))
async def ready(graph: GraphDep) -> Ready:
    """Ready when a query process answers from a published version; otherwise a 503 or 504 problem."""
    return await graph.answered(partial(_ready, graph))


async def _ready(graph: PublishedGraph) -> Ready:
    version = graph.newest()
    quads = await graph.ask(partial(count_quads), version=version, timeout_s=_LONGEST_CHECK_S)
    return Ready(version=version.number, quads=quads, damaged=graph.passed_over())
