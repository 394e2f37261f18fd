"""questions with expected answers -> how many are answered right, wrongly, or not at all."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kg.asking.answering import Answer, Answered

_HASH = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class Scored:
    """One question with what became of it: right, wrong or refused."""

    ask: str
    held: bool
    verdict: str
    got: str


def read_questions(path: Path) -> list[Mapping[str, Any]]:
    """The questions of a file."""
    found: list[Mapping[str, Any]] = tomllib.loads(path.read_text("utf-8"))["question"]
    return found


def score(questions: list[Mapping[str, Any]], ask: Callable[[str], Answer]) -> list[Scored]:
    """Every question asked and judged."""
    return [_scored(expected, ask(expected["ask"])) for expected in questions]


def summary(scored: list[Scored]) -> str:
    """One line for the questions that were worked on, one for those held aside."""
    lines = []
    for name, held in (("worked on", False), ("held aside", True)):
        part = [one for one in scored if one.held == held]
        counts = Counter(one.verdict for one in part)
        shares = ", ".join(
            f"{counts[verdict]} {verdict} ({100 * counts[verdict] / max(1, len(part)):.1f} %)"
            for verdict in ("right", "wrong", "refused")
        )
        lines.append(f"{name}: {len(part)} questions, {shares}")
    return "\n".join(lines)


def _scored(expected: Mapping[str, Any], got: Answer) -> Scored:
    return Scored(
        expected["ask"], expected.get("held", False), _verdict(expected, got), f"{got.outcome}: {got.text}"
    )


def _verdict(expected: Mapping[str, Any], got: Answer) -> str:
    if "outcome" in expected:
        if got.outcome == expected["outcome"]:
            return "right"
        return "wrong" if got.outcome == "answered" else "refused"
    if got.outcome != "answered":
        return "refused"
    return "right" if _fits(expected, got.answers[0]) else "wrong"


def _fits(expected: Mapping[str, Any], got: Answered) -> bool:
    if "values" in expected:
        return set(map(Decimal, expected["values"])) == _values(got)
    if "things" in expected:
        return set(expected["things"]) == _things(got)
    if "includes" in expected:
        return set(expected["includes"]) <= _things(got)
    if "first" in expected:
        return bool(got.things) and got.things[0].id == expected["first"]
    if "yes" in expected:
        return got.text.removeprefix("By a reading that is not certain: ").startswith(
            "Yes" if expected["yes"] else "No"
        )
    return str(expected["text"]) in got.text


def _values(got: Answered) -> set[Decimal]:
    """The numbers of the figures; both ends where a figure is a range."""
    numbers: set[Decimal] = set()
    for figure in (claim.figure for claim in got.claims):
        if figure is not None:
            ends = (figure.value,) if figure.value is not None else (figure.low, figure.high)
            numbers.update(number for number in ends if number is not None)
    return numbers


def _things(got: Answered) -> set[str]:
    """Ids, or names of what has no id of its own; before and after of a change."""
    refs = list(got.things)
    if got.reading.form == "change" and got.reading.wanted == "object":
        refs = [ref for claim in got.claims for ref in (claim.from_state, claim.to_state) if ref]
    return {ref.label if _HASH.fullmatch(ref.id) else ref.id for ref in refs}
