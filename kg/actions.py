"""what a person wants, with ids -> what the log keeps of it, with IRIs, or why it cannot be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from pyoxigraph import NamedNode

from kg.calendar import period_of
from kg.corrections import CONCEPTS, NUMBERS, SEVERAL, THINGS, sentence_with
from kg.curated import rules_in
from kg.curation import Verb, entry_of, in_force
from kg.errors import BadRequest, UnknownIri
from kg.iris import CLAIM, DOC, ID, NS, VOCAB, entity_iri
from kg.model import EntityType, Modality, Polarity, Qualifier
from kg.names import candidates_for
from kg.quads import CLASS_OF_TYPE
from kg.stated import Stated, read_stated, text_of
from kg.view import View
from kg.vocabulary import SCHEMA_ADDITIONAL_TYPE
from ontology import terms
from ontology.units import load_units

_NAMESPACES = {"predicate": (NS,), "metric": (VOCAB, f"{VOCAB}metric-")}
_WORDS = {"modality": get_args(Modality), "polarity": get_args(Polarity), "qualifier": get_args(Qualifier)}


@dataclass(frozen=True)
class Action:
    """What a person wants done; things are ids or IRIs.

    `target` is a claim of accept, reject, prefer and correct, a thing of merge and split, an entry of undo.
    """

    verb: Verb
    target: str
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)  # of correct, by the names of the API
    into: str | None = None  # of merge and split: the thing that is meant
    label: str | None = None  # of split: the name of a new thing
    type: EntityType = "Organization"  # of the new thing
    name: str | None = None  # of split: claims whose sentence has this name
    claims: tuple[str, ...] = ()  # of split: these claims


def taken_apart(view: View, action: Action) -> Action:
    """A split of a thing that was merged, without a word on which claims, takes the merge back."""
    if action.verb != "split" or action.name or action.claims:
        return action
    merge = rules_in(view).merges.get(_thing(view, action.target))
    return Action("undo", merge.iri, action.reason) if merge else action


def checked(view: View, action: Action) -> tuple[str, dict[str, Any]]:
    """The IRI of the action's target and what the log keeps of the rest; its errors are those of `curate`."""
    if action.verb == "undo":
        return _entry_to_undo(view, action.target), {}
    if action.verb == "merge":
        return _merge(view, action)
    if action.verb == "split":
        return _split(view, action)
    claim = _claim(view, action.target)
    if action.verb != "correct":
        return claim.iri, {}
    return claim.iri, {"changes": _changes(view, claim, action.changes)}


def _claim(view: View, id: str) -> Stated:
    (iri,) = candidates_for(id, CLAIM)
    claim = read_stated(view, iri)
    if claim is None:
        raise UnknownIri(f"no claim {id} is in the graph")
    return claim


def _thing(view: View, id: str, *namespaces: str) -> str:
    for iri in candidates_for(id, *(namespaces or (ID, VOCAB))):
        if next(view.match(iri), None):
            return iri
    raise UnknownIri(f"nothing is known about {id}")


def _entry_to_undo(view: View, id: str) -> str:
    (iri,) = candidates_for(id, DOC)
    entry = entry_of(view, iri)
    if entry is None:
        raise UnknownIri(f"no entry {id} is in the log")
    if not in_force(view, entry):
        raise BadRequest(f"{id} was undone before; undo that undo to have it again")
    return iri


def _merge(view: View, action: Action) -> tuple[str, dict[str, Any]]:
    if not action.into:
        raise BadRequest("a merge names the thing that stays: into")
    loser, winner = _thing(view, action.target), _thing(view, action.into)
    rules = rules_in(view)
    if loser in rules.merges:
        raise BadRequest(f"{action.target} was merged before; undo that first")
    if loser == rules.became.get(winner, winner):
        raise BadRequest(f"{action.into} is {action.target} already")
    kinds = [_kinds(view, thing) for thing in (loser, winner)]
    if all(kinds) and not kinds[0] & kinds[1]:
        raise BadRequest(f"{action.target} and {action.into} are things of different kinds")
    return loser, {"into": winner}


def _kinds(view: View, thing: str) -> frozenset[str]:
    """The kinds of thing that it is: of the few that reports tell apart, through the class tree."""
    frontier = [text_of(quad.object) for quad in view.about(thing, terms.RDF_TYPE)]
    frontier += [text_of(quad.object) for quad in view.about(thing, SCHEMA_ADDITIONAL_TYPE)]
    found = set(frontier)
    while frontier:
        for quad in view.about(frontier.pop(), terms.RDFS_SUB_CLASS_OF):
            if isinstance(quad.object, NamedNode) and quad.object.value not in found:
                found.add(quad.object.value)
                frontier.append(quad.object.value)
    return frozenset(found & set(CLASS_OF_TYPE.values()))


def _split(view: View, action: Action) -> tuple[str, dict[str, Any]]:
    thing = _thing(view, action.target)
    if not (action.name or action.claims):
        raise BadRequest("a split says which claims mean the other thing: by name or by claims")
    if bool(action.into) == bool(action.label):
        raise BadRequest("a split names the other thing: an existing one by into, or a new one by label")
    into = _thing(view, action.into) if action.into else entity_iri(action.type, action.label or "")
    if into == thing:
        raise BadRequest(f"{action.target} cannot be split off itself")
    more: dict[str, Any] = {"into": into}
    if action.name:
        more["name"] = action.name
    if action.claims:
        more["claims"] = sorted({_claim(view, claim).iri for claim in action.claims})
    return thing, more


def _changes(view: View, claim: Stated, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with IRIs for ids and numbers as text, as the log keeps them."""
    if not changes:
        raise BadRequest("a correction changes something")
    found = {name: _change(view, claim, name, value) for name, value in changes.items()}
    # Kept with the entry, since the names of things may be others when the report is read again.
    return {"statement": sentence_with(view, view.about(claim.iri), found), **found}


def _change(view: View, claim: Stated, name: str, value: Any) -> Any:
    if name in THINGS:
        return _thing(view, str(value), *_NAMESPACES.get(name, ()))
    if name in SEVERAL:
        return sorted({_thing(view, str(one)) for one in value})
    if name in CONCEPTS:
        return _word(name, str(value))
    if name in ("unit", *NUMBERS) and claim.kind != "metric":
        raise BadRequest(f"{name} belongs to a figure, and this claim is none")
    if name in NUMBERS:
        return _number(name, value)
    if name == "unit" and value not in load_units().named:
        raise BadRequest(f"unit {value!r} is not known; units are named as MegaW or CCY_USD")
    if name == "period" and value is not None and period_of(str(value)) is None:
        raise BadRequest(
            f"period {value!r} is not understood; write 2026, 2026-Q3, FY2026, 2026/2029 or /2030"
        )
    if name in ("unit", "period", "statement"):
        return value
    raise BadRequest(f"{name} cannot be corrected")


def _word(name: str, value: str) -> str:
    if value not in _WORDS[name]:
        raise BadRequest(f"{name} is one of {', '.join(_WORDS[name])}")
    return value


def _number(name: str, value: Any) -> str | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadRequest(f"{name} {value!r} is no number")
    return format(number, "f")
