"""The part of the client that reads claims, things, reports and versions, and asks questions."""

import json
from collections.abc import Iterator
from pathlib import Path

from aifkg.client.failures import Unreachable
from aifkg.client.sparql import Table
from aifkg.client.transport import Transport, part, query_of
from api.ask import AnswerOut, QueryOut, Question
from api.disputes import ConflictList, ConflictOut, RevisionList
from api.exporting import ExportList
from api.finding import SearchResult
from api.health import Alive, Ready
from api.history import ChangesOut, VersionList
from api.schemas import (
    Claim,
    ClaimInContext,
    ClaimList,
    Entity,
    ProviderList,
    ReportList,
    ReportText,
    Stats,
)
from api.vocabulary import TermList

_JSON = "application/sparql-results+json"


class Reading(Transport):
    """Reads; each method raises Refused with the service's problem, or Unreachable."""

    def ask(self, question: str) -> AnswerOut:
        """The answer to a question in plain English, with its query and evidence, or why there is none."""
        if self._version is None:
            return self._send(AnswerOut, "POST", "/api/ask", Question(question=question))
        return self._read(AnswerOut, "/api/ask", q=question)

    def query_for(self, question: str) -> QueryOut:
        """The SPARQL query that answers a question."""
        return self._read(QueryOut, "/api/text2sparql", question=question)

    def select(self, query: str) -> Table:
        """The rows of a SELECT query."""
        body = self._get("/sparql", {"query": query, "version": self._version}, accept=_JSON)
        try:
            return Table.of(json.loads(body))
        except LookupError as error:
            raise Unreachable("that query gives no table") from error

    def claims(
        self,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        object: str | None = None,
        metric: str | None = None,
        claimant: str | None = None,
        about: str | None = None,
        report: str | None = None,
        kind: str | None = None,
        modality: str | None = None,
        polarity: str | None = None,
        status: str | None = None,
        year: int | None = None,
        min_confidence: float | None = None,
        text: str | None = None,
        sort: str | None = None,
        page_size: int = 200,
    ) -> Iterator[Claim]:
        """All claims that fit, page by page, all from one version; `sort` as `-confidence`, largest first."""
        filters = {name: value for name, value in locals().items() if name not in ("self", "page_size")}
        page = self.claim_page(**filters, limit=page_size)
        yield from page.claims
        while page.next:
            page = self.claim_page(**filters, limit=page_size, cursor=page.next, version=page.version)
            yield from page.claims

    def claim_page(self, **parameters: str | int | float | None) -> ClaimList:
        """One page of claims, by the parameters of /api/claims."""
        return self._read(ClaimList, "/api/claims", **parameters)

    def claim(self, id: str) -> ClaimInContext:
        """One claim with what supports, contradicts and replaces it."""
        return self._read(ClaimInContext, f"/api/claims/{part(id)}")

    def citation(self, id: str, format: str = "plain") -> str:
        """A claim as one cites it: plain, markdown, bibtex, ris or csl."""
        asked = {"format": format, "version": self._version}
        return self._get(f"/api/citations/{part(id)}", asked, accept="*/*").decode()

    def entity(self, id: str) -> Entity:
        """What is known of a thing."""
        return self._read(Entity, f"/api/entities/{part(id)}")

    def providers(self, *, claimed: bool = False, sort: str | None = None) -> ProviderList:
        """All providers, or those that some claim is about."""
        return self._read(ProviderList, "/api/providers", claimed=claimed, sort=sort)

    def reports(self, *, sort: str | None = None) -> ReportList:
        """All reports, newest first unless sorted otherwise."""
        return self._read(ReportList, "/api/reports", sort=sort)

    def report(self, id: str) -> ReportText:
        """A report with its text and its claims in text order."""
        return self._read(ReportText, f"/api/reports/{part(id)}")

    def terms(self) -> TermList:
        """The words of the ontology."""
        return self._read(TermList, "/api/terms")

    def search(self, words: str, *, kind: str | None = None, limit: int = 20) -> SearchResult:
        """Things, reports and claims with all of the words, misspelt ones included."""
        return self._read(SearchResult, "/api/search", q=words, kind=kind, limit=limit)

    def conflicts(
        self, *, kind: str | None = None, about: str | None = None, sort: str | None = None
    ) -> ConflictList:
        """Where reports disagree."""
        return self._read(ConflictList, "/api/conflicts", kind=kind, about=about, sort=sort)

    def conflict(self, id: str) -> ConflictOut:
        """One conflict."""
        return self._read(ConflictOut, f"/api/conflicts/{part(id)}")

    def revisions(self, id: str) -> RevisionList:
        """How a forecast was revised, oldest first."""
        return self._read(RevisionList, f"/api/forecasts/{part(id)}/revisions")

    def stats(self) -> Stats:
        """How much is in the graph."""
        return self._read(Stats, "/api/stats")

    def versions(self) -> VersionList:
        """The versions that can be asked."""
        return self._read(VersionList, "/api/versions")

    def changes(self, since: int, *, about: str | None = None, limit: int = 100) -> ChangesOut:
        """What is different since an earlier version; only in claims about one thing, if it is given."""
        return self._read(ChangesOut, "/api/changes", since=since, about=about, limit=limit)

    def exports(self) -> ExportList:
        """The files that can be had of the newest version."""
        return self._read(ExportList, "/api/export")

    def export(self, name: str, path: Path) -> None:
        """Fetch one file; nothing stands at the path until all of it has come."""
        arriving = path.with_name(path.name + ".part")
        with arriving.open("wb") as file:
            file.writelines(self._stream(f"/api/export/{part(name)}"))
        arriving.replace(path)

    def alive(self) -> Alive:
        """Whether the service runs."""
        return self._read(Alive, "/healthz")

    def ready(self) -> Ready:
        """Whether it can answer."""
        return self._read(Ready, "/readyz")

    def address_of(self, path: str, **parameters: str | int | None) -> str:
        """The whole address of a path, to be quoted or opened in a browser."""
        return self._url + path + query_of(parameters)
