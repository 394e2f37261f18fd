"""Findings that are meant, with their reasons; a waiver that matches nothing is stale and fails."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ontology.check.results import CheckResult, Finding, result


@dataclass(frozen=True)
class Waiver:
    """Sets findings of one check aside: those whose term matches the pattern (`*` for any characters)."""

    check: str
    term: str
    reason: str
    date: str

    def covers(self, outcome: CheckResult, finding: Finding) -> bool:
        """Whether the finding is one that this waiver is about."""
        return self.check == outcome.name and fnmatchcase(finding.term, self.term)


def apply_waivers(results: list[CheckResult], file: Path) -> list[CheckResult]:
    """The results without waived findings, and one more result that names stale waivers."""
    waivers = _read(file)
    used: set[Waiver] = set()
    kept = []
    for outcome in results:
        aside = set()
        for finding in outcome.findings:
            covering = [waiver for waiver in waivers if waiver.covers(outcome, finding)]
            used.update(covering)
            if covering:
                aside.add(finding)
        kept.append(outcome.without(aside) if aside else outcome)
    stale = [
        Finding(file.name, waiver.term, f"the waiver for {waiver.check} matches nothing any more")
        for waiver in waivers
        if waiver not in used
    ]
    title = "Every waiver still matches a finding."
    return [*kept, result("AIF", "waivers", title, stale, detail=f"{len(waivers)} waivers")]


def _read(file: Path) -> list[Waiver]:
    if not file.is_file():
        return []
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("waiver", [])
    return [
        Waiver(entry["check"], term, entry["reason"], entry["date"])
        for entry in entries
        for term in entry["terms"]
    ]
