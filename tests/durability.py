"""Ill-treat the product and look at what it left: `make durability ROUNDS=50 REPORTS=200`.

First come kills: each round starts a real `aifkg ingest` of many reports and kills its writer, one of its
readers, the service over the same store, or all of them with SIGKILL at a random moment. Then what
`torments` holds: a full disk, one that may not be written, two writers, damage, a clock that jumps.
After each, every report must be fully there or not at all, the shapes must hold, no evidence may be orphaned,
and at the end the store must mean what one means that ingested the same reports in peace. All the while a
real service is asked, and must answer from the version that was published last.
"""

# ruff: noqa: T201 - a command that prints what it finds

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

import torments
from endurance import against_calm, begun, faults_of, write_reports
from watched import WatchedService, processes_below

from kg.graph import Graph
from kg.settings import Settings

_TARGETS = ("writer", "reader", "service", "all")
_LOADED_S = 60.0  # longest time to the first commit


class Kills:
    """Rounds of kills on one store, and what was found."""

    def __init__(self, folder: Path, *, reports: int, seed: int) -> None:
        self._inbox, self._store = folder / "inbox", folder / "store"
        self._calm = folder / "calm"
        self._chance = random.Random(seed)  # noqa: S311
        self._reports = reports
        self._seed = seed
        self.interrupted = dict.fromkeys(_TARGETS, 0)
        self.answers = self.restarts = 0
        self.findings: list[str] = []

    def run(self, rounds: int) -> None:
        """All rounds, then the comparison with a calm store."""
        self._write_new_reports()
        with Graph.open(Settings(store=str(self._store))) as graph:
            graph.publish()
        with WatchedService(self._store) as service:
            for number in range(rounds):
                target = _TARGETS[number % len(_TARGETS)]
                if not self._killed(target, service):
                    self._write_new_reports()  # there was nothing left to do
                self._look(f"round {number} ({target})")
            self._found("at the end", against_calm(self._inbox, self._store, self._calm))
        self._found("the service", service.faults)
        self.answers, self.restarts = service.answers, service.restarts

    def _write_new_reports(self) -> None:
        write_reports(self._inbox, self._reports, seed=self._seed)
        self._seed += 1

    def _killed(self, target: str, service: WatchedService) -> bool:
        """Start an ingest and kill the target; whether the ingest was still running then."""
        process = begun(self._inbox, self._store)
        self._wait_for_a_moment(process)
        running = process.poll() is None
        if target == "service":
            service.kill()
        elif running and target == "reader":
            os.kill(self._chance.choice(processes_below(process.pid) or [process.pid]), signal.SIGKILL)
        elif running and target == "writer":
            process.kill()
        if target in ("service", "reader"):
            time.sleep(self._chance.uniform(0, 3))  # it goes on without
        if process.poll() is None and target != "writer":
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=_LOADED_S)
        self.interrupted[target] += running
        return running

    def _wait_for_a_moment(self, process: Popen[str]) -> None:
        """Any moment: while it starts, or after its first commit, that is while it writes or publishes."""
        if self._chance.random() < 0.3:
            time.sleep(self._chance.uniform(0, 5))
            return
        marker = self._store / "unpublished"
        began, until = time.time(), time.monotonic() + _LOADED_S
        while process.poll() is None and time.monotonic() < until:
            if marker.exists() and marker.stat().st_mtime >= began:
                break
            time.sleep(0.005)
        time.sleep(self._chance.uniform(0, 3))

    def _look(self, moment: str) -> None:
        until = time.monotonic() + 10
        while True:
            try:
                Graph.open(Settings(store=str(self._store))).close()
                break
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                if time.monotonic() > until:
                    self._found(moment, [f"the store does not open: {error}"])
                    return
                time.sleep(0.1)  # the last process of the group is still going
        self._found(moment, faults_of(self._store))

    def _found(self, moment: str, faults: list[str]) -> None:
        """Keep the findings of a moment, and tell them now: a run takes long and may itself be ended."""
        told = [f"{moment}: {fault}" for fault in faults]
        self.findings += told
        _tell("kills", told)


def main() -> int:
    """Do all that the command line asks for; 1 if anything was found."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--rounds", type=int, default=50, help="of kills; 0 for the other torments alone")
    options.add_argument("--reports", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    found = _killed(chosen.rounds, chosen.reports, chosen.seed) if chosen.rounds else 0
    for torment in torments.ALL:
        found += _suffered(torment, chosen.reports)
    return found > 0


def _killed(rounds: int, reports: int, seed: int) -> int:
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        kills = Kills(Path(folder), reports=reports, seed=seed)
        kills.run(rounds)
    told = ", ".join(f"{count} {target}" for target, count in kills.interrupted.items())
    print(f"{rounds} rounds over {reports} reports in {time.monotonic() - began:.0f} s")
    print(f"killed while an ingest ran: {told}; {kills.restarts} restarts of the service")
    print(f"{kills.answers} answers of the service; {len(kills.findings)} findings", flush=True)
    return len(kills.findings)


def _suffered(torment: Callable[[Path, int], list[str]], reports: int) -> int:
    name = torment.__name__.replace("_", " ")
    reason = torments.reason_to_skip(torment)
    if reason:
        print(f"{name}: SKIPPED, {reason}", flush=True)
        return 0
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        findings = torment(Path(folder) / "ground", reports)
    _tell(name, findings)
    print(f"{name}: {len(findings)} findings in {time.monotonic() - began:.0f} s", flush=True)
    return len(findings)


def _tell(name: str, findings: list[str]) -> None:
    for finding in findings:
        print(f"{name}: {finding}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
