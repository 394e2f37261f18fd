"""graph -> the vocabulary in use, for editors that complete queries."""

from fastapi import APIRouter
from pydantic import Field

from api.claims import FAILURES
from api.deps import GraphDep
from api.schemas import Record
from api.versioned import VersionDep, VersionedRoute
from kg.self_description import PREFIXES
from kg.term_records import term_records

router = APIRouter(prefix="/api/terms", tags=["search"], route_class=VersionedRoute)


class TermOut(Record):
    """A class or property that some triple uses."""

    iri: str
    prefixed: str = Field(description="As a query writes it", examples=["aif:MetricClaim"])
    kind: str = Field(description="class or property")
    label: str
    uses: int = Field(description="Things of the class, or triples with the property")


class TermList(Record):
    """The vocabulary, most used first, with the prefixes that its short forms need."""

    version: int
    prefixes: dict[str, str]
    terms: list[TermOut]


@router.get("", responses=FAILURES)
async def list_terms(graph: GraphDep, version: VersionDep) -> TermList:
    """The classes and properties in use, for completion in editors."""
    found = await graph.ask(term_records, version=version)
    return TermList.model_validate({"version": version.number, "prefixes": PREFIXES, "terms": found})
