"""verbs -> what makes them a duty, and what they are about.

Reads   tokens, dependencies and lemmas, duty_words.toml
Gives   the modal word of a verb, its nouns and deeds; a verb of a list shares the subject of the first
Skips   pronouns, and words that stand for duties ("obligations", "compliance")
"""

from spacy.tokens import Token

from ingest.duty_words import duty_words

SUBJECTS = frozenset(("nsubj", "nsubjpass", "expl", "csubj", "csubjpass"))


def with_shared(verb: Token) -> list[Token]:
    """The verb's children, with those of the verb that it is joined to, if it has no subject of its own."""
    children = list(verb.children)
    seen = 0
    while verb.dep_ in ("conj", "xcomp") and verb.head.pos_ in ("VERB", "AUX", "ADJ") and seen < 4:
        if any(child.dep_ in SUBJECTS for child in children):
            break
        shared = ("aux", "auxpass", "neg", *SUBJECTS) if verb.dep_ == "conj" else ("neg", *SUBJECTS)
        verb, seen = verb.head, seen + 1
        children += [child for child in verb.children if child.dep_ in shared]
    return children


def modal_of(verb: Token) -> str:
    """The word that makes the verb a duty: must, have to, be required to; empty where none does."""
    words = duty_words()
    shared = with_shared(verb)
    negated = any(child.dep_ == "neg" or _is_nobody(child) for child in shared)
    for child in shared:
        if child.dep_ in ("aux", "auxpass") and negated and child.lower_ in ("may", "must", "shall"):
            return "not"
        if child.dep_ in ("aux", "auxpass") and words.has("modals", child.lower_):
            return child.lower_
    first = verb
    while first.dep_ == "conj" and first.head.pos_ == "VERB":
        first = first.head
    above = first.head
    to = any(child.lower_ == "to" and child.dep_ == "aux" for child in first.children)
    if first.dep_ == "xcomp" and to and above is not first:
        lemma = above.lemma_.lower()
        bare = lemma in ("have", "need") or any(child.dep_ == "auxpass" for child in above.children)
        if words.has("needing", lemma) and bare:
            return f"{lemma} to"
        if above.pos_ == "ADJ" and words.has("compulsory", above.lower_):
            return f"{above.lower_} to"
    return ""


def deeds_of(verb: Token) -> list[Token]:
    """The deeds that are demanded: to report and to pay in "requires operators to report and pay"."""
    found: list[Token] = []
    for child in verb.children:
        inner = [child] if child.dep_ in ("xcomp", "ccomp") else []
        if child.dep_ == "advcl" and is_infinitive(child) and child.i > verb.i:
            inner = [child]
        if child.dep_ == "dobj":
            inner = [one for one in child.children if one.dep_ in ("acl", "relcl") and is_infinitive(one)]
        found += [deed for one in inner for deed in [one, *one.conjuncts] if deed.pos_ in ("VERB", "AUX")]
    return found


def barred_by(verb: Token) -> list[Token]:
    """What is forbidden: burning in "barred from burning gas", resell in "forbidden to resell"."""
    found = [child for child in verb.children if child.dep_ == "xcomp"]
    for child in verb.children:
        if child.dep_ == "prep" and child.lower_ == "from":
            found += [inner for inner in child.children if inner.dep_ in ("pcomp", "pobj")]
    return [more for one in found for more in [one, *one.conjuncts] if more.pos_ in ("VERB", "NOUN")]


def is_infinitive(verb: Token) -> bool:
    """Whether it stands with "to"."""
    return any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children)


def things_of(verb: Token, *, passive: bool) -> list[Token]:
    """The nouns that the verb is about, those of a list each."""
    if passive:
        return subjects_of(verb)
    found: list[Token] = []
    for child in verb.children:
        if child.dep_ in ("dobj", "attr", "dative"):
            found += [child, *child.conjuncts]
        if child.dep_ in ("prep", "prt") and child.lower_ in ("for", "on", "down"):
            found += [inner for inner in child.children if inner.dep_ == "pobj"]
            found += [more for inner in child.children if inner.dep_ == "pobj" for more in inner.conjuncts]
    return [token for token in found if _is_thing(token)]


def _is_thing(token: Token) -> bool:
    """Whether it can be demanded; "compliance" and "obligations" stand for what is."""
    return token.pos_ in ("NOUN", "PROPN", "VERB") and not duty_words().has("duties", token.lemma_.lower())


def subjects_of(verb: Token) -> list[Token]:
    """The nouns that are the verb's subject; none where that is a pronoun."""
    for child in with_shared(verb):
        if child.dep_ in SUBJECTS and _is_thing(child):
            return [child, *child.conjuncts]
    return []


def _is_nobody(subject: Token) -> bool:
    """The subject of "No operator may burn gas"."""
    return subject.dep_ in SUBJECTS and any(child.lower_ == "no" for child in subject.children)


def burdens_of(verb: Token) -> list[Token]:
    """The duty of "puts a duty on chips", where it says on whom."""
    words = duty_words()
    found = [child for child in verb.children if child.dep_ == "dobj"]
    kept = [thing for thing in found if words.has("burdens", thing.lemma_.lower())]
    return [thing for thing in kept if laid_on(verb, thing)]


def laid_on(verb: Token, thing: Token) -> list[Token]:
    """The nouns behind "on": chips in "puts a duty on chips"."""
    ons = [child for head in (verb, thing) for child in head.children if child.lower_ in ("on", "upon")]
    found = [inner for on in ons for inner in on.children if inner.dep_ == "pobj"]
    return [more for one in found for more in [one, *one.conjuncts]]


def asked_for(verb: Token) -> list[Token]:
    """The nouns behind "for": an audit in "calls for an audit"."""
    return _behind(verb, "for")


def answered_to(state: Token) -> list[Token]:
    """The nouns behind "to": review in "is subject to review"."""
    return _behind(state, "to")


def _behind(head: Token, preposition: str) -> list[Token]:
    found = [
        inner
        for child in head.children
        if child.dep_ == "prep" and child.lower_ == preposition
        for inner in child.children
        if inner.dep_ == "pobj"
    ]
    return [more for one in found for more in [one, *one.conjuncts] if _is_thing(more)]


def doers_of(verb: Token) -> list[Token]:
    """The nouns that are its subject, also before a relative clause: firms in "firms that broke the law"."""
    found = subjects_of(verb)
    while verb.dep_ == "xcomp":
        verb = verb.head
    relative = any(child.dep_ in SUBJECTS and child.tag_ in ("WDT", "WP") for child in verb.children)
    if not found and relative and verb.dep_ == "relcl" and _is_thing(verb.head):
        return [verb.head, *verb.head.conjuncts]
    return found


def examples_of(head: Token) -> list[Token]:
    """Those named as examples: Meta in "large platforms such as Meta"."""
    found = [
        inner
        for child in head.children
        if child.dep_ == "prep" and child.lower_ in ("as", "like", "including")
        for inner in child.children
        if inner.dep_ == "pobj"
    ]
    return [more for one in found for more in [one, *one.conjuncts]]
