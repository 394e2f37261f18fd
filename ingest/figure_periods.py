"""figure -> candidate periods and their features: which of the report's times a figure is about, if any.

Reads   Scene (doc.spans["periods"], tables, headings, date), the figure's metric, the period chosen before
Writes  TimeCandidate objects with feature names; the first candidate is "no period"
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingest.facts import Fact
from ingest.figure_clauses import governing_verb
from ingest.figure_features import figure_root
from ingest.figure_scene import Place, Scene, Timed
from ingest.periods import now_of
from kg.calendar import Moment, at, moment_of
from kg.model import Period

_FROM = re.compile(r"\b(?:from|than the|against|compared with|versus|vs\.?|after)\s(?:\w+\s){0,2}$", re.I)
_FUTURE = frozenset(("will", "shall", "should", "would", "could", "may", "might"))


@dataclass(frozen=True)
class TimeCandidate:
    """A period that a figure may be about, or None; `facts` are the features of the choice."""

    period: Period | None
    facts: tuple[Fact, ...]

    @property
    def label(self) -> str:
        """The period's label; "" for no period."""
        return self.period.label if self.period else ""


class PeriodFinder:
    """Finds candidate periods; keeps the report's own period."""

    def __init__(self, scene: Scene) -> None:
        """Work out the report's current period once."""
        self._scene = scene
        report = scene.report
        self.issued: date | None = report.issued
        self.now: Moment | None = now_of(scene.doc)
        title_end = scene.blocks[0].end if scene.blocks else 0
        self._title = [span for span in scene.periods if span.start_char < title_end]
        self.is_accounts = self.now is not None and (
            self.now.quarter is not None or self.now.half is not None
        )

    def candidates(
        self, index: int, metric: str, previous: Period | None, previous_metric: str | None
    ) -> list[TimeCandidate]:
        """The candidates, unique by label; facts from several sources of one label come together."""
        place = self._scene.places[index]
        found: dict[str, tuple[Period | None, dict[str, None]]] = {"": (None, {})}
        for period, facts in self._all(index, place, previous, previous_metric == metric):
            kept = found.setdefault(period.label if period else "", (period, {}))
            kept[1].update(dict.fromkeys(facts))
        context = list(self._context(place, metric))
        none_facts = found[""][1]
        none_facts[f"none|candidates={min(len(found) - 1, 3)}"] = None
        if not any(fact.startswith("in ") for _, facts in found.values() for fact in facts):
            none_facts["none|nothing in sentence"] = None
            none_facts[f"none|nothing in sentence|{metric}"] = None
        result = []
        for label, (period, told) in found.items():
            sort = "none"
            if label:
                told.update(dict.fromkeys(self._shape(period, metric, place)))
                sort = _sort(told)
            in_context = (("{}|{}", sort, fact) for fact in context)
            result.append(TimeCandidate(period, (*((fact,) for fact in told), *in_context)))
        return result

    def _context(self, place: Place, metric: str) -> Iterator[str]:
        scene = self._scene
        yield "always"
        yield metric
        yield figure_root(place)
        yield f"accounts={self.is_accounts}"
        yield f"accounts={self.is_accounts}|{metric}"
        yield f"kind={scene.report.kind}"
        yield f"issued={self.issued is not None}"
        verb, parse = governing_verb(scene, place), scene.parse
        if verb is not None and parse.tags[verb]:
            yield f"tense={parse.tags[verb]}"
            yield f"tense={parse.tags[verb]}|accounts={self.is_accounts}"
            yield f"verb={parse.lemmas[verb]}"
            auxiliaries = [
                parse.words[child]
                for child in parse.children.get(verb, ())
                if parse.dependencies[child] in ("aux", "auxpass")
            ]
            for auxiliary in auxiliaries:
                yield f"aux={auxiliary}"
            yield f"future={any(word in _FUTURE for word in auxiliaries)}"
        sentence = set(scene.words[place.left : place.right])
        for cue in (
            "expected",
            "expects",
            "planned",
            "plans",
            "forecast",
            "will",
            "since",
            "ago",
            "guidance",
            "consensus",
            "had",
            "currently",
            "now",
            "today",
            "over",
            "was",
            "were",
            "is",
            "are",
            "has",
            "have",
        ):
            if cue in sentence:
                yield f"has {cue}"
        before = scene.words[max(place.left, place.start - 2) : place.start]
        yield f"before={' '.join(before)}"
        if place.end < place.right:
            yield f"after={scene.words[place.end]}"
        yield f"cell={place.cell is not None}"

    def _shape(self, period: Period | None, metric: str, place: Place) -> Iterator[str]:
        if period is None:
            return
        shape = re.sub(r"\d", "9", period.label)
        yield f"shape={shape}"
        yield f"shape={shape}|{metric}"
        moment = moment_of(period.label.strip("/"))
        if self.issued and moment:
            gap = moment.year - self.issued.year
            yield f"years={max(-3, min(gap, 4))}"
            yield f"years={max(-3, min(gap, 4))}|{metric}"
        if self.now is not None and moment is not None:
            if moment == self.now:
                yield f"now|accounts={self.is_accounts}"
                yield f"now|{metric}"
            elif moment == self.now.shifted(-1):
                yield "a year before now"

    def _all(
        self, index: int, place: Place, previous: Period | None, same_metric: bool
    ) -> Iterator[tuple[Period | None, list[str]]]:
        scene = self._scene
        inside = [span for span in scene.periods if place.left <= span.start < place.right]
        for rank, span in enumerate(sorted(inside, key=lambda span: _gap(span, place))):
            facts = [f"in sentence|rank={min(rank, 3)}", f"in {span.sort}", *self._position(span, place)]
            yield span.period, facts
            moment = moment_of(span.period.label.strip("/"))
            if moment is not None and span.period.label != moment.label:
                yield (
                    at(moment),
                    [f"in bare of {span.sort}", *(f"bare|{fact}" for fact in self._position(span, place))],
                )
        yield from self._table_times(place)
        yield from self._outer_times(place)
        if previous is not None:
            near = index > 0 and scene.places[index - 1].left == place.left
            facts = [f"chain|{near}", f"chain|{near}|{same_metric}", f"chain|accounts={self.is_accounts}"]
            if near:
                facts.append(
                    f"chain|gap={' '.join(scene.words[scene.places[index - 1].end : place.start][:4])}"
                )
            yield previous, facts
        elif index:
            near = scene.places[index - 1].left == place.left
            yield None, [f"chain|{near}", f"chain|{near}|{same_metric}"]
        if self.now is not None:
            yield at(self.now), ["report's now", f"report's now, accounts={self.is_accounts}"]
            start = scene.offset(place.start)
            earlier = "from" if _FROM.search(scene.text[max(0, start - 30) : start]) else "other"
            yield at(self.now.shifted(-1)), ["year before", f"year before|{earlier}"]

    def _position(self, span: Timed, place: Place) -> Iterator[str]:
        scene = self._scene
        if span.end <= place.start:
            side, gap = "L", scene.words[span.end : place.start]
        elif span.start >= place.end:
            side, gap = "R", scene.words[place.end : span.start]
        else:
            yield "inside"
            return
        distance = (
            "0"
            if not gap
            else "2"
            if len(gap) <= 2
            else "5"
            if len(gap) <= 5
            else "10"
            if len(gap) <= 10
            else "far"
        )
        figures = sum(any(char.isdigit() for char in word) for word in gap)
        others = sum(
            1
            for other in scene.places
            if min(span.end, place.end) <= other.start < max(span.start, place.start) and other is not place
        )
        yield f"in {side}{distance}"
        yield f"in {side}|others={min(others, 3)}"
        yield f"in {side}|{span.sort}|others={min(others, 2)}"
        stops = sum(word in (";", "(", ")", ":") for word in gap)
        yield f"in {side}|commas={min(gap.count(','), 2)}|stops={min(stops, 2)}"
        if len(gap) <= 3:
            yield f"in {side}|gap={' '.join(gap)}"
        yield f"in {side}|figures={min(figures, 2)}"
        yield f"in first={span.start <= place.left + 3}"

    def _table_times(self, place: Place) -> Iterator[tuple[Period | None, list[str]]]:
        scene, cell = self._scene, place.cell
        if cell is None:
            return
        rows = scene.blocks[place.block].rows
        spots = [(rows[cell.row][0], "row")]
        if cell.row > 0 and cell.column < len(rows[0]):
            spots.insert(0, (rows[0][cell.column], "column"))
        spots += [
            (other, "same row")
            for number, other in enumerate(rows[cell.row])
            if number not in (0, cell.column)
        ]
        if rows and rows[0]:
            spots.append((rows[0][0], "corner"))
        for spot, name in spots:
            for span in scene.periods:
                if spot.start <= span.start_char < spot.end:
                    yield span.period, [f"in table {name}", f"in table {name}|{span.sort}"]

    def _outer_times(self, place: Place) -> Iterator[tuple[Period | None, list[str]]]:
        """Times before the sentence, nearest first, and those of the heading and the title."""
        scene = self._scene
        earlier = [span for span in scene.periods if span.start < place.left][-4:]
        block = scene.blocks[place.block] if 0 <= place.block < len(scene.blocks) else None
        for rank, span in enumerate(reversed(earlier)):
            where = "block" if block and span.start_char >= block.start else "before"
            yield span.period, [f"earlier|{where}|{rank}", f"earlier|{where}|{span.sort}"]
        later = next((span for span in scene.periods if span.start >= place.right), None)
        if later is not None:
            yield later.period, ["later"]
        for span in self._title[:2]:
            yield span.period, ["title", f"title|{span.sort}"]
        if block is not None and scene.headings[place.block]:
            heading = scene.headings[place.block]
            for span in scene.periods:
                if span.start_char < block.start and span.text in heading:
                    yield span.period, ["heading"]
                    break


def _gap(span: Timed, place: Place) -> int:
    return place.start - span.end if span.end <= place.start else span.start - place.end


_SORTS = (
    "in table column",
    "in sentence|rank=0",
    "in sentence",
    "in table",
    "in bare",
    "report's now",
    "chain",
    "title",
    "earlier",
    "year before",
)


def _sort(facts: dict[str, None]) -> str:
    """The best source of a candidate, for joining with the context."""
    # Few facts are of a sort, so that one look at each of the others is enough.
    sorted_facts = [fact for fact in facts if fact.startswith(_SORTS)]
    return next((sort for sort in _SORTS if any(fact.startswith(sort) for fact in sorted_facts)), "else")
