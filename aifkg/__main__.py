"""The `aifkg` command: every subcommand registers itself here."""

from importlib import import_module
from importlib.util import find_spec

import typer

_COMMANDS = (
    "aifkg.serve_commands",
    "aifkg.ingest_commands",
    "aifkg.load_commands",
    "aifkg.fetch_commands",
    "aifkg.report_commands",
    "aifkg.backup_commands",
    "aifkg.ontology_commands",
    "aifkg.mcp_commands",
    "aifkg.key_commands",
    "aifkg.job_commands",
)
_EPILOG = "Exit codes: 0 done, 1 some reports failed, 2 usage, 3 the store cannot be used, 130 interrupted."


def make_app() -> typer.Typer:
    """The command with its subcommands."""
    app = typer.Typer(
        name="aifkg",
        help="A knowledge graph of the AI-factory market: reports in, cited claims out.",
        epilog=_EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name in _COMMANDS:
        if find_spec(name):
            import_module(name).register(app)
    return app


def main() -> None:
    """Run the command line of this process."""
    make_app()()


if __name__ == "__main__":
    main()
