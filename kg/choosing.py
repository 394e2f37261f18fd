"""things with traits, and what was chosen -> those that fit, and how many each other choice would leave."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kg.records import Ref

Traits = Mapping[str, Sequence[Ref]]
Choices = Mapping[str, str]  # the id that a trait must have, by the name of the trait
Counts = Mapping[str, tuple[tuple[Ref, int], ...]]


def fits(traits: Traits, chosen: Choices) -> bool:
    """Whether a thing has everything that was chosen.

    >>> fits({"colour": [Ref("urn:r", "red", "red")]}, {"colour": "red"})
    True
    """
    return all(any(ref.id == value for ref in traits.get(name, ())) for name, value in chosen.items())


def counted(things: Sequence[Traits], chosen: Choices, names: Iterable[str]) -> Counts:
    """The values of each trait with how many things have them, other choices as they stand; most first."""
    found = {}
    for name in names:
        others = {other: value for other, value in chosen.items() if other != name}
        counts = Counter(
            ref for traits in things if fits(traits, others) for ref in dict.fromkeys(traits.get(name, ()))
        )
        found[name] = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0].label, item[0].iri)))
    return found
