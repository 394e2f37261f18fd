"""parsed sentences -> duties: what is demanded, as a rule words it.

Reads   tokens, dependencies and lemmas, duty_words.toml
Gives   `find_duties(sentence)`: candidates with their names; which of them a regulation imposes is told by
        `duty_scene`
Skips   what no verb or adjective of the word list tells
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from ingest.duty_names import ban_names, doing_names, done_names, noun_names, phrase_of
from ingest.duty_verbs import (
    SUBJECTS,
    answered_to,
    asked_for,
    barred_by,
    burdens_of,
    deeds_of,
    is_infinitive,
    modal_of,
    subjects_of,
    things_of,
    with_shared,
)
from ingest.duty_words import duty_words

_BEFORE = 25  # tokens before a sentence in which "they" was named


@dataclass(frozen=True)
class Duty:
    """Something demanded. `names` are wordings of it, the first one its label; tokens `start:end` tell it."""

    cue: str  # by what form: modal, passive, demand, ban, burden, state, subject-to, noun, failing
    word: str
    names: tuple[str, ...]
    head: Token  # the verb, adjective or noun that makes it a duty
    thing: Token  # what is demanded: a noun, or the verb of a deed
    start: int
    end: int
    negated: bool
    subject: Token | None  # of an active verb


def find_duties(sentence: Span) -> Iterator[Duty]:
    """What the sentence demands, in text order; one duty for each verb or noun of a list."""
    for token in sentence:
        if token.pos_ in ("VERB", "AUX"):
            yield from _of_verb(token)
        if token.pos_ == "NOUN" and duty_words().has("obliging", token.lemma_.lower()):
            yield from _of_noun(token)
        if token.pos_ in ("ADJ", "VERB") and token.dep_ in ("acomp", "ROOT", "attr", "conj", "amod", "oprd"):
            yield from _of_state(token)


def _of_verb(verb: Token) -> Iterator[Duty]:
    words = duty_words()
    lemma = verb.lemma_.lower()
    modal = modal_of(verb)
    passive = any(child.dep_ == "auxpass" for child in with_shared(verb))
    if words.has("banning", lemma):
        deeds = barred_by(verb)
        for deed in deeds:
            names = doing_names(deed) if deed.pos_ == "VERB" else noun_names(deed)
            yield _duty("ban", lemma, [f"ban on {names[0]}", *names], verb, deed, verb)
        for thing in () if deeds else things_of(verb, passive=passive):
            yield _duty("ban", lemma, ban_names(thing), verb, thing, verb)
    elif words.has("allowing", lemma) and any(
        child.dep_ == "neg" or child.lower_ == "longer" for child in verb.children
    ):
        for thing in things_of(verb, passive=passive):
            yield _duty("ban", f"not {lemma}", ban_names(thing), verb, thing, verb)
    elif modal and verb.dep_ != "aux":
        if modal == "not":
            yield _duty(
                "ban",
                modal,
                [f"ban on {name}" for name in doing_names(verb)[:1]] + doing_names(verb),
                verb,
                verb,
                verb,
            )
        elif passive:
            for thing in things_of(verb, passive=True):
                yield _duty("passive", modal, done_names(verb, thing), verb, thing, verb)
        else:
            yield _duty("modal", modal, doing_names(verb), verb, verb, verb)
    elif words.has("laying", lemma) and (burdens := burdens_of(verb)):
        for thing in burdens:
            yield _duty("burden", lemma, noun_names(thing), verb, thing, verb)
    elif words.has("demanding", lemma) and not passive:
        yield from _demanded(verb, lemma)
    elif words.has("demanding_for", lemma) and not passive:
        for thing in asked_for(verb):
            yield _duty("demand", lemma, noun_names(thing), verb, thing, verb)
    elif words.has("making", lemma) and not passive:
        yield from _made(verb, lemma)
    elif words.has("failing", lemma) and verb.tag_ == "VBG":
        for deed in deeds_of(verb):
            yield _duty("failing", lemma, doing_names(deed), verb, deed, deed)
    elif words.has("listing", lemma) and not passive and _lists_duties(verb):
        for thing in things_of(verb, passive=False):
            yield _duty("list", lemma, noun_names(thing), verb, thing, verb)


def _demanded(verb: Token, lemma: str) -> Iterator[Duty]:
    deeds = deeds_of(verb)
    for deed in deeds:
        asked = next((child for child in verb.children if child.dep_ == "dobj"), None)
        yield _duty("demand-to", lemma, doing_names(deed, asked), verb, deed, deed)
    for thing in () if deeds else things_of(verb, passive=False):
        names = noun_names(thing)
        if duty_words().has("limiting", lemma):
            names = [f"limit of {names[-1]}", *names]
        yield _duty("demand", lemma, names, verb, thing, verb)


def _made(verb: Token, lemma: str) -> Iterator[Duty]:
    """What it makes somebody do, or makes compulsory."""
    for result in (child for child in verb.children if child.dep_ == "ccomp"):
        if result.pos_ == "VERB" and result.tag_ == "VB":
            yield _duty("demand-to", lemma, doing_names(result), verb, result, result)
        elif duty_words().has("compulsory", result.lower_):
            for thing in subjects_of(result):
                yield _duty("state", result.lower_, noun_names(thing), result, thing, result)


def _of_noun(noun: Token) -> Iterator[Duty]:
    """The deed of an obligation to do it, or of a failure to."""
    for deed in noun.children:
        if deed.dep_ in ("acl", "relcl") and is_infinitive(deed):
            yield _duty("noun", noun.lemma_.lower(), doing_names(deed), noun, deed, deed)


def _lists_duties(verb: Token) -> bool:
    """Whether it lists requirements: "The conditions include …", "They include …" after "requirements"."""
    words = duty_words()
    for subject in (child for child in verb.children if child.dep_ in SUBJECTS):
        if words.has("duties", subject.lemma_.lower()):
            return True
        before = subject.sent.start
        earlier = subject.doc[max(0, before - _BEFORE) : before]
        return subject.lower_ in ("they", "these") and any(
            words.has("duties", token.lemma_.lower()) for token in earlier
        )
    return False


def _of_state(state: Token) -> Iterator[Duty]:
    words, lemma = duty_words(), state.lower_
    verb = state.head if state.dep_ in ("acomp", "attr", "oprd") else state
    if words.has("compulsory", lemma) and verb.lemma_ in (
        "be",
        "remain",
        "become",
        *([lemma] if verb is state else []),
    ):
        for thing in subjects_of(verb):
            yield _duty("state", lemma, noun_names(thing), state, thing, verb)
    elif words.has("forbidden", lemma) and state.pos_ == "ADJ":
        for thing in subjects_of(verb):
            yield _duty("ban", lemma, ban_names(thing), state, thing, verb)
    elif lemma == "subject":
        for thing in answered_to(state):
            yield _duty("subject-to", lemma, noun_names(thing), state, thing, verb)


def _duty(cue: str, word: str, names: Sequence[str], head: Token, thing: Token, verb: Token) -> Duty:
    places = [head.i, *(token.i for token in phrase_of(thing))]
    subject = next((child for child in with_shared(verb) if child.dep_ in SUBJECTS), None)
    negated = any(child.dep_ == "neg" for child in with_shared(verb))
    kept = tuple(dict.fromkeys(name for name in names if name))
    return Duty(cue, word, kept or (head.text,), head, thing, min(places), max(places) + 1, negated, subject)
