"""graph -> the review queue: one doubtful statement at a time, why it is here, what the graph has beside it.

The page only shows. Decisions go to /api/curation with the key of the curator, which the browser keeps for
the session and sends in a header, never in a cookie: no other page can make a browser decide.
"""

from functools import partial
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.claims import Id
from api.pages import page
from api.problems import problem_of
from api.web.versioned_pages import PageGraphDep, PageRoute
from kg.errors import UnknownIri
from kg.model import Modality, Polarity, Qualifier
from kg.review_queue import causes
from kg.reviewing import case_of, looked_at

router = APIRouter(include_in_schema=False, route_class=PageRoute)

# What the fields of a correction offer; number keys choose among the reasons of a rejection.
WORDS = {
    "modalities": get_args(Modality),
    "qualifiers": get_args(Qualifier),
    "polarities": get_args(Polarity),
    "why_not": (
        "the sentence is about something else",
        "the number or its unit was misread",
        "the metric or relation was misread",
        "the text does not state it",
        "it repeats another statement of the report",
    ),
}


@router.get("/review")
async def review(
    graph: PageGraphDep,
    queue: Annotated[str | None, Query(max_length=40)] = None,
    at: Annotated[str | None, Query(max_length=80)] = None,
    doc: Annotated[str | None, Query(max_length=80)] = None,
) -> Response:
    """The queue, and of its statements the one asked for, else the most doubtful."""
    chosen = queue if queue in causes() else None
    work = partial(looked_at, version=graph.newest(), reason=chosen, report=doc, at=at)
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
        words=WORDS,
    )


@router.get("/claim/{id}/case")
async def case(graph: PageGraphDep, id: Id) -> Response:
    """What a reader shows below a statement that is chosen: what others say of it, and how to decide."""
    try:
        found = await graph.ask(partial(case_of, version=graph.newest(), id=id))
    except UnknownIri as unknown:
        return page("unknown", 404, problem=problem_of(unknown), iri=f"/claim/{id}")
    return page("case", found=found, claim=found.context.claim, words=WORDS)


def _link(at: str | None = None, *, queue: str | None, doc: str | None) -> str:
    """The page with another statement of the same queue."""
    said = {name: value for name, value in (("at", at), ("doc", doc), ("queue", queue)) if value}
    return "/review" + (f"?{urlencode(said)}" if said else "")
