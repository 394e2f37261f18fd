"""The quality gates of the ontology: `run()` gives one result for each check, ready for a table.

Every gate runs offline. Those that need a tool which is not installed are skipped visibly, unless they are
required. Findings that are meant are written down in `checks/waivers.toml` with their reasons; a waiver
that no longer matches anything is a finding itself.
"""

from pathlib import Path

from ontology.check.files import check_files
from ontology.check.hygiene import check_hygiene
from ontology.check.owl import check_owl
from ontology.check.questions import check_questions
from ontology.check.results import CheckResult, Finding, Level, State
from ontology.check.roundtrip import check_round_trips
from ontology.check.rules import check_rules
from ontology.check.shapes import check_shapes
from ontology.check.sources import Sources, read_sources
from ontology.check.waivers import apply_waivers
from ontology.turtle import FOLDER

__all__ = ["CheckResult", "Finding", "Level", "State", "failed", "run"]


def run(root: Path = FOLDER, *, require_optional: bool = False) -> list[CheckResult]:
    """All results, suite by suite. `require_optional` turns a skipped check into a failed one.

    Files that do not parse are reported and nothing else is, since every other check would stumble over them.
    """
    sources, broken = read_sources(root)
    if broken.state == "failed":
        return [broken]
    results = [broken, *check_files(sources), *check_hygiene(sources), *_tools(sources)]
    if require_optional:
        results = [result.required() for result in results]
    return apply_waivers(results, root / "checks" / "waivers.toml")


def failed(results: list[CheckResult]) -> bool:
    """Whether any result must stop a release."""
    return any(result.state == "failed" for result in results)


def _tools(sources: Sources) -> list[CheckResult]:
    return [
        *check_rules(sources),
        *check_shapes(sources),
        *check_owl(sources),
        *check_questions(sources),
        *check_round_trips(sources),
    ]
