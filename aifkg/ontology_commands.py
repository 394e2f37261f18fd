"""aifkg ontology check|format|export: the vocabulary's quality gates, its canonical order, its documents."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from aifkg.edge import complain, out
from aifkg.exits import Exit
from ontology.turtle import FOLDER

Folder = Annotated[Path, typer.Option(help="Folder of the ontology", exists=True, file_okay=False)]

ontology = typer.Typer(help="Check and publish the vocabulary.", no_args_is_help=True)

_COLOURS = {"passed": "green", "failed": "red", "waived": "yellow", "noted": "cyan", "skipped": "yellow"}


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.add_typer(ontology, name="ontology")


@ontology.command("check")
def check_command(
    folder: Folder = FOLDER,
    all_checks: Annotated[bool, typer.Option("--all", help="List passed checks too")] = False,
) -> None:
    """Run every quality gate and print the table; exit code 1 if one fails.

    With AIFKG_REQUIRE_OPTIONAL set, a check whose tool is not installed fails instead of being skipped.
    """
    from ontology.check import failed, run  # a second to import, and only this command needs it

    results = run(folder, require_optional=bool(os.environ.get("AIFKG_REQUIRE_OPTIONAL")))
    table = Table("check", "level", "state", "rule", "detail", box=None, pad_edge=False)
    counts = dict.fromkeys(_COLOURS, 0)
    for result in results:
        counts[result.state] += 1
        if all_checks or result.state != "passed":
            state = Text(result.state, style=_COLOURS[result.state])
            table.add_row(result.name, result.level, state, Text(result.title), Text(result.detail))
    out.print(table)
    for result in results:
        for finding in result.findings if result.state == "failed" else ():
            complain(f"{result.name}: {finding.file or '-'}: {finding.term or '-'}: {finding.message}")
    out.print(f"{len(results)} checks: " + ", ".join(f"{n} {state}" for state, n in counts.items() if n))
    if failed(results):
        raise typer.Exit(Exit.SOME_FAILED)


@ontology.command("format")
def format_command(folder: Folder = FOLDER) -> None:
    """Put the Turtle files into canonical order."""
    from ontology.format import format_files

    for name in format_files(folder):
        out.print(f"reordered {name}", markup=False)
