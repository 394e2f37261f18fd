"""Real services for the tests: a store with known quads, published, and a server process on a free port."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from kg.snapshots import publish

ROOT = Path(__file__).parent.parent
_START = (
    "from api.serving import serve; from kg.settings import Settings; "
    "serve(Settings(), on_bound=lambda url: print(url, flush=True))"
)


def publish_trig(store_path: Path, trig: str, *, keep: int = 10):
    """Publish a version that holds exactly these quads."""
    store_path.mkdir(parents=True, exist_ok=True)
    store = Store(str(store_path / "live"))
    store.clear()
    store.load(trig.encode(), format=RdfFormat.TRIG)
    store.flush()
    return publish(store_path, lambda target: store.backup(str(target)), keep=keep)


@dataclass
class Reply:
    """A complete response."""

    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass
class Served:
    """A running service."""

    url: str
    process: subprocess.Popen

    def ask(self, path, *, method="GET", data=None, headers=None, timeout=30.0):
        """One request; an error status is a reply like any other."""
        request = urllib.request.Request(  # noqa: S310 - always our own http address
            self.url + path, data=data, headers=headers or {}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
                return Reply(response.status, _headers(response), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, _headers(error), error.read())

    def query(self, text, *, accept="application/sparql-results+json", **parameters):
        """A query by GET."""
        encoded = urllib.parse.urlencode([("query", text), *parameters.items()])
        return self.ask(f"/sparql?{encoded}", headers={"Accept": accept})


def _headers(response):
    return {name.lower(): value for name, value in response.headers.items()}


@contextlib.contextmanager
def served(store_path, *, stderr=None, **settings):
    """A service over the store; settings are those of kg.settings, in lower case."""
    variables = {f"AIFKG_{name.upper()}": str(value) for name, value in settings.items()}
    environment = {**os.environ, **variables, "AIFKG_STORE": str(store_path), "AIFKG_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-c", _START],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    try:
        service = Served(process.stdout.readline().strip(), process)
        _wait_until_alive(service)
        yield service
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        if process.stderr is not None:
            process.stderr.close()


def _wait_until_alive(service):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if service.ask("/healthz").status == 200:
                return
        time.sleep(0.02)
    raise TimeoutError("the service did not start")
