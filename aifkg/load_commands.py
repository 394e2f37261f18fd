"""aifkg load: what other machines have read, from shards into the store."""

import time
from pathlib import Path
from typing import Annotated

import typer

from aifkg.edge import complain, one_line_errors, settings_with
from aifkg.exits import Exit
from aifkg.ingest_commands import AsJson, Store, followed, say_stopping
from aifkg.interrupt import graceful_stop
from aifkg.run_summary import print_json, print_table
from aifkg.shard_loading import load, shards_in
from kg.graph import Graph


def register(app: typer.Typer) -> None:
    """Give the app this command."""
    app.command("load")(load_command)


def load_command(
    paths: Annotated[list[Path], typer.Argument(metavar="SHARDS...", help="Shards, or folders of them")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """Load shards that `aifkg ingest --engine ray --shards` wrote: in any order, twice without harm."""
    with one_line_errors(), graceful_stop(say_stopping) as stop:
        began = time.monotonic()
        shards = shards_in(paths)
        empty = [folder for folder in paths if folder.is_dir() and not shards_in([folder])]
        for folder in empty:
            complain(f"{folder}: holds no shard")
        with Graph.open(settings_with(store=store)) as graph:
            results = followed(load(graph, shards, stop=stop), shards)
            version = graph.publish()
        seconds = time.monotonic() - began
        if as_json:
            print_json(results, seconds=seconds, version=version)
        else:
            print_table(results, seconds=seconds, version=version)
        if stop():
            raise typer.Exit(Exit.INTERRUPTED)
        if empty or any(result.outcome == "failed" for result in results):
            raise typer.Exit(Exit.SOME_FAILED)
