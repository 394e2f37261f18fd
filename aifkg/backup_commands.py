"""aifkg backup, aifkg restore: the store in one file, while it is in use, and back again."""

from pathlib import Path
from typing import Annotated

import typer

from aifkg.edge import one_line_errors, out, settings_with
from kg.backup import backup
from kg.backup_file import Manifest, verify
from kg.restore import restore

Store = Annotated[
    str | None, typer.Option(help="Directory or address of the store  [AIFKG_STORE]", show_default=False)
]
File = Annotated[Path, typer.Argument(help="The backup", show_default=False)]


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def backup_command(file: File, store: Store = None) -> None:
    """Write the store's newest version into a new file and verify it; ingest and service may go on."""
    with one_line_errors():
        manifest = backup(settings_with(store=store), file)
        out.print(f"{_told(manifest)} in {file}, {file.stat().st_size:,} bytes, verified.", markup=False)


def restore_command(
    file: File,
    store: Store = None,
    replace: Annotated[bool, typer.Option("--replace", help="Have what the store holds replaced")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only verify the file")] = False,
) -> None:
    """Have a store hold what a backup holds; a damaged or foreign file is refused, and nothing touched."""
    with one_line_errors():
        if check:
            out.print(f"{_told(verify(file))}, undamaged.", markup=False)
            return
        manifest, number = restore(settings_with(store=store), file, replace=replace)
        out.print(f"Restored {_told(manifest)}; readers now take version {number}.", markup=False)


def _told(manifest: Manifest) -> str:
    return (
        f"version {manifest.version} of {manifest.published_at:%Y-%m-%d %H:%M} UTC, {manifest.quads:,} quads"
    )
