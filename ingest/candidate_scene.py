"""A document as the candidate tagger sees it: which tokens may be part of a name, and what is around them.

Reads   sentence starts, the report's blocks, the ontology's names found in the document
Gives   `active` (indexes of tokens that may be part of a name), `runs` of them, and the features of each
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc

from ingest.candidate_features import CONNECTORS, folded, is_capital, shape_of
from ingest.extensions import text_of
from ingest.name_index import Known
from ingest.parsed_words import names_of
from ontology.labels import Labels

_LONGEST_GAP = 3  # connectors between two capitalised words
_LONGEST_PLACE = 4  # tokens
_FAR = (-4, -3, 3, 4)


@cache
def load_list(name: str) -> frozenset[str]:
    """The lines of `ingest/gazetteer/<name>.txt`."""
    return frozenset(
        files("ingest").joinpath(f"gazetteer/{name}.txt").read_text(encoding="utf-8").splitlines()
    )


class Scene:
    """What the tagger may look at; `words` are the tokens' texts."""

    def __init__(self, doc: Doc, known: Sequence[Known], labels: Labels) -> None:
        """Look over the document once."""
        columns = doc.to_array(["ORTH", "IS_SPACE", "SENT_START", "LENGTH", "SPACY"])
        names = names_of(doc)
        orths, spaces = columns[:, :2].T.tolist()
        self.words = ["¶" if space else names[orth] for orth, space in zip(orths, spaces, strict=True)]
        self.active = _active(self.words)
        starts: list[bool] = (columns[:, 2] == 1).tolist()
        behind = np.cumsum(columns[:, 3] + columns[:, 4]).astype(np.int64) - columns[:, 4].astype(np.int64)
        self._ends: list[int] = behind.tolist()
        self._starts: list[int] = (behind - columns[:, 3].astype(np.int64)).tolist()
        self.runs = _runs(self.active, starts)
        self._tags = self._gazetteer_tags(text_of(doc), known, labels)
        self._bits = _place_bits(doc, self.words, starts, frozenset(self.active))
        self._others: dict[str, list[int]] = defaultdict(list)
        for i in self.active:
            if is_capital(self.words[i]):
                self._others[self.words[i]].append(i)

    def features(self, i: int) -> Iterator[str]:
        """What is seen of the place of token `i`, beyond the words at and beside it."""
        words, tags = self.words, self._tags
        yield "bias"
        for offset in (-2, -1, 0, 1, 2):
            tag = self._tag(i + offset)
            if tag:
                yield f"{offset}g={tag}"
        yield f"gg={self._tag(i - 1)}|{tags[i]}|{self._tag(i + 1)}"
        if tags[i]:
            yield f"gn={tags[i]}|{self._lower(i + 1)}"
            yield f"gp={tags[i]}|{self._lower(i - 1)}"
        bits = self._bits[i]
        for bit in bits:
            yield f"b={bit}"
        yield "bb=" + "+".join(bits)
        yield f"B-{self._lower(i - 1)}|{words[i].lower()}"
        yield f"B+{words[i].lower()}|{self._lower(i + 1)}"
        yield f"S{self._shape(i - 1)}|{shape_of(words[i])}|{self._shape(i + 1)}"
        for offset in _FAR:
            yield f"{'far' if offset > 0 else 'back'}={self._lower(i + offset)}"
        if _spells_acronym(words, i):
            yield "acronym"
        yield from self._elsewhere(i)

    def _gazetteer_tags(self, text: str, known: Sequence[Known], labels: Labels) -> list[str | None]:
        words = self.words
        tags: list[str | None] = [None] * len(words)

        def tag(start: int, end: int, kind: str) -> None:
            tags[start:end] = [f"{'B' if i == start else 'I'}-{kind}" for i in range(start, end)]

        for name in known:
            kinds = {labels.named[iri].type for iri in name.iris}
            if kinds & {"Term", "Market"}:
                continue
            tag(name.start, name.end, "/".join(sorted(kinds)) + ("?" if name.everyday else ""))
        places = load_list("places")
        for i in self.active:
            if tags[i] is None and is_capital(words[i]):
                for end in range(min(i + _LONGEST_PLACE, len(words)), i, -1):
                    if text[self._starts[i] : self._ends[end - 1]] in places and not any(tags[i:end]):
                        tag(i, end, "town")
                        break
        return tags

    def _elsewhere(self, i: int) -> Iterator[str]:
        """What stands beside the same word elsewhere in the document."""
        seen: set[str] = set()
        count = 0
        for j in self._others.get(self.words[i], ()):
            if j == i:
                continue
            count += 1
            seen |= {f"G-{folded(self._lower(j - 1))}", f"G+{folded(self._lower(j + 1))}"}
            seen |= {f"G{step}g={tag}" for step in (-1, 0, 1) if (tag := self._tag(j + step))}
            if j and self.words[j - 1] in load_list("given-names"):
                seen.add("G-given")
        yield from sorted(seen)
        yield f"Gn={min(count, 3)}"

    def _lower(self, i: int) -> str:
        return self.words[i].lower() if 0 <= i < len(self.words) else "#"

    def _shape(self, i: int) -> str:
        return shape_of(self.words[i]) if 0 <= i < len(self.words) else ""

    def _tag(self, i: int) -> str | None:
        return self._tags[i] if 0 <= i < len(self._tags) else None


def _active(words: Sequence[str]) -> list[int]:
    """Indexes of the capitalised words, of connectors between two of them, and of numbers after them."""
    found: list[int] = []
    for i, word in enumerate(words):
        if is_capital(word):
            gap = range(found[-1] + 1, i) if found else range(0)
            if 0 < len(gap) <= _LONGEST_GAP and all(words[j] in CONNECTORS for j in gap):
                found += gap
            found.append(i)
        elif found and found[-1] == i - 1 and word[:1].isdigit():
            found.append(i)
        elif _ends_hyphenated(words, i, found):
            found += (i - 1, i)
    return found


def _ends_hyphenated(words: Sequence[str], i: int, found: Sequence[int]) -> bool:
    """Whether the word goes on after a hyphen in a name of several words, as in "Lee Hae-jin"."""
    if len(found) < 2 or words[i - 1] != "-" or not words[i].isalpha():
        return False
    return found[-1] == i - 2 and found[-2] == i - 3 and words[i - 3][:1].isupper()


def _runs(active: Sequence[int], starts: Sequence[bool]) -> list[list[int]]:
    runs: list[list[int]] = []
    for i in active:
        if runs and runs[-1][-1] == i - 1 and not starts[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _place_bits(
    doc: Doc, words: Sequence[str], starts: Sequence[bool], active: frozenset[int]
) -> dict[int, list[str]]:
    """What is seen of the places of the active tokens."""
    lower = {word for word in words if word.islower()}
    inside = {word for before, word in pairwise(words) if before.islower() and is_capital(word)}
    kinds = _block_kinds(doc)
    found: dict[int, list[str]] = {}
    depth, first = 0, True
    for i, word in enumerate(words):
        first = first or starts[i]
        is_word = word[:1].isalnum()
        if i in active:
            found[i] = [
                *(["first"] if first and is_word else []),
                *([kinds[i]] if kinds[i] else []),
                *(["lower-elsewhere"] if word.lower() in lower else []),
                *(["inside-elsewhere"] if word in inside else []),
                *(["parenthesis"] if depth else []),
            ]
        first = first and not is_word
        depth = 0 if starts[i] else depth
        if word in "()":
            depth = max(0, depth + (1 if word == "(" else -1))
    return found


def _block_kinds(doc: Doc) -> list[str]:
    kinds = [""] * len(doc)
    report = doc._.report
    for block in report.blocks if report else ():
        kind = {"title": "heading", "heading": "heading", "list-item": "list", "table": "list"}.get(
            block.kind
        )
        span = doc.char_span(block.start, block.end, alignment_mode="expand") if kind else None
        if kind and span is not None:
            kinds[span.start : span.end] = [kind] * len(span)
    return kinds


def _spells_acronym(words: Sequence[str], i: int) -> bool:
    """Whether token `i`, after an opening bracket, has the initials of the capitalised words before it."""
    word = words[i]
    if i < 2 or words[i - 1] != "(" or not word.isupper() or not 2 <= len(word) <= 7:
        return False
    initials = "".join(each[0] for each in words[max(0, i - 12) : i - 1] if each[:1].isupper())
    return initials.endswith(word)
