"""words near a figure -> metrics that they speak for, with side and distance.

Reads   figure_cues.toml, the metric names of the ontology
Writes  Cue hits in a stretch of text, and facts per metric for the choice of a metric
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ingest.phrases import any_phrase
from ontology.metrics import load_metrics, metrics_by_slug
from ontology.units import load_units


class Speaks(NamedTuple):
    """A metric that a cue speaks for, and how: "name" of the ontology, "topic" or "counted"."""

    slug: str
    group: str


class Hit(NamedTuple):
    """A cue at text[start:end]."""

    start: int
    end: int
    speaks: tuple[Speaks, ...]


@cache
def _table() -> tuple[re.Pattern[str], dict[str, tuple[Speaks, ...]], list[tuple[str, tuple[Speaks, ...]]]]:
    data = tomllib.loads(Path(__file__).with_name("figure_cues.toml").read_text(encoding="utf-8"))
    found: dict[str, list[Speaks]] = {}
    for metric in load_metrics().values():
        for name in metric.names:
            found.setdefault(name.lower(), []).append(Speaks(metric.guideline_slug, "name"))
    for slug, groups in data.items():
        for group, words in groups.items():
            for word in words:
                found.setdefault(word.lower(), []).append(Speaks(slug, group))
    exact = {word: tuple(dict.fromkeys(speaks)) for word, speaks in found.items() if not word.endswith("*")}
    stems = [
        (word[:-1], tuple(dict.fromkeys(speaks))) for word, speaks in found.items() if word.endswith("*")
    ]
    stems.sort(key=lambda pair: -len(pair[0]))
    pattern = any_phrase(found, gaps={"*": r"\w*", " ": r"[\s-]", "-": r"[\s-]"})
    return re.compile(rf"(?<![\w-]){pattern}(?!\w)", re.I), exact, stems


def find_cues(text: str) -> Iterator[Hit]:
    """The cues in a text, left to right; the longest wins where they overlap.

    >>> [hit.speaks[0].slug for hit in find_cues("a fine and a backlog")]
    ['fine', 'backlog']
    """
    pattern, _, _ = _table()
    for match in pattern.finditer(text):
        speaks = _speaks(re.sub(r"[\s-]+", " ", match[0].lower()))
        if speaks:
            yield Hit(match.start(), match.end(), speaks)


@cache
def _speaks(word: str) -> tuple[Speaks, ...]:
    _, exact, stems = _table()
    found = list(exact.get(word, ()))
    for stem, speaks in stems:
        if word.startswith(stem.replace("-", " ")):
            found += speaks
    if not found and word.endswith("s"):
        found += exact.get(word[:-1], ())
    return tuple(dict.fromkeys(found))


@cache
def is_cue(phrase: str) -> bool:
    """Whether the phrase is a word for a metric ("revenue", "capacity") and so no thing that has one."""
    return any(speaks.group != "counted" and speaks.slug != "other" for speaks in _speaks(phrase.lower()))


@cache
def slugs_for_kind(kind: str) -> frozenset[str]:
    """The metrics of the closed list that can be measured in units of that kind."""
    # A ratio such as a PUE is written as a plain number.
    kinds = {kind, "ratio"} if kind == "count" else {kind}
    return frozenset(
        metric.slug
        for metric in metrics_by_slug().values()
        if metric.broader is None and kinds & set(metric.unit_kinds)
    )


@cache
def kind_of_unit(unit: str) -> str:
    """The kind of a unit by its local name; "count" for plain numbers."""
    found = load_units().named.get(unit)
    return found.kind if found else "count"
