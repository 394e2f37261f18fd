"""a report's statements as read + what people decided -> its statements as they are to stand, and back.

A merge, a split or a correction rewrites claims in the report's graph, so that every query sees the outcome.
What the reader had read is kept at the claim as prov:value, with the entries that changed it as
prov:wasInfluencedBy: so an undo finds its claims and gives them back as they were, and the same report read
again, in the same or a new version, ends with the same statements.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.corrections import SEVERAL, THINGS, corrected
from kg.curation import Entry, entries_on, entries_that, in_force
from kg.stated import STANDING, stated_of, text_of
from kg.view import View
from kg.vocabulary import (
    CLAIM_PLACES,
    PROV_VALUE,
    PROV_WAS_INFLUENCED_BY,
    PROV_WAS_INVALIDATED_BY,
    SCHEMA_MENTIONS,
    SCHEMA_NAME,
)
from ontology import terms

# Where a thing can stand in a claim, and in the description of a report.
PLACES = CLAIM_PLACES | {terms.DCTERMS_PUBLISHER, SCHEMA_MENTIONS}
# What belongs to the claim's life in the store, not to what was read.
_LIFE = STANDING | {terms.RECORDED_AT, PROV_WAS_INVALIDATED_BY}

About = Callable[[str], list[Quad]]


@dataclass(frozen=True)
class Rules:
    """The entries in force that say which thing is meant; corrections are looked up claim by claim."""

    merges: Mapping[str, Entry]  # by the thing that is no more
    splits: Mapping[str, tuple[Entry, ...]]  # by the thing that was taken for another
    corrections: bool  # whether there are any
    new_things: frozenset[str]  # that splits, also undone ones, have named

    @property
    def became(self) -> Mapping[str, str]:
        """What each merged thing is now, followed to the end."""
        found = {}
        for thing in self.merges:
            now, seen = thing, {thing}
            while now in self.merges and (following := str(self.merges[now].more["into"])) not in seen:
                now = following
                seen.add(now)
            found[thing] = now
        return found

    def meant(self, thing: str, claim: str, quote: str, *, since: str = "") -> tuple[str, list[Entry]]:
        """The thing that is meant where `thing` stands in a claim, and the entries that say so.

        A split from before `since` does not count: whoever put the thing there then knew of it.
        """
        used: list[Entry] = []
        while entry := self._next(thing, claim, quote, since):
            if entry in used:
                break
            used.append(entry)
            thing = str(entry.more["into"])
        return thing, used

    def _next(self, thing: str, claim: str, quote: str, since: str) -> Entry | None:
        if thing in self.merges:
            return self.merges[thing]
        splits = (one for one in self.splits.get(thing, ()) if one.at > since)
        return next((one for one in splits if _splits_off(one, claim, quote)), None)


def rules_in(view: View) -> Rules:
    """The rules that the log holds."""
    splits: dict[str, tuple[Entry, ...]] = {}
    all_splits = entries_that(view, "split")
    for entry in _active(view, all_splits):
        splits[entry.target] = (*splits.get(entry.target, ()), entry)
    return Rules(
        {entry.target: entry for entry in _active(view, entries_that(view, "merge"))},
        splits,
        any(_active(view, entries_that(view, "correct"))),
        frozenset(
            thing
            for entry in all_splits
            if view.about(thing := str(entry.more["into"]), SCHEMA_NAME, terms.G_CURATION)
        ),
    )


def curated(view: View, quads: Iterable[Quad]) -> list[Quad]:
    """The quads of a report as read, with all that people decided about its claims worked in."""
    everything = list(quads)
    rules = rules_in(view)
    if not (rules.merges or rules.splits or rules.corrections):
        return everything
    grouped: dict[str, list[Quad]] = {}
    for quad in everything:
        grouped.setdefault(text_of(quad.subject), []).append(quad)

    def about(iri: str) -> list[Quad]:
        return grouped.get(iri, [])

    return [quad for described in grouped.values() for quad in as_decided(view, rules, described, about)]


def as_decided(view: View, rules: Rules, quads: list[Quad], about: About) -> list[Quad]:
    """The statements about one claim or report as read, as people's decisions have them."""
    subject, graph = text_of(quads[0].subject), quads[0].graph_name
    stated = stated_of(quads)
    quote = quote_of(quads, about) if stated else ""
    corrections = list(_corrections(view, rules, subject)) if stated else []
    changes, since = _together(corrections)
    used = {entry.iri for entry in corrections}
    found = []
    for quad in corrected(quads, changes) if corrections else quads:
        kept, entries = _redirected(quad, rules, subject, quote, since.get(quad.predicate.value, ""))
        used |= {entry.iri for entry in entries}
        found.append(kept)
    if not used:
        return quads
    if stated:
        found = corrected(found, {})
    marks = [
        Quad(quads[0].subject, NamedNode(PROV_VALUE), Literal(_written(quads)), graph),
        *(Quad(quads[0].subject, NamedNode(PROV_WAS_INFLUENCED_BY), NamedNode(iri), graph) for iri in used),
    ]
    return list(dict.fromkeys([*found, *marks]))


def as_read(quads: list[Quad]) -> list[Quad]:
    """The statements about one claim or report as the reader had them, whatever people decided since."""
    text = next((text_of(quad.object) for quad in quads if quad.predicate.value == PROV_VALUE), None)
    if text is None:
        return quads
    graph = quads[0].graph_name
    before = parse(text.encode(), format=RdfFormat.N_TRIPLES)
    life = [quad for quad in quads if quad.predicate.value in _LIFE]
    return [Quad(one.subject, one.predicate, one.object, graph) for one in before] + life


def quote_of(quads: list[Quad], about: About) -> str:
    """The words that a claim rests on."""
    evidence = [text_of(quad.object) for quad in quads if quad.predicate.value == terms.EVIDENCE]
    selectors = [
        text_of(quad.object)
        for iri in evidence
        for quad in about(iri)
        if quad.predicate.value == terms.OA_HAS_SELECTOR
    ]
    words = [
        text_of(quad.object)
        for selector in selectors
        for quad in about(selector)
        if quad.predicate.value == terms.OA_EXACT
    ]
    return " ".join(words)


def _redirected(quad: Quad, rules: Rules, claim: str, quote: str, since: str) -> tuple[Quad, list[Entry]]:
    if quad.predicate.value not in PLACES or not isinstance(quad.object, NamedNode):
        return quad, []
    thing, entries = rules.meant(quad.object.value, claim, quote, since=since)
    if not entries:
        return quad, []
    return Quad(quad.subject, quad.predicate, NamedNode(thing), quad.graph_name), entries


def _together(corrections: Iterable[Entry]) -> tuple[dict[str, Any], dict[str, str]]:
    """The changes of all corrections, later ones first in rank, and since when each property has been so."""
    changes: dict[str, Any] = {}
    since: dict[str, str] = {}
    for entry in corrections:
        new = entry.more["changes"]
        if {"value", "qualifier"} & new.keys():  # the bounds follow from these, unless they are given too
            changes = {name: value for name, value in changes.items() if name not in ("low", "high")}
        changes |= new
        since |= {predicate: entry.at for name, predicate in (THINGS | SEVERAL).items() if name in new}
    return {"changes": changes}, since


def _splits_off(entry: Entry, claim: str, quote: str) -> bool:
    """Whether the claim is one of those in which the other thing is meant."""
    name = entry.more.get("name")
    return claim in entry.more.get("claims", ()) or bool(name and quote and str(name) in quote)


def _corrections(view: View, rules: Rules, claim: str) -> Iterator[Entry]:
    if rules.corrections:
        yield from (entry for entry in _active(view, entries_on(view, claim)) if entry.verb == "correct")


def _active(view: View, entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if in_force(view, entry))


def _written(quads: Iterable[Quad]) -> str:
    """The statements that were read, as N-Triples in a fixed order."""
    return "".join(sorted(f"{quad.triple} .\n" for quad in quads if quad.predicate.value not in _LIFE))
