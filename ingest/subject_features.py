"""figure and candidate -> features: what the choice of a subject looks at.

Reads   Scene, the figure's metric, the subject chosen for the figure before
Writes  a list of feature names for one candidate
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from ingest.figure_cues import is_cue
from ingest.figure_features import figure_root
from ingest.figure_scene import Place, Scene, stem
from ingest.subject_candidates import Candidate, SubjectFinder, governing_verb, research_firms

_GROUPS = {
    "company": [
        "revenue",
        "earnings",
        "capex",
        "funding",
        "debt",
        "valuation",
        "backlog",
        "headcount",
        "customer-count",
    ],
    "site": [
        "it-capacity",
        "area",
        "rack-power-density",
        "pue",
        "facility-count",
        "utilization",
        "energy-consumption",
    ],
    "product": [
        "compute-performance",
        "speedup",
        "memory-capacity",
        "bandwidth",
        "latency",
        "token-throughput",
        "cost-reduction",
        "price",
    ],
    "share": ["market-share", "share-of-total", "survey-share"],
    "count": ["gpu-count", "unit-count", "shipments", "country-count", "survey-sample-size"],
    "deal": ["contract-value", "investment", "spending", "fine", "duration"],
    "market": ["market-size", "growth-rate", "other"],
}
_GROUP_OF = {metric: group for group, metrics in _GROUPS.items() for metric in metrics}
SAYING = frozenset(
    [
        "say",
        "estimate",
        "expect",
        "count",
        "put",
        "forecast",
        "report",
        "project",
        "see",
        "predict",
        "find",
        "calculate",
        "reckon",
        "believe",
        "list",
        "add",
        "note",
        "write",
        "note",
        "tell",
        "think",
        "state",
        "claim",
        "argue",
        "show",
        "identify",
        "survey",
        "rank",
        "rate",
        "value",
        "call",
        "give",
        "have_it",
        "quote",
        "track",
        "anticipate",
    ]
)


SAME = "\x01"  # as the key before: whatever candidate is looked at was the subject before


@dataclass(frozen=True)
class Asked:
    """The figure that asks for its subject: its number in the scene, its metric, and the figure before it."""

    index: int
    metric: str
    previous: str | None  # key of the subject chosen for the figure before, if it stands near
    previous_metric: str | None


def subject_features(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidate: Candidate, rank: int
) -> list[str]:
    """The facts about one candidate for one figure; `rank` counts candidates of its kind, nearest first."""
    return list(dict.fromkeys(_facts(scene, finder, asked, candidate, rank)))


def _facts(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidate: Candidate, rank: int
) -> Iterator[str]:
    place = scene.places[asked.index]
    metric, group = asked.metric, _GROUP_OF.get(asked.metric, "market")
    sort = _sort_of(candidate)
    basic = list(_where(scene, place, candidate))
    yield f"sort={sort}"
    yield f"{metric}|sort={sort}"
    yield f"rank={min(rank, 4)}|{'M' if candidate.entity else 'N'}"
    for fact in basic:
        yield fact
        yield f"{sort}|{fact}"
        yield f"{group}|{'M' if candidate.entity else 'N'}|{fact}"
    yield from _grammar(scene, place, candidate, metric, sort)
    yield from _speaking(scene, finder, place, candidate, sort)
    yield from _standing(scene, finder, asked, candidate, group, sort)
    head = candidate.label.lower().split()[-1:] or [""]
    yield f"head={stem(head[0])}"
    if not candidate.entity:
        yield f"{metric}|head={stem(head[0])}"
        yield f"words={min(len(candidate.label.split()), 6)}"
        if any(char.isdigit() for char in candidate.label):
            yield "digits"
        if candidate.label[:1].isupper():
            yield "upper"
        for word in candidate.label.lower().split()[:-1]:
            yield f"word={stem(word)}"
            break
    else:
        yield f"how={scene.doc[candidate.start : candidate.end]._.how}"


def _where(scene: Scene, place: Place, candidate: Candidate) -> Iterator[str]:
    """Origin, side and distance."""
    yield f"from={candidate.origin}"
    if candidate.origin == "sentence":
        if candidate.end <= place.start:
            side, low, high = "L", candidate.end, place.start
        elif candidate.start >= place.end:
            side, low, high = "R", place.end, candidate.start
        else:
            yield "around"
            return
        gap = scene.words[low:high]
        distance = len(gap)
        bucket = next(
            name
            for limit, name in ((0, "0"), (1, "1"), (2, "2"), (4, "4"), (8, "8"), (14, "14"), (999, "far"))
            if distance <= limit
        )
        yield f"side={side}{bucket}"
        crossed = sum(word in (";", ":", "(", ")", "|") for word in gap)
        commas = gap.count(",")
        figures = sum(any(char.isdigit() for char in word) for word in gap)
        yield f"side={side}|cross={min(crossed, 2)}|commas={min(commas, 3)}"
        yield f"side={side}|figures={min(figures, 3)}"
        between = sum(1 for mention in scene.mentions if low <= mention.start < high)
        yield f"side={side}|between={min(between, 4)}"
        if distance <= 3:
            yield f"side={side}|gap={' '.join(gap)}"
        elif side == "L":
            yield f"next={gap[0]}"
            yield f"last={gap[-1]}"
        yield f"first={candidate.start <= place.left + 1}"
    elif candidate.origin == "previous":
        starts = [start for start in scene.sentence_starts if candidate.start < start <= place.left]
        yield f"back={len(starts)}"
        opening = max((start for start in scene.sentence_starts if start <= candidate.start), default=0)
        yield f"back={len(starts)}|first={candidate.start - opening <= 2}"
    before = scene.words[candidate.start - 1] if candidate.start else ""
    after = scene.words[candidate.end] if candidate.end < len(scene.words) else ""
    yield f"before={before}"
    yield f"after={after}"


def _grammar(scene: Scene, place: Place, candidate: Candidate, metric: str, sort: str) -> Iterator[str]:
    """How the candidate hangs together with the figure in the parse."""
    if candidate.origin not in ("sentence", "previous"):
        return
    doc = scene.doc
    root = doc[candidate.start : candidate.end].root
    yield f"{candidate.origin}|dep={root.dep_}"
    yield f"{candidate.origin}|{sort}|dep={root.dep_}"
    yield f"headdep={root.dep_}|{root.head.lemma_.lower()}"
    if candidate.origin == "previous":
        if root.dep_ in ("nsubj", "nsubjpass") and root.head.dep_ == "ROOT":
            yield "previous main subject"
        return
    verb, figure_path = _figure_grammar(scene, place)
    path = _ancestors(root, place)
    common = next((token for token in path if token in figure_path), None)
    if common is not None:
        up, down = figure_path.index(common), path.index(common)
        yield f"path={min(up, 4)}.{min(down, 4)}"
        yield f"path={min(up, 4)}.{min(down, 4)}|{root.dep_}"
        yield f"{sort}|path={min(up, 5)}.{min(down, 5)}"
        yield f"common={common.pos_}|{root.dep_}"
    if verb is not None:
        if root.head is verb and root.dep_ in ("nsubj", "nsubjpass"):
            yield f"subject of {verb.lemma_.lower()}"
            yield f"subject|{metric}"
            yield f"subject|{sort}"
        main = verb
        for _ in range(3):
            if main.head is main:
                break
            main = main.head
            if root.head is main and root.dep_ in ("nsubj", "nsubjpass"):
                yield f"subject above|{sort}"
                yield f"subject above of {main.lemma_.lower()}"
    if root.dep_ in ("nsubj", "nsubjpass") and root.head.dep_ == "ROOT":
        yield f"main subject|{sort}"
    if root.dep_ == "poss":
        yield f"owner|{metric}"
    if root.dep_ == "pobj":
        yield f"object of {root.head.lower_}|{metric}"
        yield f"object of {root.head.lower_}|{sort}|{'L' if candidate.end <= place.start else 'R'}"


def _figure_grammar(scene: Scene, place: Place) -> tuple[Token | None, list[Token]]:
    """The verb over a figure and the words between; the same for all candidates, so worked out once."""
    known = scene.grammar.get(place.start)
    if known is None:
        path = _ancestors(scene.doc[place.start : place.end].root, place)
        known = scene.grammar[place.start] = governing_verb(scene.doc, place), path
    return known


def _speaking(
    scene: Scene, finder: SubjectFinder, place: Place, candidate: Candidate, sort: str
) -> Iterator[str]:
    """Those who say the figure are seldom what it is about."""
    doc = scene.doc
    if candidate.entity is not None:
        if candidate.entity.iri in research_firms():
            yield "research"
            yield f"research|{candidate.origin}"
            yield f"research|in title={finder.in_title(candidate.entity.iri)}"
        elif finder.research_share > 0:
            yield f"a firm asks|{sort}"
            yield f"a firm asks|{sort}|{candidate.origin}"
        if candidate.entity.iri in finder.claimants(place):
            yield f"claimant|{sort}"
            yield f"claimant|{candidate.origin}"
        if candidate.entity.iri in finder.speakers:
            yield f"speaker|{sort}"
            yield f"speaker|{candidate.origin}"
            yield f"speaker|often={finder.in_title(candidate.entity.iri)}"
    if candidate.origin in ("sentence", "previous"):
        root = doc[candidate.start : candidate.end].root
        if root.head.lemma_.lower() in SAYING:
            yield f"saying|{root.dep_}"
            yield f"saying|{root.dep_}|{sort}"
        if candidate.start >= 2 and scene.words[candidate.start - 2 : candidate.start] == ["according", "to"]:
            yield "according to"
    if candidate.entity is None:
        words = candidate.label.split()
        if is_cue(words[-1]) or is_cue(candidate.label):
            yield "head is a metric"
            yield f"head is a metric|words={min(len(words), 3)}|{candidate.origin}"
        if any(m.start < candidate.end and candidate.start < m.end for m in scene.mentions):
            yield "holds a name"
        if finder.research_share > 0:
            yield f"a firm asks|phrase|{candidate.origin}"
    if candidate.origin == "sentence" and finder.is_listed(candidate, place):
        yield f"listed|{sort}"
        yield f"listed|{sort}|each={'each' in scene.words[place.left : place.right]}"
    if candidate.label.count(",") or " and " in candidate.label:
        yield f"group|{sort}"


def _ancestors(token: Token, place: Place) -> list[Token]:
    path = [token]
    while token.head is not token and place.left <= token.head.i < place.right and len(path) < 12:
        token = token.head
        path.append(token)
    return path


def chain_facts(scene: Scene, asked: Asked, candidate: Candidate) -> Iterator[str]:
    """How the candidate goes on from the subject of the figure before; nothing when there is none."""
    if asked.previous is None:
        return
    place = scene.places[asked.index]
    same = asked.previous in (candidate.key, SAME)
    near = "near" if asked.index and scene.places[asked.index - 1].left == place.left else "block"
    like = asked.previous_metric == asked.metric
    yield f"chain={same}|{near}"
    yield f"chain={same}|{near}|{like}"
    yield f"chain={same}|{near}|{asked.metric}"
    if same:
        yield f"chained|{candidate.origin}|{near}"
        yield f"chained|{figure_root(place)}|{_sort_of(candidate)}"
        gap = scene.words[scene.places[asked.index - 1].end : place.start]
        if len(gap) <= 4:
            yield f"chained|gap={' '.join(gap)}"


def _sort_of(candidate: Candidate) -> str:
    return candidate.entity.type if candidate.entity else "phrase"


def _standing(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidate: Candidate, group: str, sort: str
) -> Iterator[str]:
    """What the candidate is in the report as a whole, and in the chain of figures."""
    yield from chain_facts(scene, asked, candidate)
    if candidate.entity is not None:
        times = finder.frequency.get(candidate.entity.iri, 0)
        most = max(finder.frequency.values(), default=1)
        rank = sum(1 for count in finder.frequency.values() if count > times)
        yield f"often={min(rank, 4)}"
        yield f"often={min(rank, 4)}|{candidate.origin}"
        yield f"share={int(4 * times / most)}|{sort}"
        first = finder.first.get(candidate.entity.iri, 9999)
        ahead = sum(1 for iri, start in finder.first.items() if start < first)
        yield f"ahead={min(ahead, 4)}|{sort}"
        yield f"{group}|{sort}|often={min(rank, 2)}"
        if finder.in_title(candidate.entity.iri):
            yield f"in title|{sort}"
            yield f"in title|{group}"
            yield f"in title|{candidate.origin}"
    elif finder.is_repeated(candidate.label):
        yield "repeated"
