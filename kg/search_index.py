"""a version of the graph -> a full-text index of names, statements, quotes and titles, and hits from it.

SQLite's FTS5 ranks and marks hits; a second index over the letters of all words finds what a misspelt word
was meant to be. The index of a version is a file beside the store, built by whoever searches that version
first.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store

from kg.names import id_of
from kg.queries import rows
from kg.snapshots import Version

_TOKENS = 'tokenize = "porter unicode61 remove_diacritics 2"'
_SCHEMA = f"""
CREATE VIRTUAL TABLE entry USING fts5(kind UNINDEXED, iri UNINDEXED, claims UNINDEXED, text, more,
    {_TOKENS}, prefix = '2 3');
CREATE VIRTUAL TABLE spelling USING fts5(word, tokenize = "trigram");
"""
# Part of the file's name: an index that was built otherwise is built anew.
_FORM = 2
_KINDS = ("entity", "report", "claim")
_FAR = 3  # edits that make it another word


@dataclass(frozen=True)
class Hit:
    """Something found: what it is, what it is called or says, and where the words are, between « and »."""

    kind: str
    iri: str
    id: str
    text: str
    marked: str
    score: float


@dataclass(frozen=True)
class Found:
    """The hits, best first, and the words that were searched instead of misspelt ones."""

    hits: tuple[Hit, ...]
    corrected: tuple[tuple[str, str], ...]


def search(store: Store, *, version: Version, words: str, kind: str | None, limit: int) -> Found:
    """The best hits; () if nothing fits."""
    wanted = [word for word in _words(words) if len(word) > 1]
    if not wanted:
        return Found((), ())
    with closing(_open(store, version)) as index:
        corrections = [(word, _nearest(index, word)) for word in wanted]
        hits = tuple(_hits(index, [nearest for _, nearest in corrections], kind, limit))
        return Found(hits, tuple((word, nearest) for word, nearest in corrections if word != nearest))


def prepare_search(store: Store, *, version: Version) -> None:
    """Have the index of the version there before anybody searches."""
    _open(store, version).close()


def claims_with(store: Store, *, version: Version, words: str) -> set[str]:
    """The claims whose statement or quote has all of the words, or longer words that begin so."""
    expression = _all_of(words)
    if not expression:
        return set()
    with closing(_open(store, version)) as index:
        found = index.execute("SELECT iri FROM entry WHERE entry MATCH ? AND kind = 'claim'", (expression,))
        return {iri for (iri,) in found}


def with_words(texts: Mapping[str, str], *, words: str) -> set[str]:
    """Which of these texts, by claim, have the words as `claims_with` has it.

    Where few claims fit otherwise, looking at each is quicker than finding all with a frequent word.

    >>> with_words({"a": "Nebius builds.", "b": "AWS leases."}, words="build neb")
    {'a'}
    """
    expression = _all_of(words)
    if not expression:
        return set()
    with closing(sqlite3.connect(":memory:")) as index:
        index.execute(f"CREATE VIRTUAL TABLE entry USING fts5(iri UNINDEXED, text, {_TOKENS})")
        index.executemany("INSERT INTO entry VALUES (?, ?)", texts.items())
        found = index.execute("SELECT iri FROM entry WHERE entry MATCH ?", (expression,))
        return {iri for (iri,) in found}


def _all_of(words: str) -> str:
    return " ".join(f'"{word}"*' for word in _words(words))


def _words(text: str) -> Iterator[str]:
    """Letters and digits alone, so that no word is taken for the index's own syntax."""
    for part in text.lower().split():
        word = "".join(character if character.isalnum() else " " for character in part)
        yield from word.split()


def _open(store: Store, version: Version) -> sqlite3.Connection:
    path = version.path.parent.parent / "search" / f"{version.number:06d}-{_FORM}.sqlite"
    if not path.exists():
        try:
            _build_file(store, path)
        except OSError:
            return _build(store, sqlite3.connect(":memory:"))
    return sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)


def _build_file(store: Store, path: Path) -> None:
    """Whole or not at all: two searchers may build at once, and the last one wins with the same content."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f"{path.name}.{id(store):x}.unfinished")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as index:
        _build(store, index)
    draft.replace(path)
    for older in sorted(path.parent.glob("*.sqlite"))[:-3]:
        older.unlink(missing_ok=True)


def _build(store: Store, index: sqlite3.Connection) -> sqlite3.Connection:
    index.executescript(_SCHEMA)
    entries = _entries(store)
    index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", entries)
    # As they are written: the main index knows only their stems.
    spelt = {word for *_, text, more in entries for word in _words(f"{text} {more}") if len(word) > 3}
    index.executemany("INSERT INTO spelling VALUES (?)", ((word,) for word in sorted(spelt)))
    index.commit()
    return index


def _entries(store: Store) -> list[tuple[str, str, int, str, str]]:
    """One entry for each thing, with its claims and its other names."""
    merged: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for row in rows(store, "searchable"):
        _, more = merged.setdefault((row["kind"], row["iri"]), (row["text"], []))
        if "more" in row and row["more"] not in more:
            more.append(row["more"])
    claims = {row["thing"]: int(row["claims"]) for row in rows(store, "spoken_of")}
    return [
        (kind, iri, claims.get(iri, 0), text, " · ".join(more))
        for (kind, iri), (text, more) in merged.items()
    ]


def _nearest(index: sqlite3.Connection, word: str) -> str:
    """The word itself if anything begins with it, else the word of the index with the fewest edits."""
    if index.execute("SELECT 1 FROM entry WHERE entry MATCH ? LIMIT 1", (f'"{word}"*',)).fetchone():
        return word
    pieces = " OR ".join(f'"{word[at : at + 3]}"' for at in range(max(1, len(word) - 2)))
    near = index.execute("SELECT word FROM spelling WHERE spelling MATCH ? ORDER BY rank LIMIT 50", (pieces,))
    candidates = [(edits_between(word, term), term) for (term,) in near]
    best = min(candidates, default=(_FAR, word))
    return best[1] if best[0] < min(_FAR, max(2, len(word) // 2)) else word


def edits_between(one: str, other: str) -> int:
    """Letters to insert, remove, replace or swap with the next, Damerau-Levenshtein (restricted).

    >>> edits_between("nebuis", "nebius"), edits_between("coreweav", "coreweave")
    (1, 1)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for y, letter in enumerate(one, 1):
        above, row = row, [y]
        for x, other_letter in enumerate(other, 1):
            cost = min(above[x] + 1, row[x - 1] + 1, above[x - 1] + (letter != other_letter))
            if y > 1 and x > 1 and letter == other[x - 2] and one[y - 2] == other_letter:
                cost = min(cost, before[x - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


def _hits(index: sqlite3.Connection, words: list[str], kind: str | None, limit: int) -> Iterator[Hit]:
    """Names weigh more than quotes, things come before what is said, the most spoken of first."""
    expression, name = " ".join(f'"{word}"*' for word in words), " ".join(words)
    found = index.execute(
        "SELECT kind, iri, text, highlight(entry, 3, '«', '»'), snippet(entry, 4, '«', '»', '…', 24), "
        "bm25(entry, 0, 0, 0, 4, 1) - CASE kind WHEN 'entity' THEN 6 WHEN 'report' THEN 3 ELSE 0 END "
        "- CASE lower(text) WHEN ? THEN 10 ELSE 0 END - 2 * (claims > 0) - min(claims, 20) / 4.0 AS score "
        "FROM entry WHERE entry MATCH ? AND (? IS NULL OR kind = ?) ORDER BY score, iri LIMIT ?",
        (name, expression, kind, kind, limit),
    )
    for found_kind, iri, text, marked, more, score in found:
        yield Hit(found_kind, iri, id_of(iri), text, marked if "«" in marked else more, -score)
