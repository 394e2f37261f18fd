"""parsed sentences -> addressees: who may be bound by a rule that the text tells of.

Reads   tokens, dependencies and lemmas, duty_words.toml
Gives   `find_addressees(sentence)`; whether a regulation binds them is chosen by `duty_claims`
Skips   pronouns
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from ingest.duty_names import phrase_of, text_of
from ingest.duty_verbs import (
    burdens_of,
    deeds_of,
    doers_of,
    examples_of,
    laid_on,
    modal_of,
    subjects_of,
    with_shared,
)
from ingest.duty_words import duty_words


@dataclass(frozen=True)
class Addressee:
    """Somebody whom a rule binds, or expressly does not."""

    cue: str
    word: str
    head: Token
    start: int
    end: int
    negated: bool
    verb: Token


def find_addressees(sentence: Span) -> Iterator[Addressee]:
    """Who may be bound by a rule that the sentence or its surroundings tell of."""
    words = duty_words()
    for verb in sentence:
        if verb.pos_ not in ("VERB", "AUX", "ADJ"):
            continue
        lemma, low = verb.lemma_.lower(), verb.lower_
        if modal := modal_of(verb):
            passive = any(child.dep_ == "auxpass" for child in verb.children)
            if not passive:
                yield from _addressed("modal", modal, doers_of(verb), verb)
        if words.has("binding", lemma):
            yield from _addressed("binding", lemma, _bound_by(verb), verb)
        if words.has("demanding", lemma):
            yield from _addressed("demand", lemma, _asked(verb), verb)
        if words.has("falling", lemma):
            yield from _addressed("falling", lemma, doers_of(verb), verb)
        if words.has("breaking", lemma):
            yield from _addressed("breaking", lemma, doers_of(verb), verb)
        if words.has("laying", lemma):
            burdened = [one for thing in burdens_of(verb) for one in laid_on(verb, thing)]
            yield from _addressed("burden", lemma, burdened, verb)
        if words.has("making", lemma):
            yield from _addressed("demand", lemma, _asked(verb), verb)
        for set_ in ("bound", "free"):
            if words.has(set_, low):
                governor = verb.head if verb.dep_ in ("acomp", "attr", "oprd") else verb
                yield from _addressed(set_, low, subjects_of(governor), verb)


def _bound_by(verb: Token) -> list[Token]:
    found: list[Token] = []
    for child in verb.children:
        if child.dep_ == "dobj":
            found += [child, *child.conjuncts]
        if child.dep_ == "prep" and child.lower_ == "to":
            for inner in child.children:
                if inner.dep_ == "pobj":
                    found += [inner, *inner.conjuncts]
    return found


def _asked(verb: Token) -> list[Token]:
    """The operators of "It requires operators to report"."""
    asked = [inner for child in verb.children if child.dep_ in ("ccomp", "xcomp") for inner in child.children]
    heads = [token for token in asked if token.dep_ == "nsubj"]
    heads = heads or [child for child in verb.children if child.dep_ == "dobj" and deeds_of(verb)]
    return [more for head in heads for more in [head, *head.conjuncts]]


def _addressed(cue: str, word: str, heads: Sequence[Token], verb: Token) -> Iterator[Addressee]:
    negated = cue == "free" or any(child.dep_ == "neg" for child in with_shared(verb))
    examples = [one for head in heads for one in examples_of(head)]
    for head in dict.fromkeys((*heads, *examples)):
        if duty_words().has("empty", head.lower_) or head.pos_ not in ("NOUN", "PROPN"):
            continue
        phrase = phrase_of(head)
        yield Addressee(cue, word, head, phrase[0].i, phrase[-1].i + 1, negated, verb)


def name_of(head: Token) -> str:
    """The addressee as a name: "providers of general-purpose models"."""
    return text_of(phrase_of(head))


def short_name_of(head: Token) -> str:
    """The addressee without what follows its noun."""
    return text_of(phrase_of(head, short=True))
