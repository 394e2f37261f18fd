"""what a person wants + the graph -> the pending change that does it, with all that follows.

Each action is an entry of the log (`kg.curation`). The claims that it bears on are worked out anew from what
was read (`kg.curated`), checked against the shapes, and settled, so conflicts and plain facts follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.actions import Action, checked, taken_apart
from kg.candidates import describe_candidates
from kg.curated import PLACES, Rules, as_decided, as_read, rules_in
from kg.curation import Entry, entry_of, entry_quads, new_entry
from kg.errors import BadRequest
from kg.quads import CLASS_OF_TYPE
from kg.settle import settle
from kg.shapes import check_shapes
from kg.stated import Stated, read_stated, stated_of, text_of
from kg.view import View
from kg.vocabulary import PROV_WAS_INFLUENCED_BY, SCHEMA_ADDITIONAL_TYPE, SCHEMA_NAME
from ontology import terms

_DOCUMENTS = f"{terms.GRAPH}doc-"
_MOST_CLAIMS = 20_000  # of one merge or split: more would not fit one transaction


def curate(view: View, actions: Sequence[Action], *, by: str, at: datetime) -> list[Entry]:
    """Have the actions done in the view, in their order; the entries that the log now has.

    Raises:
        UnknownIri: if a claim, a thing or an entry is not there.
        BadRequest: if an action cannot be done, with the reason.
        InvalidGraph: if a corrected claim breaks the shapes.
    """
    return [_do(view, action, by=by, at=at) for action in actions]


def _do(outer: View, action: Action, *, by: str, at: datetime) -> Entry:
    # A view of its own: what follows is told from the graph as the actions before left it.
    view = View(outer)
    action = taken_apart(view, action)
    target, more = checked(view, action)
    entry = new_entry(view, action.verb, target, by=by, reason=action.reason, at=at, more=more)
    view.replace([], entry_quads(entry))
    for quad in _described(action, more):
        view.add(quad)
    root = _root(view, entry)
    touched = _rewrite(view, root) if root.verb in ("correct", "merge", "split") else []
    claim = read_stated(view, root.target)
    if claim and claim.iri not in {one.iri for one in touched}:
        touched.append(claim)
    settle(view, touched, now=at)
    outer.replace(view.delta.out, view.delta.into)
    return entry


def _root(view: View, entry: Entry) -> Entry:
    """The entry that is done or undone in the end, however often it was taken back."""
    while entry.verb == "undo" and (undone := entry_of(view, entry.target)):
        entry = undone
    return entry


def _rewrite(view: View, entry: Entry) -> list[Stated]:
    """Work out anew what the entry bears on; each changed claim as it was and as it is."""
    rules = rules_in(view)
    subjects = sorted(_affected(view, entry))
    if len(subjects) > _MOST_CLAIMS:
        raise BadRequest(f"this would change {len(subjects)} claims; at most {_MOST_CLAIMS} change at once")
    before: list[Stated] = []
    after: dict[str, list[Quad]] = {}
    for subject in subjects:
        old = [quad for quad in view.about(subject) if text_of(quad.graph_name).startswith(_DOCUMENTS)]
        new = as_decided(view, rules, as_read(old), view.about) if old else []
        if set(new) == set(old):
            continue
        view.replace(old, [quad for quad in new if quad.predicate.value != terms.SUPERSEDES])
        if claim := stated_of(old):
            before.append(claim)
            after[subject] = new
    _check(view, after.values())
    if entry.verb != "correct":
        _rename(view, rules, {entry.target, str(entry.more["into"])})
    return before + [claim for quads in after.values() if (claim := stated_of(quads))]


def _affected(view: View, entry: Entry) -> set[str]:
    """The claims and reports that the entry changes, or changed when it was in force."""
    found = {text_of(quad.subject) for quad in view.having(PROV_WAS_INFLUENCED_BY, entry.iri)}
    if entry.verb == "correct":
        return found | {entry.target}
    return found | {text_of(quad.subject) for place in PLACES for quad in view.having(place, entry.target)}


def _check(view: View, claims: Iterable[list[Quad]]) -> None:
    """InvalidGraph if a claim breaks the shapes; of claims that say the same sort of thing one is checked."""
    sorts: dict[tuple[str | None, ...], list[Quad]] = {}
    for quads in claims:
        if stated := stated_of(quads):
            sorts[stated.kind, stated.question, stated.subject, stated.answer] = quads
    for quads in sorts.values():
        check_shapes([*quads, *_around(view, quads)])


def _around(view: View, claim: Iterable[Quad]) -> list[Quad]:
    """The evidence of a claim and what it points at, without which the shapes do not hold."""
    links = {terms.EVIDENCE, terms.OA_HAS_SELECTOR, terms.OA_HAS_SOURCE, terms.REPORTED_IN}
    found: list[Quad] = []
    frontier = [text_of(quad.object) for quad in claim if quad.predicate.value in links]
    while frontier:
        described = view.about(frontier.pop())
        found += described
        frontier += [text_of(quad.object) for quad in described if quad.predicate.value in links]
    return found


def _rename(view: View, rules: Rules, things: set[str]) -> None:
    """Have g:candidates name the things that were merged or split, whether or not a report names them."""
    describe_candidates(view, [], [], merged=rules.became, new_things=things | rules.new_things)


def _described(action: Action, more: Mapping[str, Any]) -> list[Quad]:
    """The name and the type of a thing that a split makes, in the log."""
    if action.verb != "split" or not action.label:
        return []
    node, graph = NamedNode(more["into"]), NamedNode(terms.G_CURATION)
    return [
        Quad(node, NamedNode(SCHEMA_NAME), Literal(action.label), graph),
        Quad(node, NamedNode(SCHEMA_ADDITIONAL_TYPE), NamedNode(CLASS_OF_TYPE[action.type]), graph),
    ]
