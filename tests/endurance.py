"""What an ill-treated store is measured by: reports to fill it, what may never be in it, a calm store."""

import os
import random
import subprocess
import sys
from pathlib import Path

from kg.shapes import check_shapes
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
    """Reports that agree, disagree and update each other, so that a commit reaches beyond its own graph.

    Each seed gives another edition of every report: bytes that were read before would not be read again.
    """
    chance = random.Random(seed)  # noqa: S311
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        firm, other = chance.sample(_FIRMS, 2)
        megawatts = chance.choice([100, 200, 300])
        text = (
            f"---\ntitle: Note {number}\npublisher: Example Press\ndate: 2026-0{number % 9 + 1}-11\n"
            f"url: https://example.org/note-{number}\n---\n\n# Note {number}\n\n"
            f"{firm} uses full-stack drop-in delivery. {firm} operates {megawatts} MW of capacity in 2026, "
            f"{firm} said. {firm} partners with {other}. Acme Cloud {number % 7} partners with {firm}.\n\n"
            f"This is edition {seed} of the note.\n"
        )
        (folder / f"note-{number:03d}.md").write_text(text, encoding="utf-8")


def aifkg(
    *words: str | Path, store: Path, first: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """The command's outcome; `first` are the words of a program that starts it."""
    return subprocess.run(
        [*first, sys.executable, "-m", "aifkg", *map(str, words)],
        env={**os.environ, "AIFKG_STORE": str(store), **variables},
        capture_output=True,
        text=True,
        timeout=1800,
    )


def begun(inbox: Path, store: Path) -> subprocess.Popen[str]:
    """An ingest that runs, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "aifkg", "ingest", str(inbox), "--jobs", "2"],
        env={**os.environ, "AIFKG_STORE": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def faults_of(store_path: Path) -> list[str]:
    """What is wrong in the writer's database: halves of reports, broken shapes, orphans."""
    store = EmbeddedStore(store_path / "live")
    try:
        return faults_in(store)
    finally:
        store.close()


def faults_in(store: EmbeddedStore) -> list[str]:
    """What is wrong in a store: halves of reports, broken shapes, evidence that belongs to no claim."""
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


def finish(inbox: Path, store: Path) -> list[str]:
    """Ingest what is left; what went wrong."""
    done = aifkg("ingest", inbox, "--retry", store=store)
    return [] if done.returncode == 0 else [f"the last run failed: {done.stderr}"]


def against_calm(inbox: Path, store_path: Path, calm_path: Path) -> list[str]:
    """How a store differs, once it has everything, from one that ingests the same reports in peace.

    What is compared are the derived graphs and which claims stand: times, and claims of versions that only
    one of them saw, differ by right.
    """
    findings = finish(inbox, store_path) + finish(inbox, calm_path)
    ours, theirs = _meaning(store_path), _meaning(calm_path)
    return findings + [f"differs from a calm store: {one}" for one in sorted(ours ^ theirs)[:5]]


def _meaning(store_path: Path) -> set[str]:
    store = EmbeddedStore(store_path / "live")
    try:
        derived = (terms.G_TRUTHY, CANDIDATES_GRAPH, CONFLICTS_GRAPH)
        found = {str(quad) for graph in derived for quad in store.match(graph=graph)}
        retired = {text_of(quad.subject) for quad in store.match(None, terms.RETIRED_AT)}
        claims = {text_of(quad.subject) for quad in store.match(None, terms.STATEMENT)}
        standing = claims - retired
        found |= {str(q) for q in store.match(None, terms.STATUS) if text_of(q.subject) in standing}
        return found
    finally:
        store.close()
