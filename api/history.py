"""versions -> which there are, and what changed between them."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.schemas import Claim, Record
from api.versioned import VersionDep, VersionedRoute
from kg.version_changes import version_changes

router = APIRouter(prefix="/api", tags=["versions"], route_class=VersionedRoute)


class VersionOut(BaseModel):
    """A published version that can still be asked."""

    version: int
    published_at: datetime
    newest: bool


class VersionList(BaseModel):
    """The kept versions, newest first."""

    versions: list[VersionOut]


class ChangedClaimOut(Record):
    """A claim with its standing before and after; null where it was not there."""

    before: str | None
    after: str | None
    claim: Claim


class ChangesOut(Record):
    """What is different from an earlier version."""

    version: int
    since: int
    reports_added: list[str]
    reports_removed: list[str]
    added: int = Field(description="Claims that came")
    removed: int = Field(description="Claims that went")
    changed: int = Field(description="Claims with another standing")
    claims: list[ChangedClaimOut] = Field(description="The first of these claims")


@router.get("/versions", responses=FAILURES)
async def list_versions(graph: GraphDep) -> VersionList:
    """The versions that can be asked with `version=`, newest first."""
    newest = graph.newest().number
    return VersionList(
        versions=[
            VersionOut(version=one.number, published_at=one.published_at, newest=one.number == newest)
            for one in reversed(graph.versions())
        ]
    )


@router.get("/changes", responses=FAILURES)
async def get_changes(
    graph: GraphDep,
    version: VersionDep,
    since: Annotated[int, Query(ge=1, description="Number of the earlier version")],
    about: Annotated[Id | None, Query(description="Only claims with this thing or metric in them")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most claims to show of each sort")] = 100,
) -> ChangesOut:
    """What came, what went and what has another standing since a version."""
    earlier = graph.version(since, None)
    work = partial(version_changes, since=earlier, limit=limit, about=about)
    found = await graph.ask(work, version=version)
    return ChangesOut.model_validate(
        {
            "version": version.number,
            "since": since,
            **{name: getattr(found, name) for name in ("reports_added", "reports_removed", "claims")},
            **{name: getattr(found, name) for name in ("added", "removed", "changed")},
        }
    )
