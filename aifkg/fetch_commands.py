"""aifkg fetch: pages, documents and feeds of the web into files, which `aifkg ingest` then reads."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from aifkg.edge import complain, one_line_errors, out
from aifkg.exits import Exit
from kg.errors import BadSetting, UnreadableReport

Urls = Annotated[list[str], typer.Argument(metavar="URL...", help="Pages, documents or feeds")]
Into = Annotated[Path, typer.Option(help="Folder for the files")]
Most = Annotated[int, typer.Option(min=1, max=1000, help="Entries of a feed that are fetched")]
Allow = Annotated[
    list[str] | None,
    typer.Option(metavar="CIDR", help="Network that may be fetched from although it is not public"),
]


def register(app: typer.Typer) -> None:
    """Give the app this command."""
    app.command("fetch")(fetch_command)


def fetch_command(
    urls: Urls, into: Into = Path("data/fetched"), most: Most = 50, allow_network: Allow = None
) -> None:
    """Fetch what is behind URLs, a feed's entries each, into files that know their URL; print their paths."""
    from ingest.sources import fetched_from, save  # only this command needs the network

    with one_line_errors():
        try:
            trusted = [ip_network(each) for each in allow_network or ()]
        except ValueError as error:
            raise BadSetting(f"--allow-network: {error}") from error
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"--into {into}: {error.strerror}") from error
        failed = 0
        for url in urls:
            for found in fetched_from(url, trusted=trusted, most=most):
                if isinstance(found, UnreadableReport):
                    complain(str(found))
                    failed += 1
                else:
                    out.print(str(save(found, into)), markup=False)
        if failed:
            raise typer.Exit(Exit.SOME_FAILED)
