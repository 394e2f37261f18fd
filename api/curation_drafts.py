"""Drafts of curation: actions that are looked at together before they are done, all or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Request, Response

from api.claims import Id
from api.curation import WRITE_FAILURES, carry_out, diff_of
from api.curation_schemas import ActionsIn, Diff, Done, Draft, DraftList
from api.deps import GraphDep
from api.keyed import NEEDS_KEY, ByDep, keyed
from kg.drafts import Draft as Kept
from kg.drafts import Drafts
from kg.errors import ChangedMeanwhile, UnknownIri

router = APIRouter(
    prefix="/api/curation/drafts", tags=["curation"], route_class=keyed("curate"), dependencies=NEEDS_KEY
)


@router.get("", responses=WRITE_FAILURES)
async def list_drafts(request: Request) -> DraftList:
    """All drafts, newest first."""
    return DraftList(drafts=[_shown(draft) for draft in _drafts(request).all()])


@router.post("", status_code=201, responses=WRITE_FAILURES)
async def add_draft(request: Request, response: Response, by: ByDep, asked: ActionsIn) -> Draft:
    """Keep actions without doing them."""
    draft = _drafts(request).add(title=asked.title, by=by, actions=_as_kept(asked))
    response.headers["Location"] = f"/api/curation/drafts/{draft.id}"
    return _shown(draft)


@router.get("/{id}", responses=WRITE_FAILURES)
async def get_draft(request: Request, id: Id) -> Draft:
    """One draft."""
    return _shown(_drafts(request).get(id))


@router.put("/{id}", responses=WRITE_FAILURES)
async def replace_draft(request: Request, id: Id, asked: ActionsIn) -> Draft:
    """Have other actions or another title in a draft."""
    drafts = _drafts(request)
    draft = replace(drafts.get(id), title=asked.title, actions=tuple(_as_kept(asked)))
    drafts.replace(draft)
    return _shown(draft)


@router.delete("/{id}", status_code=204, responses=WRITE_FAILURES)
async def remove_draft(request: Request, id: Id) -> None:
    """Forget a draft."""
    _drafts(request).remove(id)


@router.get("/{id}/diff", responses=WRITE_FAILURES)
async def get_diff(graph: GraphDep, request: Request, by: ByDep, id: Id) -> Diff:
    """What a draft would change in the newest version, and what others did to the same things since."""
    draft = _drafts(request).get(id)
    with _what_is_gone_is_told():
        return await diff_of(graph, _asked(draft), by=by, since=draft.created)


@router.post("/{id}/apply", status_code=201, responses=WRITE_FAILURES)
async def apply_draft(graph: GraphDep, request: Request, by: ByDep, id: Id) -> Done:
    """Do all actions of a draft, or none if one cannot be done, publish once, and forget the draft."""
    drafts = _drafts(request)
    asked = _asked(drafts.get(id))
    with _what_is_gone_is_told():
        done = await carry_out(graph, request, asked, by=by)
    drafts.remove(id)
    return done


@contextmanager
def _what_is_gone_is_told() -> Iterator[None]:
    """A claim or thing that is not in the graph is at odds with the draft: the draft itself is there."""
    try:
        yield
    except UnknownIri as error:
        raise ChangedMeanwhile(str(error)) from error


def _drafts(request: Request) -> Drafts:
    return Drafts(request.app.state.settings.store_path)


def _as_kept(asked: ActionsIn) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json", exclude_unset=True) for one in asked.actions]


def _asked(draft: Kept) -> list[Any]:
    return ActionsIn(actions=list(draft.actions)).actions


def _shown(draft: Kept) -> Draft:
    return Draft.model_validate({**asdict(draft), "actions": list(draft.actions)})
