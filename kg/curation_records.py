"""the log of what people did -> its entries with names, newest first, filtered and in pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyoxigraph import Store

from kg.corrections import SEVERAL, THINGS
from kg.curation import VERBS, Entry, Verb, entries_on, entries_that, entry_of, undoing
from kg.errors import UnknownIri
from kg.iris import CLAIM, DOC, ID, VOCAB
from kg.names import candidates_for, id_of, refs_for
from kg.records import Ref
from kg.snapshots import Version
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.view import View
from kg.vocabulary import PROV_WAS_INFLUENCED_BY, PROV_WAS_INVALIDATED_BY
from ontology import terms

State = Literal["in-force", "undone", "without-object"]
_MOST_KEPT = 4
_kept: dict[Path, list["EntryRecord"]] = {}


@dataclass(frozen=True)
class ChangedPart:
    """A part of a claim as a curator had it: things by name, other values as text, none if it was removed."""

    field: str
    values: tuple[Ref | str, ...]


@dataclass(frozen=True)
class EntryRecord:
    """An entry of the log. Without an object: its claim is no longer made by any report."""

    iri: str
    id: str
    action: Verb
    target: Ref
    into: Ref | None  # of merge and split
    name: str | None  # of split
    changes: tuple[ChangedPart, ...]  # of correct
    claims: tuple[Ref, ...]  # those that it changed, or that it is about
    by: str
    reason: str
    at: str
    state: State
    undone_by: str | None  # id of the entry


@dataclass(frozen=True)
class LogFilter:
    """What the entries must have; None asks for nothing. `about` is an id or IRI of what was acted on."""

    action: Verb | None = None
    by: str | None = None
    about: str | None = None
    state: State | None = None
    text: str | None = None  # in the reason
    oldest_first: bool = False


@dataclass(frozen=True)
class LogPage:
    """Some entries, how many fit in all, and after which one the next page begins."""

    entries: tuple[EntryRecord, ...]
    total: int
    cursor: str | None


def log_page(store: Store, *, version: Version, wanted: LogFilter, limit: int, cursor: str | None) -> LogPage:
    """The entries that fit, from after the cursor on; UnknownIri for a cursor of no entry."""
    fitting = [entry for entry in _log(store, version) if _fits(entry, wanted)]
    if wanted.oldest_first:
        fitting.reverse()
    start = 0
    if cursor:
        places = [place for place, entry in enumerate(fitting) if entry.id == cursor]
        if not places:
            raise UnknownIri(f"no entry {cursor} is in this list")
        start = places[0] + 1
    shown = fitting[start : start + limit]
    more = start + limit < len(fitting)
    return LogPage(tuple(shown), len(fitting), shown[-1].id if more else None)


def entry_record(store: Store, *, id: str) -> EntryRecord:
    """One entry by id or IRI; UnknownIri if there is none."""
    view = View(EmbeddedStore.over(store))
    entry = entry_of(view, candidates_for(id, DOC)[0])
    if entry is None:
        raise UnknownIri(f"no entry {id} is in the log")
    return entry_records(store, [entry])[0]


def entry_records(store: Store, entries: Iterable[Entry]) -> list[EntryRecord]:
    """The entries with the names of what they are about, in their order."""
    return _named(store, View(EmbeddedStore.over(store)), list(entries))


def entries_about(store: Store, targets: Iterable[str], *, since: str = "") -> list[EntryRecord]:
    """The entries on these claims or things made after a moment, oldest first."""
    view = View(EmbeddedStore.over(store))
    found = [entry for target in targets for entry in entries_on(view, target) if entry.at > since]
    return _named(store, view, sorted(found, key=lambda entry: entry.at))


def _log(store: Store, version: Version) -> list[EntryRecord]:
    """The whole log, kept while the version stays."""
    if version.path not in _kept:
        view = View(EmbeddedStore.over(store))
        entries = [entry for verb in VERBS for entry in entries_that(view, verb)]
        entries.sort(key=lambda entry: (entry.at, entry.iri), reverse=True)
        _kept[version.path] = _named(store, view, entries)
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return _kept[version.path]


def _fits(entry: EntryRecord, wanted: LogFilter) -> bool:
    about = wanted.about and candidates_for(wanted.about, CLAIM, ID, VOCAB, DOC)
    acted_on = {
        entry.target.iri,
        *(claim.iri for claim in entry.claims),
        *([entry.into.iri] if entry.into else []),
    }
    return (
        wanted.action in (None, entry.action)
        and wanted.by in (None, entry.by)
        and wanted.state in (None, entry.state)
        and (not about or not acted_on.isdisjoint(about))
        and (not wanted.text or wanted.text.casefold() in entry.reason.casefold())
    )


def _named(store: Store, view: View, entries: list[Entry]) -> list[EntryRecord]:
    claims = {entry.iri: _claims(view, entry) for entry in entries}
    iris: dict[str, None] = {}
    for entry in entries:
        changes = entry.more.get("changes", {})
        iris.update(dict.fromkeys([entry.target, *claims[entry.iri]]))
        iris.update(dict.fromkeys([entry.more["into"]] if "into" in entry.more else []))
        iris.update(dict.fromkeys(changes[name] for name in THINGS if name in changes))
        iris.update(dict.fromkeys(one for name in SEVERAL for one in changes.get(name, ())))
    refs = {**refs_for(store, iris), **_sentences(view, iris)}
    return [_record(view, entry, claims[entry.iri], refs) for entry in entries]


def _sentences(view: View, iris: Iterable[str]) -> dict[str, Ref]:
    """Claims by the sentence that they say, since nothing else names them."""
    return {
        iri: Ref(iri, id_of(iri), text_of(quad.object))
        for iri in iris
        if iri.startswith(CLAIM)
        for quad in view.about(iri, terms.STATEMENT)
    }


def _claims(view: View, entry: Entry) -> list[str]:
    if entry.target.startswith(CLAIM):
        return [entry.target]
    changed = (text_of(quad.subject) for quad in view.having(PROV_WAS_INFLUENCED_BY, entry.iri))
    return sorted(iri for iri in changed if iri.startswith(CLAIM))


def _record(view: View, entry: Entry, claims: list[str], refs: dict[str, Ref]) -> EntryRecord:
    undo = undoing(view, entry.iri)
    into = entry.more.get("into")
    return EntryRecord(
        iri=entry.iri,
        id=id_of(entry.iri),
        action=entry.verb,
        target=refs[entry.target],
        into=refs[into] if into else None,
        name=entry.more.get("name"),
        changes=tuple(
            ChangedPart(name, _values(name, value, refs))
            for name, value in entry.more.get("changes", {}).items()
        ),
        claims=tuple(refs[claim] for claim in claims),
        by=entry.by,
        reason=entry.reason,
        at=entry.at,
        state="undone" if undo else _state(view, entry),
        undone_by=id_of(undo.iri) if undo else None,
    )


def _state(view: View, entry: Entry) -> State:
    if not entry.target.startswith(CLAIM):
        return "in-force"
    made = view.about(entry.target, terms.REPORTED_IN)
    withdrawn = view.about(entry.target, PROV_WAS_INVALIDATED_BY)
    return "in-force" if made and not withdrawn else "without-object"


def _values(name: str, value: object, refs: dict[str, Ref]) -> tuple[Ref | str, ...]:
    if name in THINGS:
        return (refs[str(value)],)
    if name in SEVERAL and isinstance(value, list):
        return tuple(refs[one] for one in value)
    return () if value is None else (str(value),)
