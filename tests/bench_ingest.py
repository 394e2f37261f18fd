"""How fast, how large, how steady: ingest many varied reports and print the numbers, `make bench-ingest`.

Then a store of two million quads is made, reports are committed to it, and versions are published. Each
number stands beside its aim; with fewer than 10,000 reports the time for 10,000 is an extrapolation.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_market import market_quads
from made_claims import AWS, candidate, extraction_of, metric, report_of
from pyoxigraph import Store
from varied_reports import sources, write_variants
from watched_process import Watch

from kg.graph import Graph
from kg.model import Extraction
from kg.ontology_graphs import ontology_quads
from kg.settings import Settings
from kg.snapshots import LIVE, open_latest

FULL = 10_000
_WARM_UP = 50  # reports that are not measured, since each process is slower at first


@dataclass(frozen=True)
class Row:
    """A measured number; `most` is the aim, if there is one."""

    name: str
    value: float
    most: float | None = None
    note: str = ""

    def __str__(self) -> str:
        aim = "" if self.most is None else f"at most {self.most:g}"
        verdict = "" if self.most is None else "met" if self.value <= self.most else "MISSED"
        number = f"{self.value:,.3f}".rstrip("0").rstrip(".")
        return f"{self.name:<58}{number:>12}  {aim:<14}{verdict:<8}{self.note}".rstrip()


def measure_ingest(folder: Path, *, reports: int, jobs: int, most_minutes: float) -> Iterator[Row]:
    """Ingest varied reports with the real command, and what it took."""
    write_variants(folder / "inbox", reports)
    store = folder / "store"
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aifkg", "ingest", str(folder / "inbox"), "--jobs", str(jobs), "--json"],
        env={**os.environ, "AIFKG_STORE": str(store)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with Watch(process.pid) as watch:
        try:
            printed, _ = process.communicate(timeout=60 * most_minutes)
        except subprocess.TimeoutExpired:
            process.terminate()  # it finishes the reports in hand and tells what it did
            printed, _ = process.communicate()
    ended = time.monotonic()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads(printed)
    done = sorted(file["at_s"] for file in summary["files"] if file["outcome"] != "failed")
    _, engine = open_latest(Settings(store=str(store)).store_path)
    minutes = (ended - began) / 60
    whole = len(done) >= 0.99 * FULL
    yield Row("reports", len(done), note="" if len(done) == reports else f"of {reports:,}")
    yield Row("  of them new versions, and older than the one there", _count(summary, "updated", "older"))
    yield Row("  failed", summary["counts"]["failed"])
    yield Row("claims", summary["claims"])
    yield Row("quads", len(engine))
    yield Row("minutes", minutes, 25 if whole else None)
    if not whole:
        yield Row("minutes for 10,000 reports", minutes * FULL / len(done), 25, "extrapolated")
    yield Row("processor seconds per report", (used.ru_utime + used.ru_stime) / len(done))
    yield Row("peak memory of all processes, MiB", watch.peak_mib, 2048, "" if whole else f"{reports:,} only")
    yield from _steadiness(done, watch, began=ended - summary["seconds"])


def _count(summary: dict, *outcomes: str) -> int:
    return sum(summary["counts"][outcome] for outcome in outcomes)


def _steadiness(done: list[float], watch: Watch, *, began: float) -> Iterator[Row]:
    """Cost of a report at the end over that at the beginning, in processor time and on the clock."""
    size = 1000 if len(done) >= 3000 else len(done) // 4
    skipped = min(_WARM_UP, len(done) // 10)
    first, last = (skipped, skipped + size), (len(done) - 1 - size, len(done) - 1)
    (a, b), (c, d) = ([done[at] for at in window] for window in (first, last))
    whole, reading = (
        _growth(spent, [began + done[at] for at in (*first, *last)])
        for spent in (watch.processor_s, watch.descendants_s)
    )
    yield Row(f"cost of the last {size:,} reports over the first, processor", whole, 1.2)
    # Reading a report looks at no store, so what became dearer there is what else the machine did.
    yield Row("  the same of the reading processes alone", reading)
    yield Row("  divided by that", whole / reading)
    yield Row(f"cost of the last {size:,} reports over the first, clock", (d - c) / (b - a))


def _growth(spent: Callable[[float], float], moments: list[float]) -> float:
    """What was spent between the last two moments over what was between the first two."""
    a, b, c, d = map(spent, moments)
    return (d - c) / (b - a)


def measure_publishing(folder: Path, *, quads: int) -> Iterator[Row]:
    """Publish versions of a large store: after a report, and after 200 of 20 figures each."""
    settings = Settings(store=str(folder / "large"))
    live = settings.store_path / LIVE
    live.parent.mkdir(parents=True)
    engine = Store(str(live))
    engine.bulk_extend(ontology_quads())
    engine.bulk_extend(islice(market_quads(quads), quads))
    del engine
    with Graph.open(settings) as graph:
        graph.publish()
        graph.replace_report(_made_report(0))
        after_one = _publishing_s(graph)
        for number in range(1, 201):
            graph.replace_report(_made_report(number))
        after_many = _publishing_s(graph)
    _, engine = open_latest(settings.store_path)
    yield Row("quads of a large store", len(engine))
    yield Row("publishing it after one report, s", after_one, 1)
    yield Row("publishing it after 200 reports, s", after_many, 1)


def _publishing_s(graph: Graph) -> float:
    began = time.monotonic()
    graph.publish()
    return time.monotonic() - began


def _made_report(number: int) -> Extraction:
    said = [f"Site {number}-{place} has {place + 1} MW." for place in range(20)]
    report = report_of(*said, name=f"made {number}", issued=date(2026, 5, 1))
    claims = [
        metric(
            report, sentence, candidate(f"Site {number % 50}-{place}", "Facility"), f"{number + place + 1}"
        )
        for place, sentence in enumerate(said)
    ]
    return extraction_of(report, *claims, entities=[AWS])


def main() -> None:
    """Measure as the command line asks, and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--reports", type=int, default=FULL)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--large", type=int, default=2_000_000, help="quads of the store that is published")
    options.add_argument("--most-minutes", type=float, default=90, help="ends the ingest, whatever is left")
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        print(f"{chosen.reports:,} variants of {len(sources())} reports, {chosen.jobs} reading processes\n")
        for row in measure_ingest(
            Path(folder), reports=chosen.reports, jobs=chosen.jobs, most_minutes=chosen.most_minutes
        ):
            print(row, flush=True)
        for row in measure_publishing(Path(folder), quads=chosen.large):
            print(row, flush=True)
    print(f"\nload of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
