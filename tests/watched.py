"""A real service that is asked without pause while things happen to its store, and may itself be killed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Self

from kg.errors import StoreUnavailable
from kg.snapshots import latest

_QUERY = "SELECT (COUNT(*) AS ?n) { ?document a <https://w3id.org/ai-factory/ns#Document> }"
_PATIENCE_S = 30.0
_ENDING_S = 90.0  # on a machine that other work keeps busy


class WatchedService:
    """`aifkg serve` over a store, and what was wrong with its answers."""

    def __init__(self, store_path: Path, *, at_least: int | None = None) -> None:
        """`at_least` is the oldest version that may be served; else it is the newest that is published."""
        self._store_path = store_path
        self.at_least = at_least
        self._up = threading.Lock()  # held while the service is down on purpose
        self._end = threading.Event()
        self._counts: dict[int, int] = {}
        self.faults: list[str] = []
        self.answers = 0
        self.restarts = 0

    def __enter__(self) -> Self:
        self._start()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._end.set()
        self._thread.join()
        self._process.terminate()
        try:
            self._process.communicate(timeout=_ENDING_S)
        except subprocess.TimeoutExpired:  # told, so that a long run of torments goes on
            self._process.kill()
            self._process.communicate()
            self._note(f"the service did not end within {_ENDING_S:g} s")

    def kill(self) -> None:
        """Kill the service, and start it again over whatever the store is now."""
        with self._up:
            workers = processes_below(self._process.pid)
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate(timeout=_PATIENCE_S)
            until = time.monotonic() + 5
            while any(map(_is_alive, workers)) and time.monotonic() < until:
                time.sleep(0.01)
            left = [pid for pid in workers if _is_alive(pid)]
            self.faults += [f"process {pid} outlives the service" for pid in left]
            self.restarts += 1
            self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aifkg", "serve", "--store", str(self._store_path), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "AIFKG_CACHE_MIB": "0"},
            text=True,
        )
        assert self._process.stdout is not None
        greeting = self._process.stdout.readline()
        found = re.search(r"http://\S+", greeting)
        if found is None:
            raise RuntimeError(f"the service does not start: {greeting!r}")
        self._url = found.group()

    def _watch(self) -> None:
        while not self._end.wait(0.03):
            with self._up:
                try:
                    self._ask()
                except (OSError, ValueError, KeyError, StoreUnavailable) as error:
                    self._note(f"the service: {error!r}")

    def _ask(self) -> None:
        published = self.at_least or latest(self._store_path).number
        time.sleep(0.02)  # the service looks for a new version every ten milliseconds
        url = f"{self._url}/sparql?{urllib.parse.urlencode({'query': _QUERY})}"
        with urllib.request.urlopen(url, timeout=_PATIENCE_S) as response:  # noqa: S310 - our own address
            version = int(response.headers["X-Graph-Version"])
            count = int(json.load(response)["results"]["bindings"][0]["n"]["value"])
        self.answers += 1
        if version < published:
            self._note(f"version {version} was served when {published} was published")
        if self._counts.setdefault(version, count) != count:
            self._note(f"version {version} changed: {self._counts[version]} reports, then {count}")

    def _note(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)


def processes_below(pid: int) -> list[int]:
    """Every process that the process started, and those that these started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    except OSError:
        return []
    children = [int(child) for child in listed.split()]
    return children + [below for child in children for below in processes_below(child)]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
