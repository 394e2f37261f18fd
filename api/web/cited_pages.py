"""a page as HTML -> the same as Markdown, every statement with a footnote that cites its source."""

import asyncio
from functools import partial

from api.citing import cited, markdown
from api.web.markdown import as_markdown
from kg.claim_records import claim_records
from kg.iris import CLAIM
from kg.published import PublishedGraph
from kg.report_records import report_records
from kg.snapshots import Version

_MOST_CITED = 500


async def page_as_markdown(
    html: str, graph: PublishedGraph, version: Version, *, address: str, drawing: str
) -> str:
    """The page at `address` in Markdown, with its citations, and where and when it was read."""
    # A long report takes a second, in which others want to be answered.
    written = await asyncio.to_thread(as_markdown, html, address=address, drawing=drawing)
    notes = await _notes(written.cited, graph, version)
    when = f"{version.published_at:%Y-%m-%d %H:%M} UTC"
    read = f"Read in aifactory-kg version {version.number}, {when}: <{address}>"
    return "\n\n".join([written.text, *notes, read]) + "\n"


async def _notes(ids: tuple[str, ...], graph: PublishedGraph, version: Version) -> list[str]:
    """The footnotes; beyond the most that are cited in full, each is the address of its statement."""
    if not ids:
        return []
    work = partial(claim_records, iris=tuple(CLAIM + id for id in ids[:_MOST_CITED]))
    claims = {claim.id: claim for claim in await graph.ask(work, version=version)}
    reports = {one.iri: one for one in await graph.ask_once(report_records, version)}
    return [
        f"[^{number}]: " + markdown(cited(claim, reports.get(claim.report.iri), version.number))
        if (claim := claims.get(id))
        else f"[^{number}]: <{CLAIM}{id}>"
        for number, id in enumerate(ids, start=1)
    ]
