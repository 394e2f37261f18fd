"""words of a duty -> its names: short noun phrases, "must publish a plan" as "publication of a plan".

Reads   tokens and dependencies, duty_words.toml
Gives   names of a noun, of a ban, of something to be done and of a deed; the first one is the label
"""

from collections.abc import Sequence

from spacy.tokens import Token

from ingest.duty_verbs import SUBJECTS, subjects_of, things_of
from ingest.duty_words import duty_words

_MOST_WORDS = 16  # of a name
_LEFT = frozenset(
    ("compound", "amod", "nummod", "nmod", "quantmod", "poss", "npadvmod", "punct", "advmod", "case")
)
_DROPPED = frozenset(
    ("relcl", "conj", "cc", "appos", "advcl", "punct", "parataxis", "ccomp", "dep", "preconj")
)
_CLAUSE_ENDS = frozenset((",", ";", ":", ".", "(", ")", "|", "—", "–", "?", "!"))


def phrase_of(head: Token, *, short: bool = False) -> list[Token]:
    """The words of a noun or verb with what belongs to it; clauses, lists and asides are left out."""
    kept = [head]
    for child in head.children:
        if child.dep_ in _DROPPED or child.dep_ in SUBJECTS:
            continue
        if child.dep_ in ("det", "aux", "auxpass", "neg", "mark"):
            continue
        if short and (child.i > head.i or child.dep_ not in _LEFT):
            continue
        if child.pos_ == "SPACE":
            continue
        kept += (
            phrase_of(child)
            if child.dep_ in ("prep", "agent", "dative") or child.i > head.i
            else list(child.subtree)
        )
    return sorted({token.i: token for token in kept}.values(), key=lambda token: token.i)


def text_of(tokens: Sequence[Token]) -> str:
    """The words as written, without marks around them."""
    words = [token for token in tokens if not token.is_space][:_MOST_WORDS]
    if not words:
        return ""
    out = ""
    for before, token in zip([None, *words], words, strict=False):
        joined = before is not None and (before.i + 1 == token.i and not before.whitespace_)
        out += token.text if not out or joined else f" {token.text}"
    return out.strip(" ,;:.\"'“”")


def noun_names(noun: Token) -> list[str]:
    """The noun with what belongs to it, without what follows it, and to the end of its clause."""
    phrase = phrase_of(noun)
    return [text_of(phrase), text_of(phrase_of(noun, short=True)), text_of(_to_clause_end(phrase[0]))]


def _to_clause_end(first: Token) -> list[Token]:
    """From the token to the next comma, colon or end of the sentence."""
    tokens = [first]
    sentence = first.sent
    for i in range(first.i + 1, min(sentence.end, first.i + _MOST_WORDS)):
        token = first.doc[i]
        if token.text in _CLAUSE_ENDS or token.is_sent_start or _opens_clause(token):
            break
        tokens.append(token)
    return tokens


def _opens_clause(token: Token) -> bool:
    """Whether another deed is told from here on: "and makes them liable"."""
    if token.lower_ not in ("and", "or", "but") or token.i + 1 >= len(token.doc):
        return False
    return token.nbor().pos_ in ("VERB", "AUX", "PRON", "DET", "ADV")


def ban_names(thing: Token) -> list[str]:
    """Names of a ban."""
    full, *rest = noun_names(thing)[:2]
    return [f"ban on {full}", full, *rest]


def done_names(verb: Token, thing: Token) -> list[str]:
    """Names of a duty in the passive: "incidents must be reported" is the reporting of incidents."""
    noun = _noun_of(verb)
    full, short, _ = noun_names(thing)
    after = text_of(_to_clause_end(verb)[1:])
    return [
        f"{noun} of {full}",
        full,
        f"{full} {verb.lower_} {after}".strip(),
        f"{_gerund(verb)} {full} {after}".strip(),
        f"{verb.lower_} {short}",
        f"{short} {noun}",
    ]


def doing_names(verb: Token, doer: Token | None = None) -> list[str]:
    """Names of a deed: "publish a plan" is the publication of a plan."""
    noun = _noun_of(verb)
    deed, long = text_of(phrase_of(verb)), text_of(_to_clause_end(verb))
    things = things_of(verb, passive=False)[:1]
    if not things:
        rest = text_of([token for token in phrase_of(verb) if token.i > verb.i])
        doers = [doer] if doer is not None else subjects_of(verb)[:1]
        who = text_of(phrase_of(doers[0])) if doers else ""
        return [f"{noun} {rest}".strip(), deed, long, f"{who} {deed}" if who else ""]
    full, short, _ = noun_names(things[0])
    doers = subjects_of(verb)[:1]
    by = f"{noun} of {full} by {text_of(phrase_of(doers[0]))}" if doers else ""
    return [f"{noun} of {full}", deed, full, short, f"{short} {noun}", long, by]


def _noun_of(verb: Token) -> str:
    return duty_words().nouns_of_verbs.get(verb.lemma_.lower()) or _gerund(verb)


def _gerund(verb: Token) -> str:
    lemma = verb.lemma_.lower()
    if lemma in ("be", "see", "flee"):
        return f"{lemma}ing"
    if lemma.endswith("ie"):
        return f"{lemma[:-2]}ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "ye")):
        return f"{lemma[:-1]}ing"
    return f"{lemma}ing"
