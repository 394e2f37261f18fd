"""ends -> readings that are certain by their form, whatever the model says of them.

Reads   sentences with their ends, the headings above, relation_rules.toml
Gives   `find_ruled(doc, sentences)`: pairs with predicate and confidence
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import combinations, product

from spacy.tokens import Doc

from ingest import extensions
from ingest.evidence import heading_above
from ingest.relation_ends import End, Sentence
from ingest.relation_paths import find_by_path
from ingest.relation_predicates import kind_of
from ingest.relation_readings import Pair
from kg.model import Entity, Report
from ontology.labels import load_labels
from ontology.terms import VOCAB

_LONGEST_LEAD = 90  # characters of words before a colon that head a paragraph
_JOINT = re.compile(r"(?:(?:from|of|in)\s[^,.;]{2,30}?)?(?:,|\band|,\sand)\s")
_CLOSE = ("'", "’", ",", "(")


@dataclass(frozen=True)
class Ruled:
    """A pair that a rule reads as a predicate."""

    pair: Pair
    predicate: str
    confidence: float


@dataclass(frozen=True)
class _Between:
    """A subject, then its object, with words between them that leave no doubt."""

    predicate: str
    subject: str
    object: str
    words: re.Pattern[str]
    after: re.Pattern[str] | None  # what must follow the second end
    subject_first: bool
    together: str | None  # what holds between the members of a list of objects
    confidence: float


@dataclass(frozen=True)
class _Rules:
    by_kinds: Mapping[tuple[str, str], tuple[_Between, ...]]  # of the first end and the second
    listed: tuple[tuple[str, re.Pattern[str]], ...]
    heading_cues: re.Pattern[str]
    heading_confidence: float
    named_after_confidence: float
    path_confidence: float
    post_not_held: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data = tomllib.loads(files("ingest").joinpath("relation_rules.toml").read_text(encoding="utf-8"))
    between = tuple(
        _Between(
            rule["predicate"],
            rule["subject"],
            rule["object"],
            re.compile(rf"\s*(?:{_filled(rule['words'], data['parts'])})\s*", re.IGNORECASE),
            re.compile(rf"\s*(?:{rule['after']})", re.IGNORECASE) if "after" in rule else None,
            rule.get("first", "subject") == "subject",
            rule.get("together"),
            rule.get("confidence", 0.7),
        )
        for rule in data["between"]
    )
    by_kinds: dict[tuple[str, str], tuple[_Between, ...]] = {}
    for rule in between:
        kinds = (rule.subject, rule.object) if rule.subject_first else (rule.object, rule.subject)
        by_kinds[kinds] = (*by_kinds.get(kinds, ()), rule)
    heading = data["heading"]
    cues = re.compile(heading["cues"], re.IGNORECASE)
    not_held = re.compile(data["post"]["not_held"], re.IGNORECASE)
    listed = tuple((rule["predicate"], re.compile(rule["words"])) for rule in data["listed"])
    after, path = data["named_after"]["confidence"], data["path"]["confidence"]
    return _Rules(by_kinds, listed, cues, heading["confidence"], after, path, not_held)


def _filled(words: str, parts: Mapping[str, str]) -> str:
    """The expression with its parts in place of their names."""
    for name, part in parts.items():
        words = words.replace(f"<{name}>", part)
    return words


def find_ruled(doc: Doc, sentences: Iterable[Sentence]) -> Iterator[Ruled]:
    """What the rules read, sentence by sentence."""
    places = _places_by_name(doc)
    for sentence in sentences:
        yield from _between(sentence)
        yield from _within_lists(sentence)
        yield from _named_after(sentence, places)
        for subject, object_, predicate in find_by_path(sentence):
            yield Ruled(_pair(sentence, subject, object_), predicate, _rules().path_confidence)
        yield from _from_heading(sentence)


def is_held(post: str) -> bool:
    """Whether the words name a post that a person holds now.

    >>> [is_held(post) for post in ("chief executive and co-founder", "co-founder", "then CEO")]
    [True, False, False]
    """
    return _rules().post_not_held.search(post) is None


def _between(sentence: Sentence) -> Iterator[Ruled]:
    """Neighbours with a rule's words between them; of a list, all members."""
    doc = sentence.span.doc
    named = [_with_paradigm(end, doc) for end in sentence.ends if end.how != "reference"]
    for left, right in product(named, repeat=2):
        if left.list_end > right.list_start or left.entity.iri == right.entity.iri:
            continue
        kinds = kind_of(left.entity), kind_of(right.entity)
        rules = _rules().by_kinds.get(kinds)
        if not rules:
            continue
        if _stand_between(left, right, sentence):
            continue
        words = doc[left.list_end : right.list_start].text_with_ws
        # "Acme and Norvex's owner": a possessive or an apposition belongs to the list's last member alone.
        if words.lstrip()[:1] in _CLOSE and left.end != left.list_end:
            continue
        right_end = doc[right.list_end - 1].idx + len(doc[right.list_end - 1])
        for rule in rules:
            subject, object_ = (left, right) if rule.subject_first else (right, left)
            if not rule.words.fullmatch(words):
                continue
            if rule.after is not None and not rule.after.match(doc.text, right_end):
                continue
            yield Ruled(_pair(sentence, subject, object_), rule.predicate, rule.confidence)
            if rule.together:
                for other in _later_members(object_, named):
                    yield Ruled(_pair(sentence, object_, other), rule.together, rule.confidence)


def _later_members(member: End, named: Iterable[End]) -> Iterator[End]:
    """The other things that its list names behind it; a list may name one thing twice."""
    for other in named:
        behind = other.list_start == member.list_start and other.start > member.start
        if behind and other.entity.iri != member.entity.iri:
            yield other


def _within_lists(sentence: Sentence) -> Iterator[Ruled]:
    """What holds between all members of a list: "A, B and C are rivals"."""
    doc = sentence.span.doc
    lists: dict[int, list[End]] = {}
    for end in sentence.ends:
        if end.entity.type == "Organization" and end.origin == "here" and end.how != "reference":
            lists.setdefault(end.list_start, []).append(end)
    for members in lists.values():
        last = doc[members[-1].list_end - 1]
        for predicate, words in _rules().listed if len(members) > 1 else ():
            if words.match(doc.text, last.idx + len(last)):
                for one, other in combinations(members, 2):
                    if one.entity.iri != other.entity.iri:
                        yield Ruled(_pair(sentence, one, other), predicate, _rules().path_confidence)


def _places_by_name(doc: Doc) -> dict[str, Entity]:
    places = [
        span._.entity for span in doc.spans.get(extensions.MENTIONS, ()) if span._.entity.type == "Place"
    ]
    return {name: place for place in places for name in (place.label, *place.aliases)}


def _named_after(sentence: Sentence, places: Mapping[str, Entity]) -> Iterator[Ruled]:
    """A site whose name begins with that of a place is there."""
    here = {end.entity.iri: end for end in sentence.ends if end.origin == "here"}
    for end in here.values():
        if end.entity.type != "Facility":
            continue
        words = end.entity.label.split()
        for size in range(len(words) - 1, 0, -1):
            place = places.get(" ".join(words[:size]))
            if place is not None:
                there = here.get(place.iri, End(place, "previous"))
                yield Ruled(_pair(sentence, end, there), "isLocatedIn", _rules().named_after_confidence)
                break


def _with_paradigm(end: End, doc: Doc) -> End:
    """A kind of actor ("regional operators") as the paradigm of the same name."""
    if end.entity.type != "Term" or kind_of(end.entity) != "Term:actor":
        return end
    paradigm = paradigm_in(doc[end.start : end.end].text)
    return end if paradigm is None else replace(end, entity=paradigm)


def _stand_between(left: End, right: End, sentence: Sentence) -> bool:
    """Whether something of the kind of either stands between the two, which may be what is really meant."""
    kinds = {left.entity.type, right.entity.type}
    return any(
        left.list_end <= other.start < right.list_start and other.entity.type in kinds
        for other in sentence.ends
        if other.how != "reference"
    )


def _from_heading(sentence: Sentence) -> Iterator[Ruled]:
    """Organizations listed as players of a paradigm that the heading above names."""
    doc = sentence.span.doc
    if doc._.report is None or not _rules().heading_cues.search(sentence.span.text):
        return
    heads = [head for head in _heads(doc._.report, sentence.span.start_char) if paradigm_in(head[1])]
    if not heads:
        return
    start, words = heads[0]
    paradigm = paradigm_in(words)
    if paradigm is None:
        return
    for end in sentence.ends:
        if end.entity.type != "Organization" or end.origin != "here" or end.how == "reference":
            continue
        if doc[end.start].idx < start:
            continue
        if _is_listed(end) or _is_joined(end, sentence):
            pair = _pair(sentence, end, End(paradigm, "heading"))
            yield Ruled(pair, "followsParadigm", _rules().heading_confidence)


def _heads(report: Report, offset: int) -> Iterator[tuple[int, str]]:
    """What heads the place, with its end: words before a colon that open the paragraph, and the heading."""
    for block in report.blocks:
        if block.kind in ("paragraph", "list-item") and block.start <= offset < block.end:
            colon = report.text.find(":", block.start, min(block.end, block.start + _LONGEST_LEAD))
            if colon >= 0:
                yield colon, report.text[block.start : colon]
    heading = heading_above(report.blocks, offset)
    if heading is not None and heading.kind == "heading":
        yield heading.end, report.text[heading.start : heading.end]


def _is_listed(end: End) -> bool:
    return end.list_end - end.list_start > end.end - end.start


def _is_joined(end: End, sentence: Sentence) -> bool:
    """In a list that says more of each member ("Acme from Norway and Norvex from Ohio")."""
    doc = sentence.span.doc
    others = [other for other in sentence.ends if other.entity.type == "Organization" and other is not end]
    gaps = [(min(end.end, other.end), max(end.start, other.start)) for other in others]
    return any(_JOINT.fullmatch(doc[start:stop].text_with_ws) for start, stop in gaps if start < stop)


def paradigm_in(heading: str) -> Entity | None:
    """The one paradigm that a heading names; None where it names none or several."""
    labels = load_labels()
    words = re.findall(r"[\w/&'’-]+", heading)
    found: dict[str, Entity] = {}
    for start, stop in product(range(len(words)), range(1, len(words) + 1)):
        if not 0 < stop - start <= 8:
            continue
        phrase = " ".join(words[start:stop])
        for iri in (*labels.lookup(phrase), *labels.lookup(phrase.removesuffix("s"))):
            if iri.startswith(f"{VOCAB}paradigm-"):
                found[iri] = Entity(iri, labels.named[iri].label, "Term")
    return next(iter(found.values())) if len(found) == 1 else None


def _pair(sentence: Sentence, subject: End, object_: End) -> Pair:
    return Pair(sentence.span, subject, object_, (), ())
