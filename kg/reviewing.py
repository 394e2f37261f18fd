"""graph -> what a review shows: the queue, one statement with its paragraph, what people decided last."""

from dataclasses import dataclass

from pyoxigraph import Store

from kg.curation_records import EntryRecord, LogFilter, log_page
from kg.disagreements import ClaimContext, claim_context
from kg.queries import rows
from kg.records import ClaimRecord
from kg.review_queue import QueuePage, Reason, queue_page
from kg.snapshots import Version

_MOST = 60
_DECISIONS = 8
_MARGIN = 700


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


@dataclass(frozen=True)
class Case:
    """What can be decided about one statement: what is around it, and what was decided before."""

    context: ClaimContext
    last: str | None  # id of the last decision on it
    decisions: tuple[EntryRecord, ...]


def case_of(store: Store, *, version: Version, id: str) -> Case:
    """The statement with what others say of it and the last decisions; UnknownIri for an id of no claim."""
    context = claim_context(store, id=id)
    wanted = LogFilter(about=context.claim.id)
    done = log_page(store, version=version, wanted=wanted, limit=_DECISIONS, cursor=None).entries
    return Case(context, done[0].id if done else None, done)


def looked_at(
    store: Store, *, version: Version, reason: str | None, report: str | None, at: str | None
) -> Looked:
    """The most doubtful statements of a queue, and of them the one with this id, else the first.

    Raises UnknownIri for an id of no claim; a claim outside of the queue may be looked at too.
    """
    queue = queue_page(
        store, version=version, reason=reason, report=report, about=None, limit=_MOST, cursor=None
    )
    decisions = log_page(store, version=version, wanted=LogFilter(), limit=_DECISIONS, cursor=None)
    first = queue.entries[0].claim.id if queue.entries else None
    wanted = at or first
    if wanted is None:
        return Looked(queue, None, (), "", "", None, decisions.entries)
    case = case_of(store, version=version, id=wanted)
    why = next((one.reasons for one in queue.entries if one.claim.iri == case.context.claim.iri), ())
    before, after = _paragraph(store, case.context.claim)
    return Looked(queue, case.context, why, before, after, case.last, decisions.entries)


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
