"""SPARQL Update and Graph Store writes -> a new published version, or no change at all.

Each write takes the writer's place, is one transaction of the live store, and is published before it is
reported. These functions run in a query process without a store of its own, so a write can be stopped like
any query.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, parse

from kg.answers import bad_query
from kg.errors import BadQuery, BadRequest, QueryFailed, StoreUnavailable
from kg.formats import GRAPHS
from kg.guard import guard
from kg.remote_engine import RemoteEngine
from kg.remote_site import find_site
from kg.settings import Settings
from kg.snapshots import LIVE, publish
from kg.using import with_using
from kg.writer_lock import take_writer_lock

# Another writer, such as an ingest, is waited for so long.
_PATIENCE_S = 5.0
GraphWrite = Literal["replace", "add", "delete"]


@dataclass(frozen=True)
class Target:
    """The store that is written to, and how many versions it keeps."""

    store_path: Path
    keep: int
    remote: Settings | None = None  # of a remote store, which keeps no versions


@dataclass(frozen=True)
class Update:
    """A SPARQL Update with the graphs that the request names."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    base_iri: str | None = None


@dataclass(frozen=True)
class Payload:
    """Triples as the client sent them."""

    body: bytes
    format_name: str  # a key of kg.formats.GRAPHS


@dataclass(frozen=True)
class Written:
    """What a write did to a graph."""

    version: int
    created: bool


def apply_update(_: object, *, target: Target, update: Update) -> int:
    """Run the update and publish; the number of the new version.

    Raises:
        BadQuery: if it does not parse.
        BadRequest: if the request names graphs and the update does so too.
        Forbidden: if it would read from elsewhere.
        StoreUnavailable: if another process keeps writing, or the store cannot be written.
    """
    guarded = guard(update.text, base_iri=update.base_iri).text
    text = with_using(guarded, default=update.using, named=update.using_named)
    with _writing(target) as store:
        try:
            store.update(text, base_iri=update.base_iri)
        except SyntaxError as error:
            raise bad_query(str(error), guarded) from error
        except (RuntimeError, ValueError) as error:
            raise QueryFailed(str(error)) from error
        return _publish(store, target)


def write_graph(
    _: object, *, target: Target, graph: str | None, how: GraphWrite, payloads: tuple[Payload, ...] = ()
) -> Written | None:
    """Replace, extend or delete one graph (None is the default graph) and publish.

    None if a graph was to be deleted that is not there. Blank nodes never meet those of earlier writes.

    Raises:
        BadQuery: if a payload does not parse, with its place.
        StoreUnavailable: if another process keeps writing, or the store cannot be written.
    """
    name = NamedNode(graph) if graph else DefaultGraph()
    quads = [quad for payload in payloads for quad in _quads(payload, name, graph)]
    with _writing(target) as store:
        existed = _exists(store, name)
        if how == "delete" and not existed:
            return None
        gone = [] if how == "add" else list(store.quads_for_pattern(None, None, None, name))
        _replace(store, name, gone, quads, delete=how == "delete")
        return Written(_publish(store, target), created=not existed)


def _exists(store: Store, name: NamedNode | DefaultGraph) -> bool:
    return isinstance(name, DefaultGraph) or store.contains_named_graph(name)


def _replace(
    store: Store, name: NamedNode | DefaultGraph, gone: list[Quad], quads: list[Quad], *, delete: bool
) -> None:
    """One transaction: an update whose data stands in it, since the engine has no other that does both."""
    place = f"GRAPH {name} " if isinstance(name, NamedNode) else ""
    steps = []
    if delete:
        steps.append(f"DROP {place}" if isinstance(name, NamedNode) else "DROP DEFAULT")
    elif gone:
        steps.append(f"CLEAR {place}" if isinstance(name, NamedNode) else "CLEAR DEFAULT")
    if isinstance(name, NamedNode) and not delete:
        steps.append(f"CREATE SILENT {place}")
    if quads:
        inside = " ".join(f"{quad.triple} ." for quad in quads)
        steps.append(f"INSERT DATA {{ {place}{{ {inside} }} }}" if place else f"INSERT DATA {{ {inside} }}")
    store.update(" ; ".join(steps))


def _quads(payload: Payload, name: NamedNode | DefaultGraph, base_iri: str | None) -> Iterator[Quad]:
    try:
        for quad in parse(
            payload.body,
            format=GRAPHS[payload.format_name].engine,
            base_iri=base_iri,
            without_named_graphs=True,
            rename_blank_nodes=True,
        ):
            yield Quad(quad.subject, quad.predicate, quad.object, name)
    except SyntaxError as error:
        raise BadQuery(f"the triples do not parse: {error.msg}", error.lineno, error.offset) from error
    except ValueError as error:
        raise BadRequest(f"the triples cannot be read: {error}") from error


@contextmanager
def _writing(target: Target) -> Iterator[Store]:
    """The live store, open for writing by this process alone."""
    if target.remote is not None:
        site = find_site(target.remote, create=True)
        yield cast(Store, RemoteEngine(site, site.revision()))  # it has all methods that are called here
        return
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            lock = take_writer_lock(target.store_path / "writer.lock")
            break
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    with lock:
        try:
            yield Store(str(target.store_path / LIVE))
        except OSError as error:
            raise StoreUnavailable(f"the store cannot be written: {error}") from error


def _publish(store: Store, target: Target) -> int:
    """The number of the version that readers have now."""
    if isinstance(store, RemoteEngine):
        return store.revision.number
    return publish(target.store_path, lambda place: store.backup(str(place)), keep=target.keep).number
