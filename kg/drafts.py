"""Drafts of curation: actions that wait to be looked at together, each draft a file beside the store."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg.errors import StoreUnavailable, UnknownIri

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Draft:
    """Actions as the API takes them, whose they are, and since when."""

    id: str
    title: str
    by: str
    created: str  # xsd:dateTime
    actions: tuple[dict[str, Any], ...]


class Drafts:
    """The drafts of one store."""

    def __init__(self, store_path: Path, *, clock: Clock = lambda: datetime.now(UTC)) -> None:
        """The folder is made with the first draft."""
        self._folder = store_path / "drafts"
        self._clock = clock

    def add(self, *, title: str, by: str, actions: list[dict[str, Any]]) -> Draft:
        """A new draft; StoreUnavailable if it cannot be written."""
        created = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        draft = Draft(secrets.token_hex(8), title, by, created, tuple(actions))
        self._write(draft)
        return draft

    def replace(self, draft: Draft) -> None:
        """Have the draft with other actions or another title; StoreUnavailable if it cannot be written."""
        self._write(draft)

    def all(self) -> list[Draft]:
        """Every draft, newest first."""
        found = [_read(path) for path in self._folder.glob("*.json")]
        return sorted(
            (draft for draft in found if draft), key=lambda one: (one.created, one.id), reverse=True
        )

    def get(self, id: str) -> Draft:
        """The draft; UnknownIri if there is none."""
        draft = _read(self._path(id))
        if draft is None:
            raise UnknownIri(f"no draft {id} is kept")
        return draft

    def remove(self, id: str) -> None:
        """Forget the draft; UnknownIri if there is none."""
        try:
            self._path(id).unlink()
        except OSError:
            raise UnknownIri(f"no draft {id} is kept") from None

    def _path(self, id: str) -> Path:
        if not id.isalnum() or not id.isascii():
            raise UnknownIri(f"no draft {id!r} is kept")
        return self._folder / f"{id}.json"

    def _write(self, draft: Draft) -> None:
        path = self._path(draft.id)
        waiting = path.with_suffix(".unfinished")
        told = {"title": draft.title, "by": draft.by, "created": draft.created, "actions": draft.actions}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            waiting.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
            waiting.replace(path)
        except OSError as error:
            raise StoreUnavailable(f"the draft cannot be written: {error.strerror}") from error


def _read(path: Path) -> Draft | None:
    try:
        told = json.loads(path.read_text("utf-8"))
        return Draft(path.stem, told["title"], told["by"], told["created"], tuple(told["actions"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
