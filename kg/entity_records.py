"""What the graph knows of things: organizations, people, places, vocabulary terms, classes and properties."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import Store

from kg.claim_shelf import shelf_of
from kg.errors import UnknownIri
from kg.iris import ID, NS, VOCAB
from kg.names import candidates_for, id_of, refs_for
from kg.queries import Row, rows
from kg.records import EntityRecord, FactRecord, ProviderRecord, Ref, ThingRecord
from ontology import terms

_NAMES = (terms.SKOS_PREF_LABEL, terms.SKOS_ALT_LABEL, terms.RDFS_LABEL)


def entity_record(store: Store, *, id: str) -> EntityRecord:
    """What is known of a thing, by id (of an entity, a term or a class) or IRI; UnknownIri if nothing is."""
    iri, said, mentions = _find(store, id)
    return _record(store, iri, said, mentions)


def thing_record(store: Store, *, id: str) -> ThingRecord:
    """Which thing an id or IRI stands for, without what is said of it; UnknownIri if nothing is known."""
    iri, said, mentions = _find(store, id)
    types = _types(_by_predicate(said), mentions)
    refs = refs_for(store, [iri, *types])
    return ThingRecord(iri, id_of(iri), refs[iri].label, _ours(types, refs))


def _find(store: Store, id: str) -> tuple[str, list[Row], list[Row]]:
    """The IRI that the id stands for, what release and plain facts say of it, what reports call it."""
    for iri in candidates_for(id, ID, VOCAB, NS):
        said = rows(store, "entity", one={"entity": iri})
        mentions = rows(store, "mentioned", one={"entity": iri})
        if said or mentions:
            return iri, said, mentions
    raise UnknownIri(f"nothing is known about {id}")


def _types(values: Mapping[str, list[str]], mentions: Iterable[Row]) -> list[str]:
    named = (row["type"] for row in mentions if "type" in row)
    return list(dict.fromkeys([*values.get(terms.RDF_TYPE, ()), *named]))


def _ours(types: Iterable[str], refs: Mapping[str, Ref]) -> tuple[Ref, ...]:
    return tuple(refs[name] for name in types if name.startswith(NS))


def _record(store: Store, iri: str, said: list[Row], mentions: list[Row]) -> EntityRecord:
    shelf = shelf_of(store)
    counts = shelf.counts(iri) if shelf else rows(store, "entity_claims", one={"entity": iri})
    reports = [row["report"] for row in rows(store, "entity_reports", one={"entity": iri})]
    values = _by_predicate(said)
    types = _types(values, mentions)
    facts = [(row["predicate"], row["value"]) for row in said if _is_fact(row)]
    refs = refs_for(
        store,
        [
            iri,
            *types,
            *reports,
            *(part for fact in facts for part in fact),
            *values.get(terms.DCTERMS_IS_REPLACED_BY, ()),
            *(value for row in counts for name, value in row.items() if name in ("predicate", "metric")),
        ],
    )
    names = [name for predicate in _NAMES for name in values.get(predicate, ())]
    return EntityRecord(
        iri=iri,
        id=id_of(iri),
        label=refs[iri].label,
        names=tuple(dict.fromkeys([*names, *(row["name"] for row in mentions)])),
        types=_ours(types, refs),
        definition=next(iter(values.get(terms.SKOS_DEFINITION, ())), None),
        facts=tuple(
            FactRecord(refs[predicate], refs[value]) for predicate, value in sorted(dict.fromkeys(facts))
        ),
        claims_by_predicate=_counted(counts, "predicate", refs),
        claims_by_metric=_counted(counts, "metric", refs),
        reports=tuple(refs[report] for report in sorted(reports)),
        replaced_by=next((refs[iri] for iri in values.get(terms.DCTERMS_IS_REPLACED_BY, ())), None),
    )


def _by_predicate(said: Iterable[Row]) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for row in said:
        values[row["predicate"]].append(row["value"])
    return values


def _is_fact(row: Row) -> bool:
    """A relation between two things, as opposed to a label, a type or a number."""
    return row["predicate"].startswith(NS) and "://" in row["value"]


def _counted(counts: Iterable[Row], name: str, refs: Mapping[str, Ref]) -> tuple[tuple[Ref, int], ...]:
    totals: Counter[str] = Counter()
    for row in counts:
        if name in row:
            totals[row[name]] += int(row["claims"])
    return tuple(
        (refs[iri], number) for iri, number in sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    )


def provider_records(store: Store) -> list[ProviderRecord]:
    """All providers by name, those without any claim included."""
    iris = [row["provider"] for row in rows(store, "providers")]
    if not iris:
        return []
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, "provider_facts", many={"subject": iris}):
        facts[row["subject"]][row["predicate"]].append(row["value"])
    counts = {
        row["subject"]: int(row["claims"])
        for row in rows(store, "claims_per_subject", many={"subject": iris})
    }
    refs = refs_for(store, [*iris, *(v for said in facts.values() for vs in said.values() for v in vs)])

    def provider(iri: str) -> ProviderRecord:
        def all_of(predicate: str) -> tuple[Ref, ...]:
            return tuple(sorted((refs[value] for value in facts[iri][predicate]), key=lambda ref: ref.label))

        return ProviderRecord(
            iri=iri,
            id=id_of(iri),
            label=refs[iri].label,
            country=next(iter(all_of(terms.IS_HEADQUARTERED_IN)), None),
            parent=next(iter(all_of(terms.HAS_PARENT_ORGANIZATION)), None),
            paradigms=all_of(terms.FOLLOWS_PARADIGM),
            deliveries=all_of(terms.USES_DELIVERY_PARADIGM),
            business_models=all_of(terms.HAS_BUSINESS_MODEL),
            claims=counts.get(iri, 0),
        )

    return sorted((provider(iri) for iri in iris), key=lambda found: found.label.casefold())
