"""The training reports and what they claim."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.reports import read_report
from kg.model import Report

FOLDER = Path(__file__).parent
GOLD = FOLDER / "gold.jsonl"


@dataclass(frozen=True)
class GoldReport:
    """A report with its gold entities and claims, as JSON objects as `aifkg extract` prints them."""

    report: Report
    entities: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...]


def load_gold(gold: Path | None = None, reports: Path = FOLDER / "reports") -> Iterator[GoldReport]:
    """The gold reports of one file, or of all training files, in the files' order.

    Raises UnreadableReport when a report is missing.
    """
    for path in gold_files() if gold is None else [gold]:
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            yield GoldReport(
                read_report(reports / Path(entry["document"]).name),
                tuple(entry["entities"]),
                tuple(entry["claims"]),
            )


def gold_files() -> list[Path]:
    """The training files: `gold.jsonl`, then what was added to it."""
    return [GOLD, *sorted(FOLDER.glob("gold-own-*.jsonl"))]


def is_held_out(source: str) -> bool:
    """Whether the report is in the fifth that a component is tried on before it ships; only the name counts.

    >>> is_held_out("t1-01-amazon-q3-2025-capacity.md") == is_held_out("t1-01-amazon-q3-2025-capacity.md")
    True
    """
    return hashlib.sha256(source.encode()).digest()[0] % 5 == 0
