"""actions that nobody has done yet -> what they would change: claims, plain facts, conflicts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pyoxigraph import Quad, Store

from kg.actions import Action
from kg.claim_records import claim_records
from kg.corrections import CONCEPTS, NUMBERS, SEVERAL, THINGS
from kg.curating import curate
from kg.curation_records import EntryRecord, entries_about
from kg.iris import CLAIM
from kg.names import id_of, refs_for
from kg.records import ClaimRecord, Ref
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.view import View
from kg.vocabulary import CONFLICTS_GRAPH, SCHEMA_NAME
from ontology import terms

# What the API calls the properties of a claim; what is not here is derived from these or hangs on time.
_FIELDS = {
    **{predicate: name for parts in (THINGS, SEVERAL, NUMBERS) for name, predicate in parts.items()},
    **{predicate: name for name, (predicate, _) in CONCEPTS.items()},
    terms.UNIT: "unit",
    terms.PERIOD_LABEL: "period",
    terms.STATEMENT: "statement",
    terms.STATUS: "status",
    terms.SUPERSEDES: "supersedes",
}


@dataclass(frozen=True)
class FieldChange:
    """A part of a claim before and after; things by name, other values as text."""

    field: str
    before: tuple[Ref | str, ...]
    after: tuple[Ref | str, ...]


@dataclass(frozen=True)
class ClaimChange:
    """A claim as it is, and what of it would be different."""

    claim: ClaimRecord
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class FactChange:
    """A plain fact that would come or go."""

    subject: Ref
    predicate: Ref
    object: Ref


@dataclass(frozen=True)
class ConflictChange:
    """A conflict that would come or go, with the claims that it is about."""

    iri: str
    id: str
    kind: str
    claims: tuple[Ref, ...]


@dataclass(frozen=True)
class Preview:
    """What actions would change; `meanwhile` is what others did to the same claims and things."""

    claims: tuple[ClaimChange, ...]
    facts_added: tuple[FactChange, ...]
    facts_removed: tuple[FactChange, ...]
    conflicts_opened: tuple[ConflictChange, ...]
    conflicts_closed: tuple[ConflictChange, ...]
    meanwhile: tuple[EntryRecord, ...]


def preview(store: Store, *, actions: Sequence[Action], by: str, since: str | None = None) -> Preview:
    """What the actions would do to this version; errors as of `kg.curating.curate`."""
    view = View(EmbeddedStore.over(store))
    entries = curate(view, actions, by=by, at=datetime.now(UTC))
    naming = _Naming(store, view)
    came, went = view.delta.into, view.delta.out
    targets = {entry.target for entry in entries}
    return Preview(
        claims=tuple(_claim_changes(store, naming, came, went)),
        facts_added=tuple(_facts(naming, came)),
        facts_removed=tuple(_facts(naming, went)),
        conflicts_opened=tuple(_conflicts(naming, view, _nodes(came) - _nodes(went))),
        conflicts_closed=tuple(
            _conflicts(naming, View(EmbeddedStore.over(store)), _nodes(went) - _nodes(came))
        ),
        meanwhile=tuple(entries_about(store, targets, since=since)) if since else (),
    )


class _Naming:
    """Names of things, also of those that only the pending change knows."""

    def __init__(self, store: Store, view: View) -> None:
        things = {
            iri
            for quad in [*view.delta.into, *view.delta.out]
            for iri in (text_of(quad.subject), quad.predicate.value, text_of(quad.object))
            if ":" in iri and " " not in iri
        }
        self._refs = dict(refs_for(store, (iri for iri in sorted(things) if iri.startswith("http"))))
        for quad in view.delta.into:
            if quad.predicate.value in (terms.SKOS_PREF_LABEL, SCHEMA_NAME):
                iri = text_of(quad.subject)
                self._refs[iri] = Ref(iri, id_of(iri), text_of(quad.object))

    def ref(self, iri: str) -> Ref:
        return self._refs.get(iri) or Ref(iri, id_of(iri), id_of(iri))

    def values(self, field: str, texts: Iterable[str]) -> tuple[Ref | str, ...]:
        return tuple(self._value(field, text) for text in sorted(texts))

    def _value(self, field: str, text: str) -> Ref | str:
        if field in ("status", *CONCEPTS):
            return id_of(text).partition("-")[2]
        return self.ref(text) if field in ("unit", "supersedes", *THINGS, *SEVERAL) else text


def _claim_changes(
    store: Store, naming: _Naming, came: Iterable[Quad], went: Iterable[Quad]
) -> Iterable[ClaimChange]:
    parts: dict[str, dict[str, tuple[list[str], list[str]]]] = defaultdict(dict)
    for side, quads in enumerate((went, came)):
        for quad in quads:
            field = _FIELDS.get(quad.predicate.value)
            claim = text_of(quad.subject)
            if field and claim.startswith(CLAIM):
                parts[claim].setdefault(field, ([], []))[side].append(text_of(quad.object))
    for record in claim_records(store, sorted(parts)):
        changes = [
            FieldChange(field, naming.values(field, before), naming.values(field, after))
            for field, (before, after) in parts[record.iri].items()
        ]
        yield ClaimChange(record, tuple(changes))


def _facts(naming: _Naming, quads: Iterable[Quad]) -> list[FactChange]:
    facts = [quad for quad in quads if text_of(quad.graph_name) == terms.G_TRUTHY]
    return [
        FactChange(*(naming.ref(text_of(part)) for part in (quad.subject, quad.predicate, quad.object)))
        for quad in sorted(facts, key=str)
    ]


def _nodes(quads: Iterable[Quad]) -> set[str]:
    """The conflicts whose kind, and so themselves, came or went."""
    return {
        text_of(quad.subject)
        for quad in quads
        if text_of(quad.graph_name) == CONFLICTS_GRAPH and quad.predicate.value == terms.DCTERMS_TYPE
    }


def _conflicts(naming: _Naming, view: View, nodes: Iterable[str]) -> Iterable[ConflictChange]:
    for node in sorted(nodes):
        kind = next((text_of(quad.object) for quad in view.about(node, terms.DCTERMS_TYPE)), "")
        claims = sorted(text_of(quad.object) for quad in view.about(node, terms.INVOLVES_CLAIM))
        statements = {iri: view.about(iri, terms.STATEMENT) for iri in claims}
        yield ConflictChange(
            node,
            id_of(node),
            id_of(kind).removeprefix("conflict-"),
            tuple(
                Ref(iri, id_of(iri), text_of(said[0].object)) if said else naming.ref(iri)
                for iri, said in statements.items()
            ),
        )
