"""A made-up report on the market, whose names, figures and order can be changed, and its answers."""

import json
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryResultsFormat, Store

from ingest.pipeline import Reader
from ingest.reports import read_report
from kg.graph import Graph
from kg.model import Extraction
from kg.store import EmbeddedStore
from ontology.answers import Row, rows_of
from ontology.questions import load_questions

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    """What a report is to tell; every field may differ from one report to the next."""

    forecaster: str = "Canalys"
    trillions: str = "1.6"
    billions: int = 600
    firm: str = "Omdia"
    sample: int = 200
    challenges: str = "digital sovereignty, AI talent gaps and systemic engineering complexity"
    drop_in: str = "AWS, Huawei and Google Cloud"
    movers: tuple[str, str] = ("Nebius", "Europe")
    density: tuple[str, str] = ("10–15", "40–250")
    speed_up: int = 12
    saving: int = 75
    strategist: str = "Inspur Cloud"
    rules: str = "the EU AI Act and DORA"
    gatekeeper: str = "G42"
    analyst: str = "Raymond Zhan"
    post: str = "Chief Analyst"
    wins: str = "energy, chips and liquid cooling"
    loses: str = "model parameters or GPU counts"
    window: str = "2026 and 2027"
    order: tuple[int, ...] = (1, 2, 3, 4, 5)

    def text(self) -> str:
        """The report in plain text, its dynamics in the story's order."""
        opening, dynamics, ending = (
            (_FOLDER / f"story_{part}.txt").read_text(encoding="utf-8").format(**vars(self))
            for part in ("opening", "dynamics", "ending")
        )
        sections = dynamics.strip().split("\n\n")
        numbered = [f"Dynamic {place} — {sections[one - 1]}\n" for place, one in enumerate(self.order, 1)]
        return opening + "".join(numbered) + ending


@dataclass(frozen=True)
class Answers:
    """A store with the ontology and one report in it."""

    engine: Store

    def rows(self, query: str) -> list[Row]:
        """The sorted rows of a SELECT over the union of the graphs."""
        solutions = self.engine.query(query, use_default_graph_as_union=True)
        return rows_of(json.loads(solutions.serialize(format=QueryResultsFormat.JSON)))

    def of(self, number: int, **replaced: str) -> list[Row]:
        """The rows of a competency question; `replaced` changes local names in its text."""
        query = next(question.query for question in load_questions() if question.number == number)
        for old, new in replaced.items():
            query = query.replace(old.replace("_", "-"), new)
        return self.rows(query)

    def values(self, number: int, *names: str, **replaced: str) -> set[tuple[str, ...]]:
        """The values of some variables of a competency question."""
        return {tuple(dict(row).get(name, "") for name in names) for row in self.of(number, **replaced)}


def extraction_of(reader: Reader, path: Path, text: str) -> Extraction:
    """What is read from a file with this text."""
    path.write_text(text, encoding="utf-8")
    return reader.read(read_report(path))


def answers_from(extraction: Extraction) -> Answers:
    """The answers that the ontology and this one report give."""
    engine = Store()
    Graph(EmbeddedStore.over(engine)).replace_report(extraction)
    return Answers(engine)
