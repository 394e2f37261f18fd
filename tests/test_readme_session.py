"""The session in the README works as it is printed, against a real service over the sample reports."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = Path(sys.executable).with_name("aifkg")
pytestmark = pytest.mark.slow


def session():
    """The commands of the README's session by their first words, comments left out."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## A session to paste.*?```sh\n(.*?)```", text, re.S).group(1)
    return [part.strip() for part in re.split(r"^#.*$|\n(?=\.venv)", block, flags=re.M) if part.strip()]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("session")
    shutil.copy(ROOT / "ingest" / "samples" / "06-power-and-density.pdf", folder / "my-report.pdf")
    port = free_port()
    environment = {**os.environ, "AIFKG_STORE": str(folder / "store")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [COMMAND, "run", "--port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            yield folder, f"http://127.0.0.1:{port}", environment
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def wait_for(address, server):
    for _ in range(600):
        assert server.poll() is None
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the service did not come up")


def run(place, command):
    folder, address, environment = place
    command = command.replace("http://127.0.0.1:8000", address).replace(".venv/bin/aifkg", str(COMMAND))
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def command_with(words):
    return next(command for command in session() if words in command)


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@needs_curl
def test_the_query_names_the_providers(place):
    assert "Google Cloud" in run(place, command_with("/sparql")).splitlines()


@needs_curl
def test_the_json_call_gives_claims_with_their_sentences(place):
    claims = json.loads(run(place, command_with("/api/claims")))["claims"]
    assert claims
    assert all(claim["evidence"][0]["quote"] for claim in claims)


def test_a_report_is_extracted_ingested_listed_and_retracted(place):
    extracted = json.loads(run(place, command_with("extract")))
    assert extracted["document"] == "my-report.pdf"
    run(place, command_with("aifkg ingest"))
    identifier = extracted["iri"].rpartition("/")[2]
    assert identifier in run(place, command_with("report list"))
    run(place, command_with("retract").replace("<report id>", identifier) + " --yes")
    assert identifier not in run(place, command_with("report list"))
