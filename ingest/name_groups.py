"""names -> groups: which names of a document mean one thing.

Known names meet by IRI. Unknown ones meet by spelling, as an acronym that the text explains, as the last name
of a person, and as the first words of an organization ("Celestial" of "Celestial AI") or the model name of a
product ("GB300" of "NVIDIA GB300").
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc

from ingest.acronyms import find_acronyms
from ingest.names import Spotted
from kg.model import EntityType
from ontology.labels import Labels

_LEGAL = re.compile(
    r"[,.]?\s+(?:Inc|Corp|Corporation|Ltd|Limited|LLC|PLC|plc|AG|SE|SA|N\.?V|B\.?V|GmbH|Co|S\.A)\.?$"
)
_POSSESSIVE = re.compile(r"(?:'s|’s|'|’)$")
_GENERIC = frozenset(
    (
        *(
            "Bank",
            "Ministry",
            "University",
            "National",
            "Department",
            "First",
            "New",
            "North",
            "South",
            "East",
        ),
        *(
            "West",
            "United",
            "Data",
            "AI",
            "Cloud",
            "Digital",
            "General",
            "Global",
            "International",
            "Federal",
        ),
        *(
            "Royal",
            "American",
            "European",
            "Asia",
            "Public",
            "Central",
            "State",
            "Council",
            "Institute",
            "Saudi",
        ),
    )
)


@dataclass
class Group:
    """One thing and the names that mean it in this document."""

    iri: str | None
    types: Counter[EntityType] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    spots: list[Spotted] = field(default_factory=list)

    @property
    def type(self) -> EntityType:
        """The type that most of its names were given."""
        return max(self.types, key=lambda kind: self.types[kind])


def group_names(doc: Doc, names: Sequence[Spotted], labels: Labels) -> list[Group]:
    """Groups in the order of their first names."""
    groups: dict[tuple[str, str], Group] = {}
    chosen = _choose_iris(names, labels)
    for name in names:
        written = plain_name(doc[name.start : name.end].text)
        iri = chosen.get(name.iris) if name.iris else None
        if name.iris and iri is None:
            continue
        key = ("iri", iri) if iri else ("name", _folded(written))
        group = groups.setdefault(key, Group(iri))
        group.types[labels.named[iri].type if iri else name.type or "Organization"] += 1
        group.names[written] += 1
        group.spots.append(name)
    merged = _Merger(list(groups.values()))
    for full, short in find_acronyms(doc, names):
        merged.join(merged.holder(full), merged.holder(short))
    merged.join_short_forms(labels)
    return merged.groups


def plain_name(written: str) -> str:
    """The name in one line, without possessive and article.

    >>> plain_name("the  Wall Street Journal's")
    'Wall Street Journal'
    """
    text = _POSSESSIVE.sub("", " ".join(written.split()))
    return text.removeprefix("the ").removeprefix("The ")


@lru_cache(4096)
def without_legal_form(name: str) -> str:
    """The name without "Inc." and the like.

    >>> without_legal_form("Confluent, Inc.")
    'Confluent'
    """
    return _LEGAL.sub("", name)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", without_legal_form(name).casefold()).strip()


def _choose_iris(names: Iterable[Spotted], labels: Labels) -> dict[tuple[str, ...], str]:
    """What each set of IRIs means here: the only one, or the one that hangs together with other names."""
    sets = {name.iris for name in names if name.iris}
    single = {iris[0] for iris in sets if len(iris) == 1}
    around = (
        {labels.named[iri].parent for iri in single} | {labels.named[iri].country for iri in single} | single
    )
    chosen: dict[tuple[str, ...], str] = {iris: iris[0] for iris in sets if len(iris) == 1}
    for iris in sets:
        if len(iris) > 1:
            tied = [iri for iri in iris if iri in around or labels.named[iri].parent in single]
            if len(tied) == 1:
                chosen[iris] = tied[0]
    return chosen


class _Merger:
    def __init__(self, groups: list[Group]) -> None:
        self.groups = groups

    def holder(self, spot: Spotted) -> Group | None:
        return next((group for group in self.groups if spot in group.spots), None)

    def join(self, kept: Group | None, other: Group | None) -> None:
        """Take the other's names over; two things that are both known stay apart."""
        if kept is None or other is None or kept is other or (kept.iri and other.iri):
            return
        if other.iri:
            kept, other = other, kept
        if kept.iri is None:
            kept.types.update(other.types)
        kept.names.update(other.names)
        kept.spots.extend(other.spots)
        self.groups = [group for group in self.groups if group is not other]

    def join_short_forms(self, labels: Labels) -> None:
        """Join each unknown group to the one group that it is a short form of, if there is just one."""
        for group in list(self.groups):
            if group.iri is not None or group not in self.groups:
                continue
            others = [other for other in self.groups if other is not group]
            longer = [other for other in others if _is_short_form(group, other, labels)]
            if len(longer) == 1:
                self.join(longer[0], group)


def _is_short_form(group: Group, other: Group, labels: Labels) -> bool:
    """Whether every name of the group is a short form of a name of the other."""
    fulls = list(other.names)
    if other.iri:
        fulls += labels.named[other.iri].names
    return all(any(_shortens(name, full, group, other) for full in fulls) for name in group.names)


def _shortens(short: str, full: str, group: Group, other: Group) -> bool:
    words, whole = short.split(), without_legal_form(full).split()
    if len(words) >= len(whole):
        return False
    if other.type == "Person":
        return words == whole[-1:]
    if group.type != other.type:
        return False
    if other.type == "Organization":
        return whole[: len(words)] == words and _GENERIC.isdisjoint((words[0], words[-1]))
    return other.type in ("Offering", "Facility") and whole[-len(words) :] == words
