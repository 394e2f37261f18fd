"""Kill the product at random moments, again and again, and look at what it left: `make durability ROUNDS=50`.

Each round starts a real `aifkg ingest` of many reports and kills its writer, one of its readers, or all of
them with SIGKILL at a random moment, while a thread reads the published versions as the service does. Then
every report must be fully there or not at all, the shapes must hold, and no evidence may be orphaned. At the
end the derived graphs must be what a store that ingests the same reports in peace has.
"""

# ruff: noqa: T201 - a command that prints what it finds

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import StoreUnavailable
from kg.graph import Graph
from kg.settings import Settings
from kg.shapes import check_shapes
from kg.snapshots import latest, open_read_only
from kg.stated import text_of
from kg.store import EmbeddedStore
from kg.vocabulary import CANDIDATES_GRAPH, CONFLICTS_GRAPH
from ontology import terms

_FIRMS = (
    "Amazon Web Services",
    "Google Cloud",
    "Huawei",
    "Nebius",
    "CoreWeave",
    "Oracle",
    "Microsoft",
    "G42",
)


def write_reports(folder: Path, count: int, *, seed: int) -> None:
    """Reports that agree, disagree and update each other, so that a commit reaches beyond its own graph."""
    chance = random.Random(seed)  # noqa: S311
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        firm, other = chance.sample(_FIRMS, 2)
        megawatts = chance.choice([100, 200, 300])
        text = (
            f"---\ntitle: Note {number}\npublisher: Example Press\ndate: 2026-0{number % 9 + 1}-11\n"
            f"url: https://example.org/note-{number}\n---\n\n# Note {number}\n\n"
            f"{firm} uses full-stack drop-in delivery. {firm} operates {megawatts} MW of capacity in 2026, "
            f"{firm} said. {firm} partners with {other}. Acme Cloud {number % 7} partners with {firm}.\n"
        )
        (folder / f"note-{number:03d}.md").write_text(text, encoding="utf-8")


@dataclass
class Reader:
    """Reads the published version over and over, as the service does, and keeps what went wrong."""

    store_path: Path
    reads: int = 0
    faults: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Reader":
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            try:
                engine = open_read_only(latest(self.store_path))
                if not any(engine.quads_for_pattern(None, None, None, None)):
                    self.faults.append("an empty version")
                self.reads += 1
            except StoreUnavailable as error:
                self.faults.append(str(error))


def killed_run(inbox: Path, store_path: Path, *, after_s: float, target: str) -> bool:
    """Start an ingest and kill `target` of it after so many seconds; whether it was still running then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox), "--jobs", "2"],
        env={**os.environ, "AIFKG_STORE": str(store_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started = time.monotonic()
    while not (store_path / "unpublished").exists() and process.poll() is None:
        time.sleep(0.005)  # the model loads until the first commit: nothing to interrupt before
        if time.monotonic() - started > 60:
            break
    time.sleep(after_s)
    running = process.poll() is None
    if running and target == "reader":
        victims = _children(process.pid) or [process.pid]
        os.kill(victims[-1], signal.SIGKILL)
        time.sleep(5)
        os.killpg(process.pid, signal.SIGKILL)
    elif running:
        process.kill() if target == "writer" else os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=120)
    return running


def _children(parent: int) -> list[int]:
    try:
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    except OSError:
        return []
    return [int(pid) for pid in listed.split()]


def faults_in(store: EmbeddedStore) -> list[str]:
    """What is wrong in a store: halves of reports, broken shapes, orphans, facts that nothing states."""
    faults = []
    typed = store.match(None, terms.RDF_TYPE, terms.C_DOCUMENT)
    documents = {text_of(quad.graph_name) for quad in typed}
    graphs = {text_of(quad.graph_name) for quad in store.match() if "/doc-" in text_of(quad.graph_name)}
    faults += [f"{graph} has no document" for graph in graphs - documents]
    used: set[str] = set()
    for graph in documents:
        quads = list(store.match(graph=graph))
        try:
            check_shapes(quads)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            faults.append(f"{graph}: {error}")
        used |= {text_of(q.object) for q in quads if q.predicate.value == terms.EVIDENCE}
        has_run = any(q.predicate.value == terms.PROV_ENDED_AT_TIME for q in quads)
        has_text = any(q.predicate.value == terms.SCHEMA_SHA256 for q in quads)
        faults += [] if has_run and has_text else [f"{graph} is half there"]
    evidence = {text_of(q.subject) for q in store.match(None, terms.RDF_TYPE, terms.C_EVIDENCE)}
    faults += [f"{one} belongs to no claim" for one in evidence - used]
    return faults


def torture(folder: Path, *, rounds: int, reports: int, seed: int) -> list[str]:
    """All rounds on one store; the findings, none if the product is as durable as it says."""
    chance = random.Random(seed)  # noqa: S311
    inbox, store_path = folder / "inbox", folder / "store"
    findings: list[str] = []
    write_reports(inbox, reports, seed=seed)
    with Graph.open(Settings(store=str(store_path))) as graph:
        graph.publish()
    interrupted = 0
    with Reader(store_path) as reader:
        for number in range(rounds):
            target = chance.choice(["writer", "reader", "all"])
            # A new set of versions now and then, so that there is something left to do.
            if number % 5 == 4:
                write_reports(inbox, reports, seed=seed + number)
            interrupted += killed_run(inbox, store_path, after_s=chance.uniform(0, 1.5), target=target)
            with Graph.open(Settings(store=str(store_path))):
                pass  # the lock came free, and the database recovers
            store = EmbeddedStore(store_path / "live")
            findings += [f"round {number} ({target}): {fault}" for fault in faults_in(store)]
            store.close()
        findings += _finish(inbox, store_path)
        findings += _compare(inbox, store_path, folder / "calm")
    findings += reader.faults
    print(f"{rounds} rounds, {interrupted} killed in the middle, {reader.reads} reads meanwhile")
    return findings


def _finish(inbox: Path, store_path: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox), "--retry"],
        env={**os.environ, "AIFKG_STORE": str(store_path)},
        capture_output=True,
        text=True,
    )
    return [] if done.returncode == 0 else [f"the last run failed: {done.stderr}"]


def _compare(inbox: Path, store_path: Path, calm_path: Path) -> list[str]:
    """What the tortured store derives, against a store that ingests the same reports in peace."""
    findings = _finish(inbox, calm_path)
    tortured, calm = EmbeddedStore(store_path / "live"), EmbeddedStore(calm_path / "live")
    for graph in (terms.G_TRUTHY, CANDIDATES_GRAPH, CONFLICTS_GRAPH):
        ours = {str(quad) for quad in tortured.match(graph=graph)}
        theirs = {str(quad) for quad in calm.match(graph=graph)}
        findings += [f"the derived graphs differ: {quad}" for quad in sorted(ours ^ theirs)[:3]]
    return findings


def main() -> int:
    """Run the rounds that the command line asks for; 1 if anything was found."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--rounds", type=int, default=50)
    options.add_argument("--reports", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        findings = torture(Path(folder), rounds=chosen.rounds, reports=chosen.reports, seed=chosen.seed)
    for finding in findings:
        print(finding)
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
