"""figure and candidate -> facts: what the choice of a subject looks at.

Reads   Scene, the figure's metric, the subject chosen for the figure before
Writes  facts about one candidate; `ingest.facts` spells their features and sums their weights
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from ingest.facts import Fact
from ingest.figure_clauses import clause_at, cue_tokens, governing_verb, subject_of
from ingest.figure_cues import is_cue
from ingest.figure_features import figure_root
from ingest.figure_scene import Place, Scene, stem
from ingest.subject_candidates import Candidate, SubjectFinder, research_firms


@cache
def _group_of() -> Mapping[str, str]:
    """By metric, what sort of thing it is measured of."""
    return {metric: group for group, metrics in _words()["groups"].items() for metric in metrics}


@cache
def _saying() -> frozenset[str]:
    """The lemmas of verbs whose subject says a figure and is seldom what it is about."""
    return frozenset(_words()["saying"])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("ingest").joinpath("subject_words.toml").read_text(encoding="utf-8"))


SAME = "\x01"  # as the key before: whatever candidate is looked at was the subject before


@dataclass(frozen=True)
class Asked:
    """The figure that asks for its subject: its number in the scene, its metric, and the figure before it."""

    index: int
    metric: str
    previous: str | None  # key of the subject chosen for the figure before, if it stands near
    previous_metric: str | None


def _thrice(pattern: str) -> str:
    """A pattern alone, with the candidate's sort {0}, and with the metric's group {1} and "M" or "N" {2}."""
    return f"{pattern}\n{{0}}|{pattern}\n{{1}}|{{2}}|{pattern}"


_FROM = _thrice("from={3}")
_AROUND = _thrice("around")
_SIDE = _thrice("side={3}{4}")
_CROSSED = _thrice("side={3}|cross={4}|commas={5}")
_FIGURES = _thrice("side={3}|figures={4}")
_BETWEEN = _thrice("side={3}|between={4}")
_GAP = _thrice("side={3}|gap={4}")
_NEXT, _LAST = _thrice("next={3}"), _thrice("last={3}")
_FIRST = _thrice("first={3}")
_BACK, _BACK_FIRST = _thrice("back={3}"), _thrice("back={3}|first={4}")
_BEFORE, _AFTER = _thrice("before={3}"), _thrice("after={3}")


class _Label(NamedTuple):
    """What is seen of a candidate's words alone."""

    head: str
    words: int
    has_digits: bool
    is_upper: bool
    first: str | None
    is_metric: bool
    is_group: bool


@lru_cache(maxsize=20_000)
def _label(label: str) -> _Label:
    words = label.lower().split()
    return _Label(
        stem(words[-1]) if words else "",
        len(words),
        any(char.isdigit() for char in label),
        label[:1].isupper(),
        stem(words[0]) if len(words) > 1 else None,
        bool(words) and (is_cue(label.split()[-1]) or is_cue(label)),
        "," in label or " and " in label,
    )


def subject_facts(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidate: Candidate, rank: int
) -> Iterator[Fact]:
    """The facts about one candidate for one figure; `rank` counts candidates of its kind, nearest first."""
    place = scene.places[asked.index]
    metric, group = asked.metric, _group_of().get(asked.metric, "market")
    sort, kind = _sort_of(candidate), "M" if candidate.entity else "N"
    yield "sort={0}\n{1}|sort={0}\n{2}|sort={0}", sort, metric, group
    yield "rank={}|{}", min(rank, 4), kind
    yield from _where(scene, place, candidate, (sort, group, kind))
    yield from _grammar(scene, place, candidate, metric, sort)
    yield from _clause_facts(scene, place, candidate, metric, sort)
    yield from _speaking(scene, finder, place, candidate, sort)
    yield from _standing(scene, finder, asked, candidate, group, sort)
    label = _label(candidate.label)
    yield "head={}", label.head
    if not candidate.entity:
        yield "{}|head={}", metric, label.head
        yield "words={}", min(label.words, 6)
        if label.has_digits:
            yield ("digits",)
        if label.is_upper:
            yield ("upper",)
        if label.first is not None:
            yield "word={}", label.first
    else:
        yield "how={}", finder.how.get((candidate.start, candidate.end))


def _distance(tokens: int) -> str:
    return next(
        (
            name
            for limit, name in ((0, "0"), (1, "1"), (2, "2"), (4, "4"), (8, "8"), (14, "14"))
            if tokens <= limit
        ),
        "far",
    )


_DISTANCES = tuple(_distance(tokens) for tokens in range(16))


def _where(scene: Scene, place: Place, candidate: Candidate, who: tuple[str, str, str]) -> Iterator[Fact]:
    """Origin, side and distance."""
    words = scene.words
    yield _FROM, *who, candidate.origin
    if candidate.origin == "sentence":
        if candidate.end <= place.start:
            side, low, high = "L", candidate.end, place.start
        elif candidate.start >= place.end:
            side, low, high = "R", place.end, candidate.start
        else:
            yield _AROUND, *who
            return
        distance = high - low
        yield _SIDE, *who, side, _DISTANCES[min(distance, 15)]
        crossed, commas = scene.stops[high] - scene.stops[low], scene.commas[high] - scene.commas[low]
        yield _CROSSED, *who, side, min(crossed, 2), min(commas, 3)
        yield _FIGURES, *who, side, min(scene.parse.digits[high] - scene.parse.digits[low], 3)
        yield _BETWEEN, *who, side, min(scene.count_named(low, high), 4)
        if distance <= 3:
            yield _GAP, *who, side, " ".join(words[low:high])
        elif side == "L":
            yield _NEXT, *who, words[low]
            yield _LAST, *who, words[high - 1]
        yield _FIRST, *who, candidate.start <= place.left + 1
    elif candidate.origin == "previous":
        back, is_first = _back(scene, candidate, place)
        yield _BACK, *who, back
        yield _BACK_FIRST, *who, back, is_first
    yield _BEFORE, *who, words[candidate.start - 1] if candidate.start else ""
    yield _AFTER, *who, words[candidate.end] if candidate.end < len(words) else ""


def _back(scene: Scene, candidate: Candidate, place: Place) -> tuple[int, bool]:
    """How many sentences back the candidate stands, and whether it opens its sentence."""
    starts = scene.sentence_starts
    own = bisect_right(starts, candidate.start)
    opening = starts[own - 1] if own else 0
    return bisect_right(starts, place.left) - own, candidate.start - opening <= 2


def _grammar(scene: Scene, place: Place, candidate: Candidate, metric: str, sort: str) -> Iterator[Fact]:
    """How the candidate hangs together with the figure in the parse."""
    origin = candidate.origin
    if origin not in ("sentence", "previous"):
        return
    parse = scene.parse
    root = _root(scene, candidate)
    head, dependency = parse.heads[root], parse.dependencies[root]
    is_subject = dependency in ("nsubj", "nsubjpass")
    yield "{0}|dep={2}\n{0}|{1}|dep={2}", origin, sort, dependency
    yield "headdep={}|{}", dependency, parse.lemmas[head]
    if origin == "previous":
        if is_subject and parse.dependencies[head] == "ROOT":
            yield ("previous main subject",)
        return
    verb, levels = _figure_grammar(scene, place)
    for down, token in enumerate(_path(scene, root, place)):
        up = levels.get(token)
        if up is not None:
            yield "path={0}.{1}\npath={0}.{1}|{2}", min(up, 4), min(down, 4), dependency
            yield "{}|path={}.{}", sort, min(up, 5), min(down, 5)
            yield "common={}|{}", parse.classes[token], dependency
            break
    if verb is not None and is_subject:
        if head == verb:
            yield "subject of {0}\nsubject|{1}\nsubject|{2}", parse.lemmas[verb], metric, sort
        above = verb
        for _ in range(3):
            if parse.heads[above] == above:
                break
            above = parse.heads[above]
            if head == above:
                yield "subject above|{0}\nsubject above of {1}", sort, parse.lemmas[above]
    if is_subject and parse.dependencies[head] == "ROOT":
        yield "main subject|{}", sort
    if dependency == "poss":
        yield "owner|{}", metric
    if dependency == "pobj":
        side = "L" if candidate.end <= place.start else "R"
        yield "object of {0}|{1}\nobject of {0}|{2}|{3}", parse.words[head], metric, sort, side


def _clause_facts(scene: Scene, place: Place, candidate: Candidate, metric: str, sort: str) -> Iterator[Fact]:
    """What the figure's clause lacks: a subject of its own, or one whose owner stands elsewhere."""
    clause, origin, parse = clause_at(scene, place), candidate.origin, scene.parse
    yield "clause={0}|{1}|{2}\nclause={0}|{1}|{2}|{3}", clause.subject, clause.owner, origin, sort
    yield "opening={0}|{1}\nopening={0}|{1}|{2}", clause.opening, origin, sort
    yield "organizations={}|{}|{}", clause.organizations, origin, sort
    if origin not in ("sentence", "previous"):
        return
    root = _root(scene, candidate)
    dependency, head = parse.dependencies[root], parse.heads[root]
    if origin == "previous":
        leads = dependency in ("nsubj", "nsubjpass")
        yield "clause={0}|{1}|leads={2}\nclause={0}|leads={2}|{3}", clause.subject, clause.owner, leads, sort
        yield "opening={}|leads={}", clause.opening, leads
        return
    subject = subject_of(scene, _figure_grammar(scene, place)[0])
    if subject is not None:
        is_subject = candidate.start <= subject < candidate.end
        kind, group = "M" if candidate.entity else "N", _group_of().get(metric, "market")
        yield "clause subject={0}|{1}\nclause subject={0}|{2}", is_subject, sort, metric
        yield "clause subject={0}|{1}\nclause subject={0}|{1}|{2}", is_subject, kind, group
        if head == subject and dependency == "poss":
            yield "owns the subject|{0}\nowns the subject|{1}", sort, clause.subject
    preposition = parse.words[head] if dependency == "pobj" else ""
    spoken = cue_tokens(scene, place).get(parse.heads[head] if preposition else head)
    if spoken is not None and not candidate.start <= head < candidate.end:
        says = metric in spoken
        yield "of a metric|{0}|{1}|{2}\nof a metric|{2}|{3}", dependency, preposition, says, sort


def _path(scene: Scene, root: int, place: Place) -> list[int]:
    key = "path", root, place.left
    if key not in scene.known:
        scene.known[key] = scene.parse.ancestors(root, place.left, place.right)
    found: list[int] = scene.known[key]
    return found


def _figure_grammar(scene: Scene, place: Place) -> tuple[int | None, dict[int, int]]:
    """The verb over a figure, and how far up each word over it is; the same for all candidates."""
    key = "grammar", place.start
    if key not in scene.known:
        path = _path(scene, scene.root(place), place)
        levels = {token: level for level, token in enumerate(path)}
        scene.known[key] = governing_verb(scene, place), levels
    found: tuple[int | None, dict[int, int]] = scene.known[key]
    return found


def _root(scene: Scene, candidate: Candidate) -> int:
    key = "root", candidate.start, candidate.end
    if key not in scene.known:
        scene.known[key] = scene.parse.root(candidate.start, candidate.end)
    found: int = scene.known[key]
    return found


def _speaking(
    scene: Scene, finder: SubjectFinder, place: Place, candidate: Candidate, sort: str
) -> Iterator[Fact]:
    """Those who say the figure are seldom what it is about."""
    origin, entity = candidate.origin, candidate.entity
    if entity is not None:
        titled = finder.in_title(entity.iri)
        if entity.iri in research_firms():
            yield "research\nresearch|{0}\nresearch|in title={1}", origin, titled
        elif finder.research_share > 0:
            yield "a firm asks|{0}\na firm asks|{0}|{1}", sort, origin
        if entity.iri in finder.claimants(place):
            yield "claimant|{0}\nclaimant|{1}", sort, origin
        if entity.iri in finder.speakers:
            yield "speaker|{0}\nspeaker|{1}\nspeaker|often={2}", sort, origin, titled
    if origin in ("sentence", "previous"):
        root = _root(scene, candidate)
        if scene.parse.lemmas[scene.parse.heads[root]] in _saying():
            yield "saying|{0}\nsaying|{0}|{1}", scene.parse.dependencies[root], sort
        if candidate.start >= 2 and scene.words[candidate.start - 2 : candidate.start] == ["according", "to"]:
            yield ("according to",)
    label = _label(candidate.label)
    if entity is None:
        if label.is_metric:
            yield (
                "head is a metric\nhead is a metric|words={0}|{1}",
                min(label.words, 3),
                origin,
            )
        if _holds_a_name(scene, candidate):
            yield ("holds a name",)
        if finder.research_share > 0:
            yield "a firm asks|phrase|{}", origin
    if origin == "sentence" and finder.is_listed(candidate, place):
        yield "listed|{0}\nlisted|{0}|each={1}", sort, "each" in scene.words[place.left : place.right]
    if label.is_group:
        yield "group|{}", sort


def _holds_a_name(scene: Scene, candidate: Candidate) -> bool:
    # A name that starts before the phrase and reaches into it holds it instead; few names are that long.
    near = scene.named_in(candidate.start - 12, candidate.end)
    return any(mention.end > candidate.start for mention in near)


def chain_facts(scene: Scene, asked: Asked, candidate: Candidate) -> Iterator[Fact]:
    """How the candidate goes on from the subject of the figure before; nothing when there is none."""
    if asked.previous is None:
        return
    place = scene.places[asked.index]
    same = asked.previous in (candidate.key, SAME)
    near = "near" if asked.index and scene.places[asked.index - 1].left == place.left else "block"
    like = asked.previous_metric == asked.metric
    yield "chain={0}|{1}\nchain={0}|{1}|{2}\nchain={0}|{1}|{3}", same, near, like, asked.metric
    clause = clause_at(scene, place)
    yield "chain={0}|{1}|{2}\nchain={0}|{1}|{2}|{3}\nchain={0}|{1}", same, clause.subject, clause.owner, like
    yield "chain={}|opening={}|{}", same, clause.opening, near
    if same:
        yield "chained|{}|{}", candidate.origin, near
        yield "chained|{}|{}", figure_root(place), _sort_of(candidate)
        gap = scene.words[scene.places[asked.index - 1].end : place.start]
        if len(gap) <= 4:
            yield "chained|gap={}", " ".join(gap)


def _sort_of(candidate: Candidate) -> str:
    return candidate.entity.type if candidate.entity else "phrase"


def _standing(
    scene: Scene, finder: SubjectFinder, asked: Asked, candidate: Candidate, group: str, sort: str
) -> Iterator[Fact]:
    """What the candidate is in the report as a whole, and in the chain of figures."""
    yield from chain_facts(scene, asked, candidate)
    if candidate.entity is not None:
        rank, share, ahead = finder.standing(candidate.entity.iri)
        yield "often={0}\noften={0}|{1}", min(rank, 4), candidate.origin
        yield "share={}|{}", share, sort
        yield "ahead={}|{}", min(ahead, 4), sort
        yield "{}|{}|often={}", group, sort, min(rank, 2)
        if finder.in_title(candidate.entity.iri):
            yield "in title|{0}\nin title|{1}\nin title|{2}\nin title|{2}|{0}", sort, group, candidate.origin
    elif finder.is_repeated(candidate.label):
        yield ("repeated",)
