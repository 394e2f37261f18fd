"""The one writer: reports come in, are replaced and taken out; then a version is published.

A change of one report is put together in memory (`kg.view`), with everything that follows from it elsewhere,
and applied as one update: after a crash at any moment the report is fully there or not at all.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, Quad

from kg.actions import Action
from kg.curating import curate
from kg.curation import Entry, Tombstone, entries_on, tombstone_of, tombstone_quads
from kg.errors import StoreChanged, StoreUnavailable
from kg.following import bring_in, succession, take_out
from kg.model import Extraction
from kg.ontology_graphs import ontology_fingerprint, ontology_quads
from kg.prepared import Prepared, issued_in, prepare
from kg.questions import Questions
from kg.reading import open_newest
from kg.remote_store import RemoteStore
from kg.reports import (
    ReportEntry,
    entry_of,
    find_report,
    list_reports,
    report_read_from,
    report_taken_out,
)
from kg.settings import Settings
from kg.settle import settle_reference
from kg.shard_archive import ShardArchive
from kg.shards import bytes_read
from kg.snapshots import LIVE, latest, open_read_only, publish
from kg.stated import text_of
from kg.store import EmbeddedStore, TripleStore
from kg.view import View
from kg.vocabulary import graph_of
from kg.writer_lock import take_writer_lock
from ontology import terms

Outcome = Literal["added", "updated", "unchanged", "older"]

# How often a change is worked out anew when another writer of a remote store comes first.
_LOOKS = 5


@dataclass(frozen=True)
class Change:
    """What the coming of a report did. `older`: a later version of it is there already, so nothing."""

    report: str
    outcome: Outcome
    added: int = 0  # claims
    kept: int = 0
    retired: int = 0


@dataclass(frozen=True)
class Retraction:
    """What goes with a report: its claims, and the plain facts that no other report supports."""

    report: ReportEntry
    claims: int
    facts: tuple[tuple[str, str, str], ...]


class Graph:
    """The graph, open for writing by this process alone. Use it as a context manager, or call `close`."""

    def __init__(
        self,
        store: TripleStore,
        *,
        folder: Path | None = None,
        keep: int = 10,
        lock: TextIO | None = None,
        archive: ShardArchive | None = None,
        read_only: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take a store; without a folder nothing is published, without an archive no shard is kept.

        `open` is the usual way in.
        """
        self._store = store
        self._folder = folder
        self._keep = keep
        self._lock = lock
        self._archive = archive
        self._clock = clock
        self._questions = Questions()
        if not read_only:
            self._load_ontology()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The graph in the settings' store, created if it is not there, up to date with the ontology.

        Raises StoreUnavailable if another process writes to it or it cannot be opened or written.
        """
        folder = settings.store_path
        lock = take_writer_lock(folder / "writer.lock")
        archive = ShardArchive(folder / "shards")
        try:
            if settings.remote:
                return cls(RemoteStore.open(settings), lock=lock, archive=archive)
            store = EmbeddedStore(folder / LIVE)
            return cls(store, folder=folder, keep=settings.keep_versions, lock=lock, archive=archive)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def open_published(cls, settings: Settings) -> Self:
        """The graph as last published, for previews alone; an empty one if nothing ever was."""
        try:
            _, engine = open_newest(settings)
        except StoreUnavailable:
            return cls(EmbeddedStore())
        return cls(EmbeddedStore.over(engine), read_only=True)

    def close(self) -> None:
        """Give the store back and up the writer's place; the graph is used no more."""
        self._store.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- reports

    def replace_report(self, extraction: Extraction) -> Change:
        """Check the report and commit it with all that follows; InvalidGraph if it breaks the shapes."""
        return self.commit(prepare(extraction, recorded_at=self._clock()))

    def commit(self, prepared: Prepared) -> Change:
        """Have the report in the store, new or in the place of its old version, in one transaction.

        The outcome is "older" when the version in the store was published later. StoreUnavailable if the
        store cannot be written; then nothing has changed.
        """
        for _ in range(_LOOKS):
            kept, self._questions = self._questions, Questions()
            view, change = self._change(prepared, kept)
            with suppress(StoreChanged):  # another writer was first: look again
                self._apply(view)
                if not isinstance(self._store, RemoteStore):  # what they tell is what the store holds now
                    self._questions = kept
                return change
        raise StoreUnavailable("other writers keep changing the store; nothing was changed, try again")

    def commit_in_turn(self, prepared: Prepared) -> Change:
        """As `commit`, and an older version than the store's finds its place among those before it.

        All versions of the report must have come this way; otherwise the outcome is "older", as of `commit`.
        """
        known = self._archive.versions_of(prepared.report) if self._archive else []
        if self._archive:
            self._archive.add(prepared)
        if not self._has_later(prepared):
            return self.commit(prepared)
        if self._files_of(prepared.report) - {bytes_read(one) for one in known}:
            return Change(prepared.report, "older")
        return self._rewrite(sorted([*known, prepared], key=lambda one: one.turn))

    def _has_later(self, prepared: Prepared) -> bool:
        """Whether the store has a version that came out later, or under the same date was read later."""
        entry = self.entry(prepared.report)
        if entry is None or entry.recorded_at is None:
            return False
        read_at = datetime.fromisoformat(entry.recorded_at)
        return (entry.issued or "", read_at) > ((prepared.issued or "")[:10], prepared.recorded_at)

    def _rewrite(self, all_versions: Sequence[Prepared]) -> Change:
        """Have a report as if these versions had been committed in this order, in one transaction."""
        report = all_versions[0].report
        for _ in range(_LOOKS):
            old = list(self._store.match(graph=graph_of(report)))
            if isinstance(self._store, RemoteStore):
                self._store.look_ahead([*old, *(quad for one in all_versions for quad in one.quads)])
            view = succession(self._store, report, old, all_versions)
            with suppress(StoreChanged):  # another writer was first: look again
                self._apply(view)
                return Change(report, "updated" if view.delta else "unchanged")
        raise StoreUnavailable("other writers keep changing the store; nothing was changed, try again")

    def preview(self, prepared: Prepared) -> Change:
        """What `commit` would do; nothing changes."""
        return self._change(prepared, Questions())[1]

    def has_read(self, bytes_sha256: str) -> str | None:
        """The report that was read from these bytes, now or in an earlier version; None if none was."""
        return report_read_from(self._store, bytes_sha256)

    def has_report(self, report_iri: str) -> bool:
        """Whether the report is in the store."""
        document = self._store.match(report_iri, terms.RDF_TYPE, terms.C_DOCUMENT, graph_of(report_iri))
        return next(document, None) is not None

    def entry(self, report_iri: str) -> ReportEntry | None:
        """What is known of the report; None if it is not in the store."""
        return entry_of(self._store, report_iri) if self.has_report(report_iri) else None

    def retracted_bytes(self, bytes_sha256: str) -> str | None:
        """The report that was read from these bytes and taken out; None if there is none."""
        return report_taken_out(self._store, bytes_sha256)

    def tombstone_of(self, report_iri: str) -> Tombstone | None:
        """When and why the report was taken out; None if it was not."""
        return tombstone_of(View(self._store), report_iri)

    def preview_retract(self, report_id: str) -> Retraction:
        """What `retract` would take out; nothing changes. UnknownReport if there is no such report."""
        return self._retraction(find_report(self._store, report_id))[1]

    def retract(self, report_id: str, *, reason: str = "") -> Retraction:
        """Take the report out with all that rests on it alone, and leave a tombstone in the curation graph.

        Raises UnknownReport if there is no such report.
        """
        iri = find_report(self._store, report_id)
        view, retraction = self._retraction(iri)
        hashes = sorted(self._files_of(iri))
        view.replace([], tombstone_quads(iri, hashes, reason=reason, at=self._clock()))
        self._apply(view)
        if self._archive:
            self._archive.forget(iri)
        return retraction

    def reports(self) -> list[ReportEntry]:
        """Every report, newest publication first."""
        return list_reports(self._store)

    def name_of(self, iri: str) -> str:
        """The label of a thing or, where it has none, the last part of its IRI."""
        labels = [text_of(quad.object) for quad in self._store.match(iri, terms.SKOS_PREF_LABEL)]
        return min(labels, default=iri.rpartition("#")[2].rpartition("/")[2])

    # -- people

    def curate(self, *actions: Action, by: str) -> list[Entry]:
        """Do what a person wants, all of it or nothing; the new entries of the log. Errors as of `curate`."""
        for _ in range(_LOOKS):
            view = View(self._store)
            entries = curate(view, actions, by=by, at=self._clock())
            with suppress(StoreChanged):  # another writer was first: look again
                self._apply(view)
                return entries
        raise StoreUnavailable("other writers keep changing the store; nothing was changed, try again")

    def entries_on(self, target: str) -> list[Entry]:
        """What people did to a claim or thing, oldest first."""
        return entries_on(View(self._store), target)

    # -- versions

    def publish(self, *, interim: bool = False) -> int:
        """The number of the version that readers now take; a new one if anything changed since the last.

        An `interim` one lets readers see the middle of a long run, and does not push out older versions.
        """
        if isinstance(self._store, RemoteStore):  # its readers see each commit at once
            return self._store.revision.number
        if self._folder is None:
            raise StoreUnavailable("a store in memory publishes no versions")
        if not self._marker.exists():
            # A store that never published gets its first version, though it may be empty, and one whose last
            # version does not open another.
            with suppress(StoreUnavailable):
                last = latest(self._folder)
                open_read_only(last)
                return last.number
        version = publish(
            self._folder, self._store.checkpoint, keep=self._keep, now=self._clock(), interim=interim
        )
        if not interim:  # the run's own end is still to be published
            self._marker.unlink(missing_ok=True)
        return version.number

    # -- inside

    @property
    def _marker(self) -> Path:
        """A file that says that commits may wait for publication, also after a crash."""
        return (self._folder or Path()) / "unpublished"

    def _apply(self, view: View) -> None:
        self._questions = Questions()
        if not view.delta:
            return
        if self._folder is not None:
            try:
                self._marker.touch()
            except OSError as error:
                raise StoreUnavailable(f"the store cannot be written: {error.strerror}") from error
        self._store.apply(view.delta)

    def _change(self, prepared: Prepared, questions: Questions) -> tuple[View, Change]:
        view = View(self._store)
        old = list(self._store.match(graph=graph_of(prepared.report)))
        stored_issue = issued_in(old, prepared.report)
        if stored_issue and prepared.issued and prepared.issued < stored_issue:
            return view, Change(prepared.report, "older")
        if isinstance(self._store, RemoteStore):
            self._store.look_ahead([*old, *prepared.quads])
        merged = bring_in(
            view, prepared.report, old, prepared.quads, now=prepared.recorded_at, questions=questions
        )
        outcome: Outcome = "added" if not old else "updated" if view.delta else "unchanged"
        return view, Change(prepared.report, outcome, merged.added, merged.kept, merged.retired)

    def _files_of(self, report: str) -> set[str]:
        """The hashes of the files that the versions of the report were read from."""
        return {
            text_of(quad.object)
            for quad in self._store.match(None, terms.SCHEMA_SHA256, graph=graph_of(report))
            if text_of(quad.subject) == report or "/run-" in text_of(quad.subject)
        }

    def _retraction(self, iri: str) -> tuple[View, Retraction]:
        graph = graph_of(iri)
        entry = entry_of(self._store, iri)
        old = list(self._store.match(graph=graph))
        if isinstance(self._store, RemoteStore):
            self._store.look_ahead(old)
        view = View(self._store)
        take_out(view, iri, old, now=self._clock())
        facts = sorted(
            (text_of(quad.subject), text_of(quad.predicate), text_of(quad.object))
            for quad in view.delta.out
            if text_of(quad.graph_name) == terms.G_TRUTHY
        )
        return view, Retraction(entry, entry.claims + entry.retired, tuple(facts))

    def _load_ontology(self) -> None:
        """Bring the ontology's graphs up to date when its files changed since they were loaded."""
        schema, fingerprint = NamedNode(terms.G_SCHEMA), Text(ontology_fingerprint())
        if next(self._store.match(terms.G_SCHEMA, terms.SCHEMA_SHA256, fingerprint), None):
            return
        mark = Quad(schema, NamedNode(terms.SCHEMA_SHA256), fingerprint, schema)
        view = View(self._store)
        for graph in (terms.G_SCHEMA, terms.G_VOCAB, terms.G_REFERENCE):
            new = [quad for quad in ontology_quads() if text_of(quad.graph_name) == graph]
            view.replace(self._store.match(graph=graph), [*new, mark] if graph == terms.G_SCHEMA else new)
        if view.delta.out:  # an ontology was there before, and claims may be
            settle_reference(view)
        self._apply(view)
