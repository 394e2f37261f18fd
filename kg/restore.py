"""a backup -> a store again, embedded or remote, whole or not at all.

Nothing is touched before the file is verified. Readers see the store as it was until everything is in place;
a remote store answers nothing meanwhile, since it cannot hold two states.
"""

import gzip
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryResultsFormat,
    RdfFormat,
    Store,
    parse_query_results,
    serialize,
)

from kg.backup_file import GRAPH, Manifest, files_beside, member, verify
from kg.errors import BadBackup, StoreNotEmpty, StoreUnavailable
from kg.remote_engine import RemoteEngine
from kg.remote_revision import G_STORE, READ_REVISION, Revision, creation, revision_in
from kg.remote_site import Site, find_site, site_as_it_is
from kg.settings import Settings
from kg.snapshots import LIVE, publish
from kg.sparql_client import place
from kg.writer_lock import take_writer_lock

_AT_ONCE = 20_000
_LONG_S = 3_600.0
AnyGraph = NamedNode | BlankNode | DefaultGraph


def restore(settings: Settings, path: Path, *, replace: bool = False) -> tuple[Manifest, int]:
    """Have the store hold what the backup holds; the backup, and the version that readers now take.

    Raises:
        BadBackup: if the file is damaged or of another product; then nothing was touched.
        StoreNotEmpty: if the store holds something and it was not said that it may go.
        StoreUnavailable: if another process writes to the store, or it cannot be written.
    """
    manifest = verify(path)
    with take_writer_lock(settings.store_path / "writer.lock"):
        number = (_into_remote if settings.remote else _into_folder)(settings, path, manifest, replace)
        for name, content in files_beside(path, manifest):
            target = settings.store_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o600)
        return manifest, number


def _into_folder(settings: Settings, path: Path, manifest: Manifest, replace: bool) -> int:
    folder = settings.store_path
    live, restoring, replaced = (folder / name for name in (LIVE, "restoring", "replaced"))
    if live.exists() and not replace:
        raise StoreNotEmpty(f"the store in {folder} holds something; --replace has it replaced")
    try:
        for leftover in (restoring, replaced):
            shutil.rmtree(leftover, ignore_errors=True)
        store = _filled(restoring, path, manifest)
        del store
        if live.exists():
            live.rename(replaced)
        restoring.rename(live)
        # Numbers go on from both, so none that a reader has seen comes to mean another state.
        store = Store(str(live))
        version = publish(
            folder,
            lambda place: store.backup(str(place)),
            keep=settings.keep_versions,
            at_least=manifest.version + 1,
        )
        (folder / "unpublished").unlink(missing_ok=True)
        shutil.rmtree(replaced, ignore_errors=True)
        return version.number
    except OSError as error:
        raise StoreUnavailable(f"the store in {folder} cannot be written: {error}") from error


def _into_remote(settings: Settings, path: Path, manifest: Manifest, replace: bool) -> int:
    site = site_as_it_is(settings)
    before = revision_in(site.ask(READ_REVISION))
    occupied = _says_yes(site, "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    if occupied and not replace:
        raise StoreNotEmpty(f"{place(site.query)} holds something; --replace has it replaced")
    with TemporaryDirectory(dir=settings.store_path) as folder:
        store = _filled(Path(folder) / "graph", path, manifest)
        if occupied:
            site.client.update(site.update, "DROP ALL", timeout_s=_LONG_S)
        for graph in (*store.named_graphs(), DefaultGraph()):
            _send(site, store, graph)
        arrived, sent = len(RemoteEngine(site, Revision(0))), len(store)
        if arrived < sent:
            raise StoreUnavailable(f"{place(site.query)} holds {arrived} of {sent} quads; restore again")
    number = max(manifest.version, before.number if before else 0) + 1
    # Only now, with its mark, is it a store that the product reads.
    site.client.update(site.update, creation(Revision(number)), timeout_s=_LONG_S)
    find_site(settings)
    return number


def _filled(folder: Path, path: Path, manifest: Manifest) -> Store:
    """A new store in the folder with every quad of the backup but the mark of a remote store."""
    store = Store(str(folder))
    try:
        with member(path, GRAPH) as packed, gzip.GzipFile(fileobj=packed) as quads:
            store.bulk_load(cast(IO[bytes], quads), RdfFormat.N_QUADS)
    except (SyntaxError, ValueError, EOFError) as error:
        raise BadBackup(f"{path} is damaged: {error}") from error
    if len(store) != manifest.quads:
        raise BadBackup(f"{path} is damaged: it holds {len(store)} quads and says {manifest.quads}")
    store.remove_graph(NamedNode(G_STORE))
    return store


def _send(site: Site, store: Store, graph: AnyGraph) -> None:
    """Add a graph in pieces that a store takes well; one with blank nodes at once, which no two share."""
    quads = list(store.quads_for_pattern(None, None, None, graph))
    nested = any(isinstance(node, BlankNode) for quad in quads for node in (quad.subject, quad.object))
    name = graph.value if isinstance(graph, NamedNode) else None
    for piece in [quads] if nested else _pieces(quads):
        triples = serialize((quad.triple for quad in piece), format=RdfFormat.N_TRIPLES) or b""
        site.client.add_triples(site.graphs, name, triples, timeout_s=_LONG_S)


def _pieces(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    rest = iter(quads)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece


def _says_yes(site: Site, text: str) -> bool:
    return bool(parse_query_results(site.ask(text), QueryResultsFormat.JSON))
