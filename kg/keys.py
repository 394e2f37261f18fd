"""claim -> keys: which question it answers (slot) and with which answer (proposition), ontology guide 1.3.

Two claims with one slot key answer one question, so their values can be compared. Two claims with one
proposition key say the same, whoever says it. Figures are compared in base units: 0.5 GW and 500 MW are one
answer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kg.iris import digest
from kg.model import Claim
from ontology.units import load_units

# Kinds of unit that have one dimension and a factor; money has no fixed rate, and a rate may be of anything.
_CONVERTIBLE = frozenset({"power", "energy", "time", "bytes", "flops", "area"})


@dataclass(frozen=True)
class Keys:
    """The two hashes of a claim, each 16 hex digits."""

    slot: str
    proposition: str


def keys_of(claim: Claim) -> Keys:
    """The claim's keys; they depend on no text offset, no claimant and no report."""
    return keys_from(
        kind=claim.kind,
        subject=claim.subject.iri,
        question=_question(claim),
        scope=[entity.iri for entity in claim.scope],
        period=claim.period.label if claim.period else "",
        answer=_answer(claim),
        polarity=claim.polarity,
        modality=claim.modality,
    )


def keys_from(
    *,
    kind: str,
    subject: str,
    question: str,
    scope: Iterable[str],
    period: str,
    answer: str,
    polarity: str,
    modality: str,
) -> Keys:
    """The keys of a claim from its parts: names of kinds, IRIs of things, the period's label."""
    slot = digest(kind, subject, question, " ".join(sorted(scope)), period)
    return Keys(slot, digest(slot, answer, polarity, modality))


def figure_answer(value: Decimal | None, low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """The number that is named, without how it is meant: "approaching 5" and "5" are one answer."""
    named = [value] if value is not None else [low, high]
    measured = [in_base_units(number, unit) for number in named if number is not None]
    return " ".join(f"{plain_number(number)} {measure}" for number, measure in measured)


def plain_number(number: Decimal) -> str:
    """The number's canonical xsd:decimal form, so that equal numbers are equal text.

    >>> plain_number(Decimal("1.60E+12")), plain_number(Decimal("0.90")), plain_number(Decimal("-0"))
    ('1600000000000', '0.9', '0')
    """
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def in_base_units(number: Decimal, unit: str) -> tuple[Decimal, str]:
    """The number in the base unit of its kind, with the name of what it is measured in.

    Money stays in its currency, since no rate is ever stored; an unknown unit stays as it is.
    """
    known = load_units().named.get(unit)
    if known is None or known.kind not in _CONVERTIBLE:
        return number, unit
    return number * known.factor, known.kind


def squashed(text: str) -> str:
    """The text in lower case with single spaces, so that line breaks of a rendering do not matter."""
    return re.sub(r"\s+", " ", text).strip().casefold()


def _question(claim: Claim) -> str:
    """What is asked about the subject; a proposition asks by what it is about."""
    named = claim.predicate or claim.metric or (claim.aspect.iri if claim.aspect else None)
    return named or " ".join(sorted(entity.iri for entity in claim.about))


def _answer(claim: Claim) -> str:
    if claim.kind == "metric" and claim.quantity is not None:
        figure = claim.quantity
        return figure_answer(figure.value, figure.low, figure.high, figure.unit)
    if claim.kind == "relation" and claim.object is not None:
        return claim.object.iri
    if claim.kind == "transition":
        states = (claim.from_state, claim.to_state)
        return " ".join(state.iri if state else "-" for state in states)
    return squashed(claim.statement)
