"""places -> sites whose place does not stand right beside the noun: "In Irving, a plant is being converted".

Reads   sentence starts, the tokens and the places named among them
Gives   sites like those of `sites`; of a list ("three campuses, in Ribe, Aros and Elm") one for each place
Skips   a noun with "the" or "its", which means a site named before, and lists without their number
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

from ingest.sites import Site, find_heads, first_modifier, words_of_sites

_FARTHEST = 14  # tokens between a place and the noun that it is told for
_MOST_LISTED = 6
_MOST_BETWEEN = 5  # tokens between a place and the one around it


class _Sentence(NamedTuple):
    start: int
    end: int
    places: tuple[Span, ...]


def find_distant_sites(doc: Doc, places: Sequence[Span], taken: Sequence[Site]) -> Iterator[Site]:
    """Sites in text order; `taken` are those that were found beside their place."""
    texts = [token.text for token in doc]
    named = [place for place in places if place._.how != "adjective"]
    heads = {site.head_start for site in taken}
    singular = [head for head in find_heads(texts, words_of_sites().heads) if head[0] not in heads]
    plural = list(find_heads(texts, words_of_sites().plurals))
    for sentence in _sentences(doc, named):
        for start, end, family in _inside(singular, sentence):
            place = _place_of(texts, sentence, start, end, named)
            if place is not None:
                first = first_modifier(texts, start)
                yield Site(first, end, start, end, " ".join(texts[start:end]), family, place)
        for start, end, family in _inside(plural, sentence):
            yield from _of_list(texts, sentence, start, end, family)


def _sentences(doc: Doc, places: Sequence[Span]) -> Iterator[_Sentence]:
    for sentence in doc.sents:
        inside = tuple(place for place in places if sentence.start <= place.start < sentence.end)
        yield _Sentence(sentence.start, sentence.end, inside)


def _inside(heads: Sequence[tuple[int, int, str]], sentence: _Sentence) -> list[tuple[int, int, str]]:
    return [head for head in heads if sentence.start <= head[0] and head[1] <= sentence.end]


def _place_of(
    texts: Sequence[str], sentence: _Sentence, start: int, end: int, places: Sequence[Span]
) -> Span | None:
    """The place that a single noun is told for."""
    words = words_of_sites()
    first = first_modifier(texts, start)
    article = first - 1
    if article < sentence.start or texts[article].lower() not in words.articles:
        return None
    if "there" in texts[end : min(end + _FARTHEST // 2, sentence.end)]:
        named = [place for place in places if place.end <= first]
        return _innermost(texts, named) if named else None
    before = [place for place in sentence.places if place.end <= article]
    after = [place for place in sentence.places if place.start >= end]
    if not before or after or article - before[-1].end > _FARTHEST:
        return None
    place = _innermost(texts, before)
    between = [text.lower() for text in texts[before[-1].end : article]]
    leads = _is_led_by(texts, sentence, place) and between[:1] == [","]
    apposed = between == [","]
    where = between[:2] == [",", "where"]
    turned = between[-1:] == ["into"] or (between[-1:] == ["for"] and _is_chosen(texts, sentence, place))
    return place if leads or apposed or where or turned else None


def _innermost(texts: Sequence[str], places: Sequence[Span]) -> Span:
    """The first place of the chain that ends with the last one: of "Ribe, Ohio" Ribe."""
    chosen = places[-1]
    for place in reversed(places[:-1]):
        between = texts[place.end : chosen.start]
        if between[:1] != [","] or len(between) > _MOST_BETWEEN or not all(map(_is_around, between)):
            break
        chosen = place
    return chosen


def _is_around(text: str) -> bool:
    """Whether it may stand between a place and the one around it, as in "Ribe, in Elm County, Ohio"."""
    return text in (",", "in") or text.istitle()


def _is_led_by(texts: Sequence[str], sentence: _Sentence, place: Span) -> bool:
    """Whether the sentence opens with the place ("In Ribe, …")."""
    opening = [text for text in texts[sentence.start : place.start] if text.strip()]
    return len(opening) in (1, 2, 3) and opening[0] in ("In", "At", "Near", "Outside")


def _is_chosen(texts: Sequence[str], sentence: _Sentence, place: Span) -> bool:
    return not words_of_sites().choosing.isdisjoint(texts[sentence.start : place.start])


def _of_list(texts: Sequence[str], sentence: _Sentence, start: int, end: int, family: str) -> Iterator[Site]:
    """One site for each place of "three campuses, in Ribe, Aros and Elm", "the Ribe and Aros sites"."""
    first = first_modifier(texts, start)
    listed = _listed_after(texts, sentence, end)
    before = [place for place in sentence.places if place.end == first]
    noun = words_of_sites().plurals[tuple(texts[start:end])]
    singular = noun.partition(":")[2]
    if listed and _number(texts, first) == len(listed):
        for place in listed:
            yield _marked(place, place.start - 1, place.end, singular, family)
    elif before:
        joined = _joined_before(texts, sentence, before[0])
        for place in joined if len(joined) > 1 else ():
            yield _marked(place, place.start, place.end, singular, family)
    else:
        for place in sentence.places:
            opening = _one_of_them(texts, place)
            if opening is not None and end <= opening:
                yield _marked(place, opening, opening + 1, singular, family)


def _marked(place: Span, start: int, end: int, head: str, family: str) -> Site:
    return Site(start, end, start, end, head, family.partition(":")[0], place, told=False)


def _number(texts: Sequence[str], first: int) -> int:
    """How many there are, by the word before the noun and its modifiers; 0 where none tells."""
    numbers: Mapping[str, int] = words_of_sites().numbers
    return next(
        (numbers[text.lower()] for text in texts[max(0, first - 1) : first + 2] if text.lower() in numbers), 0
    )


def _listed_after(texts: Sequence[str], sentence: _Sentence, end: int) -> list[Span]:
    """The places of the list that follows, each with or without its preposition."""
    prepositions = words_of_sites().prepositions
    joints = {",", "and", "the"} | prepositions
    at, listed = end, list[Span]()
    for place in sentence.places:
        if place.start < end:
            continue
        between = [text.lower() for text in texts[at : place.start]]
        if len(between) > 4 or not joints.issuperset(between) or not (listed or prepositions & set(between)):
            break
        listed.append(place)
        at = place.end
    return listed[:_MOST_LISTED]


def _joined_before(texts: Sequence[str], sentence: _Sentence, last: Span) -> list[Span]:
    joined = [last]
    for place in reversed([place for place in sentence.places if place.end <= last.start]):
        if texts[place.end : joined[0].start] not in (["and"], [","], [",", "and"]):
            break
        joined.insert(0, place)
    return joined


def _one_of_them(texts: Sequence[str], place: Span) -> int | None:
    """Where "one" stands in "one in the capital Riyadh"."""
    words = words_of_sites()
    at = place.start - 1
    while at > 0 and texts[at] in words.place_words:
        at -= 1
    if at < 1 or texts[at] not in words.prepositions or texts[at - 1] not in ("one", "another"):
        return None
    return at - 1
