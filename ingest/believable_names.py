"""tagged names -> those to believe: capitals alone make no name.

Skips   names seen only in a heading where every word has a capital; what the text also writes in lower case
        ("Data Center" beside "data center"); posts ("Chief Financial Officer"), metrics, the middle of
        a hyphenated word, and general words alone ("the Company", "Edge Computing")
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from spacy.tokens import Doc

from ingest.candidate_scene import load_list
from ingest.extensions import text_of
from ingest.names import Spotted
from kg.model import Block
from ontology.metrics import load_metrics

# A figure with its unit, not the start of a name such as "01.AI".
_FIGURE = re.compile(r"\d[\d.,]*(?:[kMGT]?W|[kMGT]Wh|[KMGTP]B|bn|m|x|nm|k)?$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_FEWEST_WORDS = 4
_TITLE_CASE = 0.7  # share of capitalised words among those of four letters and more
_SMALL = frozenset(("of", "for", "and", "the", "&", "in", "-", "/"))


def believable_names(doc: Doc, names: Sequence[Spotted]) -> list[Spotted]:
    """The names without those that only look like one."""
    text = text_of(doc)
    shouted = [
        (block.start, block.end) for block in _blocks(doc) if is_title_case(text[block.start : block.end])
    ]
    rest = _outside(text, shouted)
    return [name for name in names if not _is_doubtful(doc, name, shouted, rest)]


def is_title_case(heading: str) -> bool:
    """Whether the capitals of a heading tell nothing.

    >>> is_title_case("Hyperscale Data Centers Hit 1,300 With AWS Owning Half")
    True
    >>> is_title_case("Nebius buys land for a data center in Vineland")
    False
    """
    words = [word for word in _WORD.findall(heading) if len(word) > 3]
    capital = sum(word[0].isupper() for word in words)
    return len(words) >= _FEWEST_WORDS and capital >= _TITLE_CASE * len(words)


def _is_doubtful(doc: Doc, name: Spotted, shouted: Sequence[tuple[int, int]], rest: str) -> bool:
    words = [token.text for token in doc[name.start : name.end]]
    written = doc[name.start : name.end].text
    start = doc[name.start].idx
    if any(first <= start < last for first, last in shouted) and written not in rest:
        return True
    if set(words) <= load_list("titles") | load_list("generic") | _SMALL or _FIGURE.match(written):
        return True
    if name.start and doc[name.start - 1].text == "-" and not doc[name.start - 1].whitespace_:
        return True
    lower = written.lower()
    is_word = written[1:].islower() or " " in written
    return (is_word and re.search(rf"\b{re.escape(lower)}\b", rest) is not None) or lower in _metric_names()


@cache
def _metric_names() -> frozenset[str]:
    return frozenset(
        name.lower() for metric in load_metrics().values() for name in (metric.label, *metric.names)
    )


def _blocks(doc: Doc) -> Iterator[Block]:
    report = doc._.report
    for block in report.blocks if report else ():
        if block.kind in ("title", "heading"):
            yield block


def _outside(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    kept, start = [], 0
    for first, last in sorted(stretches):
        kept.append(text[start:first])
        start = last
    return "\n".join([*kept, text[start:]])
