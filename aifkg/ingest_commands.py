"""aifkg ingest, aifkg extract: reports from files into the store, or onto the screen."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aifkg.edge import complain, err, one_line_errors, out, settings_with
from aifkg.exits import Exit
from aifkg.files import empty_directories, sources_in
from aifkg.ingest_run import Plan, Result, ingest
from aifkg.interrupt import graceful_stop
from aifkg.ray_pool import Cluster
from aifkg.reading_pool import ReadingPool
from aifkg.reading_worker import Read
from aifkg.run_summary import print_json, print_table
from aifkg.watching import Watch
from kg.errors import BadSetting
from kg.graph import Graph

Paths = Annotated[list[Path], typer.Argument(help="Files or directories", show_default=False)]
Store = Annotated[str | None, typer.Option(help="Directory of the store  [AIFKG_STORE]", show_default=False)]
Jobs = Annotated[int, typer.Option(min=1, max=256, help="Processes that read reports")]
Engine = Literal["local", "ray"]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object")]


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.command("ingest")(ingest_command)
    app.command("watch")(watch_command)
    app.command("extract")(extract_command)


def ingest_command(
    paths: Paths,
    store: Store = None,
    jobs: Jobs = 1,
    as_json: AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check, store nothing")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Also read what broke the reader before")] = False,
    engine: Annotated[Engine, typer.Option(help="What reads: processes here, or a Ray cluster")] = "local",
    address: Annotated[
        str | None,
        typer.Option(help="Ray cluster to join; without it one of this machine", show_default=False),
    ] = None,
    shards: Annotated[
        Path | None,
        typer.Option(help="Folder that keeps what Ray reads, for `aifkg load`", show_default=False),
    ] = None,
    recorded_at: Annotated[
        str | None,
        typer.Option(help="Time to record instead of now, as 2026-11-24T12:00:00Z", show_default=False),
    ] = None,
) -> None:
    """Read reports into the graph: what is new; what was read before is left, what fails leaves no trace."""
    with one_line_errors(), graceful_stop(say_stopping) as stop:
        settings = settings_with(store=store)
        began = time.monotonic()
        for folder in empty_directories(paths):
            complain(f"{folder}: holds no file of a format that is read")
        sources = sources_in(paths)
        plan = Plan(
            jobs=jobs,
            dry=dry_run,
            retry=retry,
            cluster=_cluster(engine, address, jobs, shards),
            shards=shards,
            recorded_at=_moment(recorded_at),
        )
        with Graph.open_published(settings) if dry_run else Graph.open(settings) as graph:
            results = followed(ingest(graph, sources, settings, plan=plan, stop=stop), sources)
            version = None if dry_run else graph.publish()
        seconds = time.monotonic() - began
        if as_json:
            print_json(results, seconds=seconds, version=version)
        else:
            print_table(results, seconds=seconds, version=version)
        _leave_with(results, paths, stopped=stop())


def _cluster(engine: Engine, address: str | None, jobs: int, shards: Path | None) -> Cluster | None:
    if engine == "ray":
        return Cluster(address, jobs)
    if address or shards:
        raise BadSetting("--address and --shards need --engine ray")
    return None


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadSetting(f"--recorded-at {written}: not a time such as 2026-11-24T12:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def watch_command(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Directories to watch")],
    store: Store = None,
    jobs: Jobs = 1,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks")] = 5.0,
) -> None:
    """Ingest what comes into directories, as it comes, until Ctrl-C; a file still being written waits."""
    with one_line_errors(), graceful_stop(say_stopping) as stop:
        settings = settings_with(store=store)
        missing = [folder for folder in folders if not folder.is_dir()]
        if missing:
            raise BadSetting(f"{missing[0]} is not a directory")
        watch = Watch(folders)
        while not stop():
            sources = watch.look()
            if sources:
                with Graph.open(settings) as graph:
                    for result in ingest(graph, sources, settings, plan=Plan(jobs=jobs), stop=stop):
                        _tell(result)
            wait_until = time.monotonic() + every
            while not stop() and time.monotonic() < wait_until:
                time.sleep(min(every, 0.2))


def _tell(result: Result) -> None:
    """One line for a file that watching has brought in."""
    if result.reason:
        complain(f"{result.path}: {result.reason}")
    elif result.outcome != "unchanged":
        out.print(f"{result.outcome} {result.path}: {result.claims} claims", markup=False)


def extract_command(paths: Paths, jobs: Jobs = 1) -> None:
    """Print what reports state, one JSON object per report and line, and store nothing."""
    with one_line_errors(), graceful_stop(say_stopping) as stop:
        failed = len(empty_directories(paths))
        for folder in empty_directories(paths):
            complain(f"{folder}: holds no file of a format that is read")
        files = [source.path for source in sources_in(paths)]
        with ReadingPool(settings_with(), jobs=min(jobs, max(1, len(files))), want="json") as pool:
            for path, outcome in pool.read(files, stop=stop):
                if isinstance(outcome, Read):
                    print(json.dumps(outcome.json, ensure_ascii=False), flush=True)
                else:
                    complain(f"{path}: {outcome.reason}")
                    failed += 1
        if stop():
            raise typer.Exit(Exit.INTERRUPTED)
        if failed:
            raise typer.Exit(Exit.SOME_FAILED)


def followed(results: Iterator[Result], sources: Sequence[object]) -> list[Result]:
    """The results, shown as they come: a bar on a terminal, and a line for each file that failed."""
    done: list[Result] = []
    claims = rejected = 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[claims]:,} claims, {task.fields[rejected]:,} rejected"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("loading the reader", total=len(sources), claims=0, rejected=0)
        for result in results:
            done.append(result)
            if result.reason:
                complain(f"{result.path}: {result.reason}")
            claims += result.claims
            rejected += result.rejected
            # What was read before comes first, and needs no reader.
            begun = "loading the reader" if result.outcome == "unchanged" else "reports"
            progress.update(bar, description=begun, advance=1, claims=claims, rejected=rejected)
    return done


def _leave_with(results: Sequence[Result], paths: Sequence[Path], *, stopped: bool) -> None:
    if stopped:
        raise typer.Exit(Exit.INTERRUPTED)
    if empty_directories(paths) or any(result.outcome == "failed" for result in results):
        raise typer.Exit(Exit.SOME_FAILED)


def say_stopping() -> None:
    """Tell a person who pressed Ctrl-C what happens now."""
    complain("stopping after the report in hand; Ctrl-C again stops at once")
