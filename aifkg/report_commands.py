"""aifkg report list|show, aifkg retract, aifkg stats: look at what is in the store, take a report out."""

import json
import re
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from aifkg.edge import complain, one_line_errors, out, settings_with
from aifkg.exits import Exit
from kg.counts import count_all
from kg.graph import Graph, Retraction
from kg.reading import open_newest
from kg.records import ClaimRecord
from kg.report_records import ReadReport, read_report
from kg.reports import find_report, list_reports
from kg.settings import Settings
from kg.store import EmbeddedStore

Store = Annotated[str | None, typer.Option(help="Directory of the store  [AIFKG_STORE]", show_default=False)]
Named = Annotated[str, typer.Argument(metavar="REPORT", help="Id, beginning of it, IRI or file name")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]

reports = typer.Typer(help="Look at the reports in the store.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.add_typer(reports, name="report")
    app.command("retract")(retract_command)
    app.command("stats")(stats_command)


@reports.command("list")
def list_command(store: Store = None, as_json: AsJson = False) -> None:
    """Every report, newest publication first."""
    with one_line_errors():
        entries = list_reports(_published(settings_with(store=store)))
        if as_json:
            print(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False))
            return
        table = Table("report", "issued", "claims", "title", "file", box=None, pad_edge=False)
        for entry in entries:
            title, source = Text(entry.title), Text(entry.source)
            table.add_row(entry.id, entry.issued or "-", f"{entry.claims:,}", title, source)
        out.print(table)


@reports.command("show")
def show_command(report: Named, store: Store = None, as_json: AsJson = False) -> None:
    """A report's text with the claims that rest on each part of it beside it."""
    with one_line_errors():
        _, engine = open_newest(settings_with(store=store))
        iri = find_report(EmbeddedStore.over(engine), report)
        read = read_report(engine, id=iri)
        if as_json:
            print(json.dumps(asdict(read), ensure_ascii=False, default=str))
        else:
            _print_report(read)


def retract_command(
    report: Named,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask")] = False,
    reason: Annotated[str, typer.Option(help="Why, kept with the tombstone")] = "",
    store: Store = None,
) -> None:
    """Take a report out of the graph: show what goes with it, ask, then take out exactly that."""
    with one_line_errors(), Graph.open(settings_with(store=store)) as graph:
        _print_retraction(graph, graph.preview_retract(report))
        if not yes and not _agreed():
            complain("nothing was taken out; --yes does it without asking")
            raise typer.Exit(Exit.SOME_FAILED)
        done = graph.retract(report, reason=reason)
        graph.publish()
        out.print(f"Retracted {done.report.id}: {done.claims} claims, {len(done.facts)} plain facts.")


def stats_command(store: Store = None, as_json: AsJson = False) -> None:
    """How much the graph holds: reports, claims by kind and status, conflicts, quads."""
    with one_line_errors():
        settings = settings_with(store=store)
        version, engine = open_newest(settings)
        counts = count_all(engine)
        if as_json:
            print(json.dumps({"version": version.number, **asdict(counts)}))
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        for name in ("reports", "claims", "entities", "quads"):
            table.add_row(name, f"{getattr(counts, name):,}")
        for name, count in (*counts.by_kind, *counts.by_modality, *counts.by_status):
            table.add_row(f"  {name}", f"{count:,}")
        out.print(table)


def _published(settings: Settings) -> EmbeddedStore:
    """The last published version, so that looking never waits for a writer."""
    return EmbeddedStore.over(open_newest(settings)[1])


def _agreed() -> bool:
    return sys.stdin.isatty() and typer.confirm("Take this out?")


def _print_retraction(graph: Graph, retraction: Retraction) -> None:
    report = retraction.report
    out.print(f"{report.id}  {report.title}  ({report.source})", markup=False)
    out.print(f"  {retraction.claims} claims go")
    out.print(f"  {len(retraction.facts)} plain facts go, which no other report supports")
    for subject, predicate, value in retraction.facts:
        out.print("    " + "  ".join(map(graph.name_of, (subject, predicate, value))), markup=False)


def _print_report(read: ReadReport) -> None:
    """Two columns: a paragraph of the text, and the claims whose evidence begins in it."""
    about = read.report
    publisher = about.publisher.label if about.publisher else ""
    out.print(f"{about.title}\n{publisher} {about.issued or ''}  {about.url or ''}\n", markup=False)
    table = Table("text", "claims", box=None, pad_edge=False, padding=(0, 2, 1, 0))
    beside = beside_each_other(read)
    for text, claims in beside:
        table.add_row(Text(text), Text("\n".join(_line(claim) for claim in claims)))
    out.print(table)
    elsewhere = len(read.claims) - sum(len(claims) for _, claims in beside)
    if elsewhere:
        out.print(f"{elsewhere} more rest on an earlier version of the text; --json has them all.")


def beside_each_other(read: ReadReport) -> list[tuple[str, list[ClaimRecord]]]:
    """Each paragraph of the report's text with the claims that its text supports now."""
    text = read.text or ""
    placed = [
        (evidence.start, claim)
        for claim in read.claims
        for evidence in claim.evidence[:1]
        if text[evidence.start : evidence.end] == evidence.quote
    ]
    return [
        (paragraph.group(), [c for at, c in placed if paragraph.start() <= at < paragraph.end()])
        for paragraph in re.finditer(r"[^\n]+", text)
    ]


def _line(claim: ClaimRecord) -> str:
    claimants = " and ".join(claimant.label for claimant in claim.attributed_to)
    qualities = [
        f"{claim.modality} by {claimants}" if claimants else claim.modality,
        *([] if claim.polarity == "affirmed" else [claim.polarity]),
        *([] if claim.status == "accepted" else [claim.status]),
    ]
    return f"- {claim.statement} [{', '.join(qualities)}; {claim.id}]"
