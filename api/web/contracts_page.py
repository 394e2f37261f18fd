"""graph -> the contracts of the landscape: lanes, the list, and what contracts are said to be worth."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

from api.pages import page
from api.web.contracts import STILL, deals_of
from api.web.grouping import numbered
from api.web.lanes import lanes_of
from api.web.versioned_pages import PageGraph
from kg.claim_pages import ClaimFilter, claim_page
from kg.records import ClaimRecord
from kg.report_records import report_records

_MOST = 300


async def contracts_page(
    graph: PageGraph, only: set[str] | None, paradigms: Mapping[str, str], common: dict[str, Any]
) -> Response:
    """Who buys from whom and what for; only contracts with a side in `only` where it is given."""
    buying, worth = await asyncio.gather(
        _claims(graph, ClaimFilter(predicate="isCustomerOf")),
        _claims(graph, ClaimFilter(metric="metric-contract-value")),
    )
    deals = [one for one in deals_of(buying, worth) if only is None or {one.buyer.iri, one.seller.iri} & only]
    values = [claim for claim in worth if only is None or claim.subject.iri in only]
    lanes = lanes_of(deals, paradigms)
    shown = [claim for deal in deals for claim in (*deal.claims, *deal.worth)]
    return page(
        "landscape_contracts",
        deals=deals,
        lanes=lanes,
        drawn=lanes is not None,
        values=values,
        sources=numbered((*shown, *values)),
        reports={report.iri: report for report in await graph.ask(report_records)},
        **common,
    )


async def _claims(graph: PageGraph, wanted: ClaimFilter) -> list[ClaimRecord]:
    work = partial(claim_page, version=graph.newest(), wanted=wanted, limit=_MOST, cursor=None)
    return [claim for claim in (await graph.ask(work)).claims if claim.status in STILL]
