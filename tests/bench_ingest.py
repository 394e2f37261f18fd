"""How fast, how large, how steady: ingest many varied reports and print the numbers, `make bench-ingest`.

The reports are those that ship for training, varied: each variant gives the firms other names, known or new,
and every figure other digits, so that no two variants state the same things.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.settings import Settings
from kg.snapshots import open_latest
from ontology.labels import load_labels

SOURCES = Path(__file__).parent.parent / "ingest" / "training" / "reports"
_SYLLABLES = ("nor", "vel", "tra", "kin", "sol", "mar", "dex", "lum", "ora", "bex", "tal", "rim")
_KINDS = ("Cloud", "Compute", "Systems", "Data", "Networks", "Capital")


def write_variants(folder: Path, count: int, *, seed: int = 1) -> None:
    """`count` reports, each a source with its names and figures changed."""
    texts = [path.read_text("utf-8") for path in sorted(SOURCES.glob("*.md"))]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - test data
        varied = vary(texts[number % len(texts)], chance)
        (folder / f"{number:05d}.md").write_text(with_identity(varied, number), encoding="utf-8")


def vary(text: str, chance: random.Random) -> str:
    """The text with other firms and other figures; years and the shape of numbers stay."""
    firms = [entry for entry in load_labels().named.values() if entry.type == "Organization"]
    for entry in firms:
        if entry.label in text:
            known = chance.random() < 0.3
            other = chance.choice(firms).label if known else invented_name(chance)
            text = re.sub(rf"\b{re.escape(entry.label)}\b", other, text)
    return re.sub(r"\d[\d,.]*\d|\d", lambda found: other_figure(found.group(), chance), text)


def other_figure(written: str, chance: random.Random) -> str:
    """Another number of the same shape; what looks like a year stays."""
    if re.fullmatch(r"(?:19|20)\d\d", written):
        return written
    return re.sub(r"\d", lambda _: str(chance.randint(1, 9)), written)


def invented_name(chance: random.Random) -> str:
    """A name that no reference data knows."""
    return "".join(chance.choices(_SYLLABLES, k=3)).capitalize() + " " + chance.choice(_KINDS)


def with_identity(text: str, number: int) -> str:
    """The text as a publication of its own."""
    front = f"url: https://example.org/varied/{number}\n"
    if text.startswith("---\n"):
        head, _, body = text[4:].partition("\n---\n")
        kept = "\n".join(line for line in head.splitlines() if not line.startswith("url:"))
        return f"---\n{kept}\n{front}---\n{body}"
    return f"---\ntitle: Varied report {number}\n{front}---\n\n{text}"


class Memory:
    """Watches the resident memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            self.peak_mib = max(self.peak_mib, sum(map(_resident_mib, _family(self._pid))))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident_mib(pid: int) -> float:
    try:
        return (
            int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
        )
    except (OSError, IndexError):
        return 0.0


def measure(folder: Path, *, reports: int, jobs: int) -> dict[str, float]:
    """Ingest the variants with the real command, and what it took."""
    write_variants(folder / "inbox", reports)
    store = folder / "store"
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aifkg", "ingest", str(folder / "inbox"), "--jobs", str(jobs), "--json"],
        env={**os.environ, "AIFKG_STORE": str(store)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with Memory(process.pid) as memory:
        printed, _ = process.communicate()
    seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads(printed)
    times = sorted(file["at_s"] for file in summary["files"] if file["outcome"] == "added")
    tenth = max(1, len(times) // 10)
    first, last = times[tenth] - times[0], times[-1] - times[-1 - tenth]
    publish_began = time.monotonic()
    _, engine = open_latest(Settings(store=str(store)).store_path)
    return {
        "reports": summary["counts"]["added"],
        "failed": summary["counts"]["failed"],
        "claims": summary["claims"],
        "quads": len(engine),
        "seconds": round(seconds, 1),
        "reports per second": round(len(times) / seconds, 1),
        "processor seconds per report": round((used.ru_utime + used.ru_stime) / max(1, len(times)), 3),
        "peak memory of all processes, MiB": round(memory.peak_mib),
        "cost of the last tenth over the first": round(last / first, 2) if first else 0.0,
        "opening the version, ms": round(1000 * (time.monotonic() - publish_began), 1),
        "minutes for 10,000 at this pace": round(10_000 * seconds / max(1, len(times)) / 60, 1),
    }


def main() -> None:
    """Measure as the command line asks, and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--reports", type=int, default=10_000)
    options.add_argument("--jobs", type=int, default=2)
    chosen = options.parse_args()
    with TemporaryDirectory() as folder:
        for name, value in measure(Path(folder), reports=chosen.reports, jobs=chosen.jobs).items():
            print(f"{name:<42}{value:>14,}")


if __name__ == "__main__":
    main()
