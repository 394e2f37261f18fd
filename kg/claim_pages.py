"""filters -> a page of claims, in the order of their IRIs so that a cursor stays good in every version."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store

from kg.claim_records import claim_records
from kg.claim_shelf import shelf_of
from kg.errors import BadRequest
from kg.iris import CLAIM, DOC, ID, NS, VOCAB
from kg.names import candidates_for
from kg.queries import rows_of
from kg.records import ClaimPage, IriPage
from kg.search_index import claims_with, with_words
from kg.snapshots import Version
from kg.vocabulary import concept
from ontology.metrics import with_narrower

_PREFIXES = (
    f"PREFIX aif: <{NS}> PREFIX oa: <http://www.w3.org/ns/oa#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)


_MOST_KEPT = 32
_FEW = 500
_kept: dict[tuple[Path, "ClaimFilter"], list[str]] = {}


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
    sort: str | None = None  # a key of SORTS, with a dash in front from the largest down


# What claims can be ordered by; those without a value come last.
SORTS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "confidence": ("confidence", Decimal),
    "asserted_at": ("assertedAt", str),
    "recorded_at": ("recordedAt", str),
    "year": ("referenceYear", int),
    "value": ("value", Decimal),
    "statement": ("statement", str.casefold),
}


def claim_page(
    store: Store, *, version: Version, wanted: ClaimFilter, limit: int, cursor: str | None
) -> ClaimPage:
    """The first claims after the cursor that fit, at most `limit`, and how many fit in all.

    Raises:
        BadRequest: if the claims are sorted and that of the cursor does not fit any more.
    """
    page = page_of_iris(store, version=version, wanted=wanted, limit=limit, cursor=cursor)
    return ClaimPage(tuple(claim_records(store, page.iris)), page.total, page.cursor)


def page_of_iris(
    store: Store, *, version: Version, wanted: ClaimFilter, limit: int, cursor: str | None
) -> IriPage:
    """As `claim_page`, the IRIs alone."""
    fitting = _fitting(store, version, wanted)
    start = 0
    if cursor:
        last = CLAIM + cursor
        start = bisect_right(fitting, last) if wanted.sort is None else place_after(fitting, last)
    shown = fitting[start : start + limit]
    more = start + limit < len(fitting)
    following = shown[-1].removeprefix(CLAIM) if more else None
    return IriPage(tuple(shown), len(fitting), following)


def first_claims(store: Store, *, version: Version, subject: str, limit: int) -> Sequence[str]:
    """The IRIs of the first claims about a subject, which are those of its first page."""
    if shelf := shelf_of(store):
        return shelf.iris({"subject": [subject]}, limit)
    wanted = ClaimFilter(subject=subject)
    return page_of_iris(store, version=version, wanted=wanted, limit=limit, cursor=None).iris


def place_after(ordered: list[str], last: str) -> int:
    """Where a page begins that follows this claim; BadRequest if the claim is not in the list any more."""
    if last not in ordered:
        raise BadRequest("the list has changed since the page before; begin again without a cursor")
    return ordered.index(last) + 1


def _fitting(store: Store, version: Version, wanted: ClaimFilter) -> list[str]:
    """The IRIs of all claims that fit, in order; kept for the pages that follow."""
    key = version.path, wanted
    known = _kept.get(key)
    if known is None:
        keys = _keys(store, wanted)
        if wanted.text:
            said = _saying(store, version, keys, wanted.text)
            keys = {claim: key for claim, key in keys.items() if claim in said}
        known = _kept[version.path, wanted] = _ordered(keys, wanted.sort)
        while len(_kept) > _MOST_KEPT:
            del _kept[next(iter(_kept))]
    return known


def _keys(store: Store, wanted: ClaimFilter) -> dict[str, str | None]:
    """The claims that fit but for their words, each with what it is ordered by."""
    shelf, columns = shelf_of(store), _columns(wanted)
    if shelf and columns is not None:
        return dict.fromkeys(shelf.iris(columns))
    where = " ".join(_clauses(wanted))
    found = rows_of(store, f"{_PREFIXES} SELECT ?claim ?key WHERE {{ {where} }}")
    return {row["claim"]: row.get("key") for row in found}


def _columns(wanted: ClaimFilter) -> dict[str, Collection[str]] | None:
    """What is asked for as columns of a shelf; None if something is asked for that has none."""
    things: dict[str, tuple[str | None, tuple[str, ...]]] = {
        "subject": (wanted.subject, (ID, VOCAB)),
        "predicate": (wanted.predicate, (NS,)),
        "object": (wanted.object, (ID, VOCAB)),
    }
    found: dict[str, Collection[str]] = {
        name: candidates_for(text, *namespaces) for name, (text, namespaces) in things.items() if text
    }
    if wanted.metric:
        found["metric"] = with_narrower(candidates_for(wanted.metric, VOCAB, f"{VOCAB}metric-"))
    if wanted.year is not None:
        found["year"] = [str(wanted.year)]
    for scheme in ("modality", "status"):
        if word := getattr(wanted, scheme):
            found[scheme] = [concept(scheme, word)]
    rest = dict.fromkeys((*things, "metric", "year", "modality", "status", "text"))
    return found if replace(wanted, **rest) == ClaimFilter() else None


def _saying(store: Store, version: Version, claims: Collection[str], words: str) -> set[str]:
    """Claims with all of the words: those of the given ones if these are few, else all that there are."""
    shelf = shelf_of(store)
    if shelf is None or len(claims) > _FEW:
        return claims_with(store, version=version, words=words)
    return with_words(shelf.texts(claims), words=words)


def _ordered(keys: Mapping[str, str | None], sort: str | None) -> list[str]:
    """The claims by their keys, and equal ones by their IRIs, whichever way is asked for."""
    claims = sorted(keys)
    if sort is None:
        return claims
    _, read = SORTS[sort.removeprefix("-")]
    values = {claim: read(key) for claim, key in keys.items() if key is not None}
    known = [claim for claim in claims if claim in values]
    known.sort(key=values.__getitem__, reverse=sort.startswith("-"))
    return known + [claim for claim in claims if claim not in values]


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
    if wanted.sort:
        predicate, _ = SORTS[wanted.sort.removeprefix("-")]
        yield f"OPTIONAL {{ ?claim aif:{predicate} ?key }}"
    if wanted.year is not None:
        yield f"?claim aif:referenceYear {wanted.year} ."
    if wanted.min_confidence is not None:
        yield f"?claim aif:confidence ?confidence . FILTER(?confidence >= {wanted.min_confidence:f})"


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
