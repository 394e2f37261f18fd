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

    def things(self, words: tuple[Word, ...]) -> tuple[Name, ...]:
        """The names that these words are, those of the ontology first."""
        found = self.names.get(tuple(word.folded for word in words), ())
        return tuple(name for name in found if not name.strict or _as_written(name, words))

    def surveys_of(self, thing: Thing) -> tuple[Thing, ...]:
        """The surveys that bear the name of this organization."""
        return tuple(survey for survey in self.surveys if thing.label.casefold() in survey.label.casefold())


def names_in_graph(store: Store) -> tuple[tuple[str, str, str], ...]:
    """IRI, name and type of what reports name."""
    return tuple((row["entity"], row["name"], row.get("type", "")) for row in rows(store, "candidate_names"))


def lexicon_of(found: Iterable[tuple[str, str, str]]) -> Lexicon:
    """The lexicon with the names of the graph behind those of the ontology."""
    names = {key: list(entries) for key, entries in _known_names().items()}
    cues = load_cues()
    metric_keys = _metric_names()
    surveys: dict[str, Thing] = {}
    labels: dict[str, Thing] = {}
    for iri, written, kind in found:
        type_ = kind.removeprefix(terms.NS)
        thing = labels.setdefault(iri, Thing(iri, written, type_))
        for form in _ways_of(written, type_):
            key = key_of(form)
            if not key or (key in cues.phrases and len(key) == 1):
                continue
            if key in names and iri not in load_labels().named:
                names[key] = [_with(name, iri, type_) for name in names[key]]
            elif key not in names and not (
                len(key) == 1 and key[0] in cues.function | cues.light | cues.kinds
            ):
                names[key] = [Name(thing, form)]
        if type_ == "Survey":
            surveys[iri] = thing
    phrases = {key: tuple(entries) for key, entries in names.items()}
    all_cues = dict(cues.phrases)
    for key, cue in metric_keys.items():
        if cue not in all_cues.get(key, ()):
            all_cues[key] = (cue, *all_cues.get(key, ()))
    longest = max(len(key) for key in (*phrases, *all_cues))
    return Lexicon(phrases, all_cues, tuple(surveys.values()), longest)


@cache
def _known_names() -> Mapping[Key, tuple[Name, ...]]:
    names: dict[Key, tuple[Name, ...]] = {}
    for entry in load_labels().named.values():
        scheme = (entry.scheme or "").rpartition("/")[2]
        thing = Thing(entry.iri, entry.label, entry.type, scheme)
        for written in entry.names + entry.hidden + entry.adjectives:
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


def _with(name: Name, iri: str, kind: str) -> Name:
    """The name, also for what a report was read to call so, if that is of the same kind."""
    thing = name.thing
    if thing.type != kind or iri in thing.iris:
        return name
    return replace(name, thing=replace(thing, also=(*thing.also, iri)))


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
    return [word.written for word in words] == name.written.replace("-", " ").split()
