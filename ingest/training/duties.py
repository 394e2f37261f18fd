"""Train the choice of who is bound by a regulation: `python -m ingest.training.duties [--trial]`.

Learns from the gold reports, read by the stages before `relation_claims`. With `--trial` each fifth of the
reports is read by a model of the others, and duties and addressees are scored; without, the model is written.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from spacy.language import Language

from ingest.duty_claims import LEAST_BOUND, MODEL, requirement_of
from ingest.duty_scene import Bound, Scene
from ingest.linear import Linear
from ingest.pipeline import load_language
from ingest.training.gold import GoldReport, load_gold
from ingest.training.relations import same_names
from kg.model import Entity
from kg.settings import Settings

FILE = Path(__file__).parents[1] / f"{MODEL}.json"
_C = 0.4
_FOLDS = 5


@dataclass(frozen=True)
class Stated:
    """A gold relation with all names of its ends."""

    predicate: str
    subject: tuple[str, ...]
    object: tuple[str, ...]

    def is_of(self, predicate: str, subject: Entity, object_: Entity) -> bool:
        """Whether it says this of the two."""
        if predicate != self.predicate:
            return False
        ends = ((subject, self.subject), (object_, self.object))
        return all(same_names((entity.label, *entity.aliases), names) for entity, names in ends)


@dataclass(frozen=True)
class Read:
    """A report's duties and possible addressees, and what the gold says of them."""

    imposed: tuple[tuple[Entity, Entity], ...]
    bound: tuple[Bound, ...]
    stated: tuple[Stated, ...]

    def is_bound(self, bound: Bound) -> bool:
        """Whether the gold has this addressee."""
        return any(one.is_of("isSubjectTo", bound.entity, bound.force.rule) for one in self.stated)


def read(nlp: Language, golds: Sequence[GoldReport]) -> Iterator[Read]:
    """The gold reports with their candidates."""
    for gold in golds:
        doc = nlp.make_doc(gold.report.text)
        doc._.report = gold.report
        for _, component in nlp.pipeline:
            doc = component(doc)
        scene = Scene(doc)
        imposed = {(force.rule, requirement_of(duty)) for force, duty in scene.duties()}
        yield Read(tuple(imposed), tuple(scene.bound()), tuple(_stated(gold)))


def _stated(gold: GoldReport) -> Iterator[Stated]:
    names: dict[str, list[str]] = {}
    for entity in gold.entities:
        names[entity["label"]] = [entity["label"], *(entity.get("aliases") or ())]
    for claim in gold.claims:
        if claim.get("predicate") in ("imposes", "isSubjectTo"):
            ends = [
                (*names.get(claim[end], [claim[end]]), *(claim.get(f"{end}_alts") or ()))
                for end in ("subject", "object")
            ]
            yield Stated(claim["predicate"], ends[0], ends[1])


def fit(reads: Sequence[Read]) -> Linear:
    """The model of these reports."""
    features = [dict.fromkeys(bound.features, 1.0) for one in reads for bound in one.bound]
    labels = [one.is_bound(bound) for one in reads for bound in one.bound]
    vectorizer = DictVectorizer(sparse=False)
    model = LogisticRegression(C=_C, solver="liblinear").fit(vectorizer.fit_transform(features), labels)
    names: Any = vectorizer.get_feature_names_out()
    weights = {
        str(name): (0.0, round(float(weight), 3)) for name, weight in zip(names, model.coef_[0], strict=True)
    }
    return Linear(("free", "bound"), (0.0, round(float(model.intercept_[0]), 3)), weights)


def write(model: Linear) -> None:
    """Write it as `ingest.linear` reads it; features without weight are left out."""
    weights = {name: row for name, row in sorted(model.weights.items()) if abs(row[1]) > 0.01}
    data = {"labels": model.labels, "bias": model.bias, "weights": weights}
    FILE.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")


def print_trial(reads: Sequence[Read]) -> None:
    """How many duties and addressees are right, of how many stated."""
    found: list[tuple[str, int]] = []
    for fold in range(_FOLDS):
        model = fit([one for number, one in enumerate(reads) if number % _FOLDS != fold])
        for one in reads[fold::_FOLDS]:
            chosen = {
                (bound.entity, bound.force.rule)
                for bound in one.bound
                if model.probabilities(bound.features)["bound"] >= LEAST_BOUND
            }
            found += _judged(one, "imposes", one.imposed)
            found += _judged(one, "isSubjectTo", tuple(chosen))
    for predicate in ("imposes", "isSubjectTo"):
        right = [hit for name, hit in found if name == predicate]
        stated = sum(one.predicate == predicate for each in reads for one in each.stated)
        print(f"{predicate}: {sum(right)} of {len(right)} right, {stated} stated")  # noqa: T201


def _judged(one: Read, predicate: str, pairs: Sequence[tuple[Entity, Entity]]) -> Iterator[tuple[str, int]]:
    left = [stated for stated in one.stated if stated.predicate == predicate]
    for subject, object_ in pairs:
        fits: Callable[[Stated], bool] = lambda stated: stated.is_of(predicate, subject, object_)  # noqa: B023, E731
        hit = next((stated for stated in left if fits(stated)), None)
        if hit is not None:
            left.remove(hit)
        yield predicate, int(hit is not None)


def main() -> None:
    """Train, and write the model or print how the trial went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--trial", action="store_true", help="train on four fifths and score the rest, five times"
    )
    trial = parser.parse_args().trial
    nlp = load_language(str(Settings.model_fields["spacy_model"].default), until="references")
    reads = list(read(nlp, list(load_gold())))
    if trial:
        print_trial(reads)
    else:
        write(fit(reads))


if __name__ == "__main__":
    main()
