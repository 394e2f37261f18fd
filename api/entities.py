"""graph -> things: providers, and whatever else has an IRI."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies import entity_body, providers_body
from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Entity, ProviderList
from api.versioned import VersionDep, VersionedRoute, written

router = APIRouter(prefix="/api", tags=["entities"], route_class=VersionedRoute)


@router.get("/providers", response_model=ProviderList, responses=FAILURES)
async def list_providers(
    graph: GraphDep,
    version: VersionDep,
    claimed: Annotated[bool, Query(description="Only those that some claim is about")] = False,
    sort: Annotated[
        Literal["label", "-label", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> Response:
    """All providers, by name unless sorted, with paradigm, delivery, business model and home country."""
    work = partial(providers_body, version=version, sort=sort, claimed=claimed)
    return written(await graph.ask_once(work, version, key=("providers", sort, claimed)))


@router.get("/entities/{id:path}", response_model=Entity, responses=FAILURES)
async def get_entity(graph: GraphDep, version: VersionDep, id: Id) -> Response:
    """One thing by id or IRI: an organization, a person, a place, a vocabulary term, a class or property."""
    return written(await graph.ask(partial(entity_body, version=version, id=id), version=version))
