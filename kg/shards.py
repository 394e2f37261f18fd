"""a report ready to be committed <-> its shard: an N-Quads file that is named by the hash of its content.

A shard holds one report's own statements and nothing that follows from them, so shards can be made anywhere
and loaded in any order: what they mean together is worked out where they are committed.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse, serialize

from kg.errors import StoreUnavailable, UnreadableReport
from kg.prepared import Prepared
from kg.stated import text_of
from kg.vocabulary import graph_of
from ontology import terms

SUFFIX = ".nq"


def shard_of(prepared: Prepared) -> bytes:
    """The report's quads as N-Quads, sorted, each once: the same report gives the same bytes anywhere."""
    buffer = BytesIO()
    serialize(set(prepared.quads), buffer, format=RdfFormat.N_QUADS)
    return b"".join(sorted(buffer.getvalue().splitlines(keepends=True)))


def prepared_of(content: bytes) -> Prepared:
    """The report in a shard, as it was prepared; ValueError says why the bytes are none."""
    try:
        quads = tuple(parse(content, format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise ValueError(f"is no N-Quads: {error}") from error
    report = _only(quads, terms.RDF_TYPE, terms.C_DOCUMENT)
    if {text_of(quad.graph_name) for quad in quads} != {graph_of(report)}:
        raise ValueError("holds statements outside the graph of its report")
    issued = [text_of(quad.object) for quad in quads if quad.predicate.value == terms.DCTERMS_ISSUED]
    ended = [quad.object for quad in quads if quad.predicate.value == terms.PROV_ENDED_AT_TIME]
    if len(ended) != 1:
        raise ValueError("does not tell when its report was read")
    return Prepared(report, next(iter(issued), None), datetime.fromisoformat(text_of(ended[0])), quads)


def write_shard(folder: Path, content: bytes) -> Path:
    """The file that holds the shard; one that is there already stays as it is.

    Raises StoreUnavailable when it cannot be written.
    """
    path = folder / f"{hashlib.sha256(content).hexdigest()}{SUFFIX}"
    draft = path.with_suffix(".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft.write_bytes(content)
            draft.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"the shard {path} cannot be written: {error.strerror}") from error
    return path


def read_shard(path: Path) -> Prepared:
    """The report in a shard's file; raises UnreadableReport if it is damaged or holds something else.

    Whoever made the shard may have checked it against the shapes or not: `kg.shapes.check_shapes` tells.
    """
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != path.stem:
            raise ValueError("is damaged: its name is not the hash of its content")
        return prepared_of(content)
    except OSError as error:
        raise UnreadableReport(path.name, f"cannot be opened: {error.strerror}") from error
    except ValueError as error:
        raise UnreadableReport(path.name, str(error)) from error


def bytes_read(prepared: Prepared) -> str:
    """The hash of the file that the report was read from."""
    hashes = (quad for quad in prepared.quads if quad.predicate.value == terms.SCHEMA_SHA256)
    return next((text_of(quad.object) for quad in hashes if text_of(quad.subject) == prepared.report), "")


def claims_in(prepared: Prepared) -> int:
    """How many claims the report makes."""
    return sum(1 for quad in prepared.quads if quad.predicate.value == terms.STATEMENT)


def _only(quads: Iterable[Quad], predicate: str, value: str) -> str:
    having = (quad for quad in quads if quad.predicate.value == predicate)
    found = {text_of(quad.subject) for quad in having if text_of(quad.object) == value}
    if len(found) != 1:
        raise ValueError(f"holds {len(found)} reports where a shard holds one")
    return found.pop()
