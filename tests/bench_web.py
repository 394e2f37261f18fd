"""Pages over two million quads of generated claims: server time, first paint, interaction; `make bench-web`.

Each page is asked for many times under addresses that differ in a parameter without meaning, so that no
answer comes from memory. First paint and interaction are a real browser's.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench_market import market_quads
from browsing import chromium, tab
from pyoxigraph import Store
from served import served

from kg.ontology_graphs import ontology_quads
from kg.snapshots import publish

_QUADS_PER_CLAIM = 40
_PAGES = {
    "home": "/",
    "landscape": "/landscape",
    "network": "/landscape?view=network",
    "network400": "/landscape?view=network&most=400",
    "entity": "/id/aws",
    "statements": "/id/aws/statements",
    "figures": "/id/aws/figures",
    "neighbours": "/id/aws/neighbours",
    "metric": "/vocab/metric-capex",
    "ranking": "/vocab/metric-capex?view=ranking",
    "table": "/vocab/metric-capex?view=table",
    "contracts": "/landscape?view=contracts",
    "metrics": "/metrics",
    "compare": "/compare?e=nebius,coreweave",
    "conflicts": "/conflicts",
    "reports": "/reports",
    "search": "/search?q=nebius",
    "query": "/query",
}
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> None:
    """Build the store, serve it, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quads", type=int, default=2_000_000)
    options.add_argument("--rounds", type=int, default=15)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        built = build(path, asked.quads)
        print(f"{built:,} quads; server times in ms, first paint in ms, size in kB before compression")
        with served(path) as service, chromium() as browser:
            print(f"{'page':12}{'first':>8}{'p50':>8}{'p95':>8}{'paint':>8}{'kB':>8}")
            for name, address in _PAGES.items():
                row(service, browser, name, address, asked.rounds)
            interaction(service, browser)


def build(path: Path, quads: int) -> int:
    """Publish one version with about so many quads; how many there are."""
    path.mkdir(parents=True)
    store = Store(str(path / "live"))
    store.bulk_extend(ontology_quads())
    store.bulk_extend(market_quads(quads // _QUADS_PER_CLAIM))
    store.flush()
    publish(path, lambda target: store.backup(str(target)), keep=1)
    return len(store)


def row(service, browser, name: str, address: str, rounds: int) -> None:
    """Measure one page and print its line."""
    joint = "&" if "?" in address else "?"
    times, size = [], 0
    for number in range(rounds + 1):
        started = time.perf_counter()
        reply = service.ask(f"{address}{joint}n={number}", headers={"Accept": "text/html"}, timeout=120)
        times.append(1000 * (time.perf_counter() - started))
        assert reply.status == 200, (address, reply.status, reply.text[:300])
        size = len(reply.body)
    first, rest = times[0], sorted(times[1:])
    p95 = rest[min(len(rest) - 1, round(0.95 * len(rest)))]
    print(
        f"{name:12}{first:8.0f}{statistics.median(rest):8.0f}{p95:8.0f}"
        f"{paint(service, browser, address):8.0f}{size / 1024:8.0f}",
        flush=True,
    )


def paint(service, browser, address: str) -> float:
    """First contentful paint of a visit by a browser that has nothing yet, median of three."""
    seen = []
    for _ in range(3):
        with tab(browser) as page:
            page.goto(service.url + address)
            page.wait_for_timeout(100)
            seen.append(page.evaluate(_PAINT))
    return statistics.median(seen)


def interaction(service, browser) -> None:
    """From a key to what it shows: the next row, and the evidence card from a warm page."""
    with tab(browser) as page:
        page.goto(service.url + "/id/aws")
        steps = [
            page.evaluate(
                """() => new Promise(done => { const begun = performance.now();
                document.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true}));
                requestAnimationFrame(() => done(performance.now() - begun)); })"""
            )
            for _ in range(20)
        ]
        print(f"key to next row: median {statistics.median(steps):.0f} ms, largest {max(steps):.0f} ms")
        shown = page.evaluate(
            """() => new Promise(done => { const begun = performance.now();
            const look = () => document.querySelector(".card mark") && done(performance.now() - begun);
            new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
            const over = new MouseEvent("mouseover", {bubbles: true});
            document.querySelector("main a.chip").dispatchEvent(over); })"""
        )
        print(f"pointer on a chip to its sentence: {shown:.0f} ms, of which it has to rest 60")


if __name__ == "__main__":
    main()
