"""graph -> how much is in it."""

from fastapi import APIRouter

from api.claims import FAILURES
from api.deps import GraphDep
from api.schemas import Stats
from kg.counts import count_all
from kg.published import PublishedGraph

router = APIRouter(prefix="/api/stats", tags=["graph"])


@router.get("", responses=FAILURES)
async def get_stats(graph: GraphDep) -> Stats:
    """How many reports, claims, things and statements the newest version holds."""
    return await read_stats(graph)


async def read_stats(graph: PublishedGraph) -> Stats:
    """The numbers of the newest version; StoreUnavailable if there is none."""
    version = graph.newest()
    counts = await graph.ask(count_all, version=version)
    return Stats(
        version=version.number,
        published_at=version.published_at.isoformat(),
        reports=counts.reports,
        claims=counts.claims,
        entities=counts.entities,
        quads=counts.quads,
        claims_by_kind=dict(counts.by_kind),
        claims_by_modality=dict(counts.by_modality),
        claims_by_status=dict(counts.by_status),
        last_recorded=counts.last_recorded,
    )
