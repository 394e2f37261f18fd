"""a version of the graph -> the bodies of the JSON API's answers, written where the graph is read.

Run by the query processes, so that the service itself only passes bytes on. FastAPI stays out of here: these
processes would have to load it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from api.market_schemas import (
    ComparedThing,
    ComparisonOut,
    LandscapeOut,
    Measured,
    MetricList,
    PointList,
    RankingOut,
    TimelineOut,
)
from api.schemas import ClaimList, Entity, ProviderList, ReportList, Thing
from api.sorting import in_order
from kg.claim_pages import ClaimFilter, first_claims, page_of_iris
from kg.claim_records import claims_as_json, written_claims
from kg.comparison import ComparedRow, compare_iris
from kg.entity_records import entity_record, provider_records
from kg.figures import MetricRecord, Point, metric_records, ranking, series
from kg.landscape import landscape
from kg.reading import Engine
from kg.records import ProviderRecord, ReportRecord
from kg.report_records import report_records
from kg.snapshots import Version
from kg.timeline import timeline_of_iris

_CLAIMS_SHOWN = 50
_PROVIDER_KEYS: Mapping[str, Callable[[ProviderRecord], Any]] = {
    "label": lambda provider: provider.label.casefold(),
    "claims": lambda provider: provider.claims,
}
_METRIC_KEYS: Mapping[str, Callable[[MetricRecord], Any]] = {
    "label": lambda metric: metric.metric.label.casefold(),
    "claims": lambda metric: metric.claims,
}
_REPORT_KEYS: Mapping[str, Callable[[ReportRecord], Any]] = {
    "issued": lambda report: report.issued,
    "title": lambda report: report.title.casefold(),
    "claims": lambda report: report.claims,
}


def claims_body(
    store: Engine, *, version: Version, wanted: ClaimFilter, limit: int, cursor: str | None
) -> bytes:
    """A ClaimList; errors as of `claim_page`."""
    page = page_of_iris(store, version=version, wanted=wanted, limit=limit, cursor=cursor)
    head = ClaimList(version=version.number, total=page.total, next=page.cursor, claims=[])
    return _with_last(head, claims_as_json(store, page.iris))


def entity_body(store: Engine, *, version: Version, id: str) -> bytes:
    """An Entity; UnknownIri if nothing is known of it."""
    record = entity_record(store, id=id)
    claims = first_claims(store, version=version, subject=record.iri, limit=_CLAIMS_SHOWN)
    return _with_last(Entity.of(record, version.number), claims_as_json(store, claims))


def timeline_body(store: Engine, *, version: Version, id: str, limit: int, cursor: str | None) -> bytes:
    """A TimelineOut; errors as of `timeline`."""
    page = timeline_of_iris(store, id=id, limit=limit, cursor=cursor)
    head = TimelineOut(version=version.number, total=page.total, next=page.cursor, claims=[])
    return _with_last(head, claims_as_json(store, page.iris))


def series_body(
    store: Engine, *, version: Version, metric: str, subject: str | None, unit: str | None, limit: int
) -> bytes:
    """A PointList; errors as of `series`."""
    found = series(store, metric=metric, subject=subject, unit=unit, limit=limit)
    return _with_points(store, PointList(version=version.number, total=found.total, points=[]), found.points)


def ranking_body(
    store: Engine, *, version: Version, metric: str, period: str | None, unit: str | None, limit: int
) -> bytes:
    """A RankingOut; errors as of `ranking`."""
    points = ranking(store, metric=metric, period=period, unit=unit, limit=limit)
    return _with_points(store, RankingOut(version=version.number, ranking=[]), points)


def comparison_body(store: Engine, *, version: Version, ids: tuple[str, ...], most: int) -> bytes:
    """A ComparisonOut; errors as of `compare`."""
    found = compare_iris(store, ids=ids, most=most)
    claims = written_claims(store, found.claims)
    entities = [ComparedThing.model_validate(one) for one in found.entities]
    head = ComparisonOut(version=version.number, entities=entities, rows=[])
    return _with_last(head, (_compared(row, claims) for row in found.rows))


def _compared(row: ComparedRow[str], claims: Mapping[str, bytes]) -> bytes:
    """A row of a ComparisonOut, of which the claims are JSON already."""
    what = Thing.model_validate(row.what).model_dump_json().encode()
    lists = (b",".join(claims[iri] for iri in cell if iri in claims) for cell in row.cells)
    cells = b",".join(b"[%s]" % of_one if of_one else b"null" for of_one in lists)
    counts = ",".join(map(str, row.counts)).encode()
    return b'{"what":%s,"kind":"%s","cells":[%s],"counts":[%s]}' % (what, row.kind.encode(), cells, counts)


def landscape_body(store: Engine, *, version: Version) -> bytes:
    """A LandscapeOut."""
    return LandscapeOut.of(landscape(store), version.number).model_dump_json().encode()


def metrics_body(store: Engine, *, version: Version, sort: str | None) -> bytes:
    """A MetricList."""
    return _written(MetricList, version, metrics=in_order(metric_records(store), sort, _METRIC_KEYS))


def providers_body(store: Engine, *, version: Version, sort: str | None, claimed: bool) -> bytes:
    """A ProviderList, of those alone that some claim is about if only the `claimed` ones are wanted."""
    found = in_order(provider_records(store), sort, _PROVIDER_KEYS)
    shown = [one for one in found if one.claims or not claimed]
    return _written(ProviderList, version, providers=shown)


def reports_body(store: Engine, *, version: Version, sort: str | None) -> bytes:
    """A ReportList."""
    return _written(ReportList, version, reports=in_order(report_records(store), sort, _REPORT_KEYS))


def _written(kind: type[BaseModel], version: Version, **parts: object) -> bytes:
    return kind.model_validate({"version": version.number, **parts}).model_dump_json().encode()


def _with_points(store: Engine, head: BaseModel, points: Collection[Point]) -> bytes:
    claims = written_claims(store, (point.claim.iri for point in points))
    return _with_last(head, (_point(one, claims[one.claim.iri]) for one in points))


def _point(point: Point, claim: bytes) -> bytes:
    """A Point of which the claim, its last part, is JSON already."""
    measured = Measured.model_validate(point).model_dump_json().encode()
    return b'%s,"claim":%s}' % (measured.removesuffix(b"}"), claim)


def _with_last(head: BaseModel, entries: Iterable[bytes]) -> bytes:
    """A body whose last part is a list, none in it yet, with entries that are JSON already."""
    return head.model_dump_json().encode().removesuffix(b"]}") + b",".join(entries) + b"]}"
