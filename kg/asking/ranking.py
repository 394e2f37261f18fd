"""figures of many subjects -> one of each, in order of size; units that convert are compared as one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from kg.asking.looking import Seen
from kg.records import ClaimRecord
from ontology.units import load_units


def ranked(seen: Seen) -> Seen:
    """The best figure of each subject, of the kind of unit that most of them have first."""
    descending = seen.attempt.reading.descending
    kinds = Counter(_kind(claim) for claim in seen.claims)
    order = {kind: place for place, (kind, _) in enumerate(kinds.most_common())}
    ordered = sorted(
        (claim for claim in seen.claims if _size(claim) is not None),
        key=lambda claim: (order[_kind(claim)], (_size(claim) or 0) * (-1 if descending else 1)),
    )
    best = _first_of_each(ordered)
    rows = {row["claim"]: row for row in seen.rows if "claim" in row}
    refs = {ref.iri: ref for ref in seen.refs}
    subjects = [claim.subject.iri for claim in best]
    return replace(
        seen,
        rows=tuple(rows[claim.iri] for claim in best if claim.iri in rows),
        claims=tuple(best),
        refs=tuple(refs[iri] for iri in subjects if iri in refs),
    )


def _first_of_each(claims: Iterable[ClaimRecord]) -> list[ClaimRecord]:
    best: dict[str, ClaimRecord] = {}
    for claim in claims:
        best.setdefault(claim.subject.iri, claim)
    return list(best.values())


def _kind(claim: ClaimRecord) -> str:
    """Units of one kind convert, except those of money."""
    unit = load_units().by_iri.get(claim.figure.unit.iri) if claim.figure else None
    return "" if unit is None else unit.name if unit.kind == "money" else unit.kind


def _size(claim: ClaimRecord) -> Decimal | None:
    figure = claim.figure
    if figure is None:
        return None
    size = next((one for one in (figure.value, figure.high, figure.low) if one is not None), None)
    unit = load_units().by_iri.get(figure.unit.iri)
    return size if size is None or unit is None or unit.kind == "money" else size * unit.factor
