"""published graph -> a server of the Model Context Protocol: tools that answer with citations, and resources.

Everything here reads; nothing can change the graph.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from aifkg.mcp_results import (
    AskResult,
    Cited,
    ComparedRow,
    CompareResult,
    Conflict,
    ConflictResult,
    EntityResult,
    Hit,
    SearchResult,
    TableResult,
    ask_result,
    citation,
    cited,
)
from kg.answers import Question, answer
from kg.asking.asker import LONGEST_QUESTION, Asker
from kg.claim_pages import ClaimFilter, claim_page
from kg.claim_records import claim_records
from kg.comparison import compare
from kg.disagreements import conflict_records
from kg.entity_records import entity_record
from kg.errors import AifkgError
from kg.figures import series
from kg.published import PublishedGraph
from kg.report_records import read_report, report_records
from kg.search_index import search

INSTRUCTIONS = """\
A knowledge graph of claims about the AI-factory market: who said what about whom, when, how surely, with the
exact sentence. Contradictions stay side by side: report all sides. Start with `ask` for questions in English.
If it answers "not-understood", use `search`, then `entity`, `claims` or `series` with the ids found. Cite the
quote and the report of every statement. Ids look like `aws`, `market-share`, `paradigm-hyperscaler`."""
_READS = ToolAnnotations(readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False)
_MOST_BYTES = 1 << 18
_MOST_ROWS = 200
_MOST_IN_CELL = 5
_QUERY_TIMEOUT_S = 10.0
Id = Annotated[str, Field(min_length=1, max_length=300, description="Id such as `aws`, or an IRI")]
OptionalId = Annotated[str | None, Field(max_length=300, description="Id such as `aws`, or an IRI")]


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """Errors of the product reach the agent as one sentence; anything else stays hidden by the SDK."""
    try:
        yield
    except AifkgError as error:
        raise ToolError(str(error)) from error


def make_server(graph: PublishedGraph) -> MCPServer[Any]:
    """The server over the newest version of the graph; the graph's processes must run as long as it does."""
    server: MCPServer[Any] = MCPServer(
        name="aifactory-kg",
        title="AI factory knowledge graph",
        instructions=INSTRUCTIONS,
        version=version("aifactory-kg"),
        log_level="ERROR",
    )
    tools = _Tools(graph)
    for tool in (
        *(tools.ask, tools.search, tools.entity, tools.claims),
        *(tools.series, tools.conflicts, tools.compare, tools.sparql),
    ):
        server.tool(annotations=_READS)(tool)
    _add_resources(server, graph)
    return server


class _Tools:
    """Each method is a tool; its docstring is what the agent reads."""

    def __init__(self, graph: PublishedGraph) -> None:
        self._graph = graph
        self._asker = Asker(graph)

    async def ask(
        self, question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    ) -> AskResult:
        """Answer a question in plain English with its query and citations; refuses rather than guesses."""
        async with _told():
            return ask_result(await self._asker.ask(question))

    async def search(
        self,
        words: Annotated[str, Field(min_length=1, max_length=200)],
        kind: Literal["entity", "report", "claim"] | None = None,
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> SearchResult:
        """Find entities, reports and claims by words, misspelt ones included; gives ids for other tools."""
        async with _told():
            newest = self._graph.newest()
            work = partial(search, version=newest, words=words, kind=kind, limit=limit)
            hits = (await self._graph.ask(work, version=newest)).hits
            iris = [hit.iri for hit in hits if hit.kind == "claim"]
            claims = await self._graph.ask(partial(claim_records, iris=iris), version=newest)
            shown = [Hit(kind=hit.kind, id=hit.id, iri=hit.iri, text=hit.text) for hit in hits]
            return SearchResult(hits=shown, citations=[citation(claim) for claim in claims])

    async def entity(self, id: Id) -> EntityResult:
        """What is known of an organization, place, product, person, regulation or term."""
        async with _told():
            newest = self._graph.newest()
            found = await self._graph.ask(partial(entity_record, id=id), version=newest)
            wanted = ClaimFilter(about=found.iri)
            page = await self._graph.ask(
                partial(claim_page, version=newest, wanted=wanted, limit=20, cursor=None), version=newest
            )
            claims = cited(f"{page.total} claims about {found.label}", page.claims)
            return EntityResult(
                id=found.id,
                iri=found.iri,
                label=found.label,
                names=list(found.names),
                types=[ref.label for ref in found.types],
                definition=found.definition,
                facts=[f"{fact.predicate.label} {fact.object.label}" for fact in found.facts],
                reports=[ref.label for ref in found.reports],
                claims=claims.model_copy(update={"more": page.total - len(claims.citations)}),
            )

    async def claims(
        self,
        subject: OptionalId = None,
        predicate: OptionalId = None,
        object: OptionalId = None,
        metric: OptionalId = None,
        claimant: OptionalId = None,
        report: OptionalId = None,
        year: Annotated[int | None, Field(ge=1900, le=2200)] = None,
        text: Annotated[str | None, Field(max_length=200)] = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 30,
    ) -> Cited:
        """The claims that fit all filters, each with its quote."""
        wanted = ClaimFilter(
            subject=subject,
            predicate=predicate,
            object=object,
            metric=metric,
            claimant=claimant,
            report=report,
            year=year,
            text=text,
        )
        async with _told():
            newest = self._graph.newest()
            work = partial(claim_page, version=newest, wanted=wanted, limit=limit, cursor=None)
            page = await self._graph.ask(work, version=newest)
            found = cited(f"{page.total} claims", page.claims, limit)
            return found.model_copy(update={"more": page.total - len(found.citations)})

    async def series(
        self,
        metric: Id,
        subject: OptionalId = None,
        unit: Annotated[str | None, Field(max_length=60, description="As GigaW or CCY_USD")] = None,
    ) -> Cited:
        """The figures of a metric in the order of time, of one subject or of all."""
        async with _told():
            found = await self._graph.ask(partial(series, metric=metric, subject=subject, unit=unit))
            text = "; ".join(
                f"{one.claim.subject.label} {one.claim.period.label if one.claim.period else 'undated'}: "
                f"{_range(one.value, one.low, one.high)} {one.unit.label}"
                for one in found.points[:40]
            )
            return cited(text, (one.claim for one in found.points))

    async def conflicts(
        self,
        about: OptionalId = None,
        kind: Literal["value", "attribution", "polarity", "modality", "state"] | None = None,
    ) -> ConflictResult:
        """Where the reports disagree, with all sides."""
        async with _told():
            found = await self._graph.ask(partial(conflict_records, kind=kind, about=about))
            shown = [Conflict(kind=one.kind, sides=[citation(c) for c in one.claims]) for one in found[:40]]
            return ConflictResult(conflicts=shown)

    async def compare(self, ids: Annotated[list[Id], Field(min_length=2, max_length=6)]) -> CompareResult:
        """Two to six things side by side, property by property; an empty cell is a gap."""
        async with _told():
            found = await self._graph.ask(partial(compare, ids=tuple(ids), most=_MOST_IN_CELL))
            rows = [
                ComparedRow(what=row.what.label, cells=[[citation(c) for c in cell] for cell in row.cells])
                for row in found.rows[:40]
            ]
            return CompareResult(things=[entity.label for entity in found.entities], rows=rows)

    async def sparql(self, query: Annotated[str, Field(min_length=1, max_length=20_000)]) -> TableResult:
        """Run a SPARQL 1.1 SELECT or ASK query over all graphs; reads only, with limits of time and size.

        Claims: `?claim aif:subject ?s ; aif:predicate ?p ; aif:object ?o` or `aif:metric ?m ; aif:value ?v`,
        with `aif:evidence/oa:hasSelector/oa:exact ?quote` and `aif:reportedIn ?report`.
        """
        async with _told():
            spool = self._graph.pool.new_spool()
            question = Question(query, graph_format=None, max_bytes=_MOST_BYTES)
            try:
                work = partial(answer, question=question, spool=spool)
                found = await self._graph.ask(work, timeout_s=_QUERY_TIMEOUT_S)
            finally:
                spool.unlink(missing_ok=True)
            return _table(json.loads(found.body))


def _range(value: object, low: object, high: object) -> str:
    return f"{value}" if value is not None else f"{low or '…'} to {high or '…'}"


def _table(found: dict[str, Any]) -> TableResult:
    if "boolean" in found:
        return TableResult(columns=[], rows=[], boolean=found["boolean"], more=0)
    rows = found["results"]["bindings"]
    shown = [{name: _text(term) for name, term in row.items()} for row in rows[:_MOST_ROWS]]
    more = max(0, len(rows) - _MOST_ROWS)
    return TableResult(columns=found["head"]["vars"], rows=shown, boolean=None, more=more)


def _text(term: dict[str, Any]) -> str:
    value = term["value"]
    return value if isinstance(value, str) else json.dumps(value)


def _add_resources(server: MCPServer[Any], graph: PublishedGraph) -> None:
    @server.resource("aifkg://ontology", mime_type="text/turtle")
    def ontology() -> str:
        """The classes and properties of the graph, in Turtle."""
        return (files("ontology") / "aif-core.ttl").read_text("utf-8")

    @server.resource("aifkg://reports", mime_type="application/json")
    async def reports() -> str:
        """All reports in the graph: id, title, publisher, day, number of claims."""
        found = await graph.ask(report_records)
        return json.dumps(
            [
                {
                    "id": one.id,
                    "title": one.title,
                    "publisher": one.publisher.label if one.publisher else None,
                    "issued": one.issued,
                    "claims": one.claims,
                    "uri": f"aifkg://reports/{one.id}",
                }
                for one in found
            ],
            ensure_ascii=False,
        )

    @server.resource("aifkg://reports/{id}", mime_type="text/plain")
    async def report(id: str) -> str:
        """The text of one report; offsets of citations count in it."""
        try:
            return (await graph.ask(partial(read_report, id=id))).text or ""
        except AifkgError as error:
            raise ResourceError(str(error)) from error
