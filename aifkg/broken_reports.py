"""Reports that broke the reader: remembered by their bytes, so a daily run does not run into each again.

A report that crashed its process or went over its time or memory is left out of later runs until it changes,
the limits do, or `--retry` is given. What is merely unreadable is tried again each time.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import StoreUnavailable
from kg.settings import Settings


@dataclass(frozen=True)
class BrokenReport:
    """What happened, and under which limits."""

    file: str
    reason: str
    timeout_s: float
    memory_mib: int


class BrokenReports:
    """The file of broken reports beside the store."""

    def __init__(self, settings: Settings) -> None:
        """Read the file; one that is missing or damaged counts as empty, since it only saves work."""
        self._path = settings.store_path / "broken-reports.json"
        self._timeout_s = settings.report_timeout_s
        self._memory_mib = settings.report_memory_mib
        try:
            entries = json.loads(self._path.read_text("utf-8"))
            self._known = {sha256: BrokenReport(**entry) for sha256, entry in entries.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}

    def reason(self, bytes_sha256: str) -> str | None:
        """Why the bytes are not to be read again under the present limits; None if they may be."""
        broken = self._known.get(bytes_sha256)
        limits = (self._timeout_s, self._memory_mib)
        if broken is None or (broken.timeout_s, broken.memory_mib) != limits:
            return None
        return f"{broken.reason} (so it was last time; --retry reads it again)"

    def add(self, bytes_sha256: str, file: Path, reason: str) -> None:
        """Remember that the bytes broke the reader."""
        self._known[bytes_sha256] = BrokenReport(str(file), reason, self._timeout_s, self._memory_mib)
        self._write()

    def discard(self, bytes_sha256: str) -> None:
        """Forget the bytes: they were read after all."""
        if self._known.pop(bytes_sha256, None):
            self._write()

    def _write(self) -> None:
        entries = {sha256: asdict(broken) for sha256, broken in sorted(self._known.items())}
        draft = self._path.with_suffix(".unfinished")
        try:
            draft.write_text(json.dumps(entries, ensure_ascii=False, indent=1), "utf-8")
            draft.replace(self._path)
        except OSError as error:
            raise StoreUnavailable(f"{self._path} cannot be written: {error.strerror}") from error
