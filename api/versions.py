"""Which version of the graph a request is about: `version=`, `asOf=`, or Accept-Datetime (RFC 7089)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.requests import HTTPConnection

from kg.errors import BadRequest
from kg.published import PublishedGraph
from kg.snapshots import Version


def asked_version(graph: PublishedGraph, request: HTTPConnection, options: Mapping[str, str]) -> Version:
    """The version that a request of the SPARQL endpoint asks for, the newest if it asks for none.

    Raises:
        BadRequest: if `version` is no number, or a moment cannot be read.
        UnknownIri: if that version is not kept.
    """
    number, moment = options.get("version"), options.get("asOf")
    accepted = request.headers.get("accept-datetime")
    if number is None and moment is None and accepted is None:
        return graph.newest()
    try:
        if number is not None:
            return graph.version(int(number), None)
        asked = datetime.fromisoformat(moment) if moment else parsedate_to_datetime(accepted or "")
    except ValueError as error:
        raise BadRequest("version is a number, asOf a moment such as 2026-11-24T08:30:00Z") from error
    return graph.version(None, _with_zone(asked))


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=64)
def _memento_datetime(published_at: datetime) -> str:
    return format_datetime(published_at.astimezone(UTC), usegmt=True)


def headers_of_answer(version: Version, tag: str | None, timing: str | None = None) -> dict[str, str]:
    """From which version an answer comes, how to ask for it again only when it has changed, what it took."""
    headers = {
        "Memento-Datetime": _memento_datetime(version.published_at),
        "X-Graph-Version": str(version.number),
        "Vary": "Accept, Accept-Datetime",
        # Every answer has to be asked for again, and is given at no cost while the version stays.
        "Cache-Control": "no-cache" if tag else "no-store",
    }
    if tag:
        headers["ETag"] = tag
    if timing:
        headers["Server-Timing"] = timing
    return headers
