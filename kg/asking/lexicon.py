"""Names of the ontology and of what the reports name -> what a phrase of a question can stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pyoxigraph import Store

from kg.asking.cues import Cue, load_cues
from kg.asking.words import Word, fold, key_of
from kg.queries import rows
from ontology import terms
from ontology.labels import load_labels
from ontology.metrics import load_metrics

_LONGEST_ACRONYM = 5
_SURVEY = " survey"


@dataclass(frozen=True)
class Thing:
    """Something that has a name: `type` as in `ontology.labels`, `scheme` the vocabulary of a term."""

    iri: str
    label: str
    type: str
    scheme: str = ""
    also: tuple[str, ...] = ()  # what reports that did not recognize it were read to speak of instead

    @property
    def iris(self) -> tuple[str, ...]:
        """All IRIs under which things are said of it."""
        return (self.iri, *self.also)


@dataclass(frozen=True)
class Name:
    """One name of a thing; a strict one counts only as it is written, since it is a word of its own too."""

    thing: Thing
    written: str
    strict: bool = False
    adjective: bool = False


Key = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Everything that questions can name."""

    names: Mapping[Key, tuple[Name, ...]]
    cues: Mapping[Key, tuple[Cue, ...]]
    surveys: tuple[Thing, ...]
    longest: int

    def things(self, words: tuple[Word, ...], *, lower: bool = False) -> tuple[Name, ...]:
        """The names that these words are, those of the ontology first; `lower` for who writes no capitals."""
        found = self.names.get(tuple(word.folded for word in words), ())
        return tuple(
            name
            for name in found
            if not name.strict or _as_written(name, words) or (lower and not _is_word(name.written))
        )

    def surveys_of(self, thing: Thing) -> tuple[Thing, ...]:
        """The surveys that bear the name of this organization."""
        return tuple(survey for survey in self.surveys if thing.label.casefold() in survey.label.casefold())


def names_in_graph(store: Store) -> tuple[tuple[str, str, str], ...]:
    """IRI, name and type of what reports name."""
    return tuple((row["entity"], row["name"], row.get("type", "")) for row in rows(store, "candidate_names"))


def lexicon_of(found: Iterable[tuple[str, str, str]]) -> Lexicon:
    """The lexicon with the names of the graph behind those of the ontology."""
    known, cues, named = _known_names(), load_cues(), load_labels().named
    plain = cues.function | cues.light | cues.kinds
    more: dict[Key, tuple[Name, ...]] = {}
    also: dict[str, tuple[str, ...]] = {}
    things: dict[str, Thing] = {}
    for iri, written, kind in found:
        if iri in things and written.islower():
            continue  # "the campus" is another one in another report
        type_ = kind.removeprefix(terms.NS)
        thing = things.setdefault(iri, Thing(iri, written, type_))
        for form in _ways_of(written, type_):
            key = key_of(form)
            if key in known:
                same = [name.thing for name in known[key] if name.thing.type == type_]
                if len(same) != 1 or iri in named:
                    continue
                also.update(
                    {other.iri: (*also.get(other.iri, ()), iri) for other in same if other.iri != iri}
                )
            elif key and key not in more and not (len(key) == 1 and (key in cues.phrases or key[0] in plain)):
                more[key] = (Name(thing, form),)
    names = {key: tuple(_with(name, also) for name in entries) for key, entries in known.items()} | more
    all_cues = dict(cues.phrases)
    for key, cue in _metric_names().items():
        if cue not in all_cues.get(key, ()):
            all_cues[key] = (cue, *all_cues.get(key, ()))
    surveys = tuple(thing for thing in things.values() if thing.type == "Survey")
    return Lexicon(names, all_cues, surveys, max(len(key) for key in (*names, *all_cues)))


@cache
def _known_names() -> Mapping[Key, tuple[Name, ...]]:
    names: dict[Key, tuple[Name, ...]] = {}
    for entry in load_labels().named.values():
        scheme = (entry.scheme or "").rpartition("/")[2]
        thing = Thing(entry.iri, entry.label, entry.type, scheme)
        more = load_cues().names.get(entry.iri, ())
        for written in (*entry.names, *entry.hidden, *entry.adjectives, *more):
            everyday = written in entry.everyday and not written.islower()
            name = Name(thing, written, everyday or _is_word(written), written in entry.adjectives)
            for form in _plurals(written, entry.type):
                key = key_of(form)
                known = names.get(key, ())
                if key and all(other.thing != thing for other in known):
                    names[key] = (*known, name)
    return names


def _is_word(written: str) -> bool:
    """Whether a short name is also a word without content, as `US` and `IT` are."""
    cues = load_cues()
    folded = fold(written)
    return len(written) <= _LONGEST_ACRONYM and folded in cues.function | cues.light


def _with(name: Name, also: Mapping[str, tuple[str, ...]]) -> Name:
    """The name, also for what reports were read to call so."""
    more = tuple(dict.fromkeys(also.get(name.thing.iri, ())))
    return replace(name, thing=replace(name.thing, also=more)) if more else name


def _plurals(written: str, kind: str) -> tuple[str, ...]:
    """Terms and things of a kind are also spoken of in the plural."""
    if kind in ("Term", "Offering") and written[-1:].islower() and not written.endswith("s"):
        return written, written + "s"
    return (written,)


def _ways_of(written: str, kind: str) -> tuple[str, ...]:
    """A survey is called after who made it, however many answered."""
    head, found, _ = written.partition(_SURVEY)
    if kind == "Survey" and found:
        return written, head + _SURVEY, f"survey of {head}", f"survey by {head}", f"{head} asked"
    return (written,)


@cache
def _metric_names() -> Mapping[Key, Cue]:
    names: dict[Key, Cue] = {}
    for iri, metric in load_metrics().items():
        for written in metric.names:
            names.setdefault(key_of(written), Cue("metric", iri))
    return names


def _as_written(name: Name, words: tuple[Word, ...]) -> bool:
    written = [word.written.replace(".", "") for word in words]
    return written == name.written.replace("-", " ").replace(".", "").split()
