"""bytes of a report -> its shard, on whatever machine of a Ray cluster the work lands.

The reading itself is that of a single machine: a process of its own with a limit of time and of memory, here
one beside each worker of Ray, which keeps it for the next report.
"""

from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read, Unread
from kg.errors import BadSetting
from kg.settings import Settings


def read_bytes(
    name: str, content: bytes, settings: Settings, recorded_at: datetime, wanted_version: str
) -> Read | Unread:
    """What the report of that file name states, as a shard; the same arguments always give the same.

    Raises BadSetting if this machine has another version of the product, or cannot read at all.
    """
    here = version("aifactory-kg")
    if here != wanted_version:
        raise BadSetting(f"a node has aifactory-kg {here}, but {wanted_version} is asked for")
    with TemporaryDirectory(prefix="aifkg-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return next(outcome for _, outcome in _reader(settings, recorded_at).read([path]))


@cache
def _reader(settings: Settings, recorded_at: datetime) -> ReadingPool:
    """The reading process of this worker, which loads the language model once and ends with the worker."""
    return ReadingPool(settings, jobs=1, want="shard", recorded_at=recorded_at)
