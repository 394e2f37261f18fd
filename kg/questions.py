"""claims of one question, as they come and go -> how each stands: superseded, in conflict.

Ontology guide 1.3. The outcome is a function of the claims alone: neither the order in which they came nor
the clock matters. A change costs what it changes, however many claims answer the question; only what the same
claimants said before is gone through.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.rivals import Rivalry, Saying
from kg.standing import Conflict, ConflictKind, Within, as_read, has_a_voice, superseded
from kg.stated import Stated

KINDS: tuple[ConflictKind, ...] = ("value", "polarity", "attribution")
_WORTH_KEEPING = 8  # claims; a smaller question is read from the store as fast


@dataclass(frozen=True)
class Link:
    """That one claim supersedes another, as the graph of the newer one says."""

    newer: str
    older: str
    graph: str


@dataclass
class Shift:
    """What a change of a question changed."""

    unlinked: list[Link] = field(default_factory=list)
    linked: list[Link] = field(default_factory=list)
    joined: list[tuple[ConflictKind, str, str]] = field(default_factory=list)  # kind, what about, claim
    left: list[tuple[ConflictKind, str, str]] = field(default_factory=list)
    over: set[tuple[ConflictKind, str]] = field(default_factory=set)  # conflicts that nobody is in now

    def claims(self) -> set[str]:
        """The claims whose standing this may change."""
        links = {iri for link in [*self.unlinked, *self.linked] for iri in (link.newer, link.older)}
        return links | {iri for _, _, iri in [*self.joined, *self.left]}


class Question:
    """The claims of one question that take part in disagreements, and how they bear on each other."""

    def __init__(self) -> None:
        self._sayings: dict[str, Saying] = {}
        self._voices: dict[frozenset[str], dict[str, Stated]] = {}  # claimants -> what they said
        self._links: dict[str, Link] = {}  # by the older claim
        self._current: set[str] = set()
        self._rivalries = {kind: Rivalry(kind) for kind in KINDS}
        self._links_before: dict[str, Link | None] = {}

    def __len__(self) -> int:
        return len(self._sayings)

    def links(self) -> Iterable[Link]:
        """What supersedes what."""
        return self._links.values()

    def conflicts(self) -> Iterator[Conflict]:
        """The claims that cannot all hold."""
        for kind, rivalry in self._rivalries.items():
            for key, members in rivalry.members.items():
                yield Conflict(kind, key, frozenset(members))

    def update(self, gone: Iterable[str], came: Iterable[Saying], within: Within) -> Shift:
        """Take claims out and put others in, also in place of what they were before. What that changes."""
        voices: set[frozenset[str]] = set()
        for iri in gone:
            voices |= self._take(iri, within)
        for saying in came:
            voices |= self._put(saying, within)
        for claimants in voices:
            self._hear(claimants, within)
        return self._shift()

    def _take(self, iri: str, within: Within) -> set[frozenset[str]]:
        saying = self._sayings.pop(iri, None)
        if saying is None:
            return set()
        self._link(saying, None)
        self._leave(saying, within)
        claimants = saying.claim.claimants
        if self._voices.get(claimants, {}).pop(iri, None) is None:
            return set()
        return {claimants}

    def _put(self, saying: Saying, within: Within) -> set[frozenset[str]]:
        voices = self._take(saying.iri, within)
        self._sayings[saying.iri] = saying
        if not has_a_voice(saying.claim):
            self._enter(saying, within)
            return voices
        self._voices.setdefault(saying.claim.claimants, {})[saying.iri] = saying.claim
        return voices | {saying.claim.claimants}

    def _hear(self, claimants: frozenset[str], within: Within) -> None:
        """Bring up to date what the claimants' last word supersedes."""
        said = self._voices[claimants]
        if not said:
            del self._voices[claimants]
            return
        newest, old = superseded(said.values(), origin=lambda claim: self._sayings[claim.iri].origin)
        for iri in said:
            saying = self._sayings[iri]
            if iri in old:
                self._link(saying, Link(newest.iri, iri, newest.graph))
                self._leave(saying, within)
            else:
                self._link(saying, None)
                self._enter(saying, within)

    def _link(self, older: Saying, link: Link | None) -> None:
        before = self._links.get(older.iri)
        if before == link:
            return
        self._links_before.setdefault(older.iri, before)
        if link is None:
            del self._links[older.iri]
        else:
            self._links[older.iri] = link

    def _enter(self, saying: Saying, within: Within) -> None:
        if saying.iri not in self._current and as_read(saying.claim) == "accepted":
            self._current.add(saying.iri)
            for rivalry in self._rivalries.values():
                rivalry.add(saying, within)

    def _leave(self, saying: Saying, within: Within) -> None:
        if saying.iri in self._current:
            self._current.discard(saying.iri)
            for rivalry in self._rivalries.values():
                rivalry.remove(saying, within)

    def _shift(self) -> Shift:
        shift = Shift()
        for iri, old in self._links_before.items():
            new = self._links.get(iri)
            if old != new:
                shift.unlinked += [old] if old else []
                shift.linked += [new] if new else []
        self._links_before = {}
        for kind, rivalry in self._rivalries.items():
            for key, iri, joined in rivalry.take_changes():
                (shift.joined if joined else shift.left).append((kind, key, iri))
                if key not in rivalry.members:
                    shift.over.add((kind, key))
        return shift


class Questions:
    """Questions with many claims that the one writer keeps in memory from one report to the next."""

    def __init__(self, *, claims: int = 100_000) -> None:
        """Keep at most so many claims; the questions that were not asked for longest go first."""
        self._most = claims
        self._kept: OrderedDict[str, Question] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._total = 0

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def recall(self, key: str) -> Question | None:
        """The question as it was kept; None if it was not."""
        return self._kept.get(key)

    def keep(self, key: str, question: Question) -> None:
        """Keep the question as it is now, if it is large enough to be worth it."""
        self._total -= self._sizes.pop(key, 0)
        self._kept.pop(key, None)
        if len(question) < _WORTH_KEEPING:
            return
        self._kept[key] = question
        self._sizes[key] = len(question)
        self._total += len(question)
        while self._total > self._most and len(self._kept) > 1:
            oldest, _ = self._kept.popitem(last=False)
            self._total -= self._sizes.pop(oldest)

    def forget(self) -> None:
        """Keep nothing: the store was changed, or not changed, in another way than these tell."""
        self._kept.clear()
        self._sizes.clear()
        self._total = 0
