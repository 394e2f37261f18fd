"""`make bench-api`: every kind of JSON answer under 16 clients at two million quads, beside raw SPARQL.

Distinct requests are all different and are served from no memory of answers; repeated ones are all the same.
The raw query asks /sparql for the facts of the answer, without its names and evidence put together. Times are
milliseconds from the request to the last byte of the answer, clients and service on one machine; the load is
printed, since what else runs there is in every figure. Generated claims make no plain facts, so what walks
along these (paths, similarity) is not here.
"""

import argparse
import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop
from bench_sparql import CLIENTS, PREFIXES, build
from served import served

from kg.claim_shelf import shelf_path
from kg.snapshots import latest
from ontology.labels import load_labels

# All that is said of a page of claims, as the API shows it: each part, its name, the words of the report.
QUOTE = "?c aif:evidence/oa:hasSelector/oa:exact ?quote"
WHOLE = "?c ?part ?value OPTIONAL {{ ?value skos:prefLabel ?name }} " + QUOTE


def page(where: str, most: int = 20) -> str:
    return f"SELECT * {{{{ {{{{ SELECT DISTINCT ?c {{{{ {where} }}}} LIMIT {most} }}}} {WHOLE} }}}}"


FIGURE = "aif:value ?value ; aif:unit ?unit ; aif:periodEnd ?end ; aif:statement ?statement"


@dataclass(frozen=True)
class Asked:
    """A path and the query for the same facts; {id} and {other} are things, {metric} is a metric."""

    path: str
    query: str
    aim_ms: int = 50


ENDPOINTS = {
    "claims of a thing": Asked("/api/claims?subject={id}&limit=20", page("?c aif:subject e:{id}")),
    "claims of a metric and year": Asked(
        "/api/claims?metric={metric}&year=2027&limit=20",
        page("?c aif:metric v:metric-{metric} ; aif:referenceYear 2027"),
    ),
    "claims by words": Asked(
        "/api/claims?subject={id}&text=something&limit=20",
        page("?c aif:subject e:{id} ; aif:statement ?s FILTER(CONTAINS(?s, 'something'))"),
    ),
    "entity": Asked("/api/entities/{id}", page("?c aif:subject e:{id}", 50)),
    "timeline": Asked(
        "/api/entities/{id}/timeline", page("?c aif:subject e:{id} ; aif:periodEnd ?end", 1000)
    ),
    "series of a thing": Asked(
        "/api/metrics/{metric}/series?subject={id}",
        "SELECT * {{ ?c aif:subject e:{id} ; aif:metric v:metric-{metric} ; " + FIGURE + " }}",
    ),
    "ranking": Asked(
        "/api/metrics/{metric}/ranking?period=2027&limit=20",
        "SELECT ?s (MAX(?value) AS ?most) {{ ?c aif:metric v:metric-{metric} ; aif:subject ?s ; "
        "aif:value ?value ; aif:periodLabel '2027' }} GROUP BY ?s ORDER BY DESC(?most) LIMIT 20",
    ),
    "metrics": Asked(
        "/api/metrics",
        "SELECT ?m (COUNT(?c) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) "
        "{{ ?c aif:metric ?m ; aif:subject ?s }} GROUP BY ?m",
    ),
    "providers": Asked(
        "/api/providers",
        "SELECT ?s (COUNT(?c) AS ?n) {{ ?c aif:subject ?s . ?s a aif:Provider }} GROUP BY ?s",
    ),
    "landscape": Asked(
        "/api/landscape",
        "SELECT ?s ?p ?o (COUNT(DISTINCT ?c) AS ?n) {{ VALUES ?p {{ aif:followsParadigm "
        "aif:usesDeliveryParadigm aif:hasBusinessModel }} ?c aif:predicate ?p ; aif:subject ?s ; "
        "aif:object ?o }} GROUP BY ?s ?p ?o",
        150,
    ),
    "compare two": Asked(
        "/api/compare?ids={id},{other}", page("VALUES ?s {{ e:{id} e:{other} }} ?c aif:subject ?s", 1000), 150
    ),
    "search": Asked(
        "/api/search?q={id}",
        "SELECT ?s ?name {{ ?s skos:prefLabel ?name FILTER(CONTAINS(LCASE(?name), '{id}')) }} LIMIT 20",
        150,
    ),
    "conflicts of a thing": Asked(
        "/api/conflicts?about={id}", page("?k aif:involvesClaim ?c . ?c aif:subject e:{id}", 200)
    ),
    "reports": Asked("/api/reports", "SELECT * {{ ?r a aif:Document ; dcterms:title ?title }}"),
    "stats": Asked("/api/stats", "SELECT (COUNT(*) AS ?n) {{ ?c aif:statement ?s }}"),
    "question": Asked(
        "/api/ask?q=What+is+the+capex+of+{label}+in+2027%3F",
        "SELECT * {{ ?c aif:subject e:{id} ; aif:metric v:metric-capex ; " + FIGURE + " }}",
    ),
}
AWAY = float("inf")
SHELF_S = 900
REST_S = 4.0  # longer than the service waits before it begins
METRICS = ("capex", "revenue", "it-capacity", "market-share", "gpu-count", "earnings")


class Client(asyncio.Protocol):
    """One kept connection that asks as soon as it is answered, and notes how long each answer took."""

    def __init__(self, next_request: Callable[[], bytes], times: list[float], faults: list[bytes]) -> None:
        self._next, self._times, self._faults = next_request, times, faults
        self._buffer = bytearray()
        self._length = -1
        self._busy = False

    def connection_made(self, transport):
        self._transport = transport
        self._ask()

    def _ask(self):
        if self._transport.is_closing():
            return
        self._buffer.clear()
        self._length = -1
        self._began = time.perf_counter()
        self._transport.write(self._next())

    def data_received(self, data):
        self._buffer += data
        if self._length < 0 and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            self._length = end + 4 + int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            self._busy = head.startswith(b"http/1.1 503")
            if not self._busy and not head.startswith(b"http/1.1 200"):
                self._faults.append(bytes(self._buffer[:600]))
        if 0 <= self._length <= len(self._buffer):
            # Who is turned away comes back later, as a client would; that is told as no time at all.
            self._times.append(1000 * (time.perf_counter() - self._began) if not self._busy else AWAY)
            asyncio.get_running_loop().call_later(0.5 if self._busy else 0, self._ask)


def times_of(url: str, path_of: Callable[[int], str], seconds: float) -> list[float]:
    """The times of all answers, sorted; any fault ends the run."""
    host = urllib.parse.urlsplit(url)
    counter = itertools.count()
    times: list[float] = []
    faults: list[bytes] = []

    def next_request() -> bytes:
        return (
            f"GET {path_of(next(counter))} HTTP/1.1\r\nHost: {host.netloc}\r\nAccept: application/json, "
            "application/sparql-results+json\r\n\r\n"
        ).encode()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(
                lambda: Client(next_request, times, faults), host.hostname, host.port
            )
            for _ in range(CLIENTS)
        ]
        await asyncio.sleep(seconds)
        for transport, _ in made:
            transport.abort()

    uvloop.run(run())
    if faults:
        print(f"{len(faults)} of {len(times)} failed: {faults[0][:200].decode(errors='replace')}")
    return sorted(times)


def at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))] if times else float("nan")


def filled(template: str, number: int) -> str:
    """The template with other things for each number."""
    things = [
        one
        for one in load_labels().named.values()
        if one.type == "Organization" and one.label.isalnum() and one.label.isascii()
    ]
    one, other = things[number % len(things)], things[(7 * number + 1) % len(things)]
    ids = [thing.iri.rpartition("/")[2] for thing in (one, other)]
    return template.format(id=ids[0], other=ids[1], label=one.label, metric=METRICS[number % len(METRICS)])


def sparql_path(query: str, number: int) -> str:
    text = f"{PREFIXES}PREFIX dcterms: <http://purl.org/dc/terms/> {filled(query, number)} # {number}"
    return "/sparql?" + urllib.parse.urlencode({"query": text})


def measure(service, name: str, asked: Asked, seconds: float) -> str:
    """One row of the table."""
    joint = "&" if "?" in asked.path else "?"
    first = service.ask(filled(asked.path, 0), timeout=120)
    if first.status != 200:
        return f"| {name} | {first.json['code']} | | | | | | | over {asked.aim_ms} |"
    service.ask(sparql_path(asked.query, 0), timeout=120)
    distinct = times_of(service.url, lambda n: f"{filled(asked.path, n)}{joint}n={n}", seconds)
    same = times_of(service.url, lambda _: filled(asked.path, 0), seconds / 2)
    raw = times_of(service.url, lambda n: sparql_path(asked.query, n + 1), seconds)
    answered = [time for time in distinct if time < AWAY]
    given, asked_raw = at(answered, 0.5), at([time for time in raw if time < AWAY], 0.5)
    away = 1 - len(answered) / max(1, len(distinct))
    verdict = "" if at(distinct, 0.95) <= asked.aim_ms else f"over {asked.aim_ms}"
    figures = [given, at(answered, 0.95), at(same, 0.95), asked_raw, at([t for t in raw if t < AWAY], 0.95)]
    cells = " | ".join(f"{figure:,.1f}" for figure in figures)
    return f"| {name} | {cells} | {given / asked_raw:.2f} | {away:.0%} | {verdict} |"


def wait_for_shelf(store_path: Path) -> None:
    """Until the service has put the claims of the version together, as it does in the background."""
    began, shelf = time.monotonic(), shelf_path(latest(store_path))
    while not shelf.exists():
        if time.monotonic() > began + SHELF_S:
            sys.exit("the claims were not put together in time")
        time.sleep(0.2)
    waited, size = time.monotonic() - began, shelf.stat().st_size >> 20
    print(f"claims put together {waited:.0f} s after the start, {size} MiB")


def wait_for_rest(service) -> None:
    """Until the service has made ready what it makes ready after its start: nothing ran for a while."""
    quiet_since, until = time.monotonic(), time.monotonic() + SHELF_S
    while time.monotonic() < quiet_since + REST_S:
        if time.monotonic() > until:
            sys.exit("the service did not come to rest")
        if "aifkg_queries_running 0.0" not in service.ask("/metrics").text:
            quiet_since = time.monotonic()
        time.sleep(0.05)


def main() -> None:
    """Measure and print a table for docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=51_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--store", type=Path, help="folder of the store, which is built if it is not there")
    parser.add_argument("--only", default="", help="only endpoints whose name has these letters")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store_path = options.store or Path(folder) / "store"
        if not store_path.exists():
            print(f"{build(store_path, options.claims):,} quads", flush=True)
        with served(store_path, stderr=subprocess.DEVNULL) as service:
            wait_for_shelf(store_path)
            wait_for_rest(service)
            print(f"{CLIENTS} clients; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
            print("| answer | p50 | p95 | p95 repeated | raw SPARQL p50 | p95 | p50 ratio | turned away | |")
            print("|---|---:|---:|---:|---:|---:|---:|---:|---|")
            for name, asked in ENDPOINTS.items():
                if options.only in name:
                    print(measure(service, name, asked, options.seconds), flush=True)


if __name__ == "__main__":
    main()
