"""What people decide about what was read: log, queue, and the actions, each of which can be undone."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request, Response

from api.claims import FAILURES, Cursor, Id
from api.curation_schemas import ActionIn, ActionsIn, Diff, Done, EntryList, Queue, UndoReason
from api.deps import GraphDep
from api.keyed import NEEDS_KEY, REFUSALS, ByDep, keyed
from api.problems import problems
from api.schemas import Entry
from api.versioned import VersionDep, VersionedRoute
from kg.actions import Action
from kg.curation import Verb
from kg.curation_preview import preview
from kg.curation_records import LogFilter, State, entry_record, log_page
from kg.curation_writes import Seen, curate_and_publish
from kg.errors import BadRequest, ChangedMeanwhile, InvalidGraph, StoreUnavailable, UnknownIri
from kg.iris import CLAIM
from kg.names import candidates_for
from kg.published import PublishedGraph
from kg.review_queue import queue_page

router = APIRouter(prefix="/api/curation", tags=["curation"], route_class=VersionedRoute)
writing = APIRouter(
    prefix="/api/curation", tags=["curation"], route_class=keyed("curate"), dependencies=NEEDS_KEY
)

WRITE_FAILURES = REFUSALS | problems(BadRequest, UnknownIri, InvalidGraph, ChangedMeanwhile, StoreUnavailable)
Limit = Annotated[int, Query(ge=1, le=500, description="Most entries on one page")]
Reasons = Literal[
    "unsure", "in-conflict", "unresolved-name", "needless-attribution", "claimant-elsewhere", "no-claimant"
]


@router.get("", responses=FAILURES)
async def list_curation(
    graph: GraphDep,
    version: VersionDep,
    action: Verb | None = None,
    by: Annotated[str | None, Query(max_length=200, description="Name of the key")] = None,
    about: Annotated[Id | None, Query(description="Claim, thing or entry that was acted on")] = None,
    state: State | None = None,
    text: Annotated[str | None, Query(max_length=200, description="Words of the reason")] = None,
    sort: Annotated[Literal["at", "-at"], Query(description="A dash in front: the newest first")] = "-at",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> EntryList:
    """The log of what people did, newest first; nothing is ever taken out of it."""
    page = await graph.ask(
        partial(
            log_page,
            version=version,
            wanted=LogFilter(action, by, about, state, text, oldest_first=sort == "at"),
            limit=limit,
            cursor=cursor,
        ),
        version=version,
    )
    return EntryList.model_validate(
        {"version": version.number, "total": page.total, "next": page.cursor, "entries": page.entries}
    )


@router.get("/queue", responses=FAILURES)
async def get_queue(
    graph: GraphDep,
    version: VersionDep,
    reason: Reasons | None = None,
    report: Annotated[Id | None, Query(description="Report that the claims stand in")] = None,
    about: Annotated[Id | None, Query(description="Thing that the claims are about")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Queue:
    """The claims that a curator should look at, the most doubtful first, each with the reasons why."""
    page = await graph.ask(
        partial(
            queue_page, version=version, reason=reason, report=report, about=about, limit=limit, cursor=cursor
        ),
        version=version,
    )
    return Queue.model_validate(
        {
            "version": version.number,
            "total": page.total,
            "by_reason": dict(page.by_reason),
            "next": page.cursor,
            "entries": page.entries,
        }
    )


@router.get("/{id}", responses=FAILURES)
async def get_curation(graph: GraphDep, version: VersionDep, id: Id) -> Entry:
    """One entry of the log."""
    return Entry.model_validate(await graph.ask(partial(entry_record, id=id), version=version))


@writing.post("", status_code=201, responses=WRITE_FAILURES)
async def do_action(
    graph: GraphDep,
    request: Request,
    response: Response,
    by: ByDep,
    action: Annotated[ActionIn, Body(description="One action; its author is the name of the key")],
) -> Done:
    """Accept, reject, prefer or correct a claim, merge or split things, or undo an entry; then publish."""
    done = await carry_out(graph, request, [action], by=by)
    response.headers["Location"] = f"/api/curation/{done.entries[0].id}"
    return done


@writing.post("/preview", responses=WRITE_FAILURES)
async def preview_actions(graph: GraphDep, by: ByDep, asked: ActionsIn) -> Diff:
    """What actions would change in claims, plain facts and conflicts; nothing is done."""
    return await diff_of(graph, asked.actions, by=by)


@writing.post("/{id}/undo", status_code=201, responses=WRITE_FAILURES)
async def undo_entry(
    graph: GraphDep,
    request: Request,
    response: Response,
    by: ByDep,
    id: Id,
    asked: Annotated[UndoReason | None, Body()] = None,
) -> Done:
    """Take an entry back; the undo is an entry of its own, and can be undone."""
    undo = Action("undo", id, asked.reason if asked else "")
    written = await graph.write(
        partial(curate_and_publish, settings=request.app.state.settings, actions=[undo], by=by)
    )
    done = Done.model_validate(written)
    response.headers["Location"] = f"/api/curation/{done.entries[0].id}"
    return done


async def carry_out(graph: PublishedGraph, request: Request, asked: Sequence[Any], *, by: str) -> Done:
    """Do the actions, all or none, and publish."""
    seen = [
        Seen(candidates_for(one.claim, CLAIM)[0], one.last) for one in asked if "last" in one.model_fields_set
    ]
    work = partial(
        curate_and_publish,
        settings=request.app.state.settings,
        actions=[one.to_action() for one in asked],
        by=by,
        seen=seen,
    )
    return Done.model_validate(await graph.write(work))


async def diff_of(graph: PublishedGraph, asked: Sequence[Any], *, by: str, since: str | None = None) -> Diff:
    """What the actions would change in the newest version."""
    version = graph.newest()
    actions = [one.to_action() for one in asked]
    found = await graph.ask(partial(preview, actions=actions, by=by, since=since), version=version)
    parts = ("claims", "facts_added", "facts_removed", "conflicts_opened", "conflicts_closed", "meanwhile")
    return Diff.model_validate({"version": version.number, **{name: getattr(found, name) for name in parts}})
