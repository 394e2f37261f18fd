"""`make bench-sparql`: this service beside other servers on the same claims, and the competency questions.

Prints tables for docs/performance.md. Small queries are asked over kept connections for the same time each,
by 16 clients at once and by one, in turns with the engine's own server so that both see the same machine;
large ones one after the other, the median of five. The competency questions are asked of twice as many quads.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import bench_peers
import uvloop
from bench_market import market_quads
from bench_peers import ask
from pyoxigraph import RdfFormat, Store
from served import served

from kg.ontology_graphs import ontology_quads
from kg.snapshots import latest, open_read_only, publish
from ontology.questions import load_questions

PREFIXES = (
    "PREFIX aif: <https://w3id.org/ai-factory/ns#> PREFIX v: <https://w3id.org/ai-factory/vocab/> "
    "PREFIX e: <https://w3id.org/ai-factory/id/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX oa: <http://www.w3.org/ns/oa#> "
)
SMALL_DISTINCT = (
    PREFIXES + "SELECT ?s {{ ?c aif:subject e:nebius ; aif:statement ?s }} OFFSET {offset} LIMIT 10 # {salt}"
)
SMALL = PREFIXES + "SELECT ?statement { ?c aif:subject e:nebius ; aif:statement ?statement } LIMIT 10"
LARGE = {
    "count claims by modality": "SELECT ?m (COUNT(?c) AS ?n) { ?c aif:modality ?m } GROUP BY ?m",
    "average figure by metric": "SELECT ?m (AVG(?x) AS ?a) { ?c aif:metric ?m ; aif:value ?x } GROUP BY ?m",
    "claims per organization": "SELECT ?o (COUNT(DISTINCT ?c) AS ?n) { ?c aif:subject/skos:prefLabel ?o } "
    "GROUP BY ?o ORDER BY DESC(?n) LIMIT 20",
    "figures with their words": "SELECT ?x ?q { ?c aif:unit ?u ; aif:value ?x ; "
    "aif:evidence/oa:hasSelector/oa:exact ?q } LIMIT 5000",
    "same question, other value": "SELECT (COUNT(*) AS ?n) { ?a aif:slotKey ?k ; aif:value ?x . "
    "?b aif:slotKey ?k ; aif:value ?y FILTER(?x < ?y && ?x > 9900) }",
}
CLIENTS = 16
TURNS = 4
LONGEST_S = 60.0
CONCURRENT = PREFIXES + LARGE["claims per organization"].replace("20", "21")


class _Client(asyncio.Protocol):
    """One kept connection that asks the next question as soon as the last is answered."""

    def __init__(self, next_request: Callable[[], bytes]) -> None:
        self._next = next_request
        self._buffer = b""
        self.answered = 0
        self.failed = 0

    def connection_made(self, transport) -> None:
        self._transport = transport
        transport.write(self._next())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or not _complete(head, body):
            return
        self.answered += 1
        self.failed += not head.startswith(b"HTTP/1.1 200")
        self._buffer = b""
        self._transport.write(self._next())


def _complete(head: bytes, body: bytes) -> bool:
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    length = lowered.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


def requests_per_second(
    url: str, query_of: Callable[[int], str], seconds: float, clients: int = CLIENTS
) -> float:
    """How many questions get an answer in a second; any failure ends the run."""
    counter = iter(range(10**9))
    host = urllib.parse.urlsplit(url)

    def next_request() -> bytes:
        query = urllib.parse.urlencode({"query": query_of(next(counter))})
        accept = "application/sparql-results+json"
        return f"GET {host.path}?{query} HTTP/1.1\r\nHost: {host.netloc}\r\nAccept: {accept}\r\n\r\n".encode()

    async def run() -> list[_Client]:
        loop = asyncio.get_running_loop()
        asking = [_Client(next_request) for _ in range(clients)]
        connections = [
            await loop.create_connection(lambda one=one: one, host.hostname, host.port) for one in asking
        ]
        await asyncio.sleep(seconds)
        for transport, _ in connections:
            transport.abort()
        return asking

    asked = uvloop.run(run())
    if any(client.failed for client in asked):
        sys.exit("a request failed; nothing measured is worth anything")
    return sum(client.answered for client in asked) / seconds


def seconds_for(url: str, query: str, times: int = 5) -> float:
    """The median time of a query; each run is another text, so that nothing comes from memory.

    One that takes seconds is asked once; one without an answer in a minute takes for ever.
    """
    taken: list[float] = []
    for number in range(times):
        started = time.perf_counter()
        try:
            ask(url, f"{query} # {number} {time.time_ns()}", LONGEST_S)
        except OSError:
            return float("inf")
        taken.append(time.perf_counter() - started)
        if taken[-1] > 3:
            break
    return statistics.median(taken)


def seconds_for_two_at_once(url: str) -> float:
    """How long two heavy queries take that start together."""

    async def both() -> float:
        started = time.perf_counter()
        texts = [f"{CONCURRENT} # {number} {time.time_ns()}" for number in range(2)]
        await asyncio.gather(*(asyncio.to_thread(ask, url, text) for text in texts))
        return time.perf_counter() - started

    return statistics.median(asyncio.run(both()) for _ in range(3))


def build(store_path: Path, claims: int) -> int:
    store_path.mkdir(parents=True)
    store = Store(str(store_path / "live"))
    store.bulk_extend([*ontology_quads(), *market_quads(claims)])
    store.optimize()
    publish(store_path, lambda target: store.backup(str(target)), keep=2)
    return len(store)


Rates = dict[str, float]
_CPU = "CPU: "


def small_queries(urls: list[str], seconds: float, turns: int) -> list[Rates]:
    """Requests a second of each server, which take turns."""
    found: list[dict[str, list[float]]] = [{} for _ in urls]
    for _ in range(turns):
        for url, rates in zip(urls, found, strict=True):
            ask(url, SMALL)
            salt = time.time_ns()

            def distinct(number: int, salt: int = salt) -> str:
                return SMALL_DISTINCT.format(offset=number % 50, salt=f"{salt} {number}")

            for name, query_of, clients in (
                ("small, repeated, 16 clients", lambda _: SMALL, CLIENTS),
                ("small, distinct, 16 clients", distinct, CLIENTS),
                ("small, distinct, one client", lambda number: distinct(-number - 1), 1),
            ):
                before = bench_peers.cpu_seconds(url)
                rate = requests_per_second(url, query_of, seconds, clients)
                used = bench_peers.cpu_seconds(url) - before
                rates.setdefault(name, []).append(rate)
                rates.setdefault(f"{_CPU}{name}", []).append(used / (rate * seconds) * 1e6)
    return [{name: statistics.median(values) for name, values in rates.items()} for rates in found]


def large_queries(url: str) -> Rates:
    """Seconds of each large query."""
    found = {name: seconds_for(url, PREFIXES + query) for name, query in LARGE.items()}
    if all(seconds < 5 for seconds in found.values()):
        found["two heavy at once"] = seconds_for_two_at_once(url)
    return found


def compare(claims: int, seconds: float, folder: Path, *, peers: bool, only_small: bool) -> None:
    """Measure this service and the others, and print the table."""
    store_path, copy, quads = folder / "store", folder / "copy", folder / "quads.nq"
    print(f"{build(store_path, claims):,} quads; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    version = latest(store_path)
    shutil.copytree(version.path, copy)
    small: dict[str, Rates] = {}
    large: dict[str, Rates] = {}
    with served(store_path) as service, bench_peers.oxigraph(copy) as engine:
        urls = {"this service": f"{service.url}/sparql", "oxigraph": engine}
        bench_peers.served_by(urls["this service"], service.process.pid)
        small = dict(zip(urls, small_queries([*urls.values()], seconds, TURNS), strict=True))
        large = {} if only_small else {name: large_queries(url) for name, url in urls.items()}
    if peers:
        open_read_only(version).dump(str(quads), format=RdfFormat.N_QUADS)
        for name, peer in (("Fuseki", bench_peers.fuseki), ("rdflib-endpoint", bench_peers.rdflib_endpoint)):
            with _peer(name, peer, quads) as url:
                if url is not None:
                    small[name] = small_queries([url], seconds, 1)[0]
                    large |= {} if only_small else {name: large_queries(url)}
    _print_table("requests/s", small, 1)
    _print_table("CPU µs of the server per request", small, 1, _CPU)
    if large:
        _print_table("ms", large, 1000)
    print(json.dumps({"small": small, "large": large}), file=sys.stderr)


@contextlib.contextmanager
def _peer(name: str, peer: Callable[[Path], contextlib.AbstractContextManager[str]], quads: Path) -> Iterator:
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(peer(quads))
        except LookupError as missing:
            print(f"SKIPPED {name}: {missing}")
            url = None
        yield url


def _print_table(unit: str, columns: dict[str, Rates], factor: float, prefix: str = "") -> None:
    """Each server's figures under names of that prefix, and ours as a multiple of the engine's own server."""
    print(f"\n| {unit} | {' | '.join(columns)} | ours / oxigraph |\n|{'---|' * (len(columns) + 2)}")
    for name, ours in columns["this service"].items():
        if name.startswith(_CPU) != (prefix == _CPU):
            continue
        values = [column.get(name, float("nan")) * factor for column in columns.values()]
        written = " | ".join(f"{value:,.3g}" for value in values)
        print(f"| {name.removeprefix(prefix)} | {written} | {ours / columns['oxigraph'][name]:.2f} |")


def competency_questions(claims: int, folder: Path) -> None:
    """Ask all of them of a larger store, and print those that took longest."""
    store_path = folder / "larger"
    quads = build(store_path, claims)
    taken = []
    with served(store_path) as service:
        url = f"{service.url}/sparql"
        bench_peers.served_by(url, service.process.pid)
        for question in load_questions():
            timings = []
            for number in range(3):
                started, used = time.perf_counter(), bench_peers.cpu_seconds(url)
                ask(url, f"{question.query}\n# {number}")
                timings.append((time.perf_counter() - started, bench_peers.cpu_seconds(url) - used))
            seconds, cpu_s = (min(column) for column in zip(*timings, strict=True))
            taken.append((seconds, cpu_s, question.number, question.text))
    over = [number for seconds, _, number, _ in taken if seconds > 1]
    print(
        f"\n{len(taken)} competency questions of {quads:,} quads, the best of three; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"over 1 s: {len(over)} {over or ''}\n\n| s | CPU s | slowest questions |\n|---|---|---|")
    for seconds, cpu_s, number, text in sorted(taken, reverse=True)[:8]:
        print(f"| {seconds:.2f} | {cpu_s:.2f} | CQ{number:02} {text} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=25_500)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--no-peers", action="store_true", help="leave out Fuseki and rdflib-endpoint")
    parser.add_argument("--no-questions", action="store_true", help="leave out the competency questions")
    parser.add_argument("--only-small", action="store_true", help="small queries and oxigraph alone")
    options = parser.parse_args()
    peers = not (options.no_peers or options.only_small)
    with tempfile.TemporaryDirectory() as folder:
        compare(options.claims, options.seconds, Path(folder), peers=peers, only_small=options.only_small)
        if not (options.no_questions or options.only_small):
            competency_questions(2 * options.claims, Path(folder))


if __name__ == "__main__":
    main()
