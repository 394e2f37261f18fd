"""graph -> how much is in it."""

from fastapi import APIRouter

from api.claims import FAILURES
from api.deps import GraphDep
from api.schemas import Stats
from api.versioned import VersionDep, VersionedRoute
from kg.counts import count_all
from kg.published import PublishedGraph
from kg.snapshots import Version

router = APIRouter(prefix="/api/stats", tags=["graph"], route_class=VersionedRoute)


@router.get("", responses=FAILURES)
async def get_stats(graph: GraphDep, version: VersionDep) -> Stats:
    """How many reports, claims, things and statements the newest version holds."""
    return await read_stats(graph, version)


async def read_stats(graph: PublishedGraph, version: Version) -> Stats:
    """The numbers of a version."""
    counts = await graph.ask_once(count_all, version)
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
