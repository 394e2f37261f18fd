"""a claim's statements + changed parts -> its statements with them: keys, period and sentence follow.

Reads    quads of one claim, and what a curator changed, by the names of the API's fields (`Changes`)
Returns  its quads in a fixed order, with slot and proposition keys of what it now says
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg.calendar import period_of
from kg.keys import Keys, figure_answer, keys_from, plain_number, squashed
from kg.literals import day, integer, number
from kg.stated import stated_of, text_of
from kg.view import View
from kg.vocabulary import SCHEMA_NAME, concept, concept_name
from ontology import terms
from ontology.units import load_units

Changes = Mapping[str, Any]
Term = NamedNode | Literal
THINGS: dict[str, str] = {
    "subject": terms.SUBJECT,
    "object": terms.OBJECT,
    "predicate": terms.PREDICATE,
    "metric": terms.METRIC,
    "aspect": terms.ASPECT,
    "from_state": terms.FROM_STATE,
    "to_state": terms.TO_STATE,
}
SEVERAL: dict[str, str] = {
    "attributed_to": terms.ATTRIBUTED_TO,
    "relayed_by": terms.RELAYED_BY,
    "scope": terms.SCOPE,
    "about": terms.ABOUT,
}
NUMBERS: Mapping[str, str] = {"value": terms.VALUE, "low": terms.LOW, "high": terms.HIGH}
CONCEPTS: Mapping[str, tuple[str, str]] = {
    "modality": (terms.MODALITY, "modality"),
    "polarity": (terms.POLARITY, "polarity"),
    "qualifier": (terms.VALUE_QUALIFIER, "qual"),
}
_PERIOD = (terms.PERIOD_LABEL, terms.PERIOD_START, terms.PERIOD_END, terms.REFERENCE_YEAR)
_OPEN_BELOW = frozenset({"at-most", "approaching"})
_OPEN_ABOVE = frozenset({"at-least"})


class _Statements:
    """The statements about one claim, by property."""

    def __init__(self, quads: Sequence[Quad]) -> None:
        self._subject, self._graph = quads[0].subject, quads[0].graph_name
        self._values: dict[str, list[Term]] = {}
        for quad in quads:
            if isinstance(quad.object, NamedNode | Literal):
                self._values.setdefault(quad.predicate.value, []).append(quad.object)

    def put(self, predicate: str, *values: Term | None) -> None:
        given = [value for value in values if value is not None]
        self._values[predicate] = given

    def texts(self, predicate: str) -> list[str]:
        return [text_of(term) for term in self._values.get(predicate, ())]

    def text(self, predicate: str) -> str | None:
        return next(iter(self.texts(predicate)), None)

    def decimal(self, predicate: str) -> Decimal | None:
        text = self.text(predicate)
        return None if text is None else Decimal(text)

    def quads(self) -> list[Quad]:
        return [
            Quad(self._subject, NamedNode(predicate), value, self._graph)
            for predicate, values in self._values.items()
            for value in dict.fromkeys(values)
        ]


def corrected(quads: Sequence[Quad], more: Changes) -> list[Quad]:
    """The claim's statements with the changes of an entry; with none, only its keys are made anew."""
    claim = _Statements(quads)
    changes: Changes = more.get("changes", {})
    for name, predicate in THINGS.items():
        if name in changes:
            claim.put(predicate, NamedNode(changes[name]))
    for name, predicate in SEVERAL.items():
        if name in changes:
            claim.put(predicate, *(NamedNode(iri) for iri in changes[name]))
    for name, (predicate, scheme) in CONCEPTS.items():
        if name in changes:
            claim.put(predicate, NamedNode(concept(scheme, changes[name])))
    _put_figure(claim, changes)
    if "period" in changes:
        _put_period(claim, changes["period"])
    if "statement" in changes:
        claim.put(terms.STATEMENT, Literal(changes["statement"]))
    keys = _keys(claim)
    claim.put(terms.SLOT_KEY, Literal(keys.slot))
    claim.put(terms.PROPOSITION_KEY, Literal(keys.proposition))
    return claim.quads()


def _put_figure(claim: _Statements, changes: Changes) -> None:
    """Value, unit and how the number is meant; bounds that nobody gave follow from value and qualifier."""
    if "unit" in changes:
        claim.put(terms.UNIT, NamedNode(terms.UNIT_NS + changes["unit"]))
    for name, predicate in NUMBERS.items():
        if name in changes:
            given = changes[name]
            claim.put(predicate, None if given is None else number(Decimal(given)))
    value = claim.decimal(terms.VALUE)
    if value is None or not {"value", "qualifier"} & changes.keys():
        return
    qualifier = concept_name("qual", claim.text(terms.VALUE_QUALIFIER) or concept("qual", "exact"))
    if "low" not in changes:
        claim.put(terms.LOW, None if qualifier in _OPEN_BELOW else number(value))
    if "high" not in changes:
        claim.put(terms.HIGH, None if qualifier in _OPEN_ABOVE else number(value))


def _put_period(claim: _Statements, label: str | None) -> None:
    for predicate in _PERIOD:
        claim.put(predicate)
    period = period_of(label) if label else None
    if period is None:
        return
    last = date.fromordinal(period.end.toordinal() - 1).year if period.end else None
    claim.put(terms.PERIOD_LABEL, Literal(period.label))
    claim.put(terms.PERIOD_START, day(period.start) if period.start else None)
    claim.put(terms.PERIOD_END, day(period.end) if period.end else None)
    claim.put(terms.REFERENCE_YEAR, integer(last))


def sentence_with(view: View, quads: Sequence[Quad], changes: Changes) -> str:
    """The claim as one sentence: the one that was there, with the names and the number that changed."""
    claim = _Statements(quads)
    sentence = claim.text(terms.STATEMENT) or ""
    for name, predicate in THINGS.items():
        old = claim.text(predicate)
        if name in changes and old:
            sentence = sentence.replace(name_of(view, old), name_of(view, changes[name]), 1)
    words = claim.text(terms.VALUE_TEXT)
    if words and changes.get("value") is not None:
        sentence = sentence.replace(words, _written(claim, changes), 1)
    return sentence


def _written(claim: _Statements, changes: Changes) -> str:
    name = changes.get("unit") or (claim.text(terms.UNIT) or "").removeprefix(terms.UNIT_NS)
    unit = load_units().named.get(name)
    return f"{Decimal(plain_number(Decimal(changes['value']))):,f} {unit.symbol if unit else name}"


def name_of(view: View, iri: str) -> str:
    """What the graph calls a thing, or the last part of its IRI."""
    for predicate in (terms.SKOS_PREF_LABEL, SCHEMA_NAME, terms.RDFS_LABEL):
        names = [text_of(quad.object) for quad in view.about(iri, predicate)]
        if names:
            return min(names)
    return iri.rpartition("#")[2].rpartition("/")[2]


def _keys(claim: _Statements) -> Keys:
    """As `kg.keys.keys_of` makes them of a claim that has just been read."""
    stated = stated_of(claim.quads())
    if stated is None:
        raise TypeError("a correction is of a claim")
    return keys_from(
        kind=stated.kind,
        subject=stated.subject,
        question=stated.question or " ".join(sorted(claim.texts(terms.ABOUT))),
        scope=claim.texts(terms.SCOPE),
        period=claim.text(terms.PERIOD_LABEL) or "",
        answer=_answer(claim, stated.kind),
        polarity="affirmed" if stated.affirmed else "negated",
        modality=stated.modality,
    )


def _answer(claim: _Statements, kind: str) -> str:
    if kind == "metric":
        value, low, high = (claim.decimal(predicate) for predicate in NUMBERS.values())
        return figure_answer(value, low, high, (claim.text(terms.UNIT) or "").removeprefix(terms.UNIT_NS))
    if kind == "relation":
        return claim.text(terms.OBJECT) or ""
    if kind == "transition":
        return " ".join(claim.text(state) or "-" for state in (terms.FROM_STATE, terms.TO_STATE))
    return squashed(claim.text(terms.STATEMENT) or "")
