"""The part of the client that brings reports in, follows jobs, and says who is told of new versions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from aifkg.client.transport import Transport, parsed, part, query_of
from api.job_schemas import Job, JobList
from api.uploads import FromUrl, TakenOut
from api.webhooks import DeliveryList, DeliveryOut, NewWebhook, WebhookList, WebhookMade, WebhookOut


@dataclass(frozen=True)
class JobEvent:
    """Something that happened in a job; `data` holds what belongs to the event."""

    number: int
    event: str
    data: dict[str, Any] = field(default_factory=dict)


class Bringing(Transport):
    """Each method raises Refused with the service's problem, or Unreachable."""

    def upload(self, *paths: Path) -> Job:
        """Send files; the job tells what becomes of them. Needs a key that may ingest."""
        files = [("file", (path.name, path.read_bytes())) for path in paths]
        body, media_type = encode_multipart_formdata(files)
        return parsed(Job, self._sent("POST", "/api/reports", body, {"Content-Type": media_type}))

    def fetch(self, url: str) -> Job:
        """Have a page, document or feed fetched. Needs a key that may ingest."""
        return self._send(Job, "POST", "/api/reports", FromUrl(url=url))

    def take_out(self, report: str, *, dry_run: bool = False, reason: str = "") -> TakenOut:
        """Take a report out with all that rests on it alone, or show what would go."""
        asked = query_of({"dry_run": dry_run, "reason": reason or None})
        return self._send(TakenOut, "DELETE", f"/api/reports/{part(report)}{asked}")

    def jobs(self, *, state: str | None = None, limit: int = 50) -> JobList:
        """The jobs, newest first."""
        return self._read(JobList, "/api/jobs", state=state, limit=limit)

    def job(self, id: str) -> Job:
        """How a job stands."""
        return self._read(Job, f"/api/jobs/{part(id)}")

    def cancel(self, id: str) -> Job:
        """End a job."""
        return self._send(Job, "DELETE", f"/api/jobs/{part(id)}")

    def follow(self, id: str, *, after: int = 0) -> Iterator[JobEvent]:
        """What happens in a job, after the event of that number, until it ends."""
        rest = b""
        for piece in self._stream(f"/api/jobs/{part(id)}/events{query_of({'after': after})}"):
            *whole, rest = (rest + piece).split(b"\n\n")
            yield from (event for block in whole if (event := _event(block.decode())))

    def webhooks(self) -> WebhookList:
        """Who is told of new versions."""
        return self._read(WebhookList, "/api/webhooks")

    def webhook(self, id: str) -> WebhookOut:
        """One of them."""
        return self._read(WebhookOut, f"/api/webhooks/{part(id)}")

    def add_webhook(self, url: str) -> WebhookMade:
        """Tell this address of new versions; the secret of the signatures is shown once."""
        return self._send(WebhookMade, "POST", "/api/webhooks", NewWebhook.model_validate({"url": url}))

    def remove_webhook(self, id: str) -> None:
        """Tell it no more."""
        self._write("DELETE", f"/api/webhooks/{part(id)}")

    def deliveries(self, id: str) -> DeliveryList:
        """The last deliveries to one address."""
        return self._read(DeliveryList, f"/api/webhooks/{part(id)}/deliveries")

    def test_webhook(self, id: str) -> DeliveryOut:
        """Call it now."""
        return self._send(DeliveryOut, "POST", f"/api/webhooks/{part(id)}/test")


def _event(block: str) -> JobEvent | None:
    r"""One server-sent event; None for a sign of life.

    >>> _event('id: 3\nevent: reading\ndata: {"file": "note.pdf"}')
    JobEvent(number=3, event='reading', data={'file': 'note.pdf'})
    """
    fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")
    if "id" not in fields:
        return None
    return JobEvent(int(fields["id"]), fields.get("event", "message"), json.loads(fields.get("data", "{}")))
