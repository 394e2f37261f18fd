"""`make bench-sparql`: this service beside the engine's own server, on the same claims, in one run.

Prints a table for docs/performance.md. Small queries are asked over kept connections for the same time
each, by 16 clients at once and by one; large ones one after the other, the median of five.
"""

import argparse
import asyncio
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import uvloop
from bench_market import market_quads
from pyoxigraph import Store
from served import served

from kg.ontology_graphs import ontology_quads
from kg.snapshots import latest, publish

PREFIXES = (
    "PREFIX aif: <https://w3id.org/ai-factory/ns#> PREFIX v: <https://w3id.org/ai-factory/vocab/> "
    "PREFIX e: <https://w3id.org/ai-factory/id/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX oa: <http://www.w3.org/ns/oa#> "
)
SMALL = PREFIXES + "SELECT ?statement { ?c aif:subject e:nebius ; aif:statement ?statement } LIMIT 10"
LARGE = {
    "count claims by modality": "SELECT ?m (COUNT(?c) AS ?n) { ?c aif:modality ?m } GROUP BY ?m",
    "average figure by metric": "SELECT ?m (AVG(?x) AS ?a) { ?c aif:metric ?m ; aif:value ?x } GROUP BY ?m",
    "claims per organization": "SELECT ?o (COUNT(DISTINCT ?c) AS ?n) { ?c aif:subject/skos:prefLabel ?o } "
    "GROUP BY ?o ORDER BY DESC(?n) LIMIT 20",
    "figures with their words": "SELECT ?x ?q { ?c aif:metric v:metric-capex ; aif:value ?x ; "
    "aif:evidence/oa:hasSelector/oa:exact ?q } LIMIT 5000",
    "same question, other value": "SELECT (COUNT(*) AS ?n) { ?a aif:slotKey ?k ; aif:value ?x . "
    "?b aif:slotKey ?k ; aif:value ?y FILTER(?x < ?y && ?x > 9900) }",
}
CLIENTS = 16
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
    """The median time of a query; each run is another text, so that nothing comes from memory."""
    taken = []
    for number in range(times):
        started = time.perf_counter()
        ask(url, f"{query} # {number} {time.time_ns()}")
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def ask(url: str, query: str) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{url}?{urllib.parse.urlencode({'query': query})}",
        headers={"Accept": "application/sparql-results+json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
        return response.read()


def seconds_for_two_at_once(url: str) -> float:
    """How long two heavy queries take that start together."""

    async def both() -> float:
        started = time.perf_counter()
        texts = [f"{CONCURRENT} # {number} {time.time_ns()}" for number in range(2)]
        await asyncio.gather(*(asyncio.to_thread(ask, url, text) for text in texts))
        return time.perf_counter() - started

    return statistics.median(asyncio.run(both()) for _ in range(3))


@contextlib.contextmanager
def engine_server(location: Path) -> Iterator[str]:
    """The engine's own server over the same data, with the same union of graphs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = Path(sys.executable).parent / "oxigraph"
    command = [program, "serve-read-only", "--location", location, "--bind", address, "--union-default-graph"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://{address}/query"
        for _ in range(200):
            with contextlib.suppress(OSError):
                ask(url, "ASK {}")
                break
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def build(store_path: Path, claims: int) -> int:
    store_path.mkdir(parents=True)
    store = Store(str(store_path / "live"))
    store.bulk_extend([*ontology_quads(), *market_quads(claims)])
    store.optimize()
    publish(store_path, lambda target: store.backup(str(target)), keep=2)
    return len(store)


def measure(url: str, seconds: float) -> dict[str, float]:
    """Requests a second for small queries, seconds for large ones."""
    distinct = PREFIXES + "SELECT ?s {{ ?c aif:subject e:nebius ; aif:statement ?s }} OFFSET {} LIMIT 10"
    ask(url, SMALL)
    found = {
        "small, repeated (requests/s)": requests_per_second(url, lambda _: SMALL, seconds),
        "small, distinct (requests/s)": requests_per_second(
            url, lambda n: distinct.format(n % 50) + f" # {n}", seconds
        ),
        "small, distinct, one client (requests/s)": requests_per_second(
            url, lambda n: distinct.format(n % 50) + f" # 1 {n}", seconds, clients=1
        ),
    }
    for name, query in LARGE.items():
        found[f"{name} (s)"] = seconds_for(url, PREFIXES + query)
    found["two heavy at once (s)"] = seconds_for_two_at_once(url)
    return found


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=25_500)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store_path = Path(folder) / "store"
        quads = build(store_path, options.claims)
        copy = Path(folder) / "copy"
        shutil.copytree(latest(store_path).path, copy)
        with served(store_path) as service:
            ours = measure(f"{service.url}/sparql", options.seconds)
        with engine_server(copy) as url:
            theirs = measure(url, options.seconds)
    print(f"{quads:,} quads, {CLIENTS} clients for small queries\n")
    print("| query | this service | oxigraph server | ratio |\n|---|---|---|---|")
    for name, value in ours.items():
        print(f"| {name} | {value:,.3g} | {theirs[name]:,.3g} | {value / theirs[name]:.2f} |")
    print(json.dumps({"ours": ours, "theirs": theirs}), file=sys.stderr)


if __name__ == "__main__":
    main()
