"""What people want done -> done in the live store and published, or nothing of it.

These functions run in a query process without a store of its own, like `kg.writes`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kg.actions import Action
from kg.curation import Entry
from kg.curation_records import EntryRecord, entry_records
from kg.errors import ChangedMeanwhile, StoreUnavailable
from kg.graph import Graph
from kg.names import id_of
from kg.reading import open_newest
from kg.settings import Settings

# Another writer, such as an ingest, is waited for so long.
_PATIENCE_S = 5.0


@dataclass(frozen=True)
class Done:
    """The entries that the log now has, and the version in which readers see what follows from them."""

    version: int
    entries: tuple[EntryRecord, ...]


@dataclass(frozen=True)
class Seen:
    """The last entry on a claim or thing that whoever acts knew of; None if there was none."""

    target: str  # IRI
    last: str | None  # id of an entry


def curate_and_publish(
    _: object, *, settings: Settings, actions: Sequence[Action], by: str, seen: Sequence[Seen] = ()
) -> Done:
    """Do the actions, all or none, and publish.

    Raises:
        ChangedMeanwhile: if a target has a later entry than the one that was seen.
        StoreUnavailable: if another process keeps writing, or the store cannot be written.
        AifkgError: as `kg.curating.curate`.
    """
    with open_graph(settings) as graph:
        _check_seen(graph, seen)
        entries = graph.curate(*actions, by=by)
        number = graph.publish()
    _, store = open_newest(settings)
    return Done(number, tuple(entry_records(store, entries)))


def open_graph(settings: Settings) -> Graph:
    """The graph, open for writing once a short write of others is over; StoreUnavailable after a while."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return Graph.open(settings)
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _check_seen(graph: Graph, seen: Sequence[Seen]) -> None:
    for one in seen:
        entries: list[Entry] = graph.entries_on(one.target)
        last = entries[-1] if entries else None
        if last and id_of(last.iri) != one.last:
            raise ChangedMeanwhile(
                f"{last.by} did this meanwhile: {last.verb}, at {last.at}; look at it, then decide again"
            )
