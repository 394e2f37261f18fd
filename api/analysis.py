"""graph -> the network of plain facts, looked at as a whole."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Claim, Record, Thing
from api.versioned import VersionDep, VersionedRoute
from kg.gaps import gaps_of
from kg.network_analysis import central_things, communities, path_between, similar_things

router = APIRouter(prefix="/api", tags=["analysis"], route_class=VersionedRoute)

Limit = Annotated[int, Query(ge=1, le=200, description="Most things to show")]


class RankedOut(Record):
    """A thing with a number by which it is ranked."""

    thing: Thing
    score: float


class RankedList(Record):
    """Things, the highest number first."""

    version: int
    things: list[RankedOut]


class CommunityOut(Record):
    """Things that belong together."""

    size: int
    members: list[Thing]


class CommunityList(Record):
    """Groups, the largest first."""

    version: int
    communities: list[CommunityOut]


class GapOut(Record):
    """A predicate or metric, with the similar things of which it is known."""

    what: Thing
    held_by: list[Thing]


class GapList(Record):
    """What is missing, the commonest first."""

    version: int
    peers: list[Thing] = Field(description="The things that this one was held against")
    gaps: list[GapOut]


class StepOut(Record):
    """One fact of a path, in its own direction, with the claims that it rests on."""

    subject: Thing
    predicate: Thing
    object: Thing
    claims: list[Claim]


class PathOut(Record):
    """The shortest chain of facts between two things; no steps if nothing connects them."""

    version: int
    steps: list[StepOut]


@router.get("/analysis/centrality", responses=FAILURES)
async def get_centrality(graph: GraphDep, version: VersionDep, limit: Limit = 20) -> RankedList:
    """The things that the plain facts turn around (PageRank)."""
    found = await graph.ask(partial(central_things, version=version, limit=limit), version=version)
    return RankedList.model_validate({"version": version.number, "things": found})


@router.get("/analysis/communities", responses=FAILURES)
async def get_communities(graph: GraphDep, version: VersionDep) -> CommunityList:
    """Groups of things with more facts among each other than with others (Louvain)."""
    found = await graph.ask(partial(communities, version=version), version=version)
    groups = [{"size": len(members), "members": members} for members in found]
    return CommunityList.model_validate({"version": version.number, "communities": groups})


@router.get("/analysis/similarity", responses=FAILURES)
async def get_similarity(
    graph: GraphDep,
    version: VersionDep,
    id: Annotated[Id, Query(description="Id or IRI")],
    limit: Limit = 20,
) -> RankedList:
    """The things that share most of their facts with this one."""
    work = partial(similar_things, version=version, id=id, limit=limit)
    found = await graph.ask(work, version=version)
    return RankedList.model_validate({"version": version.number, "things": found})


@router.get("/entities/{id}/gaps", responses=FAILURES)
async def get_gaps(graph: GraphDep, version: VersionDep, id: Id) -> GapList:
    """What reports say of the things most like this one, and not of it."""
    found = await graph.ask(partial(gaps_of, version=version, id=id), version=version)
    return GapList.model_validate({"version": version.number, "peers": found.peers, "gaps": found.gaps})


@router.get("/paths", responses=FAILURES)
async def get_path(
    graph: GraphDep,
    version: VersionDep,
    start: Annotated[Id, Query(alias="from", description="Id or IRI")],
    end: Annotated[Id, Query(alias="to", description="Id or IRI")],
) -> PathOut:
    """How two things hang together: the shortest chain of facts, each with its claims and their words."""
    work = partial(path_between, version=version, start=start, end=end)
    return PathOut.model_validate(
        {"version": version.number, "steps": await graph.ask(work, version=version)}
    )
