"""the claims of a version, put together once -> the same claims in a few microseconds each.

    STORE/claims/000007-….sqlite  every claim of version 7 by its IRI, as the service writes it, what claims
                                  are found by, and what the things in them are called

Putting a claim together from its triples and names costs half a millisecond, which is most of what an answer
of the JSON API costs. A version never changes, so `kg.shelving` has it done in the background, part by part
(`kg.shelf_filling`). Until the shelf of a version is whole nobody takes from it, and readers ask the engine.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pyoxigraph import Store

from kg.queries import Row
from kg.records import ClaimRecord
from kg.snapshots import Version
from kg.version_store import Shelf, VersionStore
from kg.vocabulary import concept

FOLDER = "claims"
# Part of the file's name: bump it with any change of kg.records.ClaimRecord or of the tables.
_FORM = 4
_ASKED_AT_ONCE = 500
_MAPPED_BYTES = 1 << 30  # read through memory that all processes share
# Of each claim, as the graph writes it and as `kg/sparql` calls it.
COLUMNS = (
    *("claim", "subject", "predicate", "object", "metric", "aspect", "unit", "status", "modality"),
    *("label", "year", "start", "end", "asserted", "value", "low", "high"),
)
_OUT = tuple(concept("status", word) for word in ("rejected", "retracted", "superseded"))
_TIMES = ("claim", "start", "end", "asserted")
_FIGURED = (
    *("claim", "subject", "unit", "status", "modality"),
    *("label", "year", "end", "asserted", "value", "low", "high"),
)
_COMPARED = (*_TIMES, "status", "predicate", "metric", "aspect")
SCHEMA = f"""
CREATE TABLE record (claim TEXT PRIMARY KEY, json BLOB, exact INTEGER, words TEXT);
CREATE TABLE said ({", ".join(f'"{name}" TEXT' for name in COLUMNS)});
CREATE INDEX said_of ON said (subject, claim);
CREATE INDEX said_of_metric ON said (subject, metric, label, year);
CREATE INDEX said_to ON said (object) WHERE object IS NOT NULL;
CREATE INDEX said_of_year ON said (metric, year);
CREATE INDEX said_of_label ON said (metric, label) WHERE unit IS NOT NULL;
CREATE INDEX said_by_claim ON said (claim);
CREATE TABLE topic (thing TEXT, claim TEXT, PRIMARY KEY (thing, claim)) WITHOUT ROWID;
CREATE TABLE name (thing TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;
CREATE TABLE missing (claim TEXT PRIMARY KEY);
"""


class ClaimShelf:
    """The whole shelf of a version."""

    def __init__(self, file: sqlite3.Connection) -> None:
        """Take a file that will not change any more."""
        self._file = file

    def take(self, iris: Iterable[str]) -> Mapping[str, ClaimRecord]:
        """Those of the claims that are here with all digits of their numbers, by IRI."""
        read = record_form().validate_json
        return {iri: read(text) for iri, text in self._of("record", "claim", "json", iris, "exact")}

    def written(self, iris: Iterable[str]) -> dict[str, bytes]:
        """Those of the claims that are here as JSON, by IRI."""
        return dict(self._of("record", "claim", "json", iris))

    def texts(self, iris: Iterable[str]) -> dict[str, str]:
        """Statement and quotes of those of the claims that are here."""
        return dict(self._of("record", "claim", "words", iris))

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """What those of the things that stand in claims are called."""
        return dict(self._of("name", "thing", "label", iris))

    def _of(
        self, table: str, key: str, value: str, keys: Iterable[str], where: str = "TRUE"
    ) -> Iterator[tuple[str, Any]]:
        """The keys that are there, with their values."""
        wanted = list(keys)
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            some = wanted[start : start + _ASKED_AT_ONCE]
            given = f"{key} IN ({marks(some)}) AND {where}"
            asked = f"SELECT {key}, {value} FROM {table} WHERE {given}"  # noqa: S608 - from here alone
            yield from self._file.execute(asked, some)

    def figures(
        self, *, metrics: Collection[str], subjects: Collection[str], period: str | None
    ) -> list[Row]:
        """The claims with a figure of a metric, about these subjects or all, of a period or of all."""
        where, values = f"unit IS NOT NULL AND metric IN ({marks(metrics)})", [*metrics]
        if subjects:
            where, values = f"{where} AND subject IN ({marks(subjects)})", [*values, *subjects]
        if period is None:
            return self._rows(where, values, _FIGURED)
        by_year = self._rows(f"{where} AND year = ?", [*values, period], _FIGURED)
        other = f"{where} AND label = ? AND year IS NOT ?"
        return by_year + self._rows(other, [*values, period, period], _FIGURED)

    def about(self, subject: str) -> list[Row]:
        """The claims about a subject, as `compared` has them."""
        return self._rows("subject = ?", [subject], _COMPARED)

    def naming(self, thing: str) -> list[Row]:
        """The claims in which a thing is subject, object or topic, as `claims_of_entity` has them."""
        where = "subject = ? OR object = ? OR claim IN (SELECT claim FROM topic WHERE thing = ?)"
        return self._rows(where, [thing] * 3, _TIMES)

    def iris(self, wanted: Mapping[str, Collection[str]], limit: int = -1) -> list[str]:
        """The claims that have one of the values in each of these columns, in the order of their IRIs."""
        where = "".join(f'AND "{column}" IN ({marks(values)}) ' for column, values in wanted.items())
        asked = f"SELECT claim FROM said WHERE TRUE {where} ORDER BY claim LIMIT ?"  # noqa: S608 - marks
        values = [value for some in wanted.values() for value in some]
        return [iri for (iri,) in self._file.execute(asked, (*values, limit))]

    def periods(self, wanted: Mapping[str, Collection[str]]) -> list[str]:
        """The periods of claims that stand and have one of the values in each of these columns, in order."""
        where = "".join(f'AND "{column}" IN ({marks(values)}) ' for column, values in wanted.items())
        values = [*_OUT, *(value for some in wanted.values() for value in some)]
        kept = f"label IS NOT NULL AND status NOT IN ({marks(_OUT)}) {where}"
        asked = f"SELECT DISTINCT label FROM said WHERE {kept} ORDER BY label"  # noqa: S608 - marks
        return [label for (label,) in self._file.execute(asked, values)]

    def has(self, wanted: Mapping[str, Collection[str]]) -> bool:
        """Whether some claim may have one of the values in each of these columns.

        A claim with nothing but a year has none here.
        """
        where = "".join(
            f'AND ("{column}" IN ({marks(values)}){" OR year IS NULL" if column == "year" else ""}) '
            for column, values in wanted.items()
        )
        values = [value for some in wanted.values() for value in some]
        asked = f"SELECT 1 FROM said WHERE TRUE {where} LIMIT 1"  # noqa: S608 - marks
        return self._file.execute(asked, values).fetchone() is not None

    def counts(self, thing: str) -> list[Row]:
        """In how many claims a thing is subject or object, by what they state, as `entity_claims` has it."""
        asked = (
            "SELECT predicate, metric, COUNT(*) FROM said WHERE subject = ? OR object = ? "
            "GROUP BY predicate, metric"
        )
        return [
            {
                name: str(value)
                for name, value in zip(("predicate", "metric", "claims"), row, strict=True)
                if value
            }
            for row in self._file.execute(asked, (thing, thing))
        ]

    def _rows(self, where: str, values: list[str], columns: tuple[str, ...]) -> list[Row]:
        names = ", ".join(f'"{name}"' for name in columns)
        asked = f"SELECT {names} FROM said WHERE {where}"  # noqa: S608 - from here alone
        return [
            {name: value for name, value in zip(columns, row, strict=True) if value is not None}
            for row in self._file.execute(asked, values)
        ]


def marks(values: Collection[str]) -> str:
    """As many question marks.

    >>> marks(["a", "b"])
    '?,?'
    """
    return ",".join("?" * len(values))


@cache
def record_form() -> TypeAdapter[ClaimRecord]:
    """How a claim is written as JSON, as the service shows it, and read again."""
    return TypeAdapter(ClaimRecord)


def shelf_path(version: Version) -> Path:
    """Where the whole shelf of a version is, or will be."""
    moment = int(version.published_at.timestamp() * 1000)
    return version.path.parent.parent / FOLDER / f"{version.number:06d}-{moment}-{_FORM}.sqlite"


def shelf_of(store: Store) -> Shelf | None:
    """The whole shelf of the version that the store is; None for other stores and while there is none."""
    if not isinstance(store, VersionStore):
        return None
    if store.shelf is None:
        store.shelf = _open(shelf_path(store.version))
    return store.shelf


def _open(path: Path) -> ClaimShelf | None:
    if not path.exists():
        return None
    try:
        file = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        file.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    except sqlite3.Error:
        return None  # it was taken away this moment
    return ClaimShelf(file)
