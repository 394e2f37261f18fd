"""graph -> what claims join a thing to."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Record, Thing
from api.versioned import VersionDep, VersionedRoute
from kg.entity_records import entity_record
from kg.neighbours import Neighbour, neighbours_of

router = APIRouter(prefix="/api", tags=["entities"], route_class=VersionedRoute)


class NeighbourOut(Record):
    """A thing on the other side of a property."""

    thing: Thing
    predicate: Thing
    direction: Literal["out", "in"] = Field(description="out: said of the thing asked for; in: of the other")
    negated: bool
    planned: bool = Field(description="Nothing but plans says so")
    reports: int = Field(description="How many reports say so")
    total: int = Field(description="How many claims say so")
    claims: list[str] = Field(description="Ids of the first of them")

    @classmethod
    def of(cls, found: Neighbour) -> "NeighbourOut":
        """The neighbour as JSON shows it."""
        shown = {name: getattr(found, name) for name in cls.model_fields if name != "claims"}
        return cls.model_validate({**shown, "claims": [claim.id for claim in found.claims]})


class NeighbourList(Record):
    """The neighbours, those of whom most reports speak first."""

    version: int
    total: int
    neighbours: list[NeighbourOut]


@router.get("/entities/{id}/neighbours", responses=FAILURES)
async def list_neighbours(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    direction: Literal["out", "in"] | None = None,
    predicate: Annotated[Id | None, Query(description="Property, as isCustomerOf")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most neighbours to show")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over")] = 0,
) -> NeighbourList:
    """What claims join a thing to, either way round, with how many reports say so."""
    record = await graph.ask(partial(entity_record, id=id), version=version)
    asked = {"direction": direction, "predicate": predicate}
    chosen = {name: value for name, value in asked.items() if value}
    work = partial(neighbours_of, entity=record.iri, chosen=chosen, skip=offset, limit=limit)
    found = await graph.ask(work, version=version)
    return NeighbourList(
        version=version.number,
        total=found.total,
        neighbours=[NeighbourOut.of(one) for one in found.neighbours],
    )
