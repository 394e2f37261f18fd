"""graph -> the landscape: providers by paradigm, who buys from whom, the network of facts.

Region, delivery and paradigm narrow all three views; each choice says how many providers it leaves.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages import page
from api.web.choices import address_of, filters_of
from api.web.grouping import numbered
from api.web.versioned_pages import PageGraphDep, PageRoute
from kg.choosing import Choices, counted, fits
from kg.claim_pages import ClaimFilter, claim_page
from kg.drawn_network import DrawnNetwork, drawn_network
from kg.landscape import Landscape, Membership, landscape
from kg.records import ClaimRecord, ProviderRecord, Ref
from kg.report_records import report_records
from ontology import terms

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_COLUMNS = (("delivery", terms.USES_DELIVERY_PARADIGM), ("business model", terms.HAS_BUSINESS_MODEL))
_NONE = "no paradigm named"
_MOST_DRAWN, _MOST_ON_CANVAS, _MOST_CONTRACTS = 60, 400, 300
_SIZES = (_MOST_DRAWN, 150, _MOST_ON_CANVAS)  # things in the network: as SVG, and more of them on a canvas
_VIEWS = (("matrix", "Matrix"), ("contracts", "Contracts"), ("network", "Network"))
_FILTERS = ("region", "delivery", "paradigm")
_STILL = frozenset(("accepted", "preferred", "disputed", "candidate"))
Chosen = Annotated[str | None, Query(max_length=80)]


@dataclass(frozen=True)
class Row:
    """A provider with its cell under each paradigm, by IRI, and everything it is classed as."""

    provider: ProviderRecord
    paradigms: dict[str, Membership]
    memberships: tuple[Membership, ...]


@dataclass(frozen=True)
class Deal:
    """Who buys from whom, by all claims that say so; planned if nothing but plans says it."""

    buyer: Ref
    seller: Ref
    claims: tuple[ClaimRecord, ...]

    @property
    def planned(self) -> bool:
        """Whether it is no more than a plan."""
        return all(claim.modality == "planned" for claim in self.claims)


@router.get("/landscape")
async def providers(
    graph: PageGraphDep,
    view: Literal["matrix", "contracts", "network"] = "matrix",
    region: Chosen = None,
    delivery: Chosen = None,
    paradigm: Chosen = None,
    most: Annotated[int, Query(ge=2, le=_MOST_ON_CANVAS)] = _MOST_DRAWN,
) -> Response:
    """Who plays where, in one of three views, narrowed by what was chosen; `most` things of the network."""
    found = await graph.ask(landscape)
    asked = {"region": region, "delivery": delivery, "paradigm": paradigm}
    chosen = {name: value for name, value in asked.items() if value}
    traits = _traits(found)
    kept = [one for one in found.providers if fits(traits[one.iri], chosen)]
    shown = {one.iri for one in kept}
    counts = counted(list(traits.values()), chosen, _FILTERS)
    common: dict[str, Any] = {
        "view": view,
        "views": [(name, title, _address(name, chosen)) for name, title in _VIEWS],
        "filters": filters_of(counts, chosen, partial(_address, view, most=most)),
        "chosen": chosen,
        "unchosen": _address(view, {}),
        "unclassed": _unclassed(found),
    }
    if view == "network":
        only = frozenset(shown) if common["chosen"] else None
        work = partial(drawn_network, version=graph.newest(), only=only, limit=most)
        picture = await graph.ask(work)
        return page(
            "landscape_network",
            picture=picture,
            drawn=bool(picture.nodes),
            on_canvas=len(picture.nodes) > _MOST_DRAWN,
            most=most,
            sizes=_sizes(picture, chosen, most),
            **common,
        )
    if view == "contracts":
        return await _contracts(graph, shown if common["chosen"] else None, common)
    paradigms = _paradigms(found)
    groups = _groups(found, kept, paradigms)
    drawn = bool(groups)
    return page("landscape", paradigms=paradigms, groups=groups, columns=_COLUMNS, drawn=drawn, **common)


def _traits(found: Landscape) -> Mapping[str, Mapping[str, Sequence[Ref]]]:
    """What each provider can be filtered by."""
    traits: dict[str, dict[str, list[Ref]]] = {
        one.iri: {"region": [], "delivery": [], "paradigm": []} for one in found.providers
    }
    for iri, region in found.regions:
        traits[iri]["region"].append(region)
    kinds = {terms.USES_DELIVERY_PARADIGM: "delivery", terms.FOLLOWS_PARADIGM: "paradigm"}
    for one in found.memberships:
        if (kind := kinds.get(one.predicate.iri)) and one.provider.iri in traits:
            traits[one.provider.iri][kind].append(one.term)
    return traits


def _address(view: str, chosen: Choices, most: int = _MOST_DRAWN) -> str:
    """The page with these choices, defaults left out, always in one order."""
    parameters = {
        **chosen,
        "view": None if view == "matrix" else view,
        "most": None if most == _MOST_DRAWN else most,
    }
    return address_of("/landscape", parameters, sorted((*_FILTERS, "view", "most")))


def _sizes(picture: DrawnNetwork, chosen: Choices, most: int) -> list[tuple[int, str, bool]]:
    """How many things can be drawn, where that leads, whether it is so now; [] where all are drawn anyway."""
    if len(picture.nodes) + picture.left_out <= _MOST_DRAWN:
        return []
    return [(size, _address("network", chosen, size), size == most) for size in _SIZES]


def _paradigms(found: Landscape) -> list[Ref]:
    """The paradigms that some provider is said to follow, the commonest first."""
    counts = Counter(one.term for one in found.memberships if one.predicate.iri == terms.FOLLOWS_PARADIGM)
    return sorted(counts, key=lambda term: (-counts[term], term.label))


def _groups(
    found: Landscape, kept: Iterable[ProviderRecord], paradigms: list[Ref]
) -> list[tuple[str, list[Row]]]:
    """The classed providers under the paradigm that most reports give them; those without one last."""
    cells: dict[str, list[Membership]] = defaultdict(list)
    for membership in found.memberships:
        cells[membership.provider.iri].append(membership)
    groups: dict[str, list[Row]] = {name: [] for name in (*(term.label for term in paradigms), _NONE)}
    for provider in sorted(kept, key=lambda one: (-one.claims, one.label.casefold())):
        if of_provider := cells.get(provider.iri):
            follows = [one for one in of_provider if one.predicate.iri == terms.FOLLOWS_PARADIGM]
            home = max(follows, key=lambda one: one.reports).term.label if follows else _NONE
            groups[home].append(Row(provider, {one.term.iri: one for one in follows}, tuple(of_provider)))
    return [(name, rows) for name, rows in groups.items() if rows]


def _unclassed(found: Landscape) -> int:
    classed = {membership.provider.iri for membership in found.memberships}
    return sum(provider.iri not in classed for provider in found.providers)


async def _contracts(graph: PageGraphDep, only: set[str] | None, common: dict[str, Any]) -> Response:
    """Who buys from whom, and what contracts are said to be worth."""
    buying, worth = await asyncio.gather(
        _claims(graph, ClaimFilter(predicate="isCustomerOf")),
        _claims(graph, ClaimFilter(metric="metric-contract-value")),
    )
    deals: dict[tuple[Ref, Ref], list[ClaimRecord]] = defaultdict(list)
    for claim in buying:
        if claim.object and (only is None or {claim.subject.iri, claim.object.iri} & only):
            deals[claim.subject, claim.object].append(claim)
    found = sorted(
        (Deal(buyer, seller, tuple(claims)) for (buyer, seller), claims in deals.items()),
        key=lambda deal: (deal.buyer.label.casefold(), deal.seller.label.casefold()),
    )
    values = [claim for claim in worth if only is None or claim.subject.iri in only]
    return page(
        "landscape_contracts",
        deals=found,
        values=values,
        sources=numbered(claim for claim in (*buying, *values)),
        reports={report.iri: report for report in await graph.ask(report_records)},
        **common,
    )


async def _claims(graph: PageGraphDep, wanted: ClaimFilter) -> list[ClaimRecord]:
    work = partial(claim_page, version=graph.newest(), wanted=wanted, limit=_MOST_CONTRACTS, cursor=None)
    return [claim for claim in (await graph.ask(work)).claims if claim.status in _STILL]
