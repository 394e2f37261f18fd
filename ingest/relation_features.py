"""ends -> features: what speaks for or against a relation between two ends of one sentence.

Reads   tokens, lemmas, dependencies and the notions of relation_cues.toml
Gives   `Features(sentence).of(subject, object)`: names of binary features, in parts, in a fixed order

Words are taken around and between the ends with other mentions replaced by their types, lists are
collapsed to one member and numbers to one sign, so that what is learnt from one report holds for another.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from spacy.tokens import Span, Token

from ingest.relation_cues import find_notions
from ingest.relation_ends import End, Sentence
from ontology.labels import load_labels

_NEAR = 3  # tokens looked at on each outer side
_MAX_PATH = 8
# Functions of words that hang on a path and tell what it means.
_TELLING = frozenset(
    {"dobj", "attr", "prt", "acomp", "neg", "aux", "auxpass", "nmod", "amod", "compound", "oprd", "xcomp"}
)
_GAPS = (1, 2, 4, 8, 15)  # steps of the distance between two ends, in words


class NotionsOf:
    """The notions of a report's sentences, found once for each."""

    def __init__(self) -> None:
        """Nothing is found yet."""
        self._found: dict[int, list[frozenset[str]]] = {}

    def __call__(self, span: Span) -> list[frozenset[str]]:
        """The notions of each token of a sentence."""
        if span.start not in self._found:
            forms = [token.lower_ for token in span]
            lemmas = [token.lemma_.lower() or form for token, form in zip(span, forms, strict=True)]
            self._found[span.start] = find_notions(lemmas, forms)
        return self._found[span.start]


Part = tuple[str, ...]
Parts = tuple[Part, ...]


class Features:
    """The features of one sentence's pairs; what pairs share is computed once."""

    def __init__(self, sentence: Sentence, notions: NotionsOf) -> None:
        """Prepare words and notions of the sentence."""
        self._notions_of = notions
        span = sentence.span
        self._sentence = sentence
        self._found: dict[tuple[str | int, ...], Part] = {}
        self._of_ends: dict[str, dict[End, Part]] = {"s": {}, "o": {}}
        self._chains: dict[int, list[Token]] = {}
        self._first = span.start
        self._span_range = range(span.start, span.end)
        self._tokens = list(span)
        self._words = [_word(token) for token in self._tokens]
        self._notions = list(notions(span))
        for end in sentence.ends:
            for i in range(end.start - span.start, min(end.end, span.end) - span.start):
                self._words[i] = f"<{end.entity.type}>" if i == end.start - span.start else ""
                self._notions[i] = frozenset()
        self._verbs = [i for i, token in enumerate(self._tokens) if token.pos_ == "VERB"]
        self._sentence_notions = sorted({notion for notions in self._notions for notion in notions})
        self._types = sorted({end.entity.type for end in sentence.ends})

    def of(self, subject: End, object_: End) -> Parts:
        """The names of the pair's features; what pairs of one sentence have in common is the same tuple."""
        kinds = subject.entity.type, object_.entity.type
        found = [
            self._kept("types", lambda: _of_types(*kinds), *kinds),
            self._of_end("s", subject),
            self._of_end("o", object_),
            tuple(f"known:{name}" for name in _known(subject.entity.iri, object_.entity.iri)),
        ]
        silent = any(not end.here or end.how == "reference" for end in (subject, object_))
        found.append(self._kept("around", lambda: self._of_surroundings(silent), silent))
        if subject.here and object_.here:
            start, other = subject.start, object_.start
            found += [
                self._kept("two", lambda: self._of_two(subject, object_), start, other),
                self._kept("s-on", lambda: (f"s-{name}" for name in self._hangs_on(subject)), start),
                self._kept("o-on", lambda: (f"o-{name}" for name in self._hangs_on(object_)), other),
                self._kept("in", lambda: (f"in={notion}" for notion in self._sentence_notions)),
            ]
            return tuple(found)
        lent, end, side = (subject, object_, "S") if object_.here else (object_, subject, "O")
        same = [other for other in self._sentence.ends if other.entity.type == lent.entity.type]
        found.append((f"lent{side}={lent.origin}", f"lent{side}:rivals={min(len(same), 2)}"))
        found.append(self._kept(side, lambda: self._of_one(end, side), end.start))
        return tuple(found)

    def _kept(self, what: str, find: Callable[[], Iterable[str]], *key: str | int) -> Part:
        """What was found before for the same places: alternatives of a reference differ in name alone."""
        found = self._found.get((what, *key))
        if found is None:
            found = self._found[(what, *key)] = tuple(find())
        return found

    def _of_end(self, side: str, end: End) -> Part:
        """What one end is by itself."""
        if end not in self._of_ends[side]:
            self._of_ends[side][end] = tuple(_of_end(side, end))
        return self._of_ends[side][end]

    def _of_surroundings(self, silent: bool) -> Iterator[str]:
        """The notions of the sentence before and of the title."""
        for where, near in (("before", self._sentence.before), ("title", self._sentence.title)):
            for notion in sorted(set().union(*self._notions_of(near))) if near else ():
                yield f"silent:{where}={notion}" if silent else f"{where}={notion}"

    # -- both in the sentence --

    def _of_two(self, subject: End, object_: End) -> Iterator[str]:
        forward = subject.start < object_.start
        left, right = (subject, object_) if forward else (object_, subject)
        way = ">" if forward else "<"
        yield "way" + way
        yield f"how={subject.how}{way}{object_.how}"
        if left.list_start == right.list_start:
            yield "one-list"
            between = (left.end, right.start)
        else:
            between = (left.list_end, right.list_start)
        yield from self._between(between[0] - self._first, between[1] - self._first, way)
        yield from self._outside(left, right, way)
        yield from self._path(subject, object_, way)

    def _between(self, start: int, end: int, way: str) -> Iterator[str]:
        words = [word for word in self._words[start:end] if word]
        length = len(words)
        yield f"gap{way}{bisect_right(_GAPS, length)}"
        if length <= 5:
            yield f"mid{way}" + " ".join(words)
        for word in set(words):
            yield f"b{way}{word}"
        for one, two in pairwise(words):
            yield f"bb{way}{one} {two}"
        for type_ in self._types:
            yield f"b#{type_[:3]}={min(words.count(f'<{type_}>'), 3)}"
        if words:
            yield f"bf{way}{words[0]}"
            yield f"bl{way}{words[-1]}"
        notions = {notion for i in range(start, end) for notion in self._notions[i]}
        for notion in sorted(notions):
            yield f"bn{way}{notion}"
        for i in range(start, end):
            if i in self._verbs:
                yield f"bv{way}{self._words[i]}"

    def _outside(self, left: End, right: End, way: str) -> Iterator[str]:
        start, end = left.list_start - self._first, right.list_end - self._first
        for side, positions in (
            ("L", range(start - 1, max(-1, start - 1 - _NEAR), -1)),
            ("R", range(end, min(len(self._words), end + _NEAR))),
        ):
            for distance, i in enumerate(positions):
                if distance == 0:
                    yield f"{side}1{way}{self._words[i]}"
                yield f"{side}{way}{self._words[i]}"
                for notion in self._notions[i]:
                    yield f"{side}n{way}{notion}"
        if start == 0:
            yield f"Lstart{way}"

    # -- dependencies --

    def _path(self, subject: End, object_: End, way: str) -> Iterator[str]:
        up = self._climb(subject.root)
        down = self._climb(object_.root)
        above = {token.i: depth for depth, token in enumerate(down)}
        meet = next((depth for depth, token in enumerate(up) if token.i in above), None)
        if meet is None:
            yield "path=none"
            return
        top = up[meet]
        left, right = up[:meet], down[: above[top.i]]
        roles = f"{self._role(left)}:{self._role(right)}"
        yield f"roles={roles}"
        if len(left) + len(right) > _MAX_PATH:
            yield "path=long"
        else:
            yield "path=" + self._route(left, top, right, lambda token: "")
            yield "pathw=" + self._route(left, top, right, self._inner)
            yield "pathn=" + self._route(left, top, right, self._main_notion)
        yield f"top={self._inner(top)}"
        yield f"top={self._inner(top)}:{roles}"
        for notion in self._notions[top.i - self._first]:
            yield f"tn={notion}:{roles}"
            yield f"tn={notion}"
        for side, chain in (("s", left[1:]), ("o", right[1:])):
            for token in chain:
                yield f"p{side}={self._inner(token)}"
                for notion in self._notions[token.i - self._first]:
                    yield f"p{side}n={notion}"
                    yield f"p{side}n={notion}:{roles}"
        inner = [*left[1:], top, *right[1:]]
        yield from {f"p={self._inner(token)}" for token in inner}
        yield from sorted(
            {f"pn={notion}" for token in inner for notion in self._notions[token.i - self._first]}
        )
        # What hangs on the path says more than the path: "signed a contract with", "will not buy".
        for token in inner:
            for child in token.children:
                if child.dep_ in _TELLING and child.i in self._span_range:
                    yield f"pc={child.dep_}:{self._inner(child)}"
                    for notion in self._notions[child.i - self._first]:
                        yield f"pcn={child.dep_}:{notion}"
                        yield f"pcn={child.dep_}:{notion}:{roles}"

    def _role(self, chain: list[Token]) -> str:
        """How a chain joins the word above it; a preposition is named, and whether it is passive shows."""
        if not chain:
            return "self"
        token = chain[-1]
        return (
            f"{token.dep_}_{self._inner(token)}" if token.dep_ in ("prep", "agent", "dative") else token.dep_
        )

    def _route(self, left: list[Token], top: Token, right: list[Token], name: Callable[[Token], str]) -> str:
        up = [self._role([token]) + "{" + name(token) * (i > 0) + "}" for i, token in enumerate(left)]
        down = [self._role([token]) + "{" + name(token) * (i > 0) + "}" for i, token in enumerate(right)]
        return " ".join([*up, "^" + name(top), *reversed(down)])

    def _main_notion(self, token: Token) -> str:
        notions = self._notions[token.i - self._first]
        return "+".join(sorted(notions)[:3]) or token.pos_

    def _climb(self, root: int) -> list[Token]:
        """The token and what stands above it in the sentence, up to its root."""
        if root not in self._chains:
            self._chains[root] = self._climbed(root)
        return self._chains[root]

    def _climbed(self, root: int) -> list[Token]:
        token = self._tokens[root - self._first]
        chain = [token]
        while token.head.i != token.i and len(chain) < 15:
            token = token.head
            if not 0 <= token.i - self._first < len(self._tokens):
                break
            chain.append(token)
        return chain

    def _inner(self, token: Token) -> str:
        return self._words[token.i - self._first] or "_"

    def _hangs_on(self, end: End) -> Part:
        return self._kept("on", lambda: self._governed(end), end.start)

    def _governed(self, end: End) -> Iterator[str]:
        """What the end hangs on: its function, the preposition, the verb or noun above."""
        chain = self._climb(end.root)
        head = chain[1] if len(chain) > 1 else None
        yield f"dep={chain[0].dep_}"
        if head is None:
            return
        yield f"gov={chain[0].dep_}:{self._inner(head)}"
        for notion in self._notions[head.i - self._first]:
            yield f"govn={chain[0].dep_}:{notion}"
        if head.dep_ == "prep" and len(chain) > 2:
            yield f"gov2={self._inner(head)}:{self._inner(chain[2])}"
            for notion in self._notions[chain[2].i - self._first]:
                yield f"gov2n={self._inner(head)}:{notion}"
        for i in (end.list_start - 1 - self._first, end.list_end - self._first):
            if 0 <= i < len(self._words):
                yield f"{'pre' if i < end.list_start - self._first else 'post'}={self._words[i]}"

    # -- one only meant --

    def _of_one(self, end: End, side: str) -> Iterator[str]:
        start, stop = end.list_start - self._first, end.list_end - self._first
        if not any(other.start < end.start for other in self._sentence.ends):
            yield f"lent{side}:first"
        for name in self._hangs_on(end):
            yield f"lent{side}:{name}"
        for i, word in enumerate(self._words):
            near = -4 <= i - start < 0 or 0 <= i - stop < 4
            if near:
                yield f"lent{side}:{'L' if i < start else 'R'}{word}"
                for notion in self._notions[i]:
                    yield f"lent{side}:{'L' if i < start else 'R'}n{notion}"
            if word and i < 60:
                yield f"lent{side}:w{word}"
        for notion in self._sentence_notions:
            yield f"lent{side}:in={notion}"
        for type_ in self._types:
            yield f"lent{side}:has={type_}"


def _of_types(subject: str, object_: str) -> Iterator[str]:
    yield "bias"
    yield f"types={subject[:3]}>{object_[:3]}"


def _of_end(side: str, end: End) -> Iterator[str]:
    manner = end.how if end.here else "lent"
    kind = f"{side}{end.entity.type[:1]}-{manner}"
    yield f"{kind}:{end.standing}"
    yield from (f"{kind}:{sign}" for sign in end.standing)
    if end.origin == "alternative":
        yield f"{side}-alternative"
    if end.list_end > end.end or end.list_start < end.start:
        yield f"{side}-list"


def _known(subject: str, object_: str) -> Iterator[str]:
    """What reference data knows of the two."""
    named = load_labels().named
    one, two = named.get(subject), named.get(object_)
    if one is not None and one.parent == object_:
        yield "parent"
    if two is not None and two.parent == subject:
        yield "child"
    if one is not None and one.country == object_:
        yield "home"
    if one is not None and one.country is not None and two is not None and two.type == "Place":
        yield "abroad" if one.country not in (object_, two.parent) else "at-home"


def _word(token: Token) -> str:
    if token.is_space:
        return ""
    if token.like_num:
        return "#"
    return token.lemma_.lower() or token.lower_
