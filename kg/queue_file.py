"""the review queue of a version, written down beside the store: worked out once, whichever process is asked.

    STORE/review/000007-….json   the claims of version 7 that a curator should look at, in order

It only saves work: where it cannot be written, or is damaged, each process works the queue out for itself.
"""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from kg.iris import digest
from kg.snapshots import Version

FOLDER = "review"
_KEPT = 2  # those who still read the version before keep its queue
_UNFINISHED = ".unfinished"

# IRI of the claim, IRI of its report, confidence, and for each reason the IRIs that it is about.
Noted = tuple[str, str, str, dict[str, list[str]]]


def queue_path(version: Version, rules: str) -> Path:
    """Where the queue of a version is or will be, as it follows from the text of these rules."""
    moment = int(version.published_at.timestamp() * 1000)
    name = f"{version.number:06d}-{moment}-{digest(rules)}.json"
    return version.path.parent.parent / FOLDER / name


def read_queue(path: Path) -> list[Noted] | None:
    """The queue; None if it is not there whole."""
    try:
        noted = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return [(claim, report, confidence, reasons) for claim, report, confidence, reasons in noted]


def write_queue(path: Path, queue: Iterable[Noted]) -> None:
    """Have the queue there for others, where that can be, and take away those of long ago."""
    draft = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    with suppress(OSError):  # a read-only or full disk: it only saves work
        path.parent.mkdir(exist_ok=True)
        draft.write_text(json.dumps(list(queue), separators=(",", ":")), "utf-8")
        draft.replace(path)
        for older in sorted(path.parent.glob("*.json"))[:-_KEPT]:
            older.unlink(missing_ok=True)
