"""The border to the terminal: settings in, one clear line out for whatever goes wrong."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console

from aifkg.exits import Exit
from kg.errors import AifkgError, BadSetting, StoreUnavailable
from kg.settings import Settings

# Piped output is for other programs, which want lines that are not cut to the width of a screen.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 250)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings_with(**options: Any) -> Settings:
    """The settings, where an option that was given wins over its variable; BadSetting if one is unusable."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSetting("; ".join(map(_fault, error.errors()))) from error


def _fault(found: ErrorDetails) -> str:
    """What is wrong, with the variable where it is one alone."""
    message = found["msg"].removeprefix("Value error, ")
    return f"AIFKG_{str(found['loc'][0]).upper()}: {message}" if found["loc"] else message


def complain(message: str) -> None:
    """One line on standard error; control characters of a file's name do not reach the terminal."""
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in message)
    err.print(f"aifkg: {printable}", markup=False)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error of the product into its line and exit code; anything unforeseen keeps its traceback."""
    try:
        yield
    except BadSetting as error:
        _leave(error, Exit.USAGE)
    except StoreUnavailable as error:
        _leave(error, Exit.STORE)
    except AifkgError as error:
        _leave(error, Exit.SOME_FAILED)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; there is nobody to tell
        raise typer.Exit(Exit.DONE) from None


def _leave(error: AifkgError, code: Exit) -> NoReturn:
    complain(str(error))
    raise typer.Exit(code) from error
