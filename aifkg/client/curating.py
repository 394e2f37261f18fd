"""The part of the client that decides: the log, the review queue, drafts. Writing needs a key."""

from collections.abc import Iterator, Sequence

from pydantic import RootModel

from aifkg.client.transport import Transport, part
from api.curation_schemas import (
    Accept,
    ActionsIn,
    Correct,
    Diff,
    Done,
    Draft,
    DraftList,
    EntryList,
    Merge,
    Prefer,
    Queue,
    Reject,
    Split,
    ToReview,
    Undo,
    UndoReason,
)
from api.schemas import Entry

Action = Accept | Reject | Prefer | Correct | Merge | Split | Undo


class _Sent(RootModel[Action]):
    """One action as a body."""


class Curating(Transport):
    """Decides; each method raises Refused with the service's problem, or Unreachable."""

    def curation(
        self,
        *,
        action: str | None = None,
        by: str | None = None,
        about: str | None = None,
        state: str | None = None,
        text: str | None = None,
        sort: str | None = None,
        page_size: int = 200,
    ) -> Iterator[Entry]:
        """What people did, newest first unless sorted otherwise, all from one version."""
        wanted = {"action": action, "by": by, "about": about, "state": state, "text": text, "sort": sort}
        page = self._read(EntryList, "/api/curation", **wanted, limit=page_size)
        yield from page.entries
        while page.next:
            wanted |= {"cursor": page.next, "version": str(page.version)}
            page = self._read(EntryList, "/api/curation", **wanted, limit=page_size)
            yield from page.entries

    def curation_entry(self, id: str) -> Entry:
        """One entry of the log."""
        return self._read(Entry, f"/api/curation/{part(id)}")

    def review_queue(
        self,
        *,
        reason: str | None = None,
        report: str | None = None,
        about: str | None = None,
        page_size: int = 100,
    ) -> Iterator[ToReview]:
        """The claims to look at, the most doubtful first, all from one version."""
        wanted = {"reason": reason, "report": report, "about": about}
        page = self._read(Queue, "/api/curation/queue", **wanted, limit=page_size)
        yield from page.entries
        while page.next:
            wanted |= {"cursor": page.next, "version": str(page.version)}
            page = self._read(Queue, "/api/curation/queue", **wanted, limit=page_size)
            yield from page.entries

    def curate(self, action: Action) -> Done:
        """Do one action and publish."""
        return self._send(Done, "POST", "/api/curation", _Sent(action))

    def undo(self, entry: str, reason: str = "") -> Done:
        """Take an entry back."""
        return self._send(Done, "POST", f"/api/curation/{part(entry)}/undo", UndoReason(reason=reason))

    def preview(self, actions: Sequence[Action]) -> Diff:
        """What actions would change; nothing is done."""
        return self._send(Diff, "POST", "/api/curation/preview", ActionsIn(actions=list(actions)))

    def drafts(self) -> DraftList:
        """All drafts, newest first."""
        return self._read(DraftList, "/api/curation/drafts")

    def draft(self, id: str) -> Draft:
        """One draft."""
        return self._read(Draft, f"/api/curation/drafts/{part(id)}")

    def draft_diff(self, id: str) -> Diff:
        """What a draft would change now, and what others did meanwhile."""
        return self._read(Diff, f"/api/curation/drafts/{part(id)}/diff")

    def add_draft(self, title: str, actions: Sequence[Action]) -> Draft:
        """Keep actions without doing them."""
        asked = ActionsIn(title=title, actions=list(actions))
        return self._send(Draft, "POST", "/api/curation/drafts", asked)

    def replace_draft(self, id: str, title: str, actions: Sequence[Action]) -> Draft:
        """Have other actions or another title in a draft."""
        asked = ActionsIn(title=title, actions=list(actions))
        return self._send(Draft, "PUT", f"/api/curation/drafts/{part(id)}", asked)

    def remove_draft(self, id: str) -> None:
        """Forget a draft."""
        self._write("DELETE", f"/api/curation/drafts/{part(id)}")

    def apply_draft(self, id: str) -> Done:
        """Do all actions of a draft, or none."""
        return self._send(Done, "POST", f"/api/curation/drafts/{part(id)}/apply")
