"""parsed sentences -> readings that the grammar leaves no doubt of: a verb with its subject and its object.

Reads   sentences with their ends, dependencies and lemmas, relation_paths.toml
Gives   `find_by_path(sentence)`: subject, object and predicate
Skips   questions and denials; verbs whose subject is only meant
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from spacy.tokens import Token

from ingest.relation_ends import End, Sentence

_MOST_STEPS = 4  # from the object's preposition, or the object, up to the verb
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))
_WHICH = frozenset(("which", "who", "whom", "that"))
_THINGS = frozenset(("dobj", "attr", "pobj", "nsubjpass"))


@dataclass(frozen=True)
class Path:
    """One form: kinds of the two ends, the verbs, and the words by which the object hangs on them."""

    predicate: str
    subject: frozenset[str]
    object: frozenset[str]
    prepositions: frozenset[str]
    things: frozenset[str]
    named: bool
    reversed: bool
    passive: bool


@cache
def _paths() -> Mapping[str, tuple[Path, ...]]:
    data = tomllib.loads(files("ingest").joinpath("relation_paths.toml").read_text(encoding="utf-8"))
    by_verb: dict[str, tuple[Path, ...]] = {}
    for form in data["path"]:
        path = Path(
            form["predicate"],
            frozenset(form["subject"]),
            frozenset(form["object"]),
            frozenset(form["prepositions"]),
            frozenset(form.get("thing", ())),
            form.get("named", False),
            form.get("reversed", False),
            form.get("passive", False),
        )
        for verb in form["verbs"]:
            by_verb[verb] = (*by_verb.get(verb, ()), path)
    return by_verb


def find_by_path(sentence: Sentence) -> Iterator[tuple[End, End, str]]:
    """Subject, object and predicate; the members of a list each."""
    ends = [end for end in sentence.ends if end.origin == "here"]
    if len(ends) < 2:
        return
    doc = sentence.span.doc
    for verb in sentence.span:
        forms = _paths().get(verb.lemma_.lower()) if verb.pos_ in ("VERB", "AUX") else None
        doers = [end for end in ends if _is_doer(doc[end.root], verb)] if forms else []
        if not doers:
            continue
        passive = any(child.dep_ == "auxpass" for child in verb.children)
        for end in ends:
            link = _link(doc[end.root], verb)
            for form in forms or () if link is not None else ():
                if passive == form.passive and link in form.prepositions and _has_thing(verb, form):
                    yield from _read(doers, end, form)


def _read(doers: list[End], end: End, form: Path) -> Iterator[tuple[End, End, str]]:
    for doer in doers:
        if doer.entity.iri == end.entity.iri or doer.entity.type not in form.subject:
            continue
        if form.named and "reference" in (doer.how, end.how):
            continue
        if end.entity.type in form.object:
            pair = (end, doer) if form.reversed else (doer, end)
            yield *pair, form.predicate


def _is_doer(token: Token, verb: Token) -> bool:
    """Whether the token is the verb's subject, or that of the verb that it is joined to."""
    above = verb
    for _ in range(_MOST_STEPS):
        if token.head.i == above.i and token.dep_ in _SUBJECTS:
            return True
        if above.dep_ not in ("conj", "xcomp") or any(child.dep_ in _SUBJECTS for child in above.children):
            break
        above = above.head
    if verb.dep_ == "relcl":
        who = any(child.dep_ in _SUBJECTS and child.lower_ in _WHICH for child in verb.children)
        return who and verb.head.i == token.i
    return False


def _link(token: Token, verb: Token) -> str | None:
    """The preposition by which the token hangs on the verb, empty for none; None where it hangs elsewhere."""
    if token.head.i == verb.i and token.dep_ in ("dobj", "dative"):
        return ""
    if verb.dep_ == "relcl" and verb.head.i == token.i:  # "Acme, which Norvex finances"
        which = any(child.dep_ == "dobj" and child.lower_ in _WHICH for child in verb.children)
        return "" if which else None
    if token.dep_ != "pobj":
        return None
    preposition, above = token.head, token.head.head
    for _ in range(_MOST_STEPS):
        if above.i == verb.i:
            return preposition.lower_
        if above.pos_ not in ("NOUN", "ADP", "NUM", "ADJ", "PROPN", "SYM") or above.dep_ in _SUBJECTS:
            break
        above = above.head
    return None


def _has_thing(verb: Token, form: Path) -> bool:
    if not form.things:
        return True
    things = [child for child in verb.children if child.dep_ in _THINGS]
    things += [more for thing in things for more in thing.conjuncts]
    return any(thing.lower_ in form.things for thing in things)
