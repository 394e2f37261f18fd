"""claims of one question -> who contradicts whom, kept up as claims come and go, never all with all.

`kg.standing` says when two claims contradict each other. What is here finds them: each kind of conflict has
an index that names only claims that may contradict a given one, likely ones first. Whoever is in a conflict
remembers one claim that it contradicts, so a newcomer is compared with those that nobody contradicted before,
and a claim that goes only with those that leaned on it.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from kg.standing import ConflictKind, Within, contradict, load_policy, takes_one_value
from kg.stated import Stated

_LAST = "\uffff"  # after every IRI


@dataclass(frozen=True, slots=True)
class Saying:
    """A claim in its question; `origin` is the report whose text its report repeats, or its report."""

    claim: Stated
    origin: str

    @property
    def iri(self) -> str:
        """The claim's IRI."""
        return self.claim.iri


class Index(Protocol):
    """Claims by what may contradict them."""

    def add(self, saying: Saying) -> None:
        """Have the claim in the index, if it can contradict anything."""
        ...

    def remove(self, saying: Saying) -> None:
        """Have the claim in the index no longer."""
        ...

    def against(self, saying: Saying, within: Within) -> Iterator[Saying]:
        """The claims that may contradict this one."""
        ...


class Intervals:
    """Figures of one group of modalities and one measure: those that lie wholly below or above a figure."""

    def __init__(self) -> None:
        self._by_high: dict[Hashable, list[tuple[Decimal, str]]] = defaultdict(list)
        self._by_low: dict[Hashable, list[tuple[Decimal, str]]] = defaultdict(list)
        self._sayings: dict[str, Saying] = {}

    def add(self, saying: Saying) -> None:
        """Have the claim in the index, if it affirms a figure that others may exclude."""
        figure = saying.claim.figure
        if figure and saying.claim.affirmed and takes_one_value(saying.claim):
            camp = (_realis(saying), figure.measure)
            insort(self._by_high[camp], (figure.high, saying.iri))
            insort(self._by_low[camp], (figure.low, saying.iri))
            self._sayings[saying.iri] = saying

    def remove(self, saying: Saying) -> None:
        """Have the claim in the index no longer."""
        figure = saying.claim.figure
        if figure and saying.iri in self._sayings:
            del self._sayings[saying.iri]
            camp = (_realis(saying), figure.measure)
            by_high, by_low = self._by_high[camp], self._by_low[camp]
            del by_high[bisect_left(by_high, (figure.high, saying.iri))]
            del by_low[bisect_left(by_low, (figure.low, saying.iri))]

    def against(self, saying: Saying, within: Within) -> Iterator[Saying]:
        """The figures that this one excludes."""
        figure = saying.claim.figure
        if figure is None or not saying.claim.affirmed or not takes_one_value(saying.claim):
            return
        camp = (_realis(saying), figure.measure)
        by_high, by_low = self._by_high.get(camp, []), self._by_low.get(camp, [])
        for at in range(bisect_left(by_high, (figure.low, ""))):
            yield self._sayings[by_high[at][1]]
        for at in reversed(range(bisect_right(by_low, (figure.high, _LAST)), len(by_low))):
            yield self._sayings[by_low[at][1]]


class Groups:
    """Claims in camps that cannot contradict each other, and in each camp by what may."""

    def __init__(
        self,
        camp: Callable[[Stated], Hashable | None],
        side: Callable[[Stated], Hashable],
        agree: Callable[[Hashable, Hashable, Within], bool],
    ) -> None:
        """`camp` is None for a claim that contradicts nothing; sides that `agree` are passed over whole."""
        self._camp, self._side, self._agree = camp, side, agree
        self._camps: dict[Hashable, dict[Hashable, dict[str, Saying]]] = {}

    def add(self, saying: Saying) -> None:
        """Have the claim in the index, if it can contradict anything."""
        camp = self._camp(saying.claim)
        if camp is not None:
            sides = self._camps.setdefault(camp, {})
            sides.setdefault(self._side(saying.claim), {})[saying.iri] = saying

    def remove(self, saying: Saying) -> None:
        """Have the claim in the index no longer."""
        camp, side = self._camp(saying.claim), self._side(saying.claim)
        if camp is not None and saying.iri in self._camps.get(camp, {}).get(side, {}):
            del self._camps[camp][side][saying.iri]
            if not self._camps[camp][side]:
                del self._camps[camp][side]
            if not self._camps[camp]:
                del self._camps[camp]

    def against(self, saying: Saying, within: Within) -> Iterator[Saying]:
        """The claims of the camp that are on a side that does not agree."""
        mine = self._side(saying.claim)
        for side, members in self._camps.get(self._camp(saying.claim), {}).items():
            if side != mine and not self._agree(side, mine, within):
                yield from members.values()


class Rivalry:
    """The claims of a question that are in conflicts of one kind; `members` by what they disagree about."""

    def __init__(self, kind: ConflictKind) -> None:
        self.members: dict[str, set[str]] = {}
        self._kind = kind
        self._all, self._lone = _INDEXES[kind](), _INDEXES[kind]()
        self._rival: dict[str, Saying] = {}  # of each member, one that it contradicts
        self._leaning: dict[str, dict[str, Saying]] = {}  # whose rival it is
        self._changed: dict[tuple[str, str], bool] = {}  # what disagreed about, claim -> whether it was in

    def add(self, saying: Saying, within: Within) -> None:
        """Have the claim compared with the others from now on."""
        rival = next(self._rivals(self._all, saying, within), None)
        if rival is None:
            self._lone.add(saying)
        else:
            for other in list(self._rivals(self._lone, saying, within)):
                self._lone.remove(other)
                self._lean(other, saying)
            self._lean(saying, rival)
        self._all.add(saying)

    def remove(self, saying: Saying, within: Within) -> None:
        """Have the claim compared no longer."""
        self._all.remove(saying)
        rival = self._rival.get(saying.iri)
        if rival is None:
            self._lone.remove(saying)
        else:
            self._part(saying)
            self._leaning[rival.iri].pop(saying.iri, None)
        for other in self._leaning.pop(saying.iri, {}).values():
            rival = next(self._rivals(self._all, other, within), None)
            if rival is None:
                self._part(other)
                self._lone.add(other)
            else:
                self._lean(other, rival)

    def take_changes(self) -> Iterator[tuple[str, str, bool]]:
        """Since the last call: what is disagreed about, which claim, whether it came in (or went out)."""
        changed, self._changed = self._changed, {}
        for (key, iri), before in changed.items():
            now = iri in self.members.get(key, ())
            if now != before:
                yield key, iri, now

    def _rivals(self, index: Index, saying: Saying, within: Within) -> Iterator[Saying]:
        for other in index.against(saying, within):
            if saying.origin != other.origin and contradict(self._kind, saying.claim, other.claim, within):
                yield other

    def _lean(self, saying: Saying, rival: Saying) -> None:
        key = disagreed_about(self._kind, saying.claim)
        members = self.members.setdefault(key, set())
        self._changed.setdefault((key, saying.iri), saying.iri in members)
        members.add(saying.iri)
        self._rival[saying.iri] = rival
        self._leaning.setdefault(rival.iri, {})[saying.iri] = saying

    def _part(self, saying: Saying) -> None:
        key = disagreed_about(self._kind, saying.claim)
        self._changed.setdefault((key, saying.iri), True)
        self.members[key].discard(saying.iri)
        if not self.members[key]:
            del self.members[key]
        del self._rival[saying.iri]


def disagreed_about(kind: ConflictKind, claim: Stated) -> str:
    """What a conflict of this kind that the claim is in is about; it names the conflict."""
    if kind == "attribution":
        return claim.proposition
    return claim.slot if kind == "value" else f"{claim.slot} {claim.answer}"


def _realis(saying: Saying) -> str:
    return load_policy().realis[saying.claim.modality]


def _answers() -> Groups:
    """Relations with one answer: whoever gives another, unless one place lies in the other."""
    return Groups(
        camp=lambda claim: load_policy().realis[claim.modality] if _names_the_answer(claim) else None,
        side=lambda claim: claim.answer,
        agree=lambda one, other, within: within(str(one), str(other)) or within(str(other), str(one)),
    )


def _names_the_answer(claim: Stated) -> bool:
    return bool(claim.affirmed and claim.answer and takes_one_value(claim))


class _Values:
    """Figures and named answers; a question has one or the other."""

    def __init__(self) -> None:
        self._parts: tuple[Index, ...] = (Intervals(), _answers())

    def add(self, saying: Saying) -> None:
        for part in self._parts:
            part.add(saying)

    def remove(self, saying: Saying) -> None:
        for part in self._parts:
            part.remove(saying)

    def against(self, saying: Saying, within: Within) -> Iterator[Saying]:
        for part in self._parts:
            yield from part.against(saying, within)


def _polarities() -> Groups:
    """The same answer or figure, affirmed and negated."""
    return Groups(
        camp=lambda claim: (load_policy().realis[claim.modality], claim.answer, claim.figure),
        side=lambda claim: claim.affirmed,
        agree=lambda one, other, within: False,
    )


def _ascriptions() -> Groups:
    """The same figure, said by others."""
    return Groups(
        camp=lambda claim: claim.proposition if claim.figure and claim.claimants else None,
        side=lambda claim: claim.claimants,
        agree=lambda one, other, within: False,
    )


_INDEXES: dict[ConflictKind, Callable[[], Index]] = {
    "value": _Values,
    "polarity": _polarities,
    "attribution": _ascriptions,
}
