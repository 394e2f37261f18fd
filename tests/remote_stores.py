"""SPARQL 1.1 stores of others, started for the tests: Oxigraph's server, and Apache Jena Fuseki.

Fuseki needs Java and its jar in Maven's local repository (.ci/run fetches it); without them it is skipped,
unless AIFKG_REQUIRE_OPTIONAL is set.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

FUSEKI = "5.6.0"
JAR = (
    Path.home()
    / f".m2/repository/org/apache/jena/jena-fuseki-server/{FUSEKI}/jena-fuseki-server-{FUSEKI}.jar"
)


class RemoteServer:
    """A store that runs: its base address, and where it takes updates."""

    def __init__(self, url: str, probe: str) -> None:
        self.url = url
        self.update_url = url + "/update"
        self.probe_url = url + probe
        self.process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        try:
            asked = urllib.parse.urlencode({"query": "ASK {}"})
            with urllib.request.urlopen(f"{self.probe_url}?{asked}", timeout=2) as response:  # noqa: S310
                return response.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def clear(self) -> None:
        request = urllib.request.Request(  # noqa: S310
            self.update_url, data=b"DROP ALL", headers={"Content-Type": "application/sparql-update"}
        )
        urllib.request.urlopen(request, timeout=60).close()  # noqa: S310


@contextlib.contextmanager
def oxigraph_server(folder: Path):
    port = free_port()
    server = RemoteServer(f"http://127.0.0.1:{port}", "/query")
    program = Path(sys.executable).parent / "oxigraph"
    with _running([str(program), "serve", "--bind", f"127.0.0.1:{port}"], server, folder):
        yield server


@contextlib.contextmanager
def fuseki_server(folder: Path, *more: str):
    if not (shutil.which("java") and JAR.is_file()) and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"):
        pytest.skip(
            f"Fuseki {FUSEKI} needs Java and org.apache.jena:jena-fuseki-server in Maven's repository"
        )
    port = free_port()
    server = RemoteServer(f"http://127.0.0.1:{port}/graph", "/sparql")
    database = folder / "tdb2"
    database.mkdir()
    command = ["java", "-Xmx1g", "-jar", str(JAR), "--port", str(port), "--localhost", "--update", "--tdb2"]
    command += [f"--loc={database}", "--set", "tdb2:unionDefaultGraph=true", *more, "/graph"]
    with _running(command, server, folder):
        yield server


@contextlib.contextmanager
def _running(command, server, folder):
    environment = {**os.environ, "FUSEKI_BASE": str(folder)}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        server.process = process
    try:
        deadline = time.monotonic() + 60
        while not server.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError((folder / "server.log").read_text())
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
