"""Bodies of jobs."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Record
from kg.jobs import Job as Kept

_EXAMPLE: dict[str, Any] = {
    "id": "0b6f0e7a5a0c4f1f9d3c2b1a09f8e7d6",
    "state": "running",
    "stage": "reading",
    "by": "ann",
    "url": None,
    "created": "2026-11-24T12:00:00Z",
    "started": "2026-11-24T12:00:01Z",
    "finished": None,
    "files": [
        {"name": "note.pdf", "outcome": None, "report": None, "claims": 0, "rejected": 0, "reason": None}
    ],
    "version": None,
    "reason": None,
    "last_event": 3,
    "events_url": "/api/jobs/0b6f0e7a5a0c4f1f9d3c2b1a09f8e7d6/events",
}


class JobFile(Record):
    """A report of a job."""

    name: str
    outcome: str | None = Field(description="added, updated, unchanged, older, failed; null while it is read")
    report: str | None = Field(description="Id of the report in the graph")
    claims: int
    rejected: int = Field(description="Readings that were given up")
    reason: str | None = Field(description="Why it could not be read")


class Job(Record):
    """Reports on their way in."""

    model_config = ConfigDict(from_attributes=True, frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    state: str = Field(description="queued, running, done, failed, cancelled or interrupted")
    stage: str = Field(description="The last event, as fetching, reading or waiting")
    by: str = Field(description="Name of the key")
    url: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    files: list[JobFile]
    version: int | None = Field(description="The version that has the reports")
    reason: str | None = Field(description="Why the job failed or was interrupted")
    last_event: int = Field(description="Number of the last event")
    events_url: str

    @classmethod
    def of(cls, job: Kept) -> "Job":
        """The job as JSON shows it."""
        shown = {name: getattr(job, name) for name in cls.model_fields if name != "events_url"}
        return cls.model_validate({**shown, "events_url": f"/api/jobs/{job.id}/events"})


class JobList(BaseModel):
    """Jobs, newest first."""

    jobs: list[Job]
