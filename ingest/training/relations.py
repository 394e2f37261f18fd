"""Train the relation model: `python -m ingest.training.relations [--trial]`.

Learns from the gold reports, read by the stages before `relation_claims`, and from relation_sentences.txt.
The vectors come from the context model that ships: train again when that has changed.
With `--trial` the held-out fifth is left out of training and scored; without, everything is used and
the model is written.
"""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest.pipeline import load_language
from ingest.relation_contexts import RelationContexts, rows_of_pairs
from ingest.relation_ends import sentence_ends
from ingest.relation_model import RelationModel, with_empty_row
from ingest.relation_predicates import Predicate, load_predicates
from ingest.relation_readings import Pair, find_pairs
from ingest.relation_rivals import Reading, rival_features
from ingest.training.gold import GoldReport, is_held_out, load_gold
from ingest.training.marked_sentences import Example, read_examples
from ingest.training.relation_contexts import Taught, fit_contexts, write_contexts
from kg.iris import entity_iri
from kg.model import Entity
from kg.settings import Settings

MODEL = Path(__file__).parents[1] / "relation_model.npz"
CONTEXTS = MODEL.with_name("relation_contexts.npz")
SENTENCES = Path(__file__).with_name("relation_sentences.txt")
FOLDS = 5
_FIRST_C, _SECOND_C = 0.3, 0.03
_PER_LINE = 8
_LEAST_WEIGHT = 0.03  # features that weigh less are not written
_LEGAL = re.compile(
    r"\b(inc|incorporated|corp|corporation|ltd|limited|llc|plc|ag|se|sa|nv|bv|gmbh|co|company|group|holdings?|technologies|the|an?)\b"
)


@dataclass(frozen=True)
class Labelled:
    """A pair with what the gold says of each of its predicates: 1 stated, 0 not, None stated elsewhere."""

    report: str
    pair: Pair
    labels: Mapping[int, int | None]


Looked = tuple[list[Reading], list[int | None]]  # one report's readings with their labels


# -- labels --


def plain(name: str) -> str:
    """A name without case, punctuation and legal form.

    >>> plain("Nebius Group N.V.")
    'nebius n v'
    """
    squeezed = re.sub(r"[^\w%+/]+", " ", name.lower()).strip()
    return " ".join(_LEGAL.sub(" ", squeezed).split()) or squeezed


def same_names(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether a name is common to both, or two share at least half of their words."""
    one, two = {plain(name) for name in ours if name}, {plain(name) for name in theirs if name}
    if one & two:
        return True
    for mine in one:
        for other in two:
            words, more = set(mine.split()), set(other.split())
            if words and more and 2 * len(words & more) >= len(words | more):
                return True
    return False


@dataclass(frozen=True)
class Stated:
    """A gold relation with all names of its ends and the place of its quote."""

    predicate: str
    subject: tuple[str, ...]
    object: tuple[str, ...]
    start: int
    end: int

    def is_of(self, predicate: Predicate, subject: Entity, object_: Entity) -> bool:
        """Whether it says this of the two."""
        if predicate.name != self.predicate:
            return False
        one, two = (subject.label, *subject.aliases), (object_.label, *object_.aliases)
        straight = same_names(one, self.subject) and same_names(two, self.object)
        return straight or (
            predicate.symmetric and same_names(one, self.object) and same_names(two, self.subject)
        )


def stated_in(gold: GoldReport) -> list[Stated]:
    """The gold relations of a report."""
    aliases: dict[str, list[str]] = {}
    for entity in gold.entities:
        names = [entity["label"], *(entity.get("aliases") or ())]
        for name in names:
            aliases.setdefault(plain(name), []).extend(names)
    found: list[Stated] = []
    for claim in gold.claims:
        if claim["kind"] != "relation":
            continue
        words = r"\s+".join(map(re.escape, claim["quote"].split()))
        place = re.search(words, gold.report.text)
        ends = [(name, *aliases.get(plain(name), ())) for name in (claim["subject"], claim["object"])]
        start, end = place.span() if place else (0, len(gold.report.text))
        found.append(Stated(claim["predicate"], ends[0], ends[1], start, end))
    return found


def labelled_pairs(name: str, doc: Doc, stated: Sequence[Stated]) -> Iterator[Labelled]:
    """The pairs of a document with their labels."""
    predicates = load_predicates().all
    for pair in find_pairs(sentence_ends(doc)):
        labels: dict[int, int | None] = {}
        for position in pair.predicates:
            label: int | None = 0
            for relation in stated:
                if relation.is_of(predicates[position], pair.subject.entity, pair.object.entity):
                    near = relation.start < pair.sentence.end_char and pair.sentence.start_char < relation.end
                    label = 1 if near or label == 1 else None
            labels[position] = label
        yield Labelled(name, pair, labels)


def read_gold(nlp: Language, golds: Iterable[GoldReport]) -> list[Labelled]:
    """All labelled pairs of the gold reports."""
    found: list[Labelled] = []
    for gold in golds:
        doc = nlp.make_doc(gold.report.text)
        doc._.report = gold.report
        for _, component in nlp.pipeline:
            doc = component(doc)
        found += labelled_pairs(gold.report.source, doc, stated_in(gold))
    return found


def read_sentences(nlp: Language, text: str) -> list[Labelled]:
    """All labelled pairs of our own marked sentences."""
    found: list[Labelled] = []
    for number, example in enumerate(read_examples(text, per_line=_PER_LINE, seed=1)):
        doc = marked_doc(nlp, example)
        keys = {mark.name: mark.key for mark in example.mentions}
        for pair in find_pairs(sentence_ends(doc)):
            if pair.sentence.start == 0 and len(list(doc.sents)) > 1:
                continue
            one, two = keys[pair.subject.entity.label], keys[pair.object.entity.label]
            labels: dict[int, int | None] = {}
            for position in pair.predicates:
                predicate = load_predicates().all[position]
                said = (predicate.name, one, two) in example.stated
                said = said or (predicate.symmetric and (predicate.name, two, one) in example.stated)
                labels[position] = int(said)
            found.append(Labelled(f"sentence {number // _PER_LINE}", pair, labels))
    return found


def marked_doc(nlp: Language, example: Example) -> Doc:
    """An example as a document with its mentions, parsed."""
    doc: Doc = nlp.get_pipe("sentences")(nlp.make_doc(example.text))
    spans: list[Span] = []
    for mark in example.mentions:
        span = doc.char_span(mark.start, mark.end, label=mark.type, alignment_mode="expand")
        if span is None:
            raise ValueError(f"no token covers {mark.name!r} in: {example.text}")
        iri = mark.iri or entity_iri(mark.type, mark.name)
        span._.entity = Entity(iri, mark.name, mark.type)  # type: ignore[arg-type]
        span._.how = mark.how
        spans.append(span)
    doc.spans["mentions"] = spans
    parsed: Doc = nlp.get_pipe("gated_parser")(doc)
    return parsed


# -- fitting --


def fit_first(examples: Sequence[Labelled]) -> tuple[dict[str, int], npt.NDArray[np.float32]]:
    """Weights of the first look; a feature that only one report has is not learnt."""
    reports: dict[str, set[str]] = {}
    for example in examples:
        for feature in example.pair.features:
            reports.setdefault(feature, set()).add(example.report)
    rows = {name: row for row, name in enumerate(sorted(f for f, seen in reports.items() if len(seen) > 1))}
    matrix = _matrix([example.pair.features for example in examples], rows)
    predicates = load_predicates().all
    weights = np.zeros((len(rows), len(predicates)), dtype=np.float32)
    for position in range(len(predicates)):
        chosen = [i for i, e in enumerate(examples) if e.labels.get(position) is not None]
        labels = np.array([examples[i].labels[position] for i in chosen], dtype=int)
        if labels.sum() < 3:
            weights[rows["bias"], position] = -9
            continue
        model = LogisticRegression(C=_FIRST_C, solver="liblinear", max_iter=200, tol=1e-3)
        model.fit(matrix[chosen], labels)
        weights[:, position] = model.coef_[0]
        weights[rows["bias"], position] += model.intercept_[0]
    return rows, weights


def _matrix(features: Sequence[Sequence[str]], rows: Mapping[str, int]) -> Any:
    indices: list[int] = []
    ends = [0]
    for names in features:
        indices += sorted({rows[name] for name in names if name in rows})
        ends.append(len(indices))
    return csr_matrix(
        (np.ones(len(indices), dtype=np.float32), indices, ends), shape=(len(features), len(rows))
    )


def taught_of(examples: Sequence[Labelled]) -> dict[str, Taught]:
    """The examples of each report as `relation_contexts` sees them."""
    return {
        report: Taught(rows_of_pairs([example.pair for example in group]), _labels_of(group))
        for report, group in _by_report(examples).items()
    }


def _by_report(examples: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    groups: dict[str, list[Labelled]] = {}
    for example in examples:
        groups.setdefault(example.report, []).append(example)
    return groups


def _labels_of(examples: Sequence[Labelled]) -> npt.NDArray[np.int8]:
    labels = np.full((len(examples), len(load_predicates().all)), -1, dtype=np.int8)
    for row, example in enumerate(examples):
        for position, label in example.labels.items():
            labels[row, position] = -1 if label is None else label
    return labels


def first_readings(
    model: RelationModel, examples: Sequence[Labelled], contexts: RelationContexts | None = None
) -> Iterator[Looked]:
    """Per report its readings with their labels."""
    for group in _by_report(examples).values():
        labels = {id(example.pair): example.labels for example in group}
        pairs = [example.pair for example in group]
        told = None if contexts is None else contexts.scores(rows_of_pairs(pairs))
        readings = model.readings(pairs, told)
        yield readings, [labels[id(reading.pair)][reading.predicate] for reading in readings]


def fit_second(looked: Sequence[Looked]) -> dict[str, float]:
    """Weights of the second look, from readings that the first model was not trained on."""
    features: list[dict[str, float]] = []
    labels: list[int] = []
    for readings, given in looked:
        for values, label in zip(rival_features(readings), given, strict=True):
            if label is not None:
                features.append(values)
                labels.append(label)
    names = sorted({name for values in features for name in values})
    rows = {name: row for row, name in enumerate(names)}
    data, indices, ends = [], [], [0]
    for values in features:
        indices += [rows[name] for name in values]
        data += list(values.values())
        ends.append(len(indices))
    matrix = csr_matrix((data, indices, ends), shape=(len(features), len(rows)))
    model = LogisticRegression(C=_SECOND_C, solver="liblinear")
    model.fit(matrix, labels)
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    weights["bias"] += float(model.intercept_[0])
    return weights


def train(gold: Sequence[Labelled], sentences: Sequence[Labelled]) -> tuple[RelationModel, RelationContexts]:
    """The models; the second look is learnt from folds that the first one has not seen."""
    looked = list(chain.from_iterable(look(gold, sentences)))
    rows, weights = fit_first([*gold, *sentences])
    model = RelationModel(rows, with_empty_row(weights), fit_second(looked))
    return model, fit_contexts(list(taught_of(gold).values()))


def look(gold: Sequence[Labelled], sentences: Sequence[Labelled]) -> Iterator[list[Looked]]:
    """Per fold the readings of its reports by a model of the others, with their labels."""
    reports = sorted({example.report for example in gold})
    fold_of = {report: number % FOLDS for number, report in enumerate(reports)}
    taught = taught_of(gold)
    for fold in range(FOLDS):
        seen = [example for example in gold if fold_of[example.report] != fold]
        rows, weights = fit_first([*seen, *sentences])
        contexts = fit_contexts([taught[report] for report in taught if fold_of[report] != fold])
        unseen = [example for example in gold if fold_of[example.report] == fold]
        yield list(first_readings(RelationModel(rows, with_empty_row(weights), {}), unseen, contexts))


def write_model(model: RelationModel, path: Path) -> None:
    """Write it small: half precision, features without weight left out."""
    names = sorted(
        name for name, row in model.rows.items() if np.abs(model.weights[row]).max() > _LEAST_WEIGHT
    )
    second = sorted(name for name, weight in model.second.items() if abs(weight) > 1e-4)
    unfinished = path.with_suffix(".new.npz")
    np.savez_compressed(
        unfinished,
        features=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=model.weights[[model.rows[name] for name in names]].astype(np.float16),
        second_features=np.frombuffer("\n".join(second).encode(), dtype=np.uint8),
        second_weights=np.array([model.second[name] for name in second], dtype=np.float32),
    )
    unfinished.replace(path)  # a reader never meets half a model


def main() -> None:
    """Train, and write the model or print how the trial went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trial", action="store_true", help="train without the held-out fifth and score it")
    trial = parser.parse_args().trial
    nlp = load_language(str(Settings.model_fields["spacy_model"].default), until="contexts")
    gold = read_gold(nlp, load_gold())
    sentences = read_sentences(nlp, SENTENCES.read_text(encoding="utf-8"))
    model, contexts = train([e for e in gold if not (trial and is_held_out(e.report))], sentences)
    if trial:
        golds = [one for one in load_gold() if is_held_out(one.report.source)]
        held_out = first_readings(model, [e for e in gold if is_held_out(e.report)], contexts)
        print_trial(model, held_out, sum(len(stated_in(one)) for one in golds))
    else:
        write_model(model, MODEL)
        write_contexts(contexts, CONTEXTS)


def print_trial(model: RelationModel, held_out: Iterable[Looked], stated: int) -> None:
    """How many distinct readings above several bars are right, of how many stated; without rules."""
    best: dict[tuple[str, int, str, str], tuple[float, bool]] = {}
    for number, (readings, labels) in enumerate(held_out):
        for reading, label, probability in zip(readings, labels, model.probabilities(readings), strict=True):
            key = (str(number), reading.predicate, *reading.pair.key)
            before = best.get(key, (0.0, False))
            best[key] = (max(before[0], probability), before[1] or label != 0)
    for least in (0.3, 0.4, 0.5, 0.6, 0.7):
        kept = [true for probability, true in best.values() if probability >= least]
        print(f"at {least}: {sum(kept)} of {len(kept)} right, {stated} stated")  # noqa: T201


if __name__ == "__main__":
    main()
