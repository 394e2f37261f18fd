"""known names, tagged names -> the names of a document: each stretch once, the better reading of the two.

A name of the ontology stands unless it also means something else; then the tagger has to see a name there
too. A name that the tagger sees stands unless it cuts through one of the ontology; where it holds one, the
longer one stands.
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from ingest.believable_names import believable_names
from ingest.candidate_tagger import Tagged
from ingest.name_index import Known
from ingest.names import Spotted

_POSSESSIVE = frozenset(("'s", "’s", "'", "’"))
_ARTICLES = frozenset(("the", "a", "an"))
_FROM = frozenset(("of", "from"))
_JOINTS = frozenset((*_POSSESSIVE, "and", "&", "–", "-", "/"))


def spot_names(doc: Doc, known: Sequence[Known], tagged: Sequence[Tagged]) -> list[Spotted]:
    """The document's names in text order; none overlaps another."""
    sure = [name for name in known if not _is_currency(doc, name)]
    pieces = [piece for name in tagged for piece in _pieces(doc, name, sure)]
    tagged_tokens = {i for name in tagged for i in range(name.start, name.end)}
    accepted = [
        Spotted(name.start, name.end, name.iris)
        for name in sure
        if not name.everyday or tagged_tokens.issuperset(range(name.start, name.end))
    ]
    extents = {(name.start, name.end) for name in accepted}
    wider = [piece for piece in pieces if (piece.start, piece.end) not in extents]
    return _settle(accepted, believable_names(doc, wider))


def _settle(known: Sequence[Spotted], tagged: Sequence[Spotted]) -> list[Spotted]:
    """Longer names win; of two that cut through each other, the known one."""
    taken: dict[int, Spotted] = {}
    kept: list[Spotted] = []
    ranked = sorted((*known, *tagged), key=lambda name: (name.start - name.end, not name.iris, name.start))
    for name in ranked:
        inside = range(name.start, name.end)
        if any(i in taken for i in inside):
            continue
        if not name.iris and any(_cuts(name, other) for other in known):
            continue
        taken.update(dict.fromkeys(inside, name))
        kept.append(name)
    return sorted(kept)


def _cuts(name: Spotted, other: Spotted) -> bool:
    overlap = name.start < other.end and other.start < name.end
    holds = name.start <= other.start and other.end <= name.end
    return overlap and not holds


def _pieces(doc: Doc, name: Tagged, known: Sequence[Known]) -> Iterator[Spotted]:
    """The tagged name and a known one that it starts with: both of "Saudi Arabia's Humain"."""
    start = name.start
    if doc[start].lower_ in _ARTICLES and name.end - start > 1:
        start += 1
    for other in known:
        joined = other.start == start and other.end < name.end - 1 and doc[other.end].text in _JOINTS
        if joined and doc[other.end].text not in ("-", "&", "/"):
            yield Spotted(start, other.end, (), name.type)
            start = other.end + 1
    if _is_one_of_another(doc, start, name.end, known):
        return
    end = name.end
    while end > start and doc[end - 1].text in _JOINTS:
        end -= 1
    if end > start:
        yield Spotted(start, end, (), name.type)


def _is_one_of_another(doc: Doc, start: int, end: int, known: Sequence[Known]) -> bool:
    """Whether a stretch is a known name that comes from another, as in "SenseTime of China"."""
    firsts = {one.end for one in known if one.start == start}
    lasts = {one.start - 1 for one in known if one.end == end}
    return any(doc[joint].lower_ in _FROM for joint in firsts & lasts)


def _is_currency(doc: Doc, name: Known) -> bool:
    """Whether the name is the "US" of "US$5"."""
    last = doc[name.end - 1]
    return last.text.endswith("$") or (
        not last.whitespace_ and name.end < len(doc) and doc[name.end].text == "$"
    )
