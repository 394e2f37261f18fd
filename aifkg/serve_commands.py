"""aifkg serve, aifkg run: answer questions; `run` reads the sample reports first if that was not done yet."""

import hashlib
import time
from pathlib import Path
from typing import Annotated

import typer

from aifkg.edge import complain, one_line_errors, out, settings_with
from aifkg.exits import Exit
from kg.errors import StoreUnavailable
from kg.reading import open_newest
from kg.reports import report_read_from, report_taken_out
from kg.settings import Settings
from kg.store import EmbeddedStore

Store = Annotated[str | None, typer.Option(help="Directory of the store  [AIFKG_STORE]", show_default=False)]
Host = Annotated[str | None, typer.Option(help="Address to bind to  [AIFKG_HOST]", show_default=False)]
Port = Annotated[
    int | None, typer.Option(help="Port to bind to, 0 for a free one  [AIFKG_PORT]", show_default=False)
]

SAMPLES = Path(__file__).resolve().parent.parent / "ingest" / "samples"
_FIRST_STEPS = """
Serving the graph on {url}   (Ctrl-C stops)

A question in SPARQL, to paste into another terminal:

  curl -s {url}/sparql -H 'Accept: text/csv' --data-urlencode 'query=
    PREFIX aif: <https://w3id.org/ai-factory/ns#>
    PREFIX v: <https://w3id.org/ai-factory/vocab/>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?provider WHERE {{
      ?p aif:usesDeliveryParadigm v:delivery-full-stack-drop-in ; skos:prefLabel ?provider }}
    ORDER BY ?provider'

The same kind of thing as JSON, with the sentence that each statement rests on:

  curl -s '{url}/api/claims?subject=aws&limit=3'
"""


def register(app: typer.Typer) -> None:
    """Give the app these commands."""
    app.command("serve")(serve_command)
    app.command("run")(run_command)


def serve_command(store: Store = None, host: Host = None, port: Port = None) -> None:
    """Answer SPARQL and JSON requests over the last published version, and later ones as they come."""
    with one_line_errors():
        settings = settings_with(store=store, host=host, port=port)
        _serve(settings, "Serving the graph on {url}   (Ctrl-C stops)")


def run_command(store: Store = None, host: Host = None, port: Port = None) -> None:
    """Read the sample reports if the store does not have them yet, then serve."""
    with one_line_errors():
        settings = settings_with(store=store, host=host, port=port)
        if samples_to_read(settings):
            _read_samples(settings)
        _serve(settings, _FIRST_STEPS)


def samples_to_read(settings: Settings) -> list[Path]:
    """The sample reports that the store never had; one that was retracted is not brought back."""
    samples = sorted(path for path in SAMPLES.iterdir() if path.is_file())
    try:
        _, engine = open_newest(settings)
    except StoreUnavailable:
        return samples
    store = EmbeddedStore.over(engine)
    return [path for path in samples if not _known(store, path)]


def _known(store: EmbeddedStore, path: Path) -> bool:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return bool(report_read_from(store, sha256) or report_taken_out(store, sha256))


def _read_samples(settings: Settings) -> None:
    from aifkg.files import sources_in
    from aifkg.ingest_commands import followed
    from aifkg.ingest_run import Plan, ingest
    from aifkg.run_summary import print_table
    from kg.graph import Graph

    out.print("Reading the sample reports; this happens once.")
    began = time.monotonic()
    sources = sources_in([SAMPLES])
    with Graph.open(settings) as graph:
        results = followed(ingest(graph, sources, settings, plan=Plan()), sources)
        version = graph.publish()
    print_table(results, seconds=time.monotonic() - began, version=version)


def _serve(settings: Settings, greeting: str) -> None:
    from api.serving import serve

    try:
        serve(settings, on_bound=lambda url: out.print(greeting.format(url=url).rstrip(), markup=False))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.DONE) from None
    except SystemExit as error:
        complain(f"the address {settings.host}:{settings.port} cannot be used; take another with --port")
        raise typer.Exit(Exit.USAGE) from error
