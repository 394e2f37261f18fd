"""Bodies of the routes that draw the market together, each read off a record of `kg`."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas import Claim, Provider, Record, Thing
from kg.drawn_network import DrawnNetwork
from kg.landscape import Landscape
from kg.records import Number


class MembershipOut(Record):
    """That a provider is said to belong under a market term."""

    provider: Thing
    predicate: Thing
    term: Thing
    reports: int = Field(description="How many reports say so")
    claims: int
    planned: bool = Field(description="Nothing but plans says so")


class Node(BaseModel):
    """A point of the network."""

    id: str
    label: str
    kind: Literal["provider", "term"]


class Edge(BaseModel):
    """A line of the network, as wide as there are reports behind it."""

    source: str
    target: str
    label: str
    reports: int
    planned: bool


class Network(BaseModel):
    """Nodes and edges, to be drawn."""

    nodes: list[Node]
    edges: list[Edge]


class LandscapeOut(BaseModel):
    """Who plays where."""

    version: int
    paradigms: dict[str, int] = Field(description="Providers under each paradigm, by its id")
    regions: dict[str, Thing] = Field(description="Part of the world of each provider, by its id")
    providers: list[Provider]
    memberships: list[MembershipOut]
    network: Network

    @classmethod
    def of(cls, found: Landscape, version: int) -> "LandscapeOut":
        """The landscape as JSON shows it."""
        ids = {provider.iri: provider.id for provider in found.providers}
        cells = [MembershipOut.model_validate(cell) for cell in found.memberships]
        counts: dict[str, int] = {}
        for cell in cells:
            if cell.predicate.id == "followsParadigm":
                counts[cell.term.id] = counts.get(cell.term.id, 0) + 1
        return cls(
            version=version,
            paradigms=counts,
            regions={ids[iri]: Thing.model_validate(region) for iri, region in found.regions},
            providers=[Provider.of(provider) for provider in found.providers],
            memberships=cells,
            network=_network(cells),
        )


def _network(cells: list[MembershipOut]) -> Network:
    nodes = {
        cell.provider.id: Node(id=cell.provider.id, label=cell.provider.label, kind="provider")
        for cell in cells
    }
    nodes |= {cell.term.id: Node(id=cell.term.id, label=cell.term.label, kind="term") for cell in cells}
    edges = [
        Edge(
            source=cell.provider.id,
            target=cell.term.id,
            label=cell.predicate.label,
            reports=cell.reports,
            planned=cell.planned,
        )
        for cell in cells
    ]
    return Network(nodes=list(nodes.values()), edges=edges)


class DrawnNodeOut(Record):
    """A thing at a place."""

    thing: Thing
    x: float = Field(description="From 0, left, to 100")
    y: float = Field(description="From 0, top, to 100")
    links: int = Field(description="Things that it is joined to in the picture")


class DrawnEdgeOut(Record):
    """A fact between two things, by their places in the list of nodes, from 0."""

    start: int
    end: int
    predicate: Thing


class NetworkOut(Record):
    """The plain facts as a picture."""

    version: int
    left_out: int = Field(description="Things with fewer facts, which are not in it")
    nodes: list[DrawnNodeOut]
    edges: list[DrawnEdgeOut]

    @classmethod
    def of(cls, found: DrawnNetwork, version: int) -> "NetworkOut":
        """The picture as JSON shows it."""
        return cls.model_validate({**vars(found), "version": version})


class MetricOut(Record):
    """Something that can be measured."""

    metric: Thing
    slug: str
    names: list[str]
    unit_kinds: list[str]
    broader: Thing | None
    claims: int
    subjects: int


class MetricList(Record):
    """All metrics by name."""

    version: int
    metrics: list[MetricOut]


class Measured(Record):
    """A figure; numbers are in `unit`."""

    value: Number | None
    low: Number | None
    high: Number | None
    unit: Thing
    actual: bool = Field(description="About what happened; false for forecasts, plans and offers")


class Point(Measured):
    """A figure, with the claim that it comes from; numbers are in `unit`."""

    claim: Claim


class PointList(Record):
    """Figures in the order of time."""

    version: int
    total: int = Field(description="How many there are in all, before `limit` and a unit leave some out")
    points: list[Point]


class RankingOut(Record):
    """Figures, largest first."""

    version: int
    ranking: list[Point]


class ComparedThing(Record):
    """One of the things that are compared."""

    iri: str
    id: str
    label: str
    types: list[Thing]


class ComparedRow(BaseModel):
    """One property or metric; a cell for each thing, null where nothing is said."""

    what: Thing
    kind: Literal["property", "metric"]
    cells: list[list[Claim] | None] = Field(description="In the order of time; of many the latest")
    counts: list[int] = Field(description="How many claims there are for each thing")


class ComparisonOut(BaseModel):
    """Things side by side."""

    version: int
    entities: list[ComparedThing]
    rows: list[ComparedRow]


class TimelineOut(Record):
    """A page of claims by the time that they are about."""

    version: int
    total: int = Field(description="How many claims there are in all")
    next: str | None = Field(description="Give it as `cursor` to get the next page; null on the last one")
    claims: list[Claim]
