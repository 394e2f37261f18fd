"""What a check says: its findings, and whether they stop a release."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Level = Literal["ERROR", "WARN", "INFO"]
State = Literal["passed", "failed", "waived", "noted", "skipped"]


@dataclass(frozen=True)
class Finding:
    """One thing that breaks a rule: where it stands, which term it is about, what is wrong."""

    file: str
    term: str
    message: str


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    "noted" are findings of level INFO, which stop nothing; "skipped" is a check whose tool is not installed,
    and `detail` says which.
    """

    suite: str
    id: str
    title: str
    level: Level
    state: State
    findings: tuple[Finding, ...] = ()
    detail: str = ""

    @property
    def name(self) -> str:
        """Suite and id in one word, as waivers name a check."""
        return f"{self.suite}-{self.id}"

    def required(self) -> "CheckResult":
        """The same result, failed if it was skipped."""
        return replace(self, state="failed") if self.state == "skipped" else self

    def without(self, waived: Iterable[Finding]) -> "CheckResult":
        """The same result with those findings set aside."""
        aside = set(waived)
        rest = tuple(finding for finding in self.findings if finding not in aside)
        state: State = _state(self.level, rest) if rest else "waived"
        return replace(self, findings=rest, state=state, detail=f"{len(aside)} waived")


def result(
    suite: str,
    check_id: str,
    title: str,
    findings: Iterable[Finding],
    *,
    level: Level = "ERROR",
    detail: str = "",
) -> CheckResult:
    """The outcome of a check that ran: passed without findings, else failed or noted by its level."""
    found = tuple(findings)
    state: State = _state(level, found) if found else "passed"
    return CheckResult(suite, check_id, title, level, state, found, detail)


def skipped(suite: str, check_id: str, title: str, missing: str) -> CheckResult:
    """The outcome of a check that could not run."""
    return CheckResult(suite, check_id, title, "ERROR", "skipped", (), f"needs {missing}")


def _state(level: Level, findings: tuple[Finding, ...]) -> State:
    if not findings:
        return "passed"
    return "noted" if level == "INFO" else "failed"
