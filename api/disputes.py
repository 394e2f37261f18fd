"""graph -> where sources disagree, and how forecasts were revised."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Claim, Record
from api.sorting import in_order
from api.versioned import VersionDep, VersionedRoute
from kg.disagreements import ConflictRecord, conflict_record, conflict_records, revisions

router = APIRouter(prefix="/api", tags=["disputes"], route_class=VersionedRoute)

_KEYS: dict[str, Callable[[ConflictRecord], Any]] = {
    "claims": lambda conflict: len(conflict.claims),
    "kind": lambda conflict: conflict.kind,
    "asserted_at": lambda conflict: (
        max((one.asserted_at or "" for one in conflict.claims), default="") or None
    ),
}
Kind = Literal["value", "attribution", "polarity", "modality", "state"]


class ConflictOut(Record):
    """Claims that cannot all hold; each side with its evidence and its source."""

    iri: str
    id: str
    kind: str
    claims: list[Claim]


class ConflictList(Record):
    """Conflicts, those with the most claims first."""

    version: int
    conflicts: list[ConflictOut]


class RevisionList(Record):
    """The versions of a forecast, oldest first."""

    version: int
    claims: list[Claim]


@router.get("/conflicts", responses=FAILURES)
async def list_conflicts(
    graph: GraphDep,
    version: VersionDep,
    kind: Annotated[Kind | None, Query(description="Kind of disagreement")] = None,
    about: Annotated[Id | None, Query(description="Id or IRI of subject, object, metric or topic")] = None,
    sort: Annotated[
        Literal["claims", "-claims", "kind", "-kind", "asserted_at", "-asserted_at"] | None,
        Query(
            description="By number of claims, kind or date of the newest claim; a dash in front: downwards"
        ),
    ] = None,
) -> ConflictList:
    """Where reports disagree: the claims side by side, never averaged and never hidden."""
    work = partial(conflict_records, kind=kind, about=about)
    found = in_order(await graph.ask(work, version=version), sort, _KEYS)
    return ConflictList.model_validate({"version": version.number, "conflicts": found})


@router.get("/conflicts/{id}", responses=FAILURES)
async def get_conflict(graph: GraphDep, version: VersionDep, id: Id) -> ConflictOut:
    """One conflict by id or IRI."""
    return ConflictOut.model_validate(await graph.ask(partial(conflict_record, id=id), version=version))


@router.get("/forecasts/{id}/revisions", responses=FAILURES)
async def list_revisions(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
) -> RevisionList:
    """How a forecast was revised by the one who made it, oldest first; any of its versions finds all."""
    claims = await graph.ask(partial(revisions, id=id), version=version)
    return RevisionList.model_validate({"version": version.number, "claims": claims})
