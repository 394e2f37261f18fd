"""Trains who says a claim and in what manner: python -m ingest.training.stance [--held-out].

With --held-out it learns from four fifths of the training reports and prints how well it reads the rest;
without, it learns from all of them and writes `ingest/attribution.json` and `ingest/modality_of_*.json`. The
same data give the same weights.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import GroupKFold  # type: ignore[import-untyped]

from ingest.attribution import Claimants, claimants_from, odds_of
from ingest.linear import Linear
from ingest.stance import modality_features
from ingest.training.gold import is_held_out, load_gold
from ingest.training.stance_examples import Example, examples_of, gold_language
from kg.settings import Settings

_LEAST_REPORTS = 3  # in which a feature must occur
_PENALTY_WHO = 3.0
_FREEDOM_HOW = 0.6
_LOUDNESS = {"near": 0.7, "pair": 0.5}  # single words are many and say little, so they are turned down
_FOLDS = 8
_FOLDER = Path(__file__).parents[1]


def fit_attribution(examples: Sequence[Example]) -> Linear:
    """Weights that choose each claim's speaker, or nobody: a conditional logit, long reports weighed down."""
    common = _common(
        (example.source, features) for example in examples for _, features in example.candidates()
    )
    claims = Counter(example.source for example in examples)
    rows: list[dict[str, float]] = []
    owners: list[int] = []
    right: list[float] = []
    weights: list[float] = []
    for example in examples:
        candidates = list(example.candidates())
        hits = [example.is_right(speaker) for speaker, _ in candidates]
        if not candidates or (example.names and not any(hits)):
            continue
        for (_, features), hit in zip(candidates, hits, strict=True):
            rows.append({"": 1.0, **{feature: 1.0 for feature in features if feature in common}})
            owners.append(len(weights))
            right.append(float(hit))
        weights.append(claims[example.source] ** -0.5)
    vectorizer = DictVectorizer()
    found = _choose(vectorizer.fit_transform(rows), np.array(owners), np.array(right), np.array(weights))
    table = {
        name: (round(float(value), 4),) for name, value in zip(vectorizer.feature_names_, found, strict=True)
    }
    bias = table.pop("")
    return Linear(("says",), bias, {name: row for name, row in table.items() if row[0]})


def _choose(matrix: Any, owners: Any, right: Any, weights: Any) -> Any:
    """The weights under which each claim's right speakers, or nobody with a score of 0, are likeliest."""
    has_right = np.bincount(owners, right) > 0

    def loss(beta: Any) -> tuple[float, Any]:
        odds = np.exp(np.clip(matrix @ beta, -30, 30))
        total = 1 + np.bincount(owners, odds)
        hit = np.where(has_right, np.bincount(owners, odds * right), 1.0)
        shares = odds / total[owners]
        wanted = np.where(has_right[owners], odds * right / hit[owners], 0.0)
        value = -(weights * (np.log(hit) - np.log(total))).sum() + _PENALTY_WHO * (beta @ beta) / 2
        return value, matrix.T @ ((shares - wanted) * weights[owners]) + _PENALTY_WHO * beta

    return minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def claimants(model: Linear, example: Example) -> Claimants:
    """Who says the claim, by that model."""
    voices = example.voices
    odds = odds_of(model, voices, example.start, example.end)
    return claimants_from(voices, odds, example.start, example.end)


def fit_modality(examples: Sequence[Example], said_by: Sequence[Claimants]) -> Linear:
    """Weights that choose the manner of claims of one kind, long reports weighed down."""
    found = [_how(example, who) for example, who in zip(examples, said_by, strict=True)]
    common = _common((example.source, features) for example, features in zip(examples, found, strict=True))
    claims = Counter(example.source for example in examples)
    rows, labels, weights = [], [], []
    for example, features in zip(examples, found, strict=True):
        rows.append({feature: _loudness(feature) for feature in features if feature in common})
        labels.append(example.claim["modality"])
        weights.append(claims[example.source] ** -0.3)
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(rows)
    fitted = LogisticRegression(C=_FREEDOM_HOW, max_iter=3000).fit(matrix, labels, sample_weight=weights)
    table = {
        name: tuple(round(float(value) * _loudness(name), 3) for value in column)
        for name, column in zip(vectorizer.feature_names_, fitted.coef_.T, strict=True)
    }
    bias = tuple(round(float(value), 3) for value in fitted.intercept_)
    return Linear(
        tuple(map(str, fitted.classes_)), bias, {name: row for name, row in table.items() if any(row)}
    )


def _loudness(feature: str) -> float:
    return _LOUDNESS.get(feature.partition(" ")[0], 1.0)


def _how(example: Example, who: Claimants) -> list[str]:
    what = example.claim.get("metric") or example.claim.get("predicate")
    return sorted(
        set(modality_features(example.doc, example.voices, who, example.start, example.end, what=what))
    )


def _common(found: Iterable[tuple[str, Iterable[str]]]) -> set[str]:
    """The features that occur in enough reports."""
    reports: dict[str, set[str]] = defaultdict(set)
    for source, features in found:
        for feature in features:
            reports[feature].add(source)
    return {feature for feature, sources in reports.items() if len(sources) >= _LEAST_REPORTS}


def unseen_claimants(examples: Sequence[Example]) -> list[Claimants]:
    """Who says each claim, by models that have not seen its report: as it will be in use."""
    found: dict[int, Claimants] = {}
    folds = GroupKFold(_FOLDS).split(examples, groups=[example.source for example in examples])
    for seen, unseen in folds:
        model = fit_attribution([examples[position] for position in seen])
        found |= {int(position): claimants(model, examples[position]) for position in unseen}
    return [found[position] for position in range(len(examples))]


def report_scores(name: str, examples: Sequence[Example], who: Linear, how: dict[str, Linear]) -> None:
    """Print how many claims get the right claimants and the right manner, by kind of claim."""
    for kind in how:
        of_kind = _of_kind(examples, kind)
        said_by = [claimants(who, example) for example in of_kind]
        named = [
            not example.names or _is_named(example, said)
            for example, said in zip(of_kind, said_by, strict=True)
        ]
        silent = [
            bool(example.names) == bool(said.entities) for example, said in zip(of_kind, said_by, strict=True)
        ]
        manner = [
            max(chances, key=lambda label: chances[label]) == example.claim["modality"]
            for example, said in zip(of_kind, said_by, strict=True)
            for chances in [how[kind].probabilities(_how(example, said))]
        ]
        print(  # noqa: T201
            f"{name:9} {kind:9} {len(of_kind):5} claims  claimant named {np.mean(named):.3f}  "
            f"named iff gold names one {np.mean(silent):.3f}  modality {np.mean(manner):.3f}"
        )


def _of_kind(examples: Sequence[Example], kind: str) -> list[Example]:
    return [example for example in examples if example.claim["kind"] == kind]


def _is_named(example: Example, said: Claimants) -> bool:
    return any(entity.label in example.names for entity in said.entities)


def _write(model: Linear, name: str) -> None:
    data = {
        "labels": model.labels,
        "bias": model.bias,
        "weights": {feature: model.weights[feature] for feature in sorted(model.weights)},
    }
    (_FOLDER / name).write_text(
        json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


def main(arguments: Sequence[str]) -> None:
    """Train and write, or try on the reports that are held out."""
    nlp = gold_language(str(Settings.model_fields["spacy_model"].default))
    examples = [example for gold in load_gold() for example in examples_of(nlp, gold)]
    kept = [one for one in examples if not is_held_out(one.source)] if "--held-out" in arguments else examples
    who, how = fit_attribution(kept), _fit_manners(kept)
    report_scores("learnt", kept, who, how)
    if "--held-out" in arguments:
        report_scores("held out", [one for one in examples if is_held_out(one.source)], who, how)
        return
    _write(who, "attribution.json")
    for kind, model in how.items():
        _write(model, f"modality_of_{kind}s.json".replace("metrics", "figures"))


def _fit_manners(examples: Sequence[Example]) -> dict[str, Linear]:
    said_by = dict(zip(map(id, examples), unseen_claimants(examples), strict=True))
    return {
        kind: fit_modality(of_kind, [said_by[id(example)] for example in of_kind])
        for kind in ("metric", "relation")
        for of_kind in [_of_kind(examples, kind)]
    }


if __name__ == "__main__":
    main(sys.argv[1:])
