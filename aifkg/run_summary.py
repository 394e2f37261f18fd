"""results of a run -> what a person, or a machine, reads at its end."""

import json
from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from aifkg.edge import out
from aifkg.ingest_run import Outcome, Result

_ORDER: tuple[Outcome, ...] = ("added", "updated", "unchanged", "older", "retracted", "failed")
_CHANGING: tuple[Outcome, ...] = ("added", "updated")
_MEANING = {
    "added": "new reports",
    "updated": "new versions of reports",
    "unchanged": "read before, not read again",
    "older": "older than the version in the store",
    "retracted": "retracted before, left out",
    "failed": "could not be read",
}


def print_table(results: Sequence[Result], *, seconds: float, version: int | None) -> None:
    """One row for each outcome that occurred, the totals, and where the claims are now; None: nowhere."""
    counts = Counter(result.outcome for result in results)
    table = Table("", "reports", "claims", "rejected", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in _ORDER:
        if counts[outcome]:
            of_kind = [result for result in results if result.outcome == outcome]
            table.add_row(f"{outcome}: {_MEANING[outcome]}", *_sums(of_kind))
    table.add_row(f"all, in {seconds:.1f} s", *_sums(results))
    out.print(table)
    if version is None:
        out.print("A dry run: nothing was stored.")
    elif any(counts[outcome] for outcome in _CHANGING):
        out.print(f"Published as version {version}.")
    else:
        out.print(f"Nothing changed; version {version} stays.")


def print_json(results: Sequence[Result], *, seconds: float, version: int | None) -> None:
    """One JSON object: the counts, and every file with its outcome; no version after a dry run."""
    counts = Counter(result.outcome for result in results)
    summary = {
        "counts": {outcome: counts[outcome] for outcome in _ORDER},
        "claims": sum(result.claims for result in results),
        "rejected": sum(result.rejected for result in results),
        "seconds": round(seconds, 3),
        "dry_run": version is None,
        "version": version,
        "files": [_as_json(result) for result in results],
    }
    print(json.dumps(summary, ensure_ascii=False))


def _as_json(result: Result) -> dict[str, str | float | None]:
    return {
        "file": str(result.path),
        "outcome": result.outcome,
        "report": result.report,
        "claims": result.claims,
        "rejected": result.rejected,
        "reason": result.reason or None,
        "at_s": result.at_s,
    }


def _sums(results: Sequence[Result]) -> tuple[str, str, str]:
    claims = sum(result.claims for result in results)
    rejected = sum(result.rejected for result in results)
    return f"{len(results):,}", f"{claims:,}", f"{rejected:,}"
