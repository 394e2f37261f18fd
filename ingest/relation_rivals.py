"""pairs with first scores -> features of the second look: how a reading stands among its rivals.

"Ada Moe, chief executive of Acme, praised Norvex" lets both firms score; the better one makes the other less
likely. Scores are logits, cut to -9 … 9.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.relation_predicates import load_predicates
from ingest.relation_readings import Pair

_Key = TypeVar("_Key")
_NONE = -9.0
_STEPS = (-6.0, -4.0, -2.5, -1.5, -0.7, 0.0, 0.7, 1.5, 2.5, 4.0, 6.0)


@dataclass(frozen=True)
class Reading:
    """One predicate read in one pair, with its first score."""

    pair: Pair
    predicate: int
    score: float


def rival_features(readings: Sequence[Reading], least: float = _NONE) -> list[dict[str, float]]:
    """Named values for each of one report's readings, in their order; none where it scores below `least`."""
    here = _Best(readings, by_sentence=True)
    anywhere = _Best(readings, by_sentence=False)
    scores_of_pair: dict[int, dict[int, float]] = defaultdict(dict)
    for reading in readings:
        scores_of_pair[id(reading.pair)][reading.predicate] = reading.score
    return [
        _features(reading, here, anywhere, scores_of_pair[id(reading.pair)]) if reading.score >= least else {}
        for reading in readings
    ]


class _Best:
    """Best scores per predicate, subject and object, in a sentence or in the whole report."""

    def __init__(self, readings: Sequence[Reading], *, by_sentence: bool) -> None:
        self._by_sentence = by_sentence
        self.subjects: dict[tuple[int, int, str], dict[str, float]] = defaultdict(dict)
        self.objects: dict[tuple[int, int, str], dict[str, float]] = defaultdict(dict)
        self.sentences: dict[tuple[int, str, str], dict[int, float]] = defaultdict(dict)
        for reading in readings:
            place = self.place(reading)
            subject, object_ = reading.pair.key
            _raise(self.subjects[place, reading.predicate, object_], subject, reading.score)
            _raise(self.objects[place, reading.predicate, subject], object_, reading.score)
            sentence = reading.pair.sentence.start
            _raise(self.sentences[reading.predicate, subject, object_], sentence, reading.score)

    def place(self, reading: Reading) -> int:
        return reading.pair.sentence.start if self._by_sentence else 0

    def other_subject(self, reading: Reading) -> float:
        """The best score of the same object with another subject."""
        subject, object_ = reading.pair.key
        return _best_but(self.subjects[self.place(reading), reading.predicate, object_], subject)

    def other_object(self, reading: Reading) -> float:
        """The best score of the same subject with another object."""
        subject, object_ = reading.pair.key
        return _best_but(self.objects[self.place(reading), reading.predicate, subject], object_)


def _raise(scores: dict[_Key, float], key: _Key, score: float) -> None:
    scores[key] = max(scores.get(key, _NONE), score)


def _best_but(scores: Mapping[str, float], own: str) -> float:
    return max((score for key, score in scores.items() if key != own), default=_NONE)


def _features(
    reading: Reading, here: _Best, anywhere: _Best, of_pair: Mapping[int, float]
) -> dict[str, float]:
    pair, score = reading.pair, reading.score
    subject, object_ = pair.key
    name = load_predicates().all[reading.predicate].name
    reverse = here.subjects.get((here.place(reading), reading.predicate, subject), {}).get(object_, _NONE)
    elsewhere = anywhere.sentences[reading.predicate, subject, object_]
    margins = {
        "score": score,
        "subject": score - here.other_subject(reading),
        "object": score - here.other_object(reading),
        "predicate": score - max((s for p, s in of_pair.items() if p != reading.predicate), default=_NONE),
        "reverse": score - reverse,
        "elsewhere": max(
            (s for place, s in elsewhere.items() if place != pair.sentence.start), default=_NONE
        ),
        "report-subject": score - anywhere.other_subject(reading),
        "report-object": score - anywhere.other_object(reading),
    }
    features = {"bias": 1.0, name: 1.0}
    near = sum(
        s > score - 1
        for key, s in here.objects[here.place(reading), reading.predicate, subject].items()
        if key != object_
    )
    steps = {f"{margin}{bisect_right(_STEPS, value)}" for margin, value in margins.items()}
    steps |= {f"near{min(near, 4)}", f"sentences{min(len(elsewhere), 4)}"}
    one = _origin(pair.subject.origin, pair.subject.how)
    other = _origin(pair.object.origin, pair.object.how)
    steps |= {f"from-{one}>{other}", f"s-{one}", f"o-{other}"}
    for step in steps:
        features[step] = features[f"{name} {step}"] = 1.0
    scored = bisect_right(_STEPS, score)
    for margin in ("subject", "predicate", "report-subject", "report-object"):
        features[f"{scored} {margin}{bisect_right(_STEPS, margins[margin])}"] = 1.0
    for margin, value in margins.items():
        features[f"={margin}"] = max(-6.0, min(6.0, value)) / 3
    for margin in ("subject", "predicate", "report-subject"):
        features[f"-{margin}"] = max(-6.0, min(0.0, margins[margin])) / 3
    return features


def _origin(origin: str, how: str) -> str:
    if origin == "here":
        return "reference" if how == "reference" else "here"
    return origin
