"""a person and an organization -> the post: "chief executive and co-founder"."""

from collections.abc import Sequence

from spacy.tokens import Token

from ingest.relation_cues import find_notions
from ingest.relation_ends import End
from ingest.relation_readings import Pair

_LONGEST = 12
_STOPS = frozenset(
    {",", ";", ":", ".", "(", ")", "|", "said", "says", "told", "who", "which", "that", '"', "“", "”"}
)
_LEADING = frozenset({"the", "a", "an", "its", "their", "his", "her", "'s", "’s", "and", "of", "for", "at"})
_TRAILING = frozenset(
    {"of", "at", "for", "the", "and", "'s", "’s", "in", "by", "a", "its", "from", "with", "-"}
)


def role_of(pair: Pair) -> str | None:
    """The post as written, without article and employer; None where no word tells of a post."""
    person, employer = pair.subject, pair.object
    if not person.here:
        return None
    doc = pair.sentence.doc
    after = _stretch(list(doc[person.end : pair.sentence.end]), employer, forward=True)
    before = _stretch(list(doc[pair.sentence.start : person.start]), employer, forward=False)
    between = [after, before] if after and after[0].i == person.end + 1 else [before, after]
    for words in between:
        role = _trimmed(words)
        if role and _is_post(role):
            return "".join(token.text_with_ws for token in role).strip()
    return None


def _stretch(tokens: Sequence[Token], employer: End, *, forward: bool) -> list[Token]:
    """Words next to the person up to the employer, a verb or a stop; a comma or bracket may stand first."""
    found: list[Token] = []
    for token in tokens if forward else reversed(tokens):
        first = not found
        if employer.here and employer.start <= token.i < employer.end:
            if found and found[0].i > employer.end:
                break
            if found:
                break
            continue
        if first and token.text in (",", "(", "is", "'s", "’s", "-"):
            continue
        if token.lower_ in _STOPS or token.pos_ in ("VERB", "AUX") or len(found) == _LONGEST:
            break
        found.append(token)
    return found if forward else found[::-1]


def _trimmed(words: list[Token]) -> list[Token]:
    while words and words[0].lower_ in _LEADING:
        words = words[1:]
    while words and words[-1].lower_ in _TRAILING:
        words = words[:-1]
    return words


def _is_post(words: Sequence[Token]) -> bool:
    lemmas = [token.lemma_.lower() for token in words]
    return any("post" in notions for notions in find_notions(lemmas, [token.lower_ for token in words]))
