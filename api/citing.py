"""A claim -> citations of it: plain, Markdown, BibTeX, RIS, CSL-JSON.

The order is always claimant, origin, relay, date, quote, then where it was read, so that the origin is cited
and not this service alone. RIS tags as in the RIS format specification of 2011, CSL-JSON as in CSL 1.0.2.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.claims import FAILURES, Id
from api.deps import GraphDep
from api.versioned import VersionDep, VersionedRoute
from api.web.markdown_text import escaped, link
from api.web.wording import period_in_words
from kg.disagreements import claim_context
from kg.records import ClaimRecord, ReportRecord
from kg.report_records import report_records

router = APIRouter(prefix="/api/citations", tags=["claims"], route_class=VersionedRoute)

_ESCAPED = {sign: "\\" + sign for sign in "{}&%$#_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\~{}",
    "^": r"\^{}",
}


@dataclass(frozen=True)
class Cited:
    """What a citation says, in the order in which it says it."""

    id: str
    iri: str
    claimants: tuple[str, ...]
    title: str
    publisher: str
    relayed_by: tuple[str, ...]
    day: str
    url: str
    quote: str
    about: str
    version: int

    @property
    def read_in(self) -> str:
        """Where it was read."""
        return f"Read in aifactory-kg version {self.version}, {self.iri}"

    @property
    def year(self) -> str:
        """The year of publication; empty if no date is known."""
        return self.day[:4]


def cited(claim: ClaimRecord, report: ReportRecord | None, version: int) -> Cited:
    """What citations of a claim say."""
    issued = (report.issued if report else None) or (claim.asserted_at or "")[:10]
    return Cited(
        id=claim.id,
        iri=claim.iri,
        claimants=tuple(one.label for one in claim.attributed_to),
        title=claim.report.label,
        publisher=report.publisher.label if report and report.publisher else "",
        relayed_by=tuple(one.label for one in claim.relayed_by),
        day=issued,
        url=(report.url if report else None) or "",
        quote=claim.evidence[0].quote if claim.evidence else claim.statement,
        about=period_in_words(claim.period),
        version=version,
    )


def plain(of: Cited) -> str:
    """One sentence of text."""
    return _said(of, of.title, of.read_in)


def markdown(of: Cited) -> str:
    """As text, with the origin in italics and the claim linked; what a report says stays text."""
    words = replace(
        of,
        claimants=tuple(escaped(name) for name in of.claimants),
        relayed_by=tuple(escaped(name) for name in of.relayed_by),
        publisher=escaped(of.publisher),
        quote=escaped(" ".join(of.quote.split())),
    )
    title = f"*{link(escaped(of.title), of.url)}*"
    return _said(words, title, f"Read in aifactory-kg version {of.version}, <{of.iri}>")


def _said(of: Cited, title: str, read_in: str) -> str:
    who = ", ".join(of.claimants) or "Nobody named"
    origin = ", ".join(part for part in (title, of.publisher) if part)
    relay = f", relayed by {', '.join(of.relayed_by)}" if of.relayed_by else ""
    return f"{who}, in {origin}{relay}, {of.day or 'no date'}: “{of.quote}” {read_in}."


def bibtex(of: Cited) -> str:
    """An entry of type misc."""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in of.claimants or (of.publisher,) if name),
        "title": _tex(of.title),
        "howpublished": _tex(of.publisher),
        "year": of.year,
        "month": of.day[5:7],
        "url": of.url,
        "note": _tex(f"“{of.quote}” {of.read_in}"),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{aif-{of.id},", *lines, "}"])


def _tex(text: str) -> str:
    return "".join(_ESCAPED.get(sign, sign) for sign in " ".join(text.split()))


def ris(of: Cited) -> str:
    """A record of type RPRT."""
    tags = [
        ("TY", "RPRT"),
        *(("AU", name) for name in of.claimants),
        ("TI", of.title),
        ("PB", of.publisher),
        ("DA", of.day.replace("-", "/")),
        ("UR", of.url),
        ("AB", of.quote),
        ("N1", of.read_in),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - "])


def csl(of: Cited) -> str:
    """A list of one item of type report."""
    item = {
        "id": f"aif-{of.id}",
        "type": "report",
        "author": [{"literal": name} for name in of.claimants],
        "title": of.title,
        "publisher": of.publisher,
        "issued": {"date-parts": [[int(part) for part in of.day.split("-")]]} if of.day else None,
        "URL": of.url,
        "abstract": of.quote,
        "note": of.read_in,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1)


FORMATS: Mapping[str, tuple[str, str, Callable[[Cited], str]]] = {
    "plain": ("Plain", "text/plain", plain),
    "markdown": ("Markdown", "text/markdown", markdown),
    "bibtex": ("BibTeX", "application/x-bibtex", bibtex),
    "ris": ("RIS", "application/x-research-info-systems", ris),
    "csl": ("CSL-JSON", "application/vnd.citationstyles.csl+json", csl),
}


def citations(of: Cited) -> list[tuple[str, str, str]]:
    """All formats: name in the address, name for people, text."""
    return [(name, title, write(of)) for name, (title, _, write) in FORMATS.items()]


@router.get("/{id}", responses=FAILURES)
async def get_citation(
    graph: GraphDep,
    version: VersionDep,
    id: Id,
    format: Annotated[Literal["plain", "markdown", "bibtex", "ris", "csl"], Query()] = "plain",
) -> Response:
    """A claim as one cites it: claimant, origin, relay, date, quote, then where it was read."""
    claim = (await graph.ask(partial(claim_context, id=id), version=version)).claim
    reports = {one.iri: one for one in await graph.ask_once(report_records, version)}
    _, media_type, write = FORMATS[format]
    text = write(cited(claim, reports.get(claim.report.iri), version.number))
    return Response(text, media_type=f"{media_type}; charset=utf-8")
