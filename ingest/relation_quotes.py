"""a pair -> its quote: the shortest stretch of the sentence from which the relation can be read."""

from spacy.tokens import Span, Token

from ingest.relation_ends import End
from ingest.relation_readings import Pair

_LONGEST = 40  # tokens of a quote around one end, where the other is only meant
_CLAUSE_ENDS = frozenset({";", "\n"})


def quote_of(pair: Pair) -> tuple[int, int]:
    """Characters of the report, half-open: both ends and the word that joins them.

    Where one end is only meant, it is the clause around the other.
    """
    here = [end for end in (pair.subject, pair.object) if end.here]
    start, end = min(one.start for one in here), max(one.end for one in here)
    if len(here) == 2:
        joint = _joint(pair.sentence, *here)
        if joint is not None:
            start, end = min(start, joint.i), max(end, joint.i + 1)
    else:
        start, end = _clause(pair.sentence, start, end)
    doc = pair.sentence.doc
    while start < end - 1 and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while end - 1 > start and (doc[end - 1].is_space or doc[end - 1].text in ",;:."):
        end -= 1
    return doc[start].idx, doc[end - 1].idx + len(doc[end - 1])


def _joint(sentence: Span, one: End, other: End) -> Token | None:
    """The lowest word above both ends, unless it is one of them."""
    doc = sentence.doc
    above = [doc[one.root], *doc[one.root].ancestors]
    theirs = {token.i for token in (doc[other.root], *doc[other.root].ancestors)}
    meet = next((token for token in above if token.i in theirs), None)
    if meet is None or not sentence.start <= meet.i < sentence.end or meet.pos_ in ("PUNCT", "SPACE"):
        return None
    return meet


def _clause(sentence: Span, start: int, end: int) -> tuple[int, int]:
    """From the clause's start to its end, at most `_LONGEST` tokens."""
    doc = sentence.doc
    first, last = start, end
    while (
        first > sentence.start and start - first < _LONGEST // 2 and doc[first - 1].text not in _CLAUSE_ENDS
    ):
        first -= 1
    while last < sentence.end and last - end < _LONGEST // 2 and doc[last].text not in _CLAUSE_ENDS:
        last += 1
    return first, last
