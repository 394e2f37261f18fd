"""graph -> the landscape: providers by paradigm, who buys from whom, the network of facts.

Region, delivery and paradigm narrow all three views; each choice says how many providers it leaves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.pages import page
from api.web.choices import address_of, filters_of
from api.web.contracts_page import contracts_page
from api.web.versioned_pages import PageGraphDep, PageRoute
from kg.choosing import Choices, counted, fits
from kg.drawn_network import DrawnNetwork, drawn_network
from kg.landscape import Landscape, Membership, landscape
from kg.records import ProviderRecord, Ref
from ontology import terms

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_COLUMNS = (("delivery", terms.USES_DELIVERY_PARADIGM), ("business model", terms.HAS_BUSINESS_MODEL))
_NONE = "no paradigm named"
_MOST_DRAWN, _MOST_ON_CANVAS = 60, 400
_SIZES = (_MOST_DRAWN, 150, _MOST_ON_CANVAS)  # things in the network: as SVG, and more of them on a canvas
_VIEWS = (("matrix", "Matrix"), ("contracts", "Contracts"), ("network", "Network"))
_FILTERS = ("region", "delivery", "paradigm")
Chosen = Annotated[str | None, Query(max_length=80)]


@dataclass(frozen=True)
class Row:
    """A provider with its cell under each paradigm, by IRI, and everything it is classed as."""

    provider: ProviderRecord
    paradigms: dict[str, Membership]
    memberships: tuple[Membership, ...]


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
        return await contracts_page(graph, shown if chosen else None, _homes(found), common)
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
            home = _home(follows).label if follows else _NONE
            cells_of = {one.term.iri: one for one in follows}
            groups[home].append(Row(provider, cells_of, tuple(of_provider)))
    return [(name, rows) for name, rows in groups.items() if rows]


def _home(follows: Iterable[Membership]) -> Ref:
    return max(follows, key=lambda one: one.reports).term


def _homes(found: Landscape) -> dict[str, str]:
    """The paradigm that most reports give each provider, both by IRI."""
    follows: dict[str, list[Membership]] = defaultdict(list)
    for one in found.memberships:
        if one.predicate.iri == terms.FOLLOWS_PARADIGM:
            follows[one.provider.iri].append(one)
    return {iri: _home(some).iri for iri, some in follows.items()}


def _unclassed(found: Landscape) -> int:
    classed = {membership.provider.iri for membership in found.memberships}
    return sum(provider.iri not in classed for provider in found.providers)
