"""claims that disagree about a figure -> their places on one axis, in percent, so that a gap can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kg.records import ClaimRecord

_LEFT, _RIGHT = 4.0, 96.0
_TAIL = 8.0


@dataclass(frozen=True)
class Position:
    """One side: where its interval begins and ends, and to which side it is open."""

    claim: ClaimRecord
    start: float
    end: float
    open_to: str  # "left", "right" or ""


def positions(claims: Sequence[ClaimRecord]) -> list[Position]:
    """The sides from the smallest to the largest; [] unless all are figures in one unit."""
    figures = [claim.figure for claim in claims if claim.figure]
    if len(figures) < len(claims) or len({figure.unit.iri for figure in figures}) != 1:
        return []
    known = [
        float(number)
        for figure in figures
        for number in (figure.low, figure.high, figure.value)
        if number is not None
    ]
    if not known:
        return []
    low, high = min(known), max(known)

    def place(value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (value - low) / ((high - low) or 1), 2)

    found = []
    for claim, figure in zip(claims, figures, strict=True):
        least = figure.low if figure.low is not None else figure.value
        most = figure.high if figure.high is not None else figure.value
        if least is None and most is None:
            continue
        start, end = place(float(least if least is not None else most or 0)), 0.0
        end = place(float(most)) if most is not None else min(start + _TAIL, 100.0)
        if least is None:
            start = max(end - _TAIL, 0.0)
        found.append(
            Position(claim, start, end, "right" if most is None else "left" if least is None else "")
        )
    return sorted(found, key=lambda one: (one.start, one.end, one.claim.iri))


def differences(claims: Sequence[ClaimRecord]) -> list[str]:
    """Why the sides may differ, from the data alone: kind, date, scope, how the number is meant."""
    traits: dict[str, set[Any]] = {
        "kind": {claim.modality for claim in claims},
        "date of the report": {(claim.asserted_at or "")[:10] for claim in claims},
        "what is counted": {tuple(sorted(one.label for one in claim.scope)) for claim in claims},
        "how the number is meant": {claim.figure.qualifier for claim in claims if claim.figure},
        "who says it": {tuple(sorted(one.label for one in claim.attributed_to)) for claim in claims},
    }
    return [name for name, values in traits.items() if len(values) > 1]
