"""reading -> SPARQL. Names, numbers and labels enter only as terms of the engine, never as a user's text."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from kg.asking.cues import load_cues
from kg.asking.lexicon import Thing
from kg.asking.reading import Reading
from kg.iris import NS
from ontology import terms
from ontology.metrics import load_metrics

_PREFIXES = f"""PREFIX aif: <{NS}>
PREFIX v: <{terms.VOCAB}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_STANDING = "?claim aif:status ?status . FILTER(?status NOT IN (v:status-rejected, v:status-retracted{more}))"
_CURRENT = _STANDING.format(more=", v:status-superseded")
_FIGURES = "?subject ?metric ?value ?low ?high ?unit ?period ?modality ?claimant ?claim"
_ABOUT = "aif:subject|aif:object|aif:about|aif:scope|aif:metric|aif:aspect|aif:fromState|aif:toState"
# Only what acts or is a thing of its own is ranked, not a market beside its own parts.
_NO_MARKETS = (
    "FILTER NOT EXISTS { ?subject a aif:Market }",
    "FILTER NOT EXISTS { ?subject <https://schema.org/additionalType> aif:Market }",
)
_LIMIT = 300
_OF_FIGURES = frozenset({"figures", "ranking", "comparison", "who-says"})


def sparql_of(reading: Reading) -> str:
    """The query; its first variable is what was asked for, `?claim` the claims that say so."""
    return _BUILDERS[reading.form](reading)


def needs_of(reading: Reading) -> Mapping[str, Collection[str]]:
    """What every claim in the query's rows has, by columns of `kg.claim_shelf`; {} where not known."""
    if reading.form not in _OF_FIGURES or not reading.subjects:
        return {}
    needs: dict[str, Collection[str]] = {"subject": [iri for thing in reading.subjects for iri in thing.iris]}
    if reading.metric:
        needs["metric"] = _narrower(reading.metric)
    if reading.times and "years" in reading.note:
        needs["year"] = [str(time.year) for time in reading.times]
    elif reading.times:
        needs["label"] = [label for time in reading.times for label in time.labels]
    return needs


def _figures(reading: Reading) -> str:
    lines = [
        *_about(reading.subjects, reading.claimants),
        *_metric(reading.metric),
        "?claim aif:subject ?subject ; aif:modality ?modality .",
        _CURRENT,
        *_times(reading),
        *_filters("?subject", reading.filters),
        *_scopes(reading),
        *_bound(reading),
        *(_NO_MARKETS if reading.form == "ranking" else ()),
        *_modality(reading),
        *_numbers(reading),
        "OPTIONAL { ?claim aif:value ?value } OPTIONAL { ?claim aif:low ?low }",
        "OPTIONAL { ?claim aif:high ?high }",
        "OPTIONAL { ?claim aif:unit ?unit } OPTIONAL { ?claim aif:periodLabel ?period }",
        "OPTIONAL { ?claim aif:attributedTo ?claimant }",
    ]
    return _select(_FIGURES, lines, order=_order(reading))


def _order(reading: Reading) -> str:
    if reading.form != "ranking":
        return "?period ?subject ?claim"
    size = "COALESCE(?value, ?high, ?low)"
    return f"?unit {'DESC' if reading.descending else 'ASC'}({size}) ?claim"


def _who_says(reading: Reading) -> str:
    lines = [
        *_about(reading.subjects, ()),
        *(_metric(reading.metric) if reading.metric else ()),
        "?claim aif:subject ?subject ; aif:modality ?modality ; aif:attributedTo|aif:relayedBy ?claimant .",
        _CURRENT,
        *_times(reading),
        *_numbers(reading),
    ]
    return _select("?claimant ?subject ?claim", lines)


def _relation(reading: Reading) -> str:
    wanted, given = ("?object", "?subject") if reading.wanted == "object" else ("?subject", "?object")
    things = reading.subjects if reading.wanted == "object" else reading.objects
    claims = [
        "?claim aif:predicate ?predicate ; aif:polarity ?polarity .",
        _sides(reading),
        f"FILTER(?polarity {'=' if reading.negated else '!='} v:polarity-negated)",
        _CURRENT,
        *_times(reading),
        *_modality(reading),
        *_claimants(reading.claimants),
    ]
    body = [
        _values("?predicate", (NamedNode(iri) for iri in reading.predicates)),
        *_given(given, things, reading),
        f"{{ {' '.join(claims)} }}",
    ]
    if not (reading.negated or reading.times or reading.modality or reading.claimants):
        body.append(f"UNION {{ GRAPH <{terms.G_REFERENCE}> {{ ?subject ?predicate ?object }} }}")
    chain = _chain(reading)
    names = f"{wanted} ?predicate {given} ?claim"
    if chain:
        names, body = _chained(reading, chain, body)
        wanted = names.split()[0]
    body += _filters(wanted, reading.filters)
    return _select(names, body)


def _sides(reading: Reading) -> str:
    """Who stands on which side; of a symmetric relation both may stand on either."""
    relations = load_cues().relations
    if any(relations[iri].symmetric for iri in reading.predicates):
        return (
            "{ ?claim aif:subject ?subject ; aif:object ?object } "
            "UNION { ?claim aif:subject ?object ; aif:object ?subject }"
        )
    return "?claim aif:subject ?subject ; aif:object ?object ."


def _given(given: str, things: tuple[Thing, ...], reading: Reading) -> Iterator[str]:
    """The side that is named; a place stands for all places within it, and a strategy for its parts."""
    if not things or _chain(reading):
        return
    terms_ = _values("?given", _nodes(things))
    if any(thing.type == "Place" for thing in things) and given == "?object":
        yield f"{terms_} {given} aif:isLocatedIn* ?given ."
    elif reading.wanted == "subject" and any(thing.type == "Term" for thing in things):
        yield f"{terms_} {given} skos:broader* ?given ."
    else:
        yield _values(given, _nodes(things))


def _chain(reading: Reading) -> str | None:
    return next(
        (load_cues().relations[iri].chain for iri in reading.predicates if iri in load_cues().relations), None
    )


def _chained(reading: Reading, chain: str, body: list[str]) -> tuple[str, list[str]]:
    """Through the knot: who pursues a strategy that combines something, and what it combines."""
    step = f"?part aif:subject ?object ; aif:predicate {NamedNode(chain)} ; aif:object ?component ."
    if reading.wanted == "object":
        start = _values("?subject", _nodes(reading.subjects))
        return "?component ?subject ?claim ?part", [start, *body, step]
    end = _values("?component", _nodes(reading.objects))
    return "?subject ?component ?claim ?part", [*([end] if reading.objects else []), *body, step]


def _check(reading: Reading) -> str:
    lines = [
        _values("?predicate", (NamedNode(iri) for iri in reading.predicates)),
        _values("?subject", _nodes(reading.subjects)),
        _values("?within", _nodes(reading.objects)),
        "{ ?claim aif:predicate ?predicate ; aif:polarity ?polarity .",
        _sides(reading),
        _CURRENT,
        "} UNION",
        f"{{ GRAPH <{terms.G_REFERENCE}> {{ ?subject ?predicate ?object }} }}",
        "?object (aif:isLocatedIn|skos:broader)* ?within .",
        *_times(reading),
    ]
    return _select("?subject ?predicate ?object ?polarity ?claim", lines)


def _conflict(reading: Reading) -> str:
    lines = [
        "?conflict a aif:Conflict ; aif:involvesClaim ?claim , ?other . FILTER(?claim != ?other)",
        "?claim aif:subject ?subject .",
        *(_metric(reading.metric) if reading.metric else ()),
        *_times(reading),
    ]
    for number, thing in enumerate((*reading.subjects, *reading.claimants)):
        lines.append(
            f"?conflict aif:involvesClaim ?side{number} . {_values(f'?who{number}', _nodes((thing,)))}"
        )
        lines.append(f"?side{number} {_ABOUT}|aif:attributedTo|aif:relayedBy ?who{number} .")
    return _select("?subject ?conflict ?claim", lines, order="?conflict ?claim")


def _revision(reading: Reading) -> str:
    lines = [
        "{ ?claim aif:supersedes ?older } UNION { ?newer aif:supersedes ?claim }",
        "?claim aif:subject ?subject .",
        *_topic(reading.subjects),
        *(_family(reading.metric) if reading.metric else ()),
        *_claimants(reading.claimants),
        *_times(reading),
    ]
    return _select("?claim ?subject", lines)


def _change(reading: Reading) -> str:
    lines = ["?claim aif:aspect ?aspect ; aif:subject ?subject .", _CURRENT]
    if reading.subjects:
        lines.insert(0, _values("?subject", _nodes(reading.subjects)))
    if reading.scopes:
        lines.insert(0, _values("?aspect", _nodes(reading.scopes)))
    for name, path, things in (("from", "fromState", reading.filters), ("to", "toState", reading.objects)):
        said = f"?claim aif:{path} ?{name} ."
        lines.append(f"{_values(f'?{name}', _nodes(things))} {said}" if things else f"OPTIONAL {{ {said} }}")
    lead = "?from ?to ?aspect ?subject" if reading.wanted == "object" else "?subject ?from ?to ?aspect"
    return _select(f"{lead} ?claim", lines)


def _definition(reading: Reading) -> str:
    iris = [iri for thing in reading.subjects for iri in thing.iris] or [reading.metric or ""]
    lines = [
        _values("?thing", (NamedNode(iri) for iri in iris)),
        "{ ?thing skos:definition ?definition }",
        f"UNION {{ ?claim aif:subject ?thing ; aif:predicate ?predicate . {_CURRENT} }}",
        "UNION { ?thing skos:prefLabel ?name ; a/rdfs:label ?kind FILTER(LANG(?name) IN ('', 'en')) }",
    ]
    return _select("?thing ?definition ?name ?kind ?claim", lines)


def _timeline(reading: Reading) -> str:
    lines = [
        _values("?thing", _nodes(reading.subjects)),
        f"?claim {_ABOUT} ?thing .",
        _CURRENT,
        *_times(reading),
        "OPTIONAL { ?claim aif:periodLabel ?period } OPTIONAL { ?claim aif:assertedAt ?said }",
    ]
    return _select("?claim ?period ?said", lines, order="?period ?said ?claim")


def _when(reading: Reading) -> str:
    lines = ["?claim aif:periodLabel ?period .", _CURRENT]
    for number, thing in enumerate(reading.subjects):
        lines.insert(
            number, f"{_values(f'?thing{number}', _nodes((thing,)))} ?claim {_ABOUT} ?thing{number} ."
        )
    return _select("?period ?claim", lines, order="?period ?claim")


def _said(reading: Reading) -> str:
    lines = [
        *_claimants(reading.claimants),
        *_topic(reading.subjects),
        *(_family(reading.metric) if reading.metric else ()),
        *_times(reading),
        *_modality(reading),
        "?claim aif:statement ?statement .",
        _STANDING.format(more=""),
    ]
    return _select("?statement ?claim", lines)


def _post(reading: Reading) -> str:
    lines = [
        _values("?subject", _nodes(reading.subjects)),
        "?claim aif:subject ?subject ; aif:predicate aif:worksFor ; aif:object ?object .",
        "OPTIONAL { ?claim aif:role ?role }",
        _CURRENT,
    ]
    return _select("?role ?object ?subject ?claim", lines)


def _reports(reading: Reading) -> str:
    lines = [
        *_topic(reading.subjects),
        *(_metric(reading.metric) if reading.metric else ()),
        *_claimants(reading.claimants),
        *_times(reading),
        "?claim aif:reportedIn ?report .",
    ]
    return _select("?report (SAMPLE(?claim) AS ?any)", lines, group="?report")


def _about(subjects: tuple[Thing, ...], claimants: tuple[Thing, ...]) -> Iterator[str]:
    """Whom the figure is about and who says so; one who is all alone may be either."""
    who = list(_nodes(claimants))
    if subjects:
        yield _values("?subject", _nodes(subjects))
        yield from _claimants(claimants)
    elif who:
        yield _values("?who", who)
        yield "?claim aif:subject|aif:attributedTo|aif:relayedBy ?who ."


def _metric(metric: str | None) -> Iterator[str]:
    """The metric and all narrower ones."""
    if metric:
        nodes = (NamedNode(iri) for iri in _narrower(metric))
        yield f"{_values('?metric', nodes)} ?claim aif:metric ?metric ."
    else:
        yield "?claim aif:metric ?metric ."


@lru_cache(maxsize=1024)
def _narrower(metric: str) -> tuple[str, ...]:
    """The metric and all narrower ones, in the order of the ontology."""
    return tuple(iri for iri in load_metrics() if metric in _above(iri)) or (metric,)


def _above(metric: str) -> Iterator[str]:
    known = load_metrics()
    at: str | None = metric
    while at:
        yield at
        at = known[at].broader if at in known else None


def _family(metric: str) -> Iterator[str]:
    """The metric, and those that reports use for the same."""
    line = next((line for line in load_cues().related if metric in line), (metric,))
    yield f"{_values('?metric', (NamedNode(iri) for iri in line))} ?claim aif:metric ?metric ."


def _topic(things: tuple[Thing, ...]) -> Iterator[str]:
    if things:
        yield _values("?topic", _nodes(things))
        yield f"?claim {_ABOUT} ?topic ."


def _claimants(things: tuple[Thing, ...]) -> Iterator[str]:
    if things:
        yield _values("?who", _nodes(things))
        yield "?claim aif:attributedTo|aif:relayedBy ?who ."


def _times(reading: Reading) -> Iterator[str]:
    if not reading.times:
        return
    labels = [Literal(label) for time in reading.times for label in time.labels]
    if "years" in reading.note:
        years = " ".join(str(time.year) for time in reading.times)
        yield f"VALUES ?year {{ {years} }} ?claim aif:referenceYear ?year ."
    else:
        yield f"?claim aif:periodLabel ?label . FILTER(STR(?label) IN ({', '.join(map(str, labels))}))"


def _modality(reading: Reading) -> Iterator[str]:
    if reading.modality and "modality" not in reading.note:
        yield f"?claim aif:modality {NamedNode(reading.modality)} ."


def _numbers(reading: Reading) -> Iterator[str]:
    if reading.numbers and reading.form == "who-says":
        numbers = ", ".join(f"{number:f}" for number in reading.numbers)
        yield f"?claim aif:value|aif:low|aif:high ?number . FILTER(?number IN ({numbers}))"


def _bound(reading: Reading) -> Iterator[str]:
    """Whatever the words of the figure allow must lie beyond the number."""
    if reading.bound == "exactly":
        yield f"?claim aif:value|aif:low|aif:high ?bound . FILTER(?bound = {reading.numbers[0]:f})"
    elif reading.bound:
        name, sign = ("low", ">") if reading.bound == "above" else ("high", "<")
        yield f"?claim aif:{name} ?bound . FILTER(?bound {sign} {reading.numbers[0]:f})"


def _scopes(reading: Reading) -> Iterator[str]:
    if reading.scopes and "scope" not in reading.note:
        yield f"{_values('?scope', _nodes(reading.scopes))} ?claim aif:scope|aif:about ?scope ."


def _filters(variable: str, things: Iterable[Thing]) -> Iterator[str]:
    """What is wanted must be of this country, paradigm or business model."""
    for number, thing in enumerate(things):
        node = NamedNode(thing.iri)
        if thing.type == "Place":
            yield (f"{variable} (aif:isHeadquarteredIn|aif:isLocatedIn)/aif:isLocatedIn* {node} .")
        else:
            path = "aif:followsParadigm|aif:hasBusinessModel|aif:usesDeliveryParadigm"
            yield f"{variable} {path} ?group{number} . FILTER(?group{number} = {node})"


def _nodes(things: Iterable[Thing]) -> Iterator[NamedNode]:
    return (NamedNode(iri) for thing in things for iri in thing.iris)


def _values(variable: str, nodes: Iterable[NamedNode]) -> str:
    return f"VALUES {variable} {{ {' '.join(map(str, nodes))} }}"


def _select(names: str, lines: Iterable[str], *, order: str = "", group: str = "") -> str:
    body = "\n".join(f"  {line}" for line in lines)
    tail = f"\nGROUP BY {group}" if group else ""
    order = order or ("?report" if group else names)
    return (
        f"{_PREFIXES}SELECT DISTINCT {names} WHERE {{\n{body}\n}}{tail}\nORDER BY {order}\nLIMIT {_LIMIT}\n"
    )


_BUILDERS = {
    "figures": _figures,
    "ranking": _figures,
    "comparison": _figures,
    "who-says": _who_says,
    "relation": _relation,
    "count": _relation,
    "check": _check,
    "conflict": _conflict,
    "revision": _revision,
    "change": _change,
    "definition": _definition,
    "timeline": _timeline,
    "when": _when,
    "said": _said,
    "post": _post,
    "reports": _reports,
}
