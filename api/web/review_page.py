"""graph -> the review queue: one doubtful statement at a time, why it is here, what the graph has beside it.

The page only shows. Decisions go to /api/curation with the key of the curator, which the browser keeps for
the session and sends in a header, never in a cookie: no other page can make a browser decide.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pyoxigraph import Store
from starlette.responses import Response

from api.pages import page
from api.problems import problem_of
from api.web.versioned_pages import PageGraphDep, PageRoute
from kg.curation_records import EntryRecord, LogFilter, log_page
from kg.disagreements import ClaimContext, claim_context
from kg.errors import UnknownIri
from kg.queries import rows
from kg.records import ClaimRecord
from kg.review_queue import QueuePage, Reason, causes, queue_page
from kg.snapshots import Version

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_MOST = 60
_DECISIONS = 8
_MARGIN = 700
_MODALITIES = ("reported", "estimate", "forecast", "planned", "vendor-claim", "opinion", "recommendation")
_QUALIFIERS = ("exact", "approximate", "approaching", "at-least", "at-most", "range")
# Number keys choose among these when a statement is rejected.
_REASONS = (
    "the sentence is about something else",
    "the number or its unit was misread",
    "the metric or relation was misread",
    "the text does not state it",
    "it repeats another statement of the report",
)


@dataclass(frozen=True)
class Looked:
    """What a review shows: the queue, the statement that is looked at, what is around it, its paragraph."""

    queue: QueuePage
    context: ClaimContext | None
    reasons: tuple[Reason, ...]
    before: str
    after: str
    last: str | None  # id of the last decision on it
    decisions: tuple[EntryRecord, ...]


@router.get("/review")
async def review(
    graph: PageGraphDep,
    queue: Annotated[str | None, Query(max_length=40)] = None,
    at: Annotated[str | None, Query(max_length=80)] = None,
    doc: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """The queue, and of its statements the one asked for, else the most doubtful."""
    chosen = queue if queue in causes() else None
    work = partial(_look, version=graph.newest(), reason=chosen, report=doc, at=at)
    try:
        found = await graph.ask(work)
    except UnknownIri as unknown:
        return page("unknown", 404, problem=problem_of(unknown), iri=f"/claim/{at}")
    ids = [entry.claim.id for entry in found.queue.entries]
    here = found.context.claim.id if found.context else None
    after = ids[ids.index(here) + 1 :] if here in ids else [one for one in ids if one != here]
    claim = found.context.claim if found.context else None
    return page(
        "review",
        found=found,
        claim=claim,
        number=ids.index(here) + 1 if here in ids else None,
        queues=[(code, cause.says, dict(found.queue.by_reason)[code]) for code, cause in causes().items()],
        chosen=chosen,
        link=partial(_link, queue=chosen, doc=doc),
        following=[_link(one, queue=chosen, doc=doc) for one in after[:8]],
        modalities=_MODALITIES,
        qualifiers=_QUALIFIERS,
        why_not=_REASONS,
    )


def _link(at: str | None = None, *, queue: str | None, doc: str | None) -> str:
    """The page with another statement of the same queue."""
    said = {name: value for name, value in (("at", at), ("doc", doc), ("queue", queue)) if value}
    return "/review" + (f"?{urlencode(said)}" if said else "")


def _look(
    store: Store, *, version: Version, reason: str | None, report: str | None, at: str | None
) -> Looked:
    queue = queue_page(
        store, version=version, reason=reason, report=report, about=None, limit=_MOST, cursor=None
    )
    decisions = log_page(store, version=version, wanted=LogFilter(), limit=_DECISIONS, cursor=None)
    first = queue.entries[0].claim.id if queue.entries else None
    wanted = at or first
    if wanted is None:
        return Looked(queue, None, (), "", "", None, decisions.entries)
    context = claim_context(store, id=wanted)
    why = next((one.reasons for one in queue.entries if one.claim.iri == context.claim.iri), ())
    before, after = _paragraph(store, context.claim)
    done = log_page(
        store, version=version, wanted=LogFilter(about=context.claim.id), limit=1, cursor=None
    ).entries
    return Looked(queue, context, why, before, after, done[0].id if done else None, decisions.entries)


def _paragraph(store: Store, claim: ClaimRecord) -> tuple[str, str]:
    """The text of the paragraph before and after the words of the claim."""
    if not claim.evidence:
        return "", ""
    of = claim.evidence[0]
    text = next((row["text"] for row in rows(store, "report_text", one={"report": claim.report.iri})), None)
    if text is None or text[of.start : of.end] != of.quote:
        return of.prefix, of.suffix
    start = max(text.rfind("\n\n", 0, of.start) + 2, of.start - _MARGIN, 0)
    end = text.find("\n\n", of.end)
    return text[start : of.start], text[of.end : min(len(text) if end < 0 else end, of.end + _MARGIN)]
