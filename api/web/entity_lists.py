"""graph -> what there is about one thing, as lists: its statements, its figures, its neighbours.

Each list is narrowed and paged by the address alone, and is to be had as JSON, CSV and triples so narrowed.
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.claims import check_id
from api.neighbours import NeighbourOut
from api.pages import page
from api.replies import answer_response
from api.schemas import Claim
from api.tables import as_csv
from api.web.charting import Charted, charted
from api.web.choices import Filter, address_of, filters_of
from api.web.grouping import numbered
from api.web.page_forms import FORMS
from api.web.sides import sides_of
from api.web.unknown_page import unknown_page
from api.web.versioned_pages import PageGraph, PageGraphDep, PageRoute, shown
from kg.choosing import Choices, Counts
from kg.claim_lists import TRAITS, ClaimList, claim_list
from kg.claim_records import claim_records
from kg.descriptions import describe_all
from kg.entity_records import entity_record
from kg.errors import UnknownIri
from kg.formats import GRAPHS
from kg.iris import ID
from kg.neighbours import TRAITS as OF_NEIGHBOURS
from kg.neighbours import Neighbours, neighbours_of
from kg.records import EntityRecord
from kg.report_records import report_records

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_PER_PAGE = 100
_AT_ONCE = 500  # claims in one question, and neighbours in one table
_DRAWN = 24
_FEWEST = 3
_LARGEST = 1 << 24
# A figure is a statement about the thing with a number in it; the rest can be chosen.
_OF_FIGURES = {"as": "subject", "kind": "metric"}
_TRAITS_OF_FIGURES = tuple(name for name in TRAITS if name not in ("as", "kind", "predicate"))
Number = Annotated[int, Query(alias="page", ge=1, le=100_000)]
Part = Literal["statements", "figures", "neighbours"]


@dataclass(frozen=True)
class _Asked:
    """A list as the address asks for it."""

    entity: EntityRecord
    part: Part
    chosen: Choices
    number: int

    @property
    def skip(self) -> int:
        return (self.number - 1) * _PER_PAGE

    def address(self, chosen: Choices, number: int = 1) -> str:
        names = OF_NEIGHBOURS if self.part == "neighbours" else TRAITS
        parameters = {**chosen, "page": number if number > 1 else None}
        return address_of(f"/id/{self.entity.id}/{self.part}", parameters, (*names, "page"))

    def common(self, counts: Counts, total: int) -> dict[str, Any]:
        """What the pages of all lists show."""
        filters: list[Filter] = filters_of(counts, self.chosen, self.address)
        last = max(1, -(-total // _PER_PAGE))
        return {
            "entity": self.entity,
            "part": self.part,
            "filters": filters,
            "chosen": self.chosen,
            "unchosen": self.address({}),
            "start": self.address(self.chosen),
            "total": total,
            "first": self.skip + 1,
            "last": min(self.skip + _PER_PAGE, total),
            "before": self.address(self.chosen, self.number - 1) if self.number > 1 else None,
            "after": self.address(self.chosen, self.number + 1) if self.number < last else None,
            "triples": self.address(self.chosen).replace(f"/{self.part}", f"/{self.part}.ttl", 1),
        }


@router.get("/id/{name}/statements")
async def statements(graph: PageGraphDep, request: Request, name: str, number: Number = 1) -> Response:
    """The claims in which a thing stands, the latest first."""
    return await _listed(graph, request, name, "statements", number)


@router.get("/id/{name}/figures")
async def figures(graph: PageGraphDep, request: Request, name: str, number: Number = 1) -> Response:
    """The figures of a thing, the latest first; a chart of one metric where it has three of them or more."""
    return await _listed(graph, request, name, "figures", number)


@router.get("/id/{name}/neighbours")
async def neighbours(graph: PageGraphDep, request: Request, name: str, number: Number = 1) -> Response:
    """What claims join a thing to: a picture, and the list of it."""
    return await _listed(graph, request, name, "neighbours", number)


@router.get("/id/{name}/{part}.{suffix}")
async def triples(graph: PageGraphDep, request: Request, name: str, part: Part, suffix: str) -> Response:
    """The claims of a list as triples, with their evidence."""
    if suffix not in GRAPHS:
        raise UnknownIri(f"lists are not written as {suffix}")
    asked = await _asked(graph, request, name, part, 1)
    if part == "neighbours":
        iris = (await _neighbours(graph, asked, 0)).claims
    else:
        iris = (await _claims(graph, asked, 0)).iris
    work = partial(
        describe_all,
        iris=iris,
        format_name=suffix,
        max_bytes=_LARGEST,
        spool=graph.pool.new_spool(),
    )
    return answer_response(await graph.ask(work))


async def _listed(graph: PageGraph, request: Request, name: str, part: Part, number: int) -> Response:
    try:
        asked = await _asked(graph, request, name, part, number)
    except UnknownIri as unknown:
        return await unknown_page(graph, unknown, f"/id/{name}")
    if part == "neighbours":
        return await _page_of_neighbours(graph, asked)
    return await _page_of_claims(graph, asked)


async def _asked(graph: PageGraph, request: Request, name: str, part: Part, number: int) -> _Asked:
    """What the address asks for; UnknownIri if nothing is known of the thing."""
    try:
        iri = check_id(ID + name)
    except ValueError as error:
        raise UnknownIri(f"{name!r} names nothing") from error
    entity = await graph.ask(partial(entity_record, id=iri))
    names = OF_NEIGHBOURS if part == "neighbours" else TRAITS
    values = {trait: request.query_params.get(trait, "").strip()[:200] for trait in names}
    return _Asked(entity, part, {trait: value for trait, value in values.items() if value}, number)


async def _claims(graph: PageGraph, asked: _Asked, limit: int) -> ClaimList:
    fixed = _OF_FIGURES if asked.part == "figures" else {}
    work = partial(
        claim_list,
        entity=asked.entity.iri,
        chosen={**asked.chosen, **fixed},
        names=_TRAITS_OF_FIGURES if fixed else TRAITS,
        skip=asked.skip,
        limit=limit,
    )
    return await graph.ask(work)


async def _neighbours(graph: PageGraph, asked: _Asked, limit: int, skip: int | None = None) -> Neighbours:
    work = partial(neighbours_of, entity=asked.entity.iri, chosen=asked.chosen, limit=limit)
    return await graph.ask(partial(work, skip=asked.skip if skip is None else skip))


async def _page_of_claims(graph: PageGraph, asked: _Asked) -> Response:
    found = await _claims(graph, asked, _PER_PAGE)
    if _form() == "csv":
        return await _table_of_claims(graph, found.iris)
    drawn = await _chart(graph, asked, found) if asked.part == "figures" else None
    return page(
        "entity_list",
        claims=found.claims,
        sources=numbered(found.claims),
        reports={report.iri: report for report in await graph.ask(report_records)},
        charted=drawn,
        chart=drawn.chart if drawn else None,
        lines=drawn.lines if drawn else (),
        metric=drawn.chart.marks[0].claim.metric if drawn and drawn.chart else None,
        drawn=bool(drawn and drawn.chart),
        data=f"/api/claims?{urlencode(_of_api(asked))}",
        **asked.common(found.counts, len(found.iris)),
    )


def _of_api(asked: _Asked) -> dict[str, str]:
    """The same list as the JSON API has it."""
    chosen = dict(asked.chosen) | (_OF_FIGURES if asked.part == "figures" else {})
    role = chosen.pop("as", "about")
    return {role: asked.entity.id, **chosen, "sort": "-year", "limit": str(_AT_ONCE)}


async def _chart(graph: PageGraph, asked: _Asked, found: ClaimList) -> Charted | None:
    """The chart of the chosen metric, else of the one with most figures; of what is listed alone."""
    metrics = dict(found.counts["metric"])
    wanted = asked.chosen.get("metric")
    fitting = (ref for ref, count in metrics.items() if wanted in (None, ref.id) and count >= _FEWEST)
    metric = next(fitting, None)
    if metric is None:
        return None
    return await charted(graph, metric.iri, asked.entity.iri, only=frozenset(found.iris))


async def _table_of_claims(graph: PageGraph, iris: tuple[str, ...]) -> Response:
    """All claims as CSV, read in parts so that a long list keeps no worker for long."""
    claims: list[dict[str, Any]] = []
    for start in range(0, len(iris), _AT_ONCE):
        some = await graph.ask(partial(claim_records, iris=iris[start : start + _AT_ONCE]))
        claims += [Claim.of(claim).model_dump(mode="json") for claim in some]
    table = await asyncio.to_thread(as_csv, {"claims": claims})
    return Response(table, media_type=FORMS["csv"])


async def _page_of_neighbours(graph: PageGraph, asked: _Asked) -> Response:
    if _form() == "csv":
        whole = await _neighbours(graph, asked, _AT_ONCE, 0)
        rest = [
            await _neighbours(graph, asked, _AT_ONCE, skip) for skip in range(_AT_ONCE, whole.total, _AT_ONCE)
        ]
        rows = [NeighbourOut.of(one) for some in (whole, *rest) for one in some.neighbours]
        table = as_csv({"neighbours": [row.model_dump(mode="json") for row in rows]})
        return Response(table, media_type=FORMS["csv"])
    found = await _neighbours(graph, asked, _PER_PAGE)
    picture = sides_of(found.neighbours, _DRAWN)
    chosen = urlencode({**asked.chosen, "limit": str(_AT_ONCE)})
    return page(
        "entity_neighbours",
        neighbours=found.neighbours,
        picture=picture,
        sources=numbered(claim for one in found.neighbours for claim in one.claims),
        reports={report.iri: report for report in await graph.ask(report_records)},
        drawn=bool(found.neighbours),
        data=f"/api/entities/{asked.entity.id}/neighbours?{chosen}",
        **asked.common(found.counts, found.total),
    )


def _form() -> str:
    now = shown()
    return now.form if now else "html"
