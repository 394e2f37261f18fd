"""graph -> the claims that a curator should look at, the most doubtful first, each with the reasons.

A claim about which somebody has decided is not in the queue, unless that was undone.
"""

import csv
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path

from pyoxigraph import NamedNode, QueryResultsFormat, QuerySolutions, Store

from kg.claim_records import claim_records
from kg.curation import decision_on
from kg.iris import CLAIM, DOC, ID, VOCAB
from kg.names import candidates_for, refs_for
from kg.queries import rows
from kg.queue_file import queue_path, read_queue, write_queue
from kg.records import ClaimRecord, Ref
from kg.snapshots import Version
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.version_store import VersionStore
from kg.view import View
from kg.vocabulary import CANDIDATES_GRAPH, OA_HAS_TARGET, SCHEMA_ALTERNATE_NAME, SCHEMA_NAME, concept
from ontology import terms

_SPOKEN = frozenset(concept("modality", name) for name in ("forecast", "estimate", "opinion"))
_NAMING = frozenset({terms.SKOS_PREF_LABEL, terms.SKOS_ALT_LABEL, SCHEMA_NAME, SCHEMA_ALTERNATE_NAME})
_MOST_KEPT = 2
_kept: dict[Path, list["_Doubted"]] = {}


@dataclass(frozen=True)
class Cause:
    """A sort of reason: how much trust it leaves, and what it is called for people."""

    trust: Decimal
    says: str
    below: Decimal | None = None  # of the confidence


@dataclass(frozen=True)
class Reason:
    """Why a claim is in the queue, with the things or conflicts that it is about."""

    code: str
    says: str
    things: tuple[Ref, ...]


@dataclass(frozen=True)
class ToReview:
    """A claim to look at. Doubt is 0 to 1."""

    claim: ClaimRecord
    doubt: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class QueuePage:
    """Some of the claims, how many there are in all, and how many for each reason."""

    entries: tuple[ToReview, ...]
    total: int
    by_reason: tuple[tuple[str, int], ...]
    cursor: str | None


@dataclass
class _Doubted:
    """A claim with its reasons, and the IRIs that each is about."""

    claim: str
    report: str
    confidence: Decimal
    reasons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def doubt(self) -> Decimal:
        trust = self.confidence
        for code in self.reasons:
            trust *= causes()[code].trust
        return (1 - trust).quantize(Decimal("0.0001"))

    @property
    def key(self) -> str:
        """Text order is the order of the queue; also the cursor."""
        return f"{10000 - int(self.doubt * 10000):05d}-{self.claim.removeprefix(CLAIM)}"


@cache
def _rules() -> str:
    return (Path(__file__).parent / "review.toml").read_text("utf-8")


@cache
def causes() -> Mapping[str, Cause]:
    """The sorts of reasons of `review.toml`."""
    data = tomllib.loads(_rules())
    return {
        code: Cause(
            Decimal(str(told["trust"])),
            told["says"],
            Decimal(str(told["below"])) if "below" in told else None,
        )
        for code, told in data.items()
    }


def queue_page(
    store: Store,
    *,
    version: Version,
    reason: str | None,
    report: str | None,
    about: str | None,
    limit: int,
    cursor: str | None,
) -> QueuePage:
    """The claims to look at after the cursor; for a reason, of a report, about a thing where one is given."""
    fitting = _queue(store, version)
    if report:
        wanted = candidates_for(report, DOC)
        fitting = [one for one in fitting if one.report in wanted]
    if about:
        things = candidates_for(about, ID, VOCAB)
        named = {row["claim"] for row in rows(store, "review_about", many={"thing": things})}
        fitting = [one for one in fitting if one.claim in named]
    counts = {code: sum(code in one.reasons for one in fitting) for code in causes()}
    if reason:
        fitting = [one for one in fitting if reason in one.reasons]
    start = bisect_right(fitting, cursor, key=lambda one: one.key) if cursor else 0
    shown = fitting[start : start + limit]
    more = start + limit < len(fitting)
    return QueuePage(
        tuple(_named(store, shown)), len(fitting), tuple(counts.items()), shown[-1].key if more else None
    )


def _named(store: Store, doubted: list[_Doubted]) -> Iterable[ToReview]:
    things = (iri for one in doubted for about in one.reasons.values() for iri in about)
    refs = refs_for(store, things)
    claims = {claim.iri: claim for claim in claim_records(store, (one.claim for one in doubted))}
    for one in doubted:
        yield ToReview(
            claims[one.claim],
            one.doubt,
            tuple(
                Reason(code, causes()[code].says, tuple(refs[iri] for iri in about))
                for code, about in one.reasons.items()
            ),
        )


def _queue(store: Store, version: Version) -> list[_Doubted]:
    """All claims to look at, in order; kept while the version stays."""
    if version.path not in _kept:
        _kept[version.path] = _noted(store, version)
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return _kept[version.path]


def prepare_queue(store: Store, *, version: Version) -> None:
    """Have the queue of the version worked out before anybody asks."""
    _queue(store, version)


def _noted(store: Store, version: Version) -> list[_Doubted]:
    """The queue as another process wrote it down, else worked out and written down for others."""
    if not isinstance(store, VersionStore):
        return sorted(_doubted(store), key=lambda one: one.key)
    path = queue_path(version, _rules())
    noted = read_queue(path)
    if noted is not None:
        return [_Doubted(claim, report, Decimal(said), why) for claim, report, said, why in noted]
    found = sorted(_doubted(store), key=lambda one: one.key)
    write_queue(path, ((one.claim, one.report, str(one.confidence), one.reasons) for one in found))
    return found


def _doubted(store: Store) -> Iterable[_Doubted]:
    graph = _Graph(store)
    below = causes()["unsure"].below or Decimal(0)
    decided = _decided(store)
    for claim in sorted(graph.standing() - decided):
        found = _Doubted(claim, graph.report.get(claim, ""), Decimal(graph.confidence.get(claim, "1")))
        if found.confidence < below:
            found.reasons["unsure"] = []
        for code, about in graph.reasons_for(claim):
            if about is not None:
                found.reasons[code] = sorted(about)
        if found.reasons:
            yield found


class _Graph:
    """What the reasons hang on, each property read once for all claims: joins take ten times as long.

    The engine writes each as a table, which takes less than half as long as to take its quads one by one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.confidence = self._one(terms.CONFIDENCE)
        self.report = self._one(terms.REPORTED_IN)
        self._subject = self._one(terms.SUBJECT)
        self._object = self._one(terms.OBJECT)
        self._modality = self._one(terms.MODALITY)
        self._publisher = self._one(terms.DCTERMS_PUBLISHER)
        self._claimants = self._many(terms.ATTRIBUTED_TO)
        self._conflicts = self._backwards(terms.INVOLVES_CLAIM)
        labels = store.quads_for_pattern(
            None, NamedNode(terms.SKOS_PREF_LABEL), None, NamedNode(CANDIDATES_GRAPH)
        )
        self._unknown = {text_of(quad.subject) for quad in labels}
        self._names: dict[str, frozenset[str]] = {}

    def standing(self) -> set[str]:
        """The claims that count, or wait to."""
        counting = {concept("status", name) for name in ("candidate", "accepted", "disputed")}
        return {claim for claim, status in self._table(terms.STATUS) if status in counting}

    def reasons_for(self, claim: str) -> Iterator[tuple[str, set[str] | None]]:
        """Each reason but the reading itself, with what it is about; None where it does not hold."""
        claimants = self._claimants.get(claim, set())
        things = {self._subject.get(claim, ""), self._object.get(claim, ""), *claimants}
        needless = claimants & {self._publisher.get(self.report.get(claim, ""), "")}
        elsewhere = {one for one in claimants - needless if not self._is_named(claim, one)}
        unsaid = self._modality.get(claim) in _SPOKEN and not claimants
        yield "in-conflict", self._conflicts.get(claim)
        yield "unresolved-name", things & self._unknown or None
        yield "needless-attribution", needless or None
        yield "claimant-elsewhere", elsewhere or None
        yield "no-claimant", set() if unsaid else None

    def _is_named(self, claim: str, claimant: str) -> bool:
        """Whether the claimant's name is in the sentence or right beside it."""
        evidence = self._values(claim, terms.EVIDENCE)
        quotes = [f"{one}-quote" for one in evidence]  # as `kg.quads` names them
        words = [
            text
            for quote in quotes
            for part in (terms.OA_PREFIX, terms.OA_EXACT, terms.OA_SUFFIX)
            for text in self._values(quote, part)
        ]
        said = "".join(words).casefold()
        return any(name in said for name in self._names_of(claimant))

    def _values(self, subject: str, predicate: str) -> list[str]:
        quads = self._store.quads_for_pattern(NamedNode(subject), NamedNode(predicate), None)
        return [text_of(quad.object) for quad in quads]

    def _names_of(self, thing: str) -> frozenset[str]:
        if thing not in self._names:
            quads = self._store.quads_for_pattern(NamedNode(thing), None, None)
            self._names[thing] = frozenset(
                text_of(quad.object).casefold() for quad in quads if quad.predicate.value in _NAMING
            )
        return self._names[thing]

    def _one(self, predicate: str) -> dict[str, str]:
        return dict(self._table(predicate))

    def _many(self, predicate: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for subject, value in self._table(predicate):
            found[subject].add(value)
        return found

    def _backwards(self, predicate: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for subject, value in self._table(predicate):
            found[value].add(subject)
        return found

    def _table(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Subject and value of each statement with this predicate, as text."""
        solutions = self._store.query(
            f"SELECT ?subject ?value {{ ?subject <{predicate}> ?value }}", use_default_graph_as_union=True
        )
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("a table comes of a SELECT query")
        written = BytesIO()
        solutions.serialize(written, QueryResultsFormat.CSV)
        lines = csv.reader(StringIO(written.getvalue().decode(), newline=""))
        next(lines)
        return ((subject, value) for subject, value in lines)


def _decided(store: Store) -> set[str]:
    view = View(EmbeddedStore.over(store))
    targets = store.quads_for_pattern(None, NamedNode(OA_HAS_TARGET), None, NamedNode(terms.G_CURATION))
    claims = {text_of(quad.object) for quad in targets}
    return {claim for claim in claims if claim.startswith(CLAIM) and decision_on(view, claim)}
