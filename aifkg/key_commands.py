"""aifkg keys add|list|revoke: who may do what over HTTP, in the file of AIFKG_KEYS."""

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from aifkg.edge import one_line_errors, out, settings_with
from api.keys import SCOPES, Key, hash_of, read_keys, scopes_of
from kg.errors import BadSetting

File = Annotated[
    Path | None, typer.Option("--file", help="File of the keys  [AIFKG_KEYS]", show_default=False)
]
Name = Annotated[str, typer.Argument(help="Who holds it: letters, digits, dots, dashes")]
Scopes = Annotated[str, typer.Option(help=f"What it may do, with commas between: {', '.join(SCOPES)}")]

keys = typer.Typer(help="Make, list and revoke keys of the service.", no_args_is_help=True)
_NAME = re.compile(r"[\w.@-]{1,100}")


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.add_typer(keys, name="keys")


@keys.command("add")
def add_command(name: Name, scopes: Scopes = "read,curate", file: File = None) -> None:
    """Make a key, add it to the file, and print it: it is shown once and kept nowhere."""
    with one_line_errors():
        path = _path(file)
        known = _known(path)
        if not _NAME.fullmatch(name):
            raise BadSetting(f"{name!r} is no name of a key: letters, digits, dots and dashes")
        if any(key.name == name for key in known):
            raise BadSetting(f"{path} has a key {name} already; revoke it first")
        try:
            wanted = scopes_of(scopes.split(","))
        except ValueError as error:
            raise BadSetting(f"--scopes: {error}") from error
        secret = secrets.token_urlsafe(32)
        _write(path, [*known, Key(name, hash_of(secret), wanted)])
        out.print(secret, markup=False)


@keys.command("list")
def list_command(file: File = None) -> None:
    """Print who holds a key and what it may do."""
    with one_line_errors():
        for key in read_keys(_path(file)):
            scopes = ",".join(scope for scope in SCOPES if scope in key.scopes)
            out.print(f"{key.name}  {scopes}", markup=False)


@keys.command("revoke")
def revoke_command(name: Name, file: File = None) -> None:
    """Take a key out of the file; a running service refuses it from then on."""
    with one_line_errors():
        path = _path(file)
        known = read_keys(path)
        left = [key for key in known if key.name != name]
        if len(left) == len(known):
            raise BadSetting(f"{path} has no key {name}")
        _write(path, left)


def _path(file: Path | None) -> Path:
    path = settings_with(keys=file).keys
    if path is None:
        raise BadSetting("name the file of the keys: --file, or AIFKG_KEYS")
    return path


def _known(path: Path) -> tuple[Key, ...]:
    return read_keys(path) if path.exists() else ()


def _write(path: Path, kept: Iterable[Key]) -> None:
    """Have these keys in the file, which only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{key.line}\n" for key in kept)
        draft.replace(path)
    except OSError as error:
        raise BadSetting(f"{path} cannot be written: {error.strerror}") from error
