"""What befalls a store besides a kill: a full disk, a disk that may not be written, rivals, damage, clocks.

Each function ill-treats the store below a folder of its own while a real service is asked without pause, and
gives back what it found wrong; nothing, if the product is as durable as it says.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from endurance import against_calm, aifkg, begun, faults_of, write_reports
from watched import WatchedService

from kg.snapshots import latest, open_latest, versions

MAY_MOUNT = os.geteuid() == 0 and shutil.which("mount") is not None
MAY_FAKE_TIME = shutil.which("faketime") is not None


@contextlib.contextmanager
def small_disk(where: Path, mib: int) -> Iterator[Callable[[str], None]]:
    """A file system of so many MiB in memory, and a function that mounts it again with other options."""
    where.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(where)], check=True)

    def remount(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(where)], check=True)

    try:
        yield remount
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


def full_disk(folder: Path, reports: int) -> list[str]:
    """The disk takes no more in the middle of an ingest; then it is given room."""
    inbox, few = folder / "inbox", folder / "few"
    write_reports(few, 3, seed=1)
    write_reports(inbox, reports, seed=2)
    with small_disk(folder / "disk", 64) as remount:
        store, filler = folder / "disk" / "store", folder / "disk" / "filler"
        findings = _expect(aifkg("ingest", few, store=store), 0)
        before = latest(store).number
        with WatchedService(store) as service:
            for left in (200_000, 20_000, 0):
                filler.unlink(missing_ok=True)
                filler.write_bytes(b"\0" * (shutil.disk_usage(folder / "disk").free - left))
                findings += _expect(aifkg("ingest", inbox, store=store), 3)
            served = latest(store).number
            findings += [] if served == before else [f"version {served} was published on a full disk"]
            filler.unlink()
            remount("size=256m")
            findings += faults_of(store)
            findings += against_calm(inbox, store, folder / "calm")
        return findings + service.faults


def read_only_disk(folder: Path, reports: int) -> list[str]:
    """The store's directory may not be written: writing says so in a line, looking goes on."""
    inbox = folder / "inbox"
    write_reports(inbox, reports, seed=3)
    with small_disk(folder / "disk", 128) as remount:
        store = folder / "disk" / "store"
        findings = _expect(aifkg("ingest", inbox, store=store), 0)
        write_reports(inbox, reports, seed=4)
        remount("ro")
        with WatchedService(store) as service:
            findings += _expect(aifkg("ingest", inbox, store=store), 3)
            findings += _expect(aifkg("ingest", inbox, "--dry-run", store=store), 0)
            findings += _expect(aifkg("report", "list", store=store), 0)
            findings += _expect(aifkg("stats", store=store), 0)
            service.kill()
            remount("rw")
            findings += faults_of(store)
            findings += against_calm(inbox, store, folder / "calm")
        return findings + service.faults


def two_writers(folder: Path, reports: int) -> list[str]:
    """Two ingests at once: one does it all, the other leaves at once with a line that names the first."""
    inbox, store = folder / "inbox", folder / "store"
    write_reports(folder / "few", 1, seed=5)
    findings = _expect(aifkg("ingest", folder / "few", store=store), 0)
    write_reports(inbox, reports, seed=5)
    with WatchedService(store) as service:
        rivals = [begun(inbox, store), begun(inbox, store)]
        told = [rival.communicate(timeout=300)[1] for rival in rivals]
        codes = [rival.returncode for rival in rivals]
        if sorted(codes) != [0, 3]:
            findings.append(f"two writers ended with {codes}: {told}")
        else:
            winner, loser = codes.index(0), codes.index(3)
            named = f"process {rivals[winner].pid} is writing" in told[loser]
            findings += [] if named else [f"the second writer was told {told[loser]!r}"]
        findings += faults_of(store)
        findings += against_calm(inbox, store, folder / "calm")
    return findings + service.faults


def damaged_version(folder: Path, reports: int) -> list[str]:
    """The newest version is damaged: the one before is served, and the next ingest makes a sound one."""
    inbox, store = folder / "inbox", folder / "store"
    write_reports(inbox, reports, seed=6)
    findings = _expect(aifkg("ingest", inbox, store=store), 0)
    write_reports(inbox, reports, seed=7)
    findings += _expect(aifkg("ingest", inbox, store=store), 0)
    sound = versions(store)[-2].number
    for file in latest(store).path.iterdir():
        # The files are links to the writer's own: damage a copy, as a bad block of this version alone would.
        spoilt = bytes(byte ^ 0x5A for byte in file.read_bytes())
        file.unlink()
        file.write_bytes(spoilt)
    version, engine = open_latest(store)
    findings += [] if (version.number, bool(len(engine))) == (sound, True) else ["no sound version opens"]
    del engine
    findings += _expect(aifkg("stats", store=store), 0)
    findings += _expect(aifkg("report", "list", store=store), 0)
    with WatchedService(store, at_least=sound) as service:
        service.kill()
        write_reports(inbox, reports, seed=8)
        findings += against_calm(inbox, store, folder / "calm")
        service.at_least = latest(store).number
    return findings + faults_of(store) + service.faults


def jumping_clock(folder: Path, reports: int) -> list[str]:
    """The clock goes back two years, then ahead by one, between and during ingests."""
    inbox, store = folder / "inbox", folder / "store"
    write_reports(inbox, reports, seed=9)
    findings = _expect(aifkg("ingest", inbox, store=store), 0)
    with WatchedService(store) as service:
        for seed, clock in ((10, "-730d"), (11, "+365d"), (12, "-1d")):
            before = latest(store).number
            write_reports(inbox, reports, seed=seed)
            done = aifkg("ingest", inbox, store=store, first=("faketime", "-f", clock))
            findings += _expect(done, 0)
            findings += [] if latest(store).number > before else [f"at {clock} no version was published"]
            findings += faults_of(store)
        findings += against_calm(inbox, store, folder / "calm")
    return findings + service.faults


def _expect(done: subprocess.CompletedProcess[str], code: int) -> list[str]:
    """What is wrong with how a command ended: another exit code, or a complaint of more than one line."""
    words = " ".join(done.args[-3:])
    if done.returncode != code:
        return [f"{words}: exit code {done.returncode} instead of {code}: {done.stderr[-300:]}"]
    too_long = code == 3 and len(done.stderr.splitlines()) != 1
    return [f"{words}: more than a line: {done.stderr[-600:]}"] if too_long else []


ALL = (full_disk, read_only_disk, two_writers, damaged_version, jumping_clock)


def reason_to_skip(torment: Callable[[Path, int], list[str]]) -> str | None:
    """Why this machine cannot do it; None if it can."""
    if torment in (full_disk, read_only_disk) and not MAY_MOUNT:
        return "only root may mount a disk"
    if torment is jumping_clock and not MAY_FAKE_TIME:
        return "faketime is not installed"
    return None
