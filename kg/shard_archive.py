"""the shards that were loaded, kept beside the store: what a report's graph is worked out from again.

A report's graph holds what its newest version says and what the older ones said otherwise, and that is too
little to tell what it would hold if one more version had come between them. So each version that `aifkg load`
brings in stays here as it was read, compressed, until its report is taken out.
"""

import gzip
import hashlib
import shutil
import zlib
from pathlib import Path

from kg.errors import StoreUnavailable, UnreadableReport
from kg.prepared import Prepared
from kg.shards import prepared_of, shard_of
from kg.vocabulary import short_id

_SUFFIX = ".nq.gz"
_QUICK = 1  # the level of compression; higher ones take as long as a commit


class ShardArchive:
    """The versions of each report that were loaded into one store."""

    def __init__(self, folder: Path) -> None:
        """The folder is made with the first shard."""
        self._folder = folder

    def add(self, prepared: Prepared) -> None:
        """Keep a version; StoreUnavailable if it cannot be written."""
        content = shard_of(prepared)
        path = self._of(prepared.report) / f"{hashlib.sha256(content).hexdigest()}{_SUFFIX}"
        draft = path.with_suffix(".unfinished")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                draft.write_bytes(gzip.compress(content, _QUICK, mtime=0))
                draft.replace(path)
        except OSError as error:
            raise StoreUnavailable(f"the shard {path.name} cannot be kept: {error.strerror}") from error

    def versions_of(self, report: str) -> list[Prepared]:
        """The versions of the report, by their dates, then by when they were read.

        Raises UnreadableReport if one of them is damaged.
        """
        found = [(_read(path), path.name) for path in self._of(report).glob(f"*{_SUFFIX}")]
        return [one for one, _ in sorted(found, key=lambda each: (each[0].turn, each[1]))]

    def forget(self, report: str) -> None:
        """Keep nothing of the report any more; StoreUnavailable if it cannot be removed."""
        try:
            shutil.rmtree(self._of(report))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreUnavailable(f"the shards of {report} cannot be removed: {error.strerror}") from error

    def _of(self, report: str) -> Path:
        return self._folder / short_id(report)


def _read(path: Path) -> Prepared:
    try:
        return prepared_of(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableReport(path.name, f"the kept shard is damaged: {error}") from error
