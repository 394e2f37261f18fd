"""Who is told of new versions: subscriptions and what was delivered, each a file beside the store.

    STORE/webhooks/<id>.json       URL, secret and the version that was last told; only its owner can read it
    STORE/webhooks/<id>.log.jsonl  the last deliveries, one a line

A delivery is signed with HMAC-SHA256 over its time, a dot and its body, so that whoever gets it knows that it
is ours, unchanged and new.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from kg.errors import StoreUnavailable, UnknownIri

Outcome = Literal["delivered", "retrying", "failed"]
_ID = re.compile(r"[0-9a-f]{16}")
_KEPT = 100  # deliveries of each subscription


@dataclass(frozen=True)
class Webhook:
    """A subscription. `told` is the version that it was last told of."""

    id: str
    url: str
    secret: str
    by: str
    created: str
    told: int


@dataclass(frozen=True)
class Attempt:
    """One call: the status that came back, or why none did."""

    at: str
    status: int | None
    error: str | None
    milliseconds: int


@dataclass(frozen=True)
class Delivery:
    """What was to be told, and how that went."""

    id: str
    event: str
    version: int
    created: str
    outcome: Outcome
    attempts: tuple[Attempt, ...] = field(default=())


class Webhooks:
    """The subscriptions of one store."""

    def __init__(self, store_path: Path) -> None:
        """The folder is made with the first subscription."""
        self.folder = store_path / "webhooks"

    def add(self, *, url: str, by: str, told: int, secret: str | None = None) -> Webhook:
        """A new subscription, of versions after `told`; StoreUnavailable if it cannot be written."""
        hook = Webhook(secrets.token_hex(8), url, secret or secrets.token_urlsafe(32), by, now(), told)
        self._write(hook)
        return hook

    def all(self) -> list[Webhook]:
        """Every subscription, oldest first."""
        found = [_read(path) for path in self.folder.glob("*.json")]
        return sorted((hook for hook in found if hook), key=lambda hook: (hook.created, hook.id))

    def get(self, id: str) -> Webhook:
        """The subscription; UnknownIri if there is none."""
        hook = _read(self.folder / f"{id}.json") if _ID.fullmatch(id) else None
        if hook is None:
            raise UnknownIri(f"no webhook {id} is known")
        return hook

    def tell(self, hook: Webhook, version: int) -> Webhook:
        """Remember that the subscriber was told of a version."""
        told = replace(hook, told=version)
        if (self.folder / f"{hook.id}.json").exists():  # it may have been removed meanwhile
            self._write(told)
        return told

    def remove(self, id: str) -> None:
        """Forget a subscription and its deliveries; UnknownIri if there is none."""
        self.get(id)
        for path in (self.folder / f"{id}.json", self.folder / f"{id}.log.jsonl"):
            path.unlink(missing_ok=True)

    def log(self, hook: Webhook, delivery: Delivery) -> None:
        """Keep a delivery as it is now, in place of how it was."""
        kept = [one for one in self.deliveries(hook.id) if one.id != delivery.id]
        lines = [json.dumps(asdict(one), ensure_ascii=False) for one in [*reversed(kept), delivery][-_KEPT:]]
        if (self.folder / f"{hook.id}.json").exists():
            _write_whole(self.folder / f"{hook.id}.log.jsonl", "".join(f"{line}\n" for line in lines))

    def deliveries(self, id: str) -> list[Delivery]:
        """What was delivered or not, newest first; UnknownIri if there is no such subscription."""
        self.get(id)
        try:
            lines = (self.folder / f"{id}.log.jsonl").read_text("utf-8").splitlines()
        except OSError:
            return []
        return [_delivery(json.loads(line)) for line in reversed(lines)]

    def _write(self, hook: Webhook) -> None:
        _write_whole(self.folder / f"{hook.id}.json", json.dumps(asdict(hook), ensure_ascii=False))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a receiver compares with the header X-Aifkg-Signature.

    >>> signature("secret", "1764000000", b"{}")[:20]
    'sha256=b691197929ebc'
    """
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def new_delivery(event: str, version: int) -> Delivery:
    """A delivery that nobody has tried yet."""
    return Delivery(secrets.token_hex(8), event, version, now(), "retrying")


def now() -> str:
    """The moment as xsd:dateTime."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _delivery(told: dict[str, Any]) -> Delivery:
    return Delivery(**{**told, "attempts": tuple(Attempt(**one) for one in told["attempts"])})


def _read(path: Path) -> Webhook | None:
    try:
        return Webhook(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write_whole(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path.name} cannot be written: {error.strerror}") from error
