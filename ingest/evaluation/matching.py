"""gold, extracted -> pairs: when two names, figures or relations are the same.

Both sides are JSON objects in the shape that `aifkg extract` prints.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Json = dict[str, Any]

SYMMETRIC = frozenset(("partnersWith", "competesWith"))
_SHARED_WORDS = 0.5  # of all words of two names, for them to be fair wordings of one thing
_IRRELEVANT = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|ltd|limited|llc|plc|ag|se|sa|nv|bv|gmbh|co|company|group|holdings?"
    r"|technologies|the|a|an)\b"
)
_SCALES: Mapping[str, tuple[str, int]] = {
    **{
        f"{prefix}W": ("W", power)
        for prefix, power in (("", 0), ("Kilo", 3), ("Mega", 6), ("Giga", 9), ("Tera", 12))
    },
    **{
        f"{prefix}W-HR": ("WH", power)
        for prefix, power in (("Kilo", 3), ("Mega", 6), ("Giga", 9), ("Tera", 12))
    },
    **{
        f"{prefix}BYTE": ("B", power)
        for prefix, power in (("Mega", 6), ("Giga", 9), ("Tera", 12), ("Peta", 15))
    },
    **{f"{prefix}FLOPS": ("FLOPS", power) for prefix, power in (("Tera", 12), ("Peta", 15), ("Exa", 18))},
    "MilliSEC": ("S", -3),
    "SEC": ("S", 0),
    "UNITLESS": ("NUM", 0),
    "NUM": ("NUM", 0),
}


def fold(name: object) -> str:
    """The name without case, punctuation, articles and legal forms, unless nothing else is left of it.

    >>> fold("NEBIUS Group N.V."), fold("The Company")
    ('nebius n v', 'the company')
    """
    plain = re.sub(r"[^\w%+/]+", " ", str(name).lower()).strip()
    return re.sub(r"\s+", " ", _IRRELEVANT.sub(" ", plain)).strip() or plain


def names_of(value: Any, also: Iterable[str] | None = None) -> list[str]:
    """All names of a subject, object or entity: a string, an object with label and aliases, or None."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value.get("label") or "", *(value.get("aliases") or []), *(also or [])]
    return [str(value), *(also or [])]


def same_name(ours: Iterable[str], theirs: Iterable[str], *, loose: bool = True) -> bool:
    """Whether a name is in both; loosely, whether two names share half of their words.

    >>> same_name(["Ajman facility"], ["Ajman data center"]), same_name(["Ajman site"], ["the Ajman site"])
    (False, True)
    """
    one, other = ({fold(name) for name in names if name} for names in (ours, theirs))
    if one & other:
        return True
    return loose and any(
        len(left & right) >= _SHARED_WORDS * len(left | right)
        for left in (set(name.split()) for name in one)
        for right in (set(name.split()) for name in other)
        if left and right
    )


def pair(
    golds: Sequence[Json], found: Sequence[Json], agreement: Callable[[Json, Json], int]
) -> list[tuple[int, int]]:
    """Pairs of indexes, each at most once, those that agree best first."""
    ranked = sorted(
        (
            (degree, i, j)
            for i, gold in enumerate(golds)
            for j, one in enumerate(found)
            if (degree := agreement(gold, one))
        ),
        reverse=True,
    )
    used_golds: set[int] = set()
    used_found: set[int] = set()
    pairs = []
    for _, i, j in ranked:
        if i not in used_golds and j not in used_found:
            used_golds.add(i)
            used_found.add(j)
            pairs.append((i, j))
    return pairs


def same_figure(gold: Json, found: Json) -> bool:
    """Whether number and unit agree; ranges agree in both ends."""
    unit, value, low, high = _figure(gold)
    other_unit, other_value, other_low, other_high = _figure(found)
    if unit != other_unit:
        return False
    if gold.get("qualifier") == "range":
        return _close(low, other_low) and _close(high, other_high)
    return _close(value, other_value)


class Aliases:
    """By folded name: all names that either side knows of the same entity in a report."""

    def __init__(self, entities: Iterable[Json]) -> None:
        """Collect the names."""
        self._names: dict[str, list[str]] = {}
        for entity in entities:
            names = names_of(entity)
            for name in names:
                self._names.setdefault(fold(name), []).extend(names)

    def of(self, names: Iterable[str]) -> list[str]:
        """The names and all that stand for the same."""
        given = list(names)
        return given + [alias for name in given for alias in self._names.get(fold(name), ())]

    def same_subject(self, gold: Json, found: Json) -> bool:
        """Whether both claims are about the same thing, in any fair wording."""
        return same_name(self._subject(gold), self._subject(found))

    def same_relation(self, gold: Json, found: Json) -> bool:
        """Whether predicate, subject and object agree; the order does not matter for symmetric predicates."""
        if gold["predicate"] != found.get("predicate"):
            return False
        subject, obj = self._subject(gold), self._object(gold)
        other_subject, other_object = self._subject(found), self._object(found)
        straight = same_name(subject, other_subject) and same_name(obj, other_object)
        crossed = (
            gold["predicate"] in SYMMETRIC
            and same_name(subject, other_object)
            and same_name(obj, other_subject)
        )
        return straight or crossed

    def _subject(self, claim: Json) -> list[str]:
        return self.of(names_of(claim.get("subject"), claim.get("subject_alts")))

    def _object(self, claim: Json) -> list[str]:
        return self.of(names_of(claim.get("object"), claim.get("object_alts")))


def _number(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _figure(claim: Json) -> tuple[str, float | None, float | None, float | None]:
    unit = claim.get("unit") or "NUM"
    if isinstance(unit, dict):
        unit = unit.get("label") or unit.get("iri") or "NUM"
    name = str(unit).rsplit("/", 1)[-1].removeprefix("unit:")
    base, power = _SCALES.get(name, (name, 0))

    def scaled(field: str) -> float | None:
        number = _number(claim.get(field))
        return None if number is None else float(number.scaleb(power))

    value, low, high = scaled("value"), scaled("low"), scaled("high")
    if claim.get("qualifier") == "range":
        value = None
    elif value is None:
        value = low if low is not None else high
    return base, value, low, high


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return False
    return one == other or abs(one - other) <= 1e-6 * max(abs(one), abs(other))
