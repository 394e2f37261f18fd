"""Trains the candidate tagger: python -m ingest.training.candidates [--held-out].

With --held-out it learns from four fifths of the training reports and prints how well it finds the names of
the rest; without, it learns from all of them and writes `ingest/candidates.npz`. The same data give the same
weights.
"""

import random
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.tokens import Doc

from ingest import extensions
from ingest.candidate_features import CONNECTORS, OFFSETS, is_capital, word_features
from ingest.candidate_scene import Scene, load_list
from ingest.candidate_tagger import TAGS, CandidateTagger, Tagged
from ingest.name_index import Known, NameIndex
from ingest.sentences import sentences
from ingest.training.chain import Chain, Example, fit_chain
from ingest.training.fitting import STEP, in_steps
from ingest.training.gold import GoldReport, is_held_out, load_gold
from ontology.labels import load_labels

_PENALTY = 4.0
_ROUNDS = 90
_LEAST_WEIGHT = 0.01  # smaller ones are dropped, which changes no tag
_HIDDEN = 0.5  # share of the known names that the second look at each report does without
_OUTPUT = Path(__file__).parents[1] / "candidates.npz"


def gold_names(gold: GoldReport) -> list[tuple[int, int, str]]:
    """(start, end, type) of every stretch of the text that the tagger should find as a name."""
    text = gold.report.text
    places = {name for entity in gold.entities if entity["type"] == "Place" for name in _written(entity)}
    found = [
        (match.start(), match.end(), entity["type"])
        for entity in gold.entities
        if entity["type"] != "Term"
        for name in {part for name in _written(entity) for part in _taggable(name, entity["type"], places)}
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
    found += [(*span, "Place") for span in _regions(text, found)]
    return _longest_first(found)


def _written(entity: dict[str, Any]) -> list[str]:
    return [entity["label"], *(entity.get("aliases") or [])]


def _taggable(name: str, kind: str, places: set[str]) -> Iterator[str]:
    """The capitalised part of a name: "Claude" of "Claude models", but nothing of "the Ajman facility"."""
    words = name.split()
    while words and not is_capital(words[-1]) and not words[-1][:1].isdigit():
        words.pop()
    while words and words[0] in ("the", "The", "a", "an"):
        words.pop(0)
    inner = " ".join(words)
    cut = inner != name
    if len(inner) < 2 or "," in inner or any(map(_is_plain, words)):
        return
    is_site_in_place = cut and kind != "Place" and inner in places
    if not is_site_in_place and not (kind == "Facility" and cut and _is_described(words)):
        yield inner


def _is_described(words: Sequence[str]) -> bool:
    """Whether a site's capitals are only those of a place or "AI": "Swedish AI" of "Swedish AI site"."""
    own = [word for word in words if word != "AI"]
    return len(own) < 2 and not (own and any(map(str.isdigit, own[0])))


def _is_plain(word: str) -> bool:
    return word.islower() and word not in CONNECTORS and not is_capital(word)


def _regions(text: str, found: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """States and countries that stand after a town and a comma."""
    for _, end, kind in found:
        match = re.compile(r", ([A-Z][a-z]+(?: [A-Z][a-z]+)*)").match(text, end) if kind == "Place" else None
        if match and match.group(1) in load_list("places"):
            yield match.span(1)


def _longest_first(found: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    taken: set[int] = set()
    kept = []
    for start, end, kind in sorted(set(found), key=lambda each: (each[0] - each[1], each)):
        if taken.isdisjoint(range(start, end)):
            taken |= set(range(start, end))
            kept.append((start, end, kind))
    return sorted(kept)


def _right_tags(doc: Doc, names: Sequence[tuple[int, int, str]]) -> list[int]:
    tags = [0] * len(doc)
    for start, end, kind in names:
        span = doc.char_span(start, end, alignment_mode="expand")
        for place, token in enumerate(span or ()):
            tags[token.i] = TAGS.index(f"{'I' if place else 'B'}-{kind}")
    return tags


class _Looks:
    """Makes scenes and examples of gold reports."""

    def __init__(self) -> None:
        extensions.register()
        self._nlp = spacy.blank("en")
        self._labels = load_labels()
        self._index = NameIndex(self._labels, self._nlp.tokenizer)

    def document(self, gold: GoldReport) -> Doc:
        doc = self._nlp.make_doc(gold.report.text)
        doc._.report = gold.report
        sentences(doc)
        return doc

    def scene(self, doc: Doc, hidden: float = 0.0, chance: random.Random | None = None) -> Scene:
        known: list[Known] = list(self._index.find(doc))
        if chance:
            # A name is hidden everywhere in the report or nowhere, as with a name that nobody knows.
            forgotten = {iris for iris in sorted({name.iris for name in known}) if chance.random() < hidden}
            known = [name for name in known if name.iris not in forgotten]
        return Scene(doc, known, self._labels)

    def examples(self, gold: GoldReport) -> Iterator[Example]:
        doc = self.document(gold)
        tags = _right_tags(doc, gold_names(gold))
        for scene in (self.scene(doc), self.scene(doc, _HIDDEN, random.Random(gold.report.source))):  # noqa: S311
            for run in scene.runs:
                yield Example(tuple(tuple(_features(scene, i)) for i in run), tuple(tags[i] for i in run))


def _features(scene: Scene, i: int) -> Iterator[str]:
    names, titles = load_list("given-names"), load_list("titles")
    for offset in OFFSETS:
        if 0 <= i + offset < len(scene.words):
            yield from word_features(scene.words[i + offset], offset, given_names=names, titles=titles)
    yield from scene.features(i)


def train(reports: Sequence[GoldReport]) -> Chain:
    """The chain fitted to the reports."""
    looks = _Looks()
    examples = list(chain.from_iterable(looks.examples(gold) for gold in reports))
    may_start = np.array([not tag.startswith("I-") for tag in TAGS])
    may_follow = np.array([[_may_follow(before, after) for after in TAGS] for before in TAGS])
    return fit_chain(examples, may_follow=may_follow, may_start=may_start, penalty=_PENALTY, rounds=_ROUNDS)


def _may_follow(before: str, after: str) -> bool:
    return not after.startswith("I-") or before[2:] == after[2:]


def tagger_of(fitted: Chain) -> CandidateTagger:
    """A tagger with the fitted weights."""
    return CandidateTagger(
        {name: row for row, name in enumerate(fitted.features)}, fitted.weights, fitted.follows, fitted.first
    )


def score(tagger: CandidateTagger, reports: Sequence[GoldReport]) -> dict[str, int]:
    """How many names were right, found and in the gold."""
    looks = _Looks()
    counts = {"right": 0, "found": 0, "gold": 0, "right-but-for-type": 0}
    for gold in reports:
        doc = looks.document(gold)
        found = set(tagger.tag(looks.scene(doc)))
        tags = _right_tags(doc, gold_names(gold))
        wanted = set(_wanted(tags))
        counts["right"] += len(found & wanted)
        counts["right-but-for-type"] += len({name[:2] for name in found} & {name[:2] for name in wanted})
        counts["found"] += len(found)
        counts["gold"] += len(wanted)
    return counts


def _wanted(tags: Sequence[int]) -> Iterator[Tagged]:
    start = None
    for i, tag in enumerate([*tags, 0]):
        if start is not None and not TAGS[tag].startswith("I-"):
            yield Tagged(start, i, TAGS[tags[start]][2:])  # type: ignore[arg-type]
            start = None
        if TAGS[tag].startswith("B-"):
            start = i


def write(fitted: Chain, path: Path = _OUTPUT) -> None:
    """Keep the weights that matter."""
    kept = np.abs(fitted.weights).max(axis=1) >= _LEAST_WEIGHT
    names = [name for name, keep in zip(fitted.features, kept, strict=True) if keep]
    np.savez_compressed(
        path,
        features=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=in_steps(fitted.weights[kept], STEP),
        follows=fitted.follows.astype(np.float32),
        first=fitted.first.astype(np.float32),
    )


def main(arguments: Sequence[str]) -> None:
    """Train, and either print the score on the held-out reports or write the weights."""
    reports = list(load_gold())
    if "--held-out" in arguments:
        learned = [gold for gold in reports if not is_held_out(gold.report.source)]
        held_out = [gold for gold in reports if is_held_out(gold.report.source)]
        counts = score(tagger_of(train(learned)), held_out)
        sys.stdout.write(f"{counts}\n")
    else:
        write(train(reports))


if __name__ == "__main__":
    main(sys.argv[1:])
