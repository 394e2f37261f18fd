"""graph -> things: providers, and whatever else has an IRI."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Entity, Provider, ProviderList
from api.sorting import in_order
from api.versioned import VersionDep, VersionedRoute
from kg.claim_pages import ClaimFilter, claim_page
from kg.entity_records import entity_record, provider_records
from kg.records import ProviderRecord

router = APIRouter(prefix="/api", tags=["entities"], route_class=VersionedRoute)

_CLAIMS_SHOWN = 50
_KEYS: dict[str, Callable[[ProviderRecord], Any]] = {
    "label": lambda provider: provider.label.casefold(),
    "claims": lambda provider: provider.claims,
}


@router.get("/providers", responses=FAILURES)
async def list_providers(
    graph: GraphDep,
    version: VersionDep,
    claimed: Annotated[bool, Query(description="Only those that some claim is about")] = False,
    sort: Annotated[
        Literal["label", "-label", "claims", "-claims"] | None,
        Query(description="A dash in front: downwards"),
    ] = None,
) -> ProviderList:
    """All providers, by name unless sorted, with paradigm, delivery, business model and home country."""
    providers = in_order(await graph.ask_once(provider_records, version), sort, _KEYS)
    shown = [Provider.of(one) for one in providers if one.claims or not claimed]
    return ProviderList(version=version.number, providers=shown)


@router.get("/entities/{id:path}", responses=FAILURES)
async def get_entity(graph: GraphDep, version: VersionDep, id: Id) -> Entity:
    """One thing by id or IRI: an organization, a person, a place, a vocabulary term, a class or property."""
    record = await graph.ask(partial(entity_record, id=id), version=version)
    wanted = ClaimFilter(subject=record.iri)
    page = await graph.ask(
        partial(claim_page, version=version, wanted=wanted, limit=_CLAIMS_SHOWN, cursor=None), version=version
    )
    return Entity.of(record, list(page.claims), version.number)
