"""sites -> mentions: which descriptions of sites mean one facility, and what it is called.

Sites of one family in one place are one facility, so are those of a town and of the country or state around
it when they are the only ones. A site that stands in apposition to a named facility ("Barber Lake, a site in
Colorado City") is that facility.
"""

from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Doc, Span

from ingest.distant_sites import find_distant_sites
from ingest.name_groups import plain_name
from ingest.sites import Site, find_sites
from kg.iris import entity_iri
from kg.model import Entity
from ontology.labels import Labels

_NAMING = frozenset(("Facility", "Organization", "Offering"))
_DETERMINERS = frozenset(("a", "an", "the", "its", "their", "his", "her", "our", "another"))


def find_site_mentions(doc: Doc, mentions: Sequence[Span], labels: Labels) -> Iterator[Span]:
    """Mentions of facilities described by their place; each covers the noun and what goes before it."""
    places = [span for span in mentions if span.label_ == "Place"]
    named = {span.end: span for span in mentions if span.label_ == "Facility"}
    unnamed: dict[tuple[str, str], list[Site]] = {}
    near = list(find_sites(doc, places))
    inside = {i for span in mentions if span.label_ in _NAMING for i in range(span.start, span.end)}
    for site in (*near, *find_distant_sites(doc, places, near)):
        if site.told and not inside.isdisjoint(range(site.head_start, site.head_end)):
            continue
        known = _named_facility(doc, site, named)
        if known is None:
            unnamed.setdefault((site.place._.entity.iri, site.family), []).append(site)
        elif known.end != site.start and known.end != site.head_start:
            yield _mention(doc, site, known._.entity)
    for sites in _joined(unnamed, _regions_of(doc, places, labels)):
        entity = _entity(doc, sites)
        for site in sites:
            yield _mention(doc, site, entity)


def _named_facility(doc: Doc, site: Site, named: Mapping[int, Span]) -> Span | None:
    """The named facility that stands right before the description, or before a comma and an article."""
    for start in (site.start, site.head_start):
        if start in named:
            return named[start]
        before = start - 1
        if before >= 0 and doc[before].lower_ in _DETERMINERS:
            before -= 1
        if before >= 0 and doc[before].text in (",", "(", "–") and before in named:
            return named[before]
    return None


def _regions_of(doc: Doc, places: Sequence[Span], labels: Labels) -> dict[str, set[str]]:
    """By place: what is known, or written after a comma ("Vineland, New Jersey"), to be around it."""
    around: dict[str, set[str]] = {}
    by_start = {span.start: span for span in places}
    for span in places:
        iri = span._.entity.iri
        found = around.setdefault(iri, set())
        parent = labels.named[iri].parent if iri in labels.named else None
        while parent and parent not in found:
            found.add(parent)
            parent = labels.named[parent].parent if parent in labels.named else None
        if span.end < len(doc) and doc[span.end].text == "," and span.end + 1 in by_start:
            found.add(by_start[span.end + 1]._.entity.iri)
    return around


def _joined(
    unnamed: Mapping[tuple[str, str], list[Site]], around: Mapping[str, set[str]]
) -> Iterator[list[Site]]:
    merged = dict(unnamed)
    for place, family in unnamed:
        inner = [key for key in merged if key[1] == family and place in around.get(key[0], ())]
        if len(inner) == 1:
            merged[inner[0]] = merged[inner[0]] + merged.pop((place, family))
    yield from merged.values()


def _entity(doc: Doc, sites: Sequence[Site]) -> Entity:
    names = dict.fromkeys(name for site in sites for name in _names(doc, site))
    label, *aliases = names
    return Entity(entity_iri("Facility", label), label, "Facility", tuple(aliases), known=False)


def _names(doc: Doc, site: Site) -> Iterator[str]:
    place = plain_name(site.place.text)
    yield f"{place} {site.head}"
    yield f"{site.head} in {place}"
    if not site.told:
        return
    yield " ".join(doc[site.start : site.end].text.split())
    yield " ".join(doc[site.start : site.head_end].text.split())


def _mention(doc: Doc, site: Site, entity: Entity) -> Span:
    behind = site.place.start >= site.head_end or not site.told
    start = site.start if behind else max(site.place.end, site.start)
    span = Span(doc, start, site.head_end, label="Facility")
    span._.entity = entity
    span._.how = "candidate"
    return span
