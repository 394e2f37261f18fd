"""what can be chosen -> links: where each choice leads, how much it leaves, whether it is taken."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kg.choosing import Choices, Counts

_MOST_SHOWN = 10


@dataclass(frozen=True)
class Option:
    """A value that a filter can take: where it leads, how many things it leaves, whether it is taken."""

    label: str
    address: str
    count: int
    taken: bool


@dataclass(frozen=True)
class Filter:
    """The options of one filter: those that are shown at once, and the rest."""

    name: str
    options: tuple[Option, ...]
    rest: tuple[Option, ...]


def filters_of(counts: Counts, chosen: Choices, address: Callable[[Choices], str]) -> list[Filter]:
    """The filters that leave a choice; a choice that is taken leads to the page without it."""
    found = []
    for name, values in counts.items():
        others = {other: value for other, value in chosen.items() if other != name}
        options = [
            Option(
                ref.label,
                address(others if chosen.get(name) == ref.id else {**chosen, name: ref.id}),
                count,
                chosen.get(name) == ref.id,
            )
            for ref, count in values
        ]
        if len(options) > 1 or any(option.taken for option in options):
            options.sort(key=lambda option: not option.taken)
            found.append(Filter(name, tuple(options[:_MOST_SHOWN]), tuple(options[_MOST_SHOWN:])))
    return found


def address_of(path: str, parameters: Mapping[str, str | int | None], order: Iterable[str]) -> str:
    """The path with the parameters that have a value, in a fixed order.

    >>> address_of("/x", {"b": 2, "a": None, "c": ""}, ["a", "b", "c"])
    '/x?b=2'
    """
    said = [(name, parameters[name]) for name in order if parameters.get(name)]
    return path + (f"?{urlencode(said)}" if said else "")
