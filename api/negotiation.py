"""Accept header -> the format that a client likes best, RFC 9110, 12.5.1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.errors import BadRequest
from kg.formats import GRAPHS, RESULTS, Format

# Short names that people type into `format=`, next to the file suffixes that formats are named by.
SHORT_NAMES = {"json": ("srj", "jsonld"), "xml": ("srx", "rdf"), "turtle": ("ttl", "ttl")}


@dataclass(frozen=True)
class MediaRange:
    """One entry of an Accept header."""

    main: str
    sub: str
    q: float

    def covers(self, media_type: str) -> bool:
        """Whether the media type falls into this range."""
        main, _, sub = media_type.partition("/")
        return self.main in ("*", main) and self.sub in ("*", sub)

    @property
    def precision(self) -> int:
        """2 for a media type, 1 for `text/*`, 0 for `*/*`; the most precise range decides."""
        return (self.main != "*") + (self.sub != "*")


@lru_cache(maxsize=512)
def read_accept(header: str | None) -> tuple[MediaRange, ...]:
    """The ranges of an Accept header; no header takes everything, an entry that makes no sense takes nothing.

    >>> read_accept("text/csv;q=0.5, nonsense")
    (MediaRange(main='text', sub='csv', q=0.5),)
    """
    if header is None or not header.strip():
        return (MediaRange("*", "*", 1.0),)
    entries = (_read_range(entry) for entry in header.split(","))
    return tuple(entry for entry in entries if entry is not None)


def _read_range(text: str) -> MediaRange | None:
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    main, slash, sub = media_type.partition("/")
    if not (main and slash and sub):
        return None
    weights = (value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q")
    try:
        return MediaRange(main, sub, float(next(weights, "1")))
    except ValueError:
        return None


def quality(accept: Iterable[MediaRange], media_types: Iterable[str]) -> float:
    """How much the client wants the best of these media types: 0 for not at all.

    >>> quality(read_accept("text/*;q=0.5, text/csv"), ["text/csv"])
    1.0
    """
    return max((_quality_of_one(tuple(accept), media_type) for media_type in media_types), default=0.0)


def _quality_of_one(accept: tuple[MediaRange, ...], media_type: str) -> float:
    matching = [media_range for media_range in accept if media_range.covers(media_type)]
    return max(matching, key=lambda media_range: media_range.precision).q if matching else 0.0


@lru_cache(maxsize=2048)
def _choose(accept: tuple[MediaRange, ...], offered: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    best, best_quality = None, 0.0
    for name, media_types in offered:
        wanted = quality(accept, media_types)
        if wanted > best_quality:
            best, best_quality = name, wanted
    return best


def choose(accept: tuple[MediaRange, ...], formats: Mapping[str, Format[Any]]) -> str | None:
    """The name of the format that the client wants most, ours first among equals; None if it takes none.

    >>> from kg.formats import RESULTS
    >>> choose(read_accept("text/csv;q=0.9, text/tab-separated-values"), RESULTS)
    'tsv'
    """
    return _choose(accept, tuple((name, entry.media_types) for name, entry in formats.items()))


@lru_cache(maxsize=512)
def formats_wanted(name: str | None, accept: str | None) -> tuple[str | None, str | None]:
    """The format for tables and that for graphs; one that is named wins over the Accept header.

    Raises:
        BadRequest: if there is no format of that name.
    """
    if name is None:
        ranges = read_accept(accept)
        return choose(ranges, RESULTS), choose(ranges, GRAPHS)
    table, graph = SHORT_NAMES.get(name, (name, name))
    if table not in RESULTS and graph not in GRAPHS:
        known = ", ".join((*SHORT_NAMES, *RESULTS, *GRAPHS))
        raise BadRequest(f"format={name} is not known; these are: {known}")
    return (table if table in RESULTS else None), (graph if graph in GRAPHS else None)
