"""filters -> a page of claims, in the order of their IRIs so that a cursor stays good in every version."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Store

from kg.claim_records import claim_records
from kg.iris import CLAIM, DOC, ID, NS, VOCAB
from kg.names import candidates_for
from kg.queries import rows_of
from kg.records import ClaimPage
from kg.vocabulary import concept

_PREFIXES = (
    f"PREFIX aif: <{NS}> PREFIX oa: <http://www.w3.org/ns/oa#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)


@dataclass(frozen=True)
class ClaimFilter:
    """What the claims must have; None asks for nothing. Things are ids or IRIs, words are plain names."""

    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    metric: str | None = None
    claimant: str | None = None
    about: str | None = None
    report: str | None = None
    kind: str | None = None
    modality: str | None = None
    polarity: str | None = None
    status: str | None = None
    year: int | None = None
    min_confidence: Decimal | None = None
    text: str | None = None


def claim_page(store: Store, *, wanted: ClaimFilter, limit: int, cursor: str | None) -> ClaimPage:
    """The first claims after the cursor that fit, at most `limit`, and how many fit in all."""
    where = " ".join(_clauses(wanted))
    total = rows_of(store, f"{_PREFIXES} SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {{ {where} }}")[0]["n"]
    after = f"FILTER(STR(?claim) > {Literal(CLAIM + cursor)})" if cursor else ""
    found = rows_of(
        store,
        f"{_PREFIXES} SELECT DISTINCT ?claim WHERE {{ {where} {after} }} "
        f"ORDER BY STR(?claim) LIMIT {limit + 1}",
    )
    iris = [row["claim"] for row in found]
    more = len(iris) > limit
    last = iris[limit - 1].removeprefix(CLAIM) if more else None
    return ClaimPage(tuple(claim_records(store, iris[:limit])), int(total), last)


def _clauses(wanted: ClaimFilter) -> Iterator[str]:
    """One graph pattern for each thing asked for; ids and words enter only as terms of the engine."""
    yield "?claim aif:reportedIn ?report ."
    yield from _thing("?claim aif:subject", wanted.subject, ID, VOCAB)
    yield from _thing("?claim aif:predicate", wanted.predicate, NS)
    yield from _thing("?claim aif:object", wanted.object, ID, VOCAB)
    yield from _metric(wanted.metric)
    yield from _thing("?claim aif:attributedTo|aif:relayedBy", wanted.claimant, ID)
    yield from _thing("?claim aif:about|aif:subject|aif:object|aif:scope|aif:metric", wanted.about, ID, VOCAB)
    yield from _thing("?claim aif:reportedIn", wanted.report, DOC)
    if wanted.kind:
        yield f"?claim a {NamedNode(f'{NS}{wanted.kind.capitalize()}Claim')} ."
    for scheme in ("modality", "polarity", "status"):
        word = getattr(wanted, scheme)
        if word:
            yield f"?claim aif:{scheme} {NamedNode(concept(scheme, word))} ."
    if wanted.year is not None:
        yield f"?claim aif:referenceYear {wanted.year} ."
    if wanted.min_confidence is not None:
        yield f"?claim aif:confidence ?confidence . FILTER(?confidence >= {wanted.min_confidence:f})"
    yield from _words(wanted.text)


def _thing(pattern: str, text: str | None, *namespaces: str) -> Iterator[str]:
    if text:
        terms = " ".join(str(NamedNode(iri)) for iri in candidates_for(text, *namespaces))
        variable = f"?{re.sub(r'[^a-zA-Z]', '', pattern.removeprefix('?claim aif:'))}"
        yield f"VALUES {variable} {{ {terms} }} {pattern} {variable} ."


def _metric(text: str | None) -> Iterator[str]:
    """The metric and all narrower ones: who asks for investment also wants data-centre investment."""
    if text:
        terms = " ".join(str(NamedNode(iri)) for iri in candidates_for(text, VOCAB, f"{VOCAB}metric-"))
        yield f"VALUES ?broad {{ {terms} }} ?claim aif:metric ?metric . ?metric skos:broader* ?broad ."


def _words(text: str | None) -> Iterator[str]:
    """Every word must stand in the statement or in the words of the source."""
    if text:
        yield "?claim aif:statement ?statement ; aif:evidence/oa:hasSelector/oa:exact ?quote ."
        yield 'BIND(LCASE(CONCAT(?statement, " ", ?quote)) AS ?words)'
        for word in text.lower().split():
            yield f"FILTER(CONTAINS(?words, {Literal(word)}))"
