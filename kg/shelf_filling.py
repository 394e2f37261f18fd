"""a version -> its shelf of claims (`kg.claim_shelf`), filled in parts of about a second."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from pyoxigraph import Store

from kg.claim_reading import read_claims
from kg.claim_shelf import COLUMNS, SCHEMA, marks, record_form, shelf_path
from kg.queries import rows
from kg.records import ClaimRecord, Ref
from kg.snapshots import Version
from kg.vocabulary import concept

_BATCH = 250
_KEPT = 2  # those who still read the version before keep its shelf


def fill_shelf(store: Store, *, version: Version, seconds: float) -> bool:
    """Go on filling the shelf for so long; whether it is whole now.

    Raises OSError or sqlite3.Error where it cannot be written.
    """
    path = shelf_path(version)
    if path.exists():
        return True
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".unfinished")
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(draft, timeout=seconds)) as file:
        file.execute("PRAGMA synchronous = OFF")  # it only saves work, and is filled anew if it is lost
        if not file.execute("SELECT 1 FROM sqlite_master").fetchone():
            _begin(store, file)
        while more := _fill_some(store, file):
            if time.monotonic() > until:
                break
        if not more:
            file.execute("ANALYZE")  # a thing has fewer claims than a metric, so search by it
    if more:
        return False
    draft.replace(path)
    _tidy(path)
    return True


def _begin(store: Store, file: sqlite3.Connection) -> None:
    """Note what is missing, in one transaction: a process that ends here must not leave an empty shelf."""
    file.execute("BEGIN")
    for statement in SCHEMA.split(";"):
        file.execute(statement)
    file.executemany("INSERT INTO missing VALUES (?)", ((row["claim"],) for row in rows(store, "all_claims")))
    file.commit()


def _fill_some(store: Store, file: sqlite3.Connection) -> bool:
    """Put a batch of claims on the shelf; whether more may be missing."""
    wanted = [iri for (iri,) in file.execute("SELECT claim FROM missing ORDER BY claim LIMIT ?", (_BATCH,))]
    if not wanted:
        return False
    claims = read_claims(store, wanted)
    _insert(file, "record", map(_record, claims), 4)
    _insert(file, "name", {thing.iri: thing.label for one in claims for thing in _things(one)}.items(), 2)
    _insert(file, "said", (_said(claim) for claim in claims), len(COLUMNS))
    _insert(file, "topic", ((thing.iri, claim.iri) for claim in claims for thing in claim.about), 2)
    file.execute("DELETE FROM missing WHERE claim <= ?", (wanted[-1],))
    file.commit()
    return True


def _insert(file: sqlite3.Connection, table: str, found: Iterable[tuple[object, ...]], columns: int) -> None:
    file.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks('?' * columns)})", found)  # noqa: S608 - from here


def _record(claim: ClaimRecord) -> tuple[str, bytes, bool, str]:
    """The claim as JSON, whether all digits are in it, and its words."""
    form = record_form()
    text = form.dump_json(claim)
    words = " · ".join([claim.statement, *(one.quote for one in claim.evidence)])
    return claim.iri, text, form.validate_json(text) == claim, words


def _things(claim: ClaimRecord) -> Iterator[Ref]:
    """What the claim names."""
    yield from (claim.subject, claim.report)
    ones = (claim.predicate, claim.object, claim.metric, claim.aspect, claim.from_state, claim.to_state)
    yield from (thing for thing in (*ones, claim.figure and claim.figure.unit) if thing)
    for some in (claim.attributed_to, claim.relayed_by, claim.about, claim.scope, claim.by_means_of):
        yield from some


def _said(claim: ClaimRecord) -> tuple[str | None, ...]:
    """A row of the table of what is said, in the order of its columns."""
    period, figure = claim.period, claim.figure
    things = (claim.predicate, claim.object, claim.metric, claim.aspect, figure.unit if figure else None)
    numbers = (figure.value, figure.low, figure.high) if figure else (None, None, None)
    return (
        claim.iri,
        claim.subject.iri,
        *(thing.iri if thing else None for thing in things),
        concept("status", claim.status),
        concept("modality", claim.modality),
        *((period.label, _text(period.year), period.start, period.end) if period else (None,) * 4),
        claim.asserted_at,
        *map(_text, numbers),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _tidy(path: Path) -> None:
    """Take older shelves away, whole or not."""
    for older in sorted(path.parent.glob("*.sqlite"))[:-_KEPT]:
        older.unlink(missing_ok=True)
    for draft in path.parent.glob("*.unfinished"):
        if draft.name < path.name:
            draft.unlink(missing_ok=True)
