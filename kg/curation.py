"""What people decided, in g:curation: append only, so it survives every re-ingest and retraction.

entry      an oa:Annotation: dcterms:type what was done (a verb), oa:hasTarget what it was done to, creator,
           created, description (the reason), oa:bodyValue the rest as JSON, oa:hasBody the status or the
           thing that the target becomes. An undo is an entry whose target is an entry
decision   the latest entry in force that gives a claim a status wins over what the pipeline found;
           `kg.settle` writes the outcome to the claim, for queries
tombstone  a prov:Invalidation of a document: that it was taken out, when, why, and the hash of its bytes
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from pyoxigraph import Literal as Text
from pyoxigraph import NamedNode, Quad

from kg.iris import DOC, digest
from kg.literals import instant
from kg.stated import text_of
from kg.view import View
from kg.vocabulary import (
    OA_ANNOTATION,
    OA_ASSESSING,
    OA_BODY_VALUE,
    OA_EDITING,
    OA_HAS_BODY,
    OA_HAS_TARGET,
    OA_LINKING,
    OA_MODERATING,
    OA_MOTIVATED_BY,
    PROV_AT_TIME,
    PROV_ENTITY,
    PROV_INVALIDATION,
    concept,
)
from ontology import terms

Verb = Literal["accept", "reject", "prefer", "correct", "merge", "split", "undo"]
VERBS: tuple[Verb, ...] = get_args(Verb)
STATUS_OF: Mapping[str, str] = {
    "accept": "accepted",
    "reject": "rejected",
    "prefer": "preferred",
    "correct": "accepted",  # whoever puts a claim right stands for the rest of it
}
_MOTIVES = {"correct": OA_EDITING, "merge": OA_LINKING, "split": OA_LINKING, "undo": OA_MODERATING}


@dataclass(frozen=True)
class Entry:
    """Something that a person did, as the log keeps it."""

    iri: str
    verb: Verb
    target: str  # IRI of a claim, a thing or an entry
    by: str
    reason: str
    at: str  # xsd:dateTime
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tombstone:
    """That a report was taken out of the store."""

    report: str
    at: str  # xsd:dateTime
    reason: str
    bytes_sha256: frozenset[str]  # of every version that was ever read


def entry_of(view: View, iri: str) -> Entry | None:
    """The entry with this IRI; None if the log has none."""
    values = {quad.predicate.value: text_of(quad.object) for quad in view.about(iri, graph=terms.G_CURATION)}
    verb = values.get(terms.DCTERMS_TYPE)
    if verb not in VERBS:
        return None
    return Entry(
        iri,
        verb,
        values[OA_HAS_TARGET],
        values.get(terms.DCTERMS_CREATOR, ""),
        values.get(terms.DCTERMS_DESCRIPTION, ""),
        values.get(terms.DCTERMS_CREATED, ""),
        json.loads(values.get(OA_BODY_VALUE, "{}")),
    )


def entries_on(view: View, target: str) -> list[Entry]:
    """The entries whose target it is, oldest first, undone ones included."""
    quads = view.having(OA_HAS_TARGET, target, terms.G_CURATION)
    return _ordered(view, quads)


def entries_that(view: View, verb: Verb) -> list[Entry]:
    """The entries of one verb, oldest first, undone ones included."""
    return _ordered(view, view.having(terms.DCTERMS_TYPE, Text(verb), terms.G_CURATION))


def in_force(view: View, entry: Entry) -> bool:
    """Whether no undo that is itself in force takes the entry back."""
    return undoing(view, entry.iri) is None


def undoing(view: View, iri: str) -> Entry | None:
    """The entry in force that takes this one back; None if there is none."""
    undos = (one for one in entries_on(view, iri) if one.verb == "undo")
    return next((one for one in undos if in_force(view, one)), None)


def decision_on(view: View, claim: str) -> str | None:
    """The name of the status that a person last gave the claim; None if nobody did."""
    for entry in reversed(entries_on(view, claim)):
        if entry.verb in STATUS_OF and in_force(view, entry):
            return STATUS_OF[entry.verb]
    return None


def new_entry(
    view: View, verb: Verb, target: str, *, by: str, reason: str, at: datetime, more: Mapping[str, Any]
) -> Entry:
    """An entry that is later than all others on its target, however the clock goes."""
    latest = max((entry.at for entry in entries_on(view, target)), default="")
    when = instant(at).value
    while when <= latest:
        at += timedelta(milliseconds=1)
        when = instant(at).value
    return Entry(f"{DOC}curation-{digest(verb, target, by, when)}", verb, target, by, reason, when, more)


def entry_quads(entry: Entry) -> Iterator[Quad]:
    """The entry as statements for g:curation."""
    status = STATUS_OF.get(entry.verb)
    body = concept("status", status) if status else entry.more.get("into")
    described: list[tuple[str, NamedNode | Text]] = [
        (terms.RDF_TYPE, NamedNode(OA_ANNOTATION)),
        (OA_MOTIVATED_BY, NamedNode(_MOTIVES.get(entry.verb, OA_ASSESSING))),
        (terms.DCTERMS_TYPE, Text(entry.verb)),
        (OA_HAS_TARGET, NamedNode(entry.target)),
        (terms.DCTERMS_CREATOR, Text(entry.by)),
        (terms.DCTERMS_CREATED, Text(entry.at, datatype=NamedNode(terms.XSD_DATE_TIME))),
        (terms.DCTERMS_DESCRIPTION, Text(entry.reason)),
    ]
    if body:
        described.append((OA_HAS_BODY, NamedNode(body)))
    if entry.more:
        described.append((OA_BODY_VALUE, Text(json.dumps(entry.more, sort_keys=True, ensure_ascii=False))))
    return _described(entry.iri, *described)


def tombstone_of(view: View, report: str) -> Tombstone | None:
    """The report's last tombstone; None if it was never taken out."""
    stones = [text_of(quad.subject) for quad in view.having(PROV_ENTITY, report, terms.G_CURATION)]
    found = []
    for stone in stones:
        values = _values(view, stone)
        hashes = [text_of(quad.object) for quad in view.about(stone, terms.SCHEMA_SHA256)]
        reason = values.get(terms.DCTERMS_DESCRIPTION, "")
        found.append(Tombstone(report, values.get(PROV_AT_TIME, ""), reason, frozenset(hashes)))
    return max(found, key=lambda stone: stone.at, default=None)


def tombstone_quads(report: str, hashes: list[str], *, reason: str, at: datetime) -> Iterator[Quad]:
    """The statements that a report was taken out, for g:curation."""
    when = instant(at)
    return _described(
        f"{DOC}tombstone-{digest(report, when.value)}",
        (terms.RDF_TYPE, NamedNode(PROV_INVALIDATION)),
        (PROV_ENTITY, NamedNode(report)),
        (PROV_AT_TIME, when),
        (terms.DCTERMS_DESCRIPTION, Text(reason)),
        *((terms.SCHEMA_SHA256, Text(one)) for one in hashes),
    )


def _ordered(view: View, quads: list[Quad]) -> list[Entry]:
    found = (entry_of(view, text_of(quad.subject)) for quad in quads)
    return sorted((entry for entry in found if entry), key=lambda entry: (entry.at, entry.iri))


def _described(subject: str, *statements: tuple[str, NamedNode | Text]) -> Iterator[Quad]:
    graph = NamedNode(terms.G_CURATION)
    for predicate, value in statements:
        yield Quad(NamedNode(subject), NamedNode(predicate), value, graph)


def _values(view: View, subject: str) -> dict[str, str]:
    return {quad.predicate.value: text_of(quad.object) for quad in view.about(subject)}
