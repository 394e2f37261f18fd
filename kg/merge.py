"""old version of a report's graph + new quads -> its graph now: unchanged claims stay, others are retired.

A claim that the new version no longer makes stays in the graph with its evidence, marked as withdrawn, so
that what the knowledge base held at an earlier time can still be asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg.stated import STANDING, Stated, stated_of, text_of
from kg.vocabulary import PROV_WAS_INVALIDATED_BY
from ontology import terms

_KEPT = STANDING | {terms.RECORDED_AT}


@dataclass(frozen=True)
class Merged:
    """The graph as it is to be. `touched` are claims that came, went or changed, as they were or are now."""

    quads: list[Quad]
    touched: list[Stated]
    added: int
    kept: int
    retired: int


def merge(old: Iterable[Quad], new: Iterable[Quad]) -> Merged:
    """The report's graph after its new version took the place of the old one."""
    before, after = _by_subject(old), _by_subject(new)
    claims_before = {iri: claim for iri, quads in before.items() if (claim := stated_of(quads))}
    claims_after = {iri: claim for iri, quads in after.items() if (claim := stated_of(quads))}
    live = {iri for iri, claim in claims_before.items() if not claim.withdrawn}
    kept = live & claims_after.keys()
    for iri in kept:
        after[iri] = _as_recorded(before[iri], after[iri])
    gone = claims_before.keys() - claims_after.keys()
    run = _run(after)
    if kept == live == claims_after.keys() and _hashes(after) <= _hashes(before):
        del after[run]  # nothing was learnt, so nothing is to be told about this run
    for iri in gone:
        after[iri] = [*before[iri], *_withdrawal(before[iri], run, claims_before[iri])]
    _keep_history(before, after)
    quads = [quad for described in after.values() for quad in described]
    touched = _touched(claims_before, after)
    return Merged(
        quads=quads,
        touched=touched,
        added=len(claims_after.keys() - kept),
        kept=len(kept),
        retired=len(gone & live),
    )


def _as_recorded(before: list[Quad], after: list[Quad]) -> list[Quad]:
    """The claim as it is now, with the time and standing that it had."""
    return [quad for quad in after if quad.predicate.value not in _KEPT] + [
        quad for quad in before if quad.predicate.value in _KEPT
    ]


def _withdrawal(described: list[Quad], run: str, claim: Stated) -> list[Quad]:
    if claim.withdrawn:
        return []
    subject, graph = described[0].subject, described[0].graph_name
    return [Quad(subject, NamedNode(PROV_WAS_INVALIDATED_BY), NamedNode(run), graph)]


def _keep_history(before: dict[str, list[Quad]], after: dict[str, list[Quad]]) -> None:
    """Keep earlier runs, and the evidence and texts that withdrawn claims rest on."""
    current = _text_versions(after)
    for iri, quads in before.items():
        if _is(quads, terms.PROV_ACTIVITY):
            after.setdefault(iri, quads)
    wanted = {
        text_of(quad.object)
        for quads in list(after.values())
        for quad in quads
        if quad.predicate.value == terms.EVIDENCE
    }
    while wanted:
        iri = wanted.pop()
        if iri in after or iri not in before:
            continue
        after[iri] = before[iri]
        links = (terms.OA_HAS_SELECTOR, terms.OA_HAS_SOURCE)
        wanted |= {text_of(q.object) for q in before[iri] if q.predicate.value in links}
    for iri in _text_versions(after) - current:
        lasting = _without(after[iri], terms.DCTERMS_IS_REPLACED_BY, terms.COPY_KEY)
        after[iri] = [*lasting, *_replaced_by(after[iri], current)]


def _replaced_by(described: list[Quad], current: set[str]) -> list[Quad]:
    subject, graph = described[0].subject, described[0].graph_name
    return [Quad(subject, NamedNode(terms.DCTERMS_IS_REPLACED_BY), NamedNode(iri), graph) for iri in current]


def _touched(claims_before: dict[str, Stated], after: dict[str, list[Quad]]) -> list[Stated]:
    now = {iri: claim for iri, quads in after.items() if (claim := stated_of(quads))}
    return [claim for iri, claim in sorted(now.items()) if claims_before.get(iri) != claim]


def _by_subject(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    grouped: dict[str, list[Quad]] = {}
    for quad in quads:
        grouped.setdefault(text_of(quad.subject), []).append(quad)
    return grouped


def _run(described: dict[str, list[Quad]]) -> str:
    return next(iri for iri, quads in described.items() if _is(quads, terms.PROV_ACTIVITY))


def _text_versions(described: dict[str, list[Quad]]) -> set[str]:
    return {iri for iri, quads in described.items() if _is(quads, terms.C_TEXT_VERSION)}


def _hashes(described: dict[str, list[Quad]]) -> set[str]:
    """The hashes of every text and every file that the report was ever read from."""
    quads = (quad for quads in described.values() for quad in quads)
    return {text_of(quad.object) for quad in quads if quad.predicate.value == terms.SCHEMA_SHA256}


def _is(quads: list[Quad], cls: str) -> bool:
    return any(q.predicate.value == terms.RDF_TYPE and text_of(q.object) == cls for q in quads)


def _without(quads: list[Quad], *predicates: str) -> list[Quad]:
    return [quad for quad in quads if quad.predicate.value not in predicates]
