"""The same graph on every kind of store: backup, restore, and what a report and a question cost there.

python tests/bench_stores.py --claims 25500     a million quads; for Fuseki see remote_stores.py
"""

import argparse
import contextlib
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

from bench_ingest import _made_report
from bench_sparql import build
from remote_stores import fuseki_server, oxigraph_server
from served import Served, served

from kg.backup import backup
from kg.graph import Graph
from kg.restore import restore
from kg.settings import Settings
from kg.sparql_client import SparqlClient

REPORTS = 20
QUESTIONS = {
    "an entity's claims (JSON API)": "/api/claims?limit=20&offset={n}&subject=nebius",
    "a small query": "/sparql?query="
    + urllib.parse.quote("SELECT ?p ?o { <https://w3id.org/ai-factory/id/aws> ?p ?o } # {n}", safe="{}"),
    "count claims by modality": "/sparql?query="
    + urllib.parse.quote(
        "SELECT ?m (COUNT(?c) AS ?n) { ?c <https://w3id.org/ai-factory/ns#modality> ?m } GROUP BY ?m # {n}",
        safe="{}",
    ),
}


def measure(settings: Settings, file: Path) -> Iterator[tuple[str, str]]:
    """One row for each thing that is measured."""
    seconds = timed(lambda: restore(settings, file))
    yield "restore", f"{seconds:.1f} s"
    yield from _ingest(settings)
    with served(settings.store, state=settings.state) as service:
        for name, path in QUESTIONS.items():
            yield name, f"{_median_ms(service, path):.1f} ms"


def _ingest(settings: Settings) -> Iterator[tuple[str, str]]:
    """What a commit costs beside the graph, in time and in requests to a remote store."""
    asked = 0
    send = SparqlClient._send

    def counted(*arguments):
        nonlocal asked
        asked += 1
        return send(*arguments)

    SparqlClient._send = counted
    try:
        with Graph.open(settings) as graph:
            taken = [
                timed(lambda made=made: graph.replace_report(made))
                for made in map(_made_report, range(900_000, 900_000 + REPORTS))
            ]
            graph.publish()
    finally:
        SparqlClient._send = send
    yield "commit of a report, median", f"{statistics.median(taken) * 1000:.0f} ms"
    yield "requests to the store a report", f"{asked / REPORTS:.0f}"


def _median_ms(service: Served, path: str) -> float:
    taken = []
    for number in range(15):
        address = path.replace("{n}", str(number))
        began = time.perf_counter()
        assert service.ask(address).status == 200, address
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def timed(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=25_500)
    claims = parser.parse_args().claims
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        (folder / "oxigraph").mkdir()
        (folder / "fuseki").mkdir()
        quads = build(folder / "made", claims)
        source, file = Settings(store=str(folder / "made")), folder / "backup.tar"
        seconds = timed(lambda: backup(source, file))
        print(f"{quads:,} quads; backup {seconds:.1f} s, {file.stat().st_size / 1e6:.0f} MB, verified")
        kinds = {"embedded": Settings(store=str(folder / "embedded"))}
        for kind, start in (("oxigraph", oxigraph_server), ("fuseki", fuseki_server)):
            server = stack.enter_context(start(folder / kind))
            kinds[kind] = Settings(store=server.url, state=folder / f"{kind}-state")
        columns = {kind: dict(measure(settings, file)) for kind, settings in kinds.items()}
        print("| | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
        for row in columns["embedded"]:
            print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


if __name__ == "__main__":
    main()
