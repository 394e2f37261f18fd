"""Jobs: how they stand, what happens in them as it happens, and an end before their end."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import StreamingResponse

from api.job_runner import JobRunner
from api.job_schemas import Job, JobList
from api.keyed import NEEDS_KEY, REFUSALS, keyed
from api.problems import problems
from kg.errors import BadRequest, StoreUnavailable, UnknownIri
from kg.jobs import Event, JobShelf

# Whoever was given a job's id, which nobody can guess, may follow it: browsers send no key with streams.
router = APIRouter(prefix="/api/jobs", tags=["jobs"])
keyed_router = APIRouter(
    prefix="/api/jobs", tags=["jobs"], route_class=keyed("ingest"), dependencies=NEEDS_KEY
)

_FAILURES = problems(UnknownIri, StoreUnavailable)
_EVERY_S = 10.0  # a comment keeps a quiet stream open
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of the job")]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `id` is the number, `event` the name, `data` is JSON",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'id: 3\nevent: reading\ndata: {"file": "note.pdf", "number": 1, "of": 1}\n\n',
            }
        },
    }
}


@keyed_router.get("", responses=REFUSALS | _FAILURES)
async def list_jobs(
    request: Request,
    state: Literal["queued", "running", "done", "failed", "cancelled", "interrupted"] | None = None,
    sort: Annotated[
        Literal["created", "-created"], Query(description="A dash in front: downwards")
    ] = "-created",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobList:
    """The jobs of the service, newest first; old ones are forgotten."""
    jobs = [job for job in _shelf(request).all() if state in (None, job.state)]
    if sort == "created":
        jobs.reverse()
    return JobList(jobs=[Job.of(job) for job in jobs[:limit]])


@router.get("/{id}", responses=_FAILURES)
async def get_job(request: Request, id: JobId) -> Job:
    """How a job stands."""
    return Job.of(_shelf(request).get(id))


@router.get("/{id}/events", responses=_STREAM | _FAILURES, response_class=StreamingResponse)
async def follow_job(
    request: Request,
    id: JobId,
    last_event_id: Annotated[str, Header(pattern="^[0-9]{0,9}$")] = "",
    after: Annotated[int, Query(ge=0, description="As Last-Event-ID")] = 0,
) -> StreamingResponse:
    """What happens in a job, from its beginning or after the event of Last-Event-ID, until it ends."""
    _shelf(request).folder(id)
    begin = int(last_event_id) if last_event_id else after
    return StreamingResponse(
        _stream(_runner(request), id, begin),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@keyed_router.delete("/{id}", responses=REFUSALS | _FAILURES | problems(BadRequest))
async def cancel_job(request: Request, id: JobId) -> Job:
    """End a job; what it has not committed is not there, and what it has is there as a whole."""
    return Job.of(await _runner(request).cancel(id))


async def _stream(runner: JobRunner, id: str, after: int) -> AsyncIterator[str]:
    async for event in runner.follow(id, after=after, every_s=_EVERY_S):
        yield _written(event) if event else ": still here\n\n"


def _written(event: Event) -> str:
    data = json.dumps({**event.data, "at": event.at}, ensure_ascii=False)
    return f"id: {event.id}\nevent: {event.event}\ndata: {data}\n\n"


def _shelf(request: Request) -> JobShelf:
    shelf: JobShelf = request.app.state.shelf
    return shelf


def _runner(request: Request) -> JobRunner:
    runner: JobRunner = request.app.state.runner
    return runner
