"""The SPARQL servers of others over the same quads, for `make bench-sparql`.

    oxigraph         the engine's own server, over a copy of the very files
    Fuseki           Apache Jena with TDB2 and a union default graph; needs Java and its jar (see .ci/run)
    rdflib-endpoint  rdflib in memory, as `rdflib-endpoint serve` starts it

A peer that is not installed is named and left out.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_stores import free_port, fuseki_server
from test_api_limits import children_of

JSON = "application/sparql-results+json"
_START_S = 600
_process_at: dict[str, int] = {}  # the process that serves an address


def ask(url: str, query: str, timeout_s: float = 120) -> bytes:
    """The answer in JSON; OSError if there is none in that time."""
    address = f"{url}?{urllib.parse.urlencode({'query': query})}"
    request = urllib.request.Request(address, headers={"Accept": JSON})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310
        return response.read()


def served_by(url: str, pid: int) -> None:
    """Note which process serves an address."""
    _process_at[url] = pid


def cpu_seconds(url: str) -> float:
    """CPU time that the server at an address and all processes below it have used; 0 if it is not known."""
    pid = _process_at.get(url)
    return sum(_used(one) for one in (pid, *children_of(pid))) if pid else 0.0


def _used(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended in the meantime
        return 0.0
    # user and system time, its own and that of children that ended
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def oxigraph(location: Path) -> Iterator[str]:
    """The engine's own server, with the same union of graphs."""
    port = free_port()
    program = str(Path(sys.executable).parent / "oxigraph")
    command = [program, "serve-read-only", "--location", str(location), "--union-default-graph"]
    with _running([*command, "--bind", f"127.0.0.1:{port}"], f"http://127.0.0.1:{port}/query") as url:
        yield url


@contextlib.contextmanager
def fuseki(quads: Path) -> Iterator[str]:
    """Fuseki, filled over its Graph Store Protocol; LookupError if it is not installed."""
    folder = quads.parent / "fuseki"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(fuseki_server(folder))
        except pytest.skip.Exception as skipped:
            raise LookupError(str(skipped)) from skipped
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{server.url}/data", data=quads.read_bytes(), headers={"Content-Type": "application/n-quads"}
        )
        urllib.request.urlopen(request, timeout=_START_S).close()  # noqa: S310
        served_by(f"{server.url}/sparql", server.process.pid)
        yield f"{server.url}/sparql"


@contextlib.contextmanager
def rdflib_endpoint(quads: Path) -> Iterator[str]:
    """rdflib-endpoint, which reads the file into memory; LookupError if it is not installed."""
    if importlib.util.find_spec("rdflib_endpoint") is None:
        raise LookupError("rdflib-endpoint is not installed")
    port = free_port()
    command = [sys.executable, "-m", "rdflib_endpoint", "serve", str(quads), "--port", str(port)]
    with _running([*command, "--host", "127.0.0.1"], f"http://127.0.0.1:{port}/") as url:
        yield url


@contextlib.contextmanager
def _running(command: list[str], url: str) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_S
        while True:
            with contextlib.suppress(OSError):
                ask(url, "ASK {}", 5)
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise LookupError(f"{command[0]} did not start")
            time.sleep(0.1)
        served_by(url, process.pid)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # rdflib-endpoint ends no query
            process.kill()
            process.wait()
