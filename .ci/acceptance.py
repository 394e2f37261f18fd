"""What a newcomer does, checked: `make run`, paste the query, stop it, run it again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8000 if os.environ.get("CI") else 8765
BASE = f"http://127.0.0.1:{PORT}"
QUERY = "SELECT (COUNT(?c) AS ?n) WHERE { ?c <https://w3id.org/ai-factory/ns#evidence> ?e }"


def get(path: str, accept: str = "application/json") -> bytes:
    """The body of a 200 answer; HTTPError otherwise."""
    request = urllib.request.Request(BASE + path, headers={"Accept": accept})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.read()


def count_claims() -> int:
    """How many claims with evidence the service knows, asked in SPARQL."""
    body = get("/sparql?" + urllib.parse.urlencode({"query": QUERY}), "application/sparql-results+json")
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


def run_once(limit_s: float) -> tuple[float, int]:
    """Start `make run`, wait until it serves, ask, stop with Ctrl-C. Seconds until serving, and claims."""
    started = time.monotonic()
    server = subprocess.Popen(["make", "run", f"PORT={PORT}"], cwd=ROOT, start_new_session=True)
    try:
        while True:
            if server.poll() is not None:
                sys.exit(f"make run ended with {server.returncode} before it served")
            if time.monotonic() - started > limit_s:
                sys.exit(f"make run did not serve within {limit_s:.0f} s")
            try:
                get("/healthz")
                break
            except OSError:
                time.sleep(0.2)
        serving_after = time.monotonic() - started
        claims = count_claims()
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGINT)
    code = server.wait(timeout=20)
    # make itself reports an interrupted recipe with 2 (or dies of the signal); the service must not linger.
    if code not in (0, 2, 130, -signal.SIGINT):
        sys.exit(f"make run ended with {code} after Ctrl-C")
    return serving_after, claims


def main() -> None:
    """First run from nothing, second run within 10 s and unchanged."""
    shutil.rmtree(ROOT / "data", ignore_errors=True)
    first_s, first_claims = run_once(limit_s=300)
    second_s, second_claims = run_once(limit_s=10)
    print(f"first run served after {first_s:.1f} s with {first_claims} claims")
    print(f"second run served after {second_s:.1f} s with {second_claims} claims")
    if not first_claims or first_claims != second_claims:
        sys.exit("the second run changed the graph, or there were no claims")
    print("acceptance passed")


if __name__ == "__main__":
    main()
