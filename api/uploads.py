"""uploads and URLs -> jobs that bring the reports in; a report out of the graph again, with a preview."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import anyio
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.types import Message

from api.claims import Id
from api.connections import read_body
from api.curation_schemas import FactChange
from api.deps import GraphDep
from api.job_runner import JobRunner
from api.job_schemas import Job
from api.keyed import NEEDS_KEY, REFUSALS, ByDep, keyed
from api.problems import problems
from api.schemas import Record, Report
from kg.errors import (
    BadRequest,
    BodyTooLarge,
    Overloaded,
    StoreUnavailable,
    UnknownReport,
    UnsupportedMedia,
)
from kg.jobs import JobShelf
from kg.report_writes import preview_taking_out, take_out

router = APIRouter(
    prefix="/api/reports", tags=["reports"], route_class=keyed("ingest", body=False), dependencies=NEEDS_KEY
)
_FAILURES = REFUSALS | problems(BadRequest, UnsupportedMedia, UnknownReport, Overloaded, StoreUnavailable)
_MOST_FILES = 50
_CHUNK = 1 << 20
_JSON_BYTES = 1 << 16


class FromUrl(BaseModel):
    """What is behind a URL: a page, a document, or a feed with up to 50 entries; or the sample reports."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": "https://example.org/ai-factories.html"}]}
    )

    url: str | None = Field(None, max_length=2000)
    samples: bool = Field(False, description="The sample reports that come with the product, without a URL")


class TakenOut(Record):
    """A report with what rests on it alone."""

    report: Report
    claims: int
    facts: list[FactChange] = Field(description="Plain facts that no other report supports")
    version: int | None = Field(description="From which on it is gone; null if this was a preview")


_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                            "maxItems": _MOST_FILES,
                        }
                    },
                },
                "example": {"file": ["note.pdf"]},
            },
            "application/json": {"schema": FromUrl.model_json_schema()},
        },
    }
}


@router.post("", status_code=202, responses=_FAILURES, openapi_extra=_UPLOAD)
async def add_reports(request: Request, response: Response, by: ByDep) -> Job:
    """Bring reports in, from files of a form (`file`) or from a URL; the answer is a job to follow."""
    shelf: JobShelf = request.app.state.shelf
    runner: JobRunner = request.app.state.runner
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        asked = await _asked(request)
        id, _ = shelf.new(by=by, url=asked.url, samples=asked.samples)
    elif media_type == "multipart/form-data":
        id = await _uploaded(request, shelf, by)
    else:
        sent = media_type or "an unnamed type"
        raise UnsupportedMedia(f"reports come as multipart/form-data or as JSON with a URL, not as {sent}")
    job = runner.submit(id)
    response.headers["Location"] = f"/api/jobs/{id}"
    return Job.of(job)


@router.delete("/{id:path}", responses=_FAILURES)
async def remove_report(
    graph: GraphDep,
    request: Request,
    id: Id,
    dry_run: Annotated[bool, Query(description="Show what would go, and change nothing")] = False,
    reason: Annotated[str, Query(max_length=2000, description="Kept in the log, without the report")] = "",
) -> TakenOut:
    """Take a report out with all that rests on it alone; that it was there is kept, its content is not."""
    if dry_run:
        found = await graph.ask(partial(preview_taking_out, id=id))
    else:
        work = partial(take_out, settings=request.app.state.settings, id=id, reason=reason)
        found = await graph.write(work)
    return TakenOut.model_validate(found)


async def _asked(request: Request) -> FromUrl:
    """What the body asks for; BadRequest if it is neither a URL of the web nor the samples."""
    body = await read_body(request, _JSON_BYTES)
    try:
        asked = FromUrl.model_validate_json(body)
        if asked.samples and asked.url is None:
            return asked
        place = urlsplit(asked.url or "")
        usable = (
            not asked.samples
            and place.scheme in ("http", "https")
            and bool(place.hostname)
            and not place.username
        )
    except ValidationError as error:
        raise BadRequest(f"the body is not a URL in JSON: {error.errors()[0]['msg']}") from error
    except ValueError:
        usable = False
    if not usable:
        raise BadRequest("give an http or https URL without a password")
    return asked


async def _uploaded(request: Request, shelf: JobShelf, by: str) -> str:
    """The id of a job with the files of the form."""
    limited = Request(request.scope, _up_to(request, request.app.state.settings.upload_mib << 20))
    try:
        form = await limited.form(max_files=_MOST_FILES, max_fields=10)
    except (MultiPartException, AssertionError, KeyError, UnicodeError) as error:
        raise BadRequest(f"the form is broken: {error}") from error
    try:
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not files:
            raise BadRequest("the form holds no file; send it as the field `file`")
        id, paths = shelf.new(by=by, names=[file.filename or "" for file in files])
        try:
            for file, path in zip(files, paths, strict=True):
                await _write(file, path)
        except OSError as error:
            shelf.discard(id)
            raise StoreUnavailable(f"the upload cannot be kept: {error.strerror}") from error
    finally:
        await form.close()
    return id


async def _write(file: UploadFile, path: Path) -> None:
    async with await anyio.open_file(path, "xb") as target:
        while chunk := await file.read(_CHUNK):
            await target.write(chunk)


def _up_to(request: Request, most: int) -> Callable[[], Coroutine[Any, Any, Message]]:
    """What the client sends, until it is more than allowed: then BodyTooLarge."""
    length = 0

    async def receive() -> Message:
        nonlocal length
        message = await request.receive()
        length += len(message.get("body", b""))
        if length > most:
            raise BodyTooLarge(f"at most {most} bytes are read")
        return message

    return receive
