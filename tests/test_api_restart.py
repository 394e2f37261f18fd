"""Stopping and restarting: who has asked is answered, who asks during a restart notices nothing."""

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from served import ROOT, Served, publish_trig, served

pytestmark = pytest.mark.slow

# About a second of work.
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(CONCAT(STR(?c), STR(?f)) != 'x') }"


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("restart") / "store"
    publish_trig(path, "<urn:g> { " + " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(1_500)) + " }")
    return path


def test_a_query_in_flight_is_answered_before_the_process_ends(store_path):
    with served(store_path) as service, concurrent.futures.ThreadPoolExecutor() as pool:
        asked = pool.submit(service.query, SLOW)
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert not asked.done()  # or it was too quick to show anything
        with pytest.raises(OSError, match="refused"):
            service.ask("/healthz")
        reply = asked.result(30)
        assert reply.status == 200
        assert json.loads(reply.body)["results"]["bindings"][0]["n"]["value"] == str(1_500**2)
        assert service.process.wait(10) == 0


def test_ending_takes_no_longer_when_nobody_asks(store_path):
    with served(store_path) as service:
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(10) == 0
        assert time.monotonic() - began < 3


@contextlib.contextmanager
def started_on(listening, store_path):
    """A service process that gets the socket as systemd would hand it over."""
    code = "from api.serving import serve; from kg.settings import Settings; serve(Settings())"
    line = f'exec 3<&{listening.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" -c "$1"'
    process = subprocess.Popen(
        ["bash", "-c", line, sys.executable, code],
        env={**os.environ, "AIFKG_STORE": str(store_path)},
        cwd=ROOT,
        pass_fds=[listening.fileno()],
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def test_no_request_fails_during_restarts_on_a_socket_that_stays(store_path):
    failures, statuses, stop = [], [], threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        service = Served(f"http://127.0.0.1:{listening.getsockname()[1]}", None)

        def keep_asking():
            while not stop.is_set():
                try:
                    statuses.append(service.query("ASK {}").status)
                except OSError as error:
                    failures.append(repr(error))

        with concurrent.futures.ThreadPoolExecutor() as pool:
            asking = [pool.submit(keep_asking) for _ in range(2)]
            for _ in range(3):
                with started_on(listening, store_path) as process:
                    before, deadline = len(statuses), time.monotonic() + 20
                    while len(statuses) < before + 50 and time.monotonic() < deadline:
                        time.sleep(0.05)
                assert process.returncode == 0
            with started_on(listening, store_path):
                stop.set()
                for one in asking:
                    one.result(30)
    assert not failures
    assert set(statuses) == {200}
    assert len(statuses) >= 150


def test_a_port_that_is_taken_is_refused_without_the_setting(store_path):
    with served(store_path) as service:
        command = [sys.executable, "-m", "aifkg", "serve", "--store", str(store_path)]
        command += ["--port", service.url.rpartition(":")[2]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, "cannot be used; take another" in done.stderr) == (2, True)
