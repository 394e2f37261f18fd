"""Webhooks: who is told when a version is published."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.calling import CallFailed, check_target
from api.deps import GraphDep
from api.keyed import NEEDS_KEY, REFUSALS, ByDep, keyed
from api.problems import problems
from api.schemas import Record
from api.webhook_sender import WebhookSender
from kg.errors import BadRequest, StoreUnavailable, UnknownIri
from kg.webhooks import Webhook, Webhooks

router = APIRouter(
    prefix="/api/webhooks", tags=["webhooks"], route_class=keyed("admin"), dependencies=NEEDS_KEY
)
_FAILURES = REFUSALS | problems(BadRequest, UnknownIri, StoreUnavailable)
HookId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Id of the webhook")]


_HOOK: JsonDict = {
    "id": "9f8e7d6c5b4a3921",
    "url": "https://hooks.example.org/aifkg",
    "by": "boss",
    "created": "2026-11-24T12:00:00Z",
    "told": 214,
}
_DELIVERY: JsonDict = {
    "id": "0a1b2c3d4e5f6071",
    "event": "published",
    "version": 215,
    "created": "2026-11-24T12:01:00Z",
    "outcome": "delivered",
    "attempts": [{"at": "2026-11-24T12:01:00Z", "status": 204, "error": None, "milliseconds": 38}],
}


class NewWebhook(BaseModel):
    """Where to send to; without a secret one is made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": "https://hooks.example.org/aifkg"}]}
    )

    url: str = Field(max_length=2000)
    secret: str | None = Field(None, min_length=16, max_length=200)


class WebhookOut(Record):
    """A subscription."""

    model_config = ConfigDict(json_schema_extra={"examples": [_HOOK]})

    id: str
    url: str
    by: str = Field(description="Name of the key")
    created: datetime
    told: int = Field(description="The version that it was last told of")


class WebhookMade(WebhookOut):
    """A new subscription with the secret of its signatures, which is shown once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_HOOK, "secret": "xQ7…"}]})

    secret: str


class WebhookList(BaseModel):
    """All subscriptions, oldest first."""

    webhooks: list[WebhookOut]


class AttemptOut(Record):
    """One call."""

    at: datetime
    status: int | None = Field(description="HTTP status that came back; null if none did")
    error: str | None
    milliseconds: int


class DeliveryOut(Record):
    """What was to be told, and how that went."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DELIVERY]})

    id: str
    event: str = Field(description="published or ping")
    version: int
    created: datetime
    outcome: str = Field(description="delivered, retrying or failed")
    attempts: list[AttemptOut]


class DeliveryList(BaseModel):
    """The last deliveries, newest first."""

    deliveries: list[DeliveryOut]


@router.get("", responses=_FAILURES)
async def list_webhooks(request: Request) -> WebhookList:
    """Who is told of new versions."""
    return WebhookList(webhooks=[WebhookOut.model_validate(hook) for hook in _hooks(request).all()])


@router.post("", status_code=201, responses=_FAILURES)
async def add_webhook(
    graph: GraphDep, request: Request, response: Response, by: ByDep, asked: NewWebhook
) -> WebhookMade:
    """Have a URL called, signed, whenever a version is published."""
    try:
        await check_target(asked.url, _sender(request).allowed)
    except CallFailed as error:
        raise BadRequest(str(error)) from error
    hook = _hooks(request).add(url=asked.url, by=by, told=graph.newest().number, secret=asked.secret)
    response.headers["Location"] = f"/api/webhooks/{hook.id}"
    return WebhookMade.model_validate(hook)


@router.get("/{id}", responses=_FAILURES)
async def get_webhook(request: Request, id: HookId) -> WebhookOut:
    """One subscription."""
    return WebhookOut.model_validate(_hooks(request).get(id))


@router.delete("/{id}", status_code=204, responses=_FAILURES)
async def remove_webhook(request: Request, id: HookId) -> None:
    """Tell it no more."""
    _hooks(request).remove(id)


@router.get("/{id}/deliveries", responses=_FAILURES)
async def list_deliveries(request: Request, id: HookId) -> DeliveryList:
    """What was delivered or not, newest first, each attempt with what came back."""
    found = _hooks(request).deliveries(id)
    return DeliveryList(deliveries=[DeliveryOut.model_validate(one) for one in found])


@router.post("/{id}/test", responses=_FAILURES)
async def test_webhook(request: Request, id: HookId) -> DeliveryOut:
    """Send a ping now, once, and tell how that went."""
    hook: Webhook = _hooks(request).get(id)
    return DeliveryOut.model_validate(await _sender(request).test(hook))


def _hooks(request: Request) -> Webhooks:
    hooks: Webhooks = request.app.state.hooks
    return hooks


def _sender(request: Request) -> WebhookSender:
    sender: WebhookSender = request.app.state.sender
    return sender
