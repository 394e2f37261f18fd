"""Written names -> known entities and terms; a name that several of them bear is reported, never guessed.

Reads `vocab/` and `reference/`. Metrics are left out, since their names are everyday words ("growth",
"capacity"): `ontology.metrics` has them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from ontology import terms
from ontology.turtle import CORE, REFERENCE, VOCAB, Rows, subjects_of, texts

NamedType = Literal["Organization", "Offering", "Facility", "Place", "Regulation", "Term", "Market"]

_TYPES: Mapping[str, NamedType] = MappingProxyType(
    {
        terms.C_ORGANIZATION: "Organization",
        terms.C_OFFERING: "Offering",
        terms.C_FACILITY: "Facility",
        terms.C_PLACE: "Place",
        terms.C_REGULATION: "Regulation",
        terms.C_MARKET_TERM: "Term",
        terms.C_MARKET: "Market",
    }
)


# A name as short as this is told from an ordinary word by its capitals alone: US, AWS, IREN, SOC 2.
_LONGEST_ACRONYM = 5
_ONE_KIND = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc", "'") | dict.fromkeys("-_\u2010\u2011\u2012\u2013\u2014\u2015", " ")
)


@dataclass(frozen=True)
class Named:
    """A known entity or term; `names` start with its label."""

    iri: str
    label: str
    type: NamedType
    names: tuple[str, ...]
    hidden: tuple[str, ...]  # misspellings and ticker symbols
    scheme: str | None  # of a Term
    parent: str | None  # of an Organization: its parent; of a Place: the place around it
    country: str | None  # of an Organization: its home country
    everyday: tuple[str, ...] = ()  # those of its names that also mean something else ("Orange", "Switch")
    adjectives: tuple[str, ...] = ()  # those of its names that are adjectives ("Dutch")


@dataclass(frozen=True)
class Labels:
    """All known names; `ambiguous` has every name, as written in the Turtle, that leads to several IRIs."""

    named: Mapping[str, Named]
    ambiguous: Mapping[str, tuple[str, ...]]
    _exact: Mapping[str, tuple[str, ...]]
    _plain: Mapping[str, tuple[str, ...]]
    _folded: Mapping[str, tuple[str, ...]]

    def lookup(self, written: str) -> tuple[str, ...]:
        """The IRIs that bear this name.

        As written; if none does, with possessive and hyphens folded; if still none, with case folded too, but
        never for acronyms and everyday names, so that "us" is no country and "orange" no company.

        >>> load_labels().lookup("Amazon Web Services’")
        ('https://w3id.org/ai-factory/id/aws',)
        >>> load_labels().lookup("us")
        ()
        """
        plain = fold(written)
        return self._exact.get(written) or self._plain.get(plain) or self._folded.get(plain.casefold(), ())


def fold(name: str) -> str:
    """The name without possessive, and with one kind of apostrophe, and spaces for hyphens; case stays.

    >>> fold("Dell’Oro  Group's") == fold("Dell'Oro-Group")
    True
    """
    plain = " ".join(name.translate(_ONE_KIND).split())
    if plain.endswith("'s"):
        return plain[:-2]
    return plain[:-1] if plain.endswith("s'") else plain


@cache
def load_labels() -> Labels:
    """The names of the ontology; read once, BrokenTurtle if a file does not parse."""
    kinds = _kinds_of_classes()
    rows = subjects_of(VOCAB, REFERENCE)
    named = {iri: entry for iri, row in rows.items() if (entry := _named(iri, row, kinds))}
    pairs = [(name, entry) for entry in named.values() for name in entry.names + entry.hidden]
    plain = [(fold(name), name, entry) for name, entry in pairs]
    exact = _index((name, entry.iri) for name, entry in pairs)
    return Labels(
        named=MappingProxyType(named),
        ambiguous=MappingProxyType({name: iris for name, iris in exact.items() if len(iris) > 1}),
        _exact=MappingProxyType(exact),
        _plain=MappingProxyType(_index((folded, entry.iri) for folded, _, entry in plain)),
        _folded=MappingProxyType(
            _index((f.casefold(), e.iri) for f, name, e in plain if _may_lose_case(name, e))
        ),
    )


def _may_lose_case(name: str, entry: Named) -> bool:
    acronym = len(name) <= _LONGEST_ACRONYM and not name.islower()
    return not acronym and name not in entry.everyday


def _kinds_of_classes() -> dict[str, NamedType]:
    above = {iri: texts(row, terms.RDFS_SUB_CLASS_OF) for iri, row in subjects_of(CORE).items()}
    kinds: dict[str, NamedType] = {}
    for iri in above:
        nearest: str | None = iri
        while nearest and nearest not in _TYPES:
            nearest = next(iter(above.get(nearest, ())), None)
        if nearest:
            kinds[iri] = _TYPES[nearest]
    return kinds


def _named(iri: str, row: Rows, kinds: Mapping[str, NamedType]) -> Named | None:
    kind = next((kinds[cls] for cls in texts(row, terms.RDF_TYPE) if cls in kinds), None)
    scheme = next(iter(texts(row, terms.SKOS_IN_SCHEME)), None)
    if kind is None or scheme == terms.V_METRIC:
        return None
    label = texts(row, terms.SKOS_PREF_LABEL)[0]
    parents = texts(row, terms.HAS_PARENT_ORGANIZATION) + texts(row, terms.IS_LOCATED_IN)
    return Named(
        iri=iri,
        label=label,
        type=kind,
        names=tuple(dict.fromkeys((label, *texts(row, terms.SKOS_ALT_LABEL)))),
        hidden=texts(row, terms.SKOS_HIDDEN_LABEL),
        scheme=scheme,
        parent=next(iter(parents), None),
        country=next(iter(texts(row, terms.IS_HEADQUARTERED_IN)), None),
        everyday=texts(row, terms.EVERYDAY_NAME),
        adjectives=texts(row, terms.ADJECTIVE_FORM),
    )


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for name, iri in pairs:
        if iri not in index.setdefault(name, ()):
            index[name] += (iri,)
    return index
