"""The part of the client that reads the market at a glance: figures, comparisons, networks."""

from aifkg.client.transport import Transport, part
from api.analysis import CommunityList, GapList, PathOut, RankedList
from api.market_schemas import (
    ComparisonOut,
    LandscapeOut,
    MetricList,
    NetworkOut,
    PointList,
    RankingOut,
    TimelineOut,
)
from api.neighbours import NeighbourList


class Market(Transport):
    """Reads; each method raises Refused with the service's problem, or Unreachable."""

    def landscape(self) -> LandscapeOut:
        """Providers by paradigm, delivery, business model and region."""
        return self._read(LandscapeOut, "/api/landscape")

    def network(self, *, around: str | None = None, limit: int = 60) -> NetworkOut:
        """The plain facts as a picture."""
        return self._read(NetworkOut, "/api/network", around=around, limit=limit)

    def metrics(self, *, sort: str | None = None) -> MetricList:
        """What can be measured, and how much is said about it."""
        return self._read(MetricList, "/api/metrics", sort=sort)

    def series(
        self,
        metric: str,
        *,
        subject: str | None = None,
        unit: str | None = None,
        limit: int | None = None,
    ) -> PointList:
        """The figures of a metric in the order of time, each with its claim; `total` counts all."""
        path = f"/api/metrics/{part(metric)}/series"
        return self._read(PointList, path, subject=subject, unit=unit, limit=limit)

    def ranking(
        self, metric: str, *, period: str | None = None, unit: str | None = None, limit: int = 100
    ) -> RankingOut:
        """The best figure of each subject, largest first."""
        path = f"/api/metrics/{part(metric)}/ranking"
        return self._read(RankingOut, path, period=period, unit=unit, limit=limit)

    def compare(self, *ids: str, limit: int = 5) -> ComparisonOut:
        """Two to six things side by side, gaps as None; of each property the latest claims."""
        return self._read(ComparisonOut, "/api/compare", ids=",".join(ids), limit=limit)

    def timeline(self, id: str, *, limit: int = 50, cursor: str | None = None) -> TimelineOut:
        """A page of the claims in which a thing stands, by the time that they are about."""
        return self._read(TimelineOut, f"/api/entities/{part(id)}/timeline", limit=limit, cursor=cursor)

    def gaps(self, id: str) -> GapList:
        """What reports say of the things most like this one, and not of it."""
        return self._read(GapList, f"/api/entities/{part(id)}/gaps")

    def neighbours(
        self,
        id: str,
        *,
        direction: str | None = None,
        predicate: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> NeighbourList:
        """What claims join the thing to, either way round; those of whom most reports speak come first."""
        path = f"/api/entities/{part(id)}/neighbours"
        return self._read(
            NeighbourList, path, direction=direction, predicate=predicate, limit=limit, offset=offset
        )

    def centrality(self, *, limit: int = 20) -> RankedList:
        """The things that the plain facts turn around."""
        return self._read(RankedList, "/api/analysis/centrality", limit=limit)

    def communities(self) -> CommunityList:
        """Groups of things with more facts among each other than with others."""
        return self._read(CommunityList, "/api/analysis/communities")

    def similarity(self, id: str, *, limit: int = 20) -> RankedList:
        """The things that share most of their facts with this one."""
        return self._read(RankedList, "/api/analysis/similarity", id=id, limit=limit)

    def path(self, start: str, end: str) -> PathOut:
        """The shortest chain of facts between two things, each with its claims."""
        return self._read(PathOut, "/api/paths", from_=start, to=end)
