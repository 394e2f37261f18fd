"""New versions -> those who asked to be told: signed, tried again with growing pauses, and written down.

Of several services over one store only one sends. A subscriber that was away is told of the newest version
when it is back, not of each one that it missed.
"""

import asyncio
import contextlib
import fcntl
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TextIO

from api.calling import CallFailed, call, read_networks
from kg.errors import AifkgError, Forbidden, StoreUnavailable, UnknownIri
from kg.published import PublishedGraph
from kg.settings import Settings
from kg.version_changes import version_changes
from kg.webhooks import Attempt, Delivery, Webhook, Webhooks, new_delivery, now, signature

_LOOK_EVERY_S = 0.5
_TIMEOUT_S = 10.0
_ATTEMPTS = 6
_GROWTH = 4.0  # each pause is so many times the one before: with 5 s at first, 28 minutes in all


class WebhookSender:
    """Tells the subscribers of one store, one task for each."""

    def __init__(self, hooks: Webhooks, graph: PublishedGraph, settings: Settings) -> None:
        """Nothing is sent before the service has begun; BadSetting for a network that is none."""
        self._hooks = hooks
        self._graph = graph
        self._first_pause_s = settings.webhook_pause_s
        self.allowed = read_networks(settings.webhook_networks)
        self._lock: TextIO | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to look for new versions."""
        self._watch = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send no more; what was not delivered is told when a service runs again."""
        for task in [*self._tasks.values(), *([self._watch] if self._watch else [])]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._lock:
            self._lock.close()

    async def test(self, hook: Webhook) -> Delivery:
        """Send a ping once, and tell how that went."""
        version = self._graph.newest().number
        delivery = new_delivery("ping", version)
        attempt = await self._attempt(hook, delivery, {"version": version})
        return self._noted(hook, delivery, attempt, last=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            with contextlib.suppress(StoreUnavailable):
                hooks = self._hooks.all()
                if not hooks or not self._is_ours():
                    continue
                newest = self._graph.newest().number
                for hook in hooks:
                    task = self._tasks.get(hook.id)
                    if hook.told < newest and (task is None or task.done()):
                        self._tasks[hook.id] = asyncio.create_task(self._deliver(hook))

    def _is_ours(self) -> bool:
        """Whether this service is the one that sends."""
        if self._lock is None:
            file = (self._hooks.folder / "lock").open("a+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self._lock = file
        return True

    async def _deliver(self, hook: Webhook) -> None:
        """Tell of the newest version, as often as it takes; then the subscriber counts as told."""
        version = self._graph.newest()
        news = await self._news(hook.told)
        delivery = new_delivery("published", version.number)
        for number, pause_s in enumerate(self._pauses(), 1):
            attempt = await self._attempt(hook, delivery, news)
            delivery = self._noted(hook, delivery, attempt, last=number == _ATTEMPTS)
            if delivery.outcome != "retrying":
                break
            await asyncio.sleep(pause_s)
            if hook.id not in {one.id for one in self._hooks.all()}:
                return
        self._hooks.tell(hook, version.number)

    def _pauses(self) -> Iterator[float]:
        return (self._first_pause_s * _GROWTH**number for number in range(_ATTEMPTS))

    async def _news(self, since: int) -> dict[str, Any]:
        """What is new since a version; without the details if that version is not kept."""
        version = self._graph.newest()
        news: dict[str, Any] = {
            "version": version.number,
            "published_at": version.published_at.isoformat(),
            "since": since,
            "changes_url": f"/api/changes?since={since}",
        }
        try:
            earlier = self._graph.version(since, None)
            found = await self._graph.ask(partial(version_changes, since=earlier, limit=1), version=version)
        except AifkgError:
            return news
        names = ("reports_added", "reports_removed", "added", "removed", "changed")
        return {**news, **{name: getattr(found, name) for name in names}}

    async def _attempt(self, hook: Webhook, delivery: Delivery, news: dict[str, Any]) -> Attempt:
        told = {"event": delivery.event, "delivery": delivery.id, **news}
        body = json.dumps(told, ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "aifactory-kg",
            "X-Aifkg-Event": delivery.event,
            "X-Aifkg-Delivery": delivery.id,
            "X-Aifkg-Timestamp": timestamp,
            "X-Aifkg-Signature": signature(hook.secret, timestamp, body),
        }
        began, at = time.monotonic(), now()
        status: int | None = None
        error: str | None = None
        try:
            status = await call(hook.url, body, headers, allowed=self.allowed, timeout_s=_TIMEOUT_S)
        except (CallFailed, Forbidden) as failure:
            error = str(failure)
        return Attempt(at, status, error, int(1000 * (time.monotonic() - began)))

    def _noted(self, hook: Webhook, delivery: Delivery, attempt: Attempt, *, last: bool) -> Delivery:
        accepted = attempt.status is not None and 200 <= attempt.status < 300
        delivery = replace(
            delivery,
            outcome="delivered" if accepted else "failed" if last else "retrying",
            attempts=(*delivery.attempts, attempt),
        )
        with contextlib.suppress(UnknownIri):
            self._hooks.log(hook, delivery)
        return delivery
