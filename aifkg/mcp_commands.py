"""aifkg mcp: the graph for agents that speak the Model Context Protocol, over stdio or streamable HTTP."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from aifkg.edge import err, one_line_errors, settings_with
from aifkg.exits import Exit
from kg.reading import open_newest
from kg.settings import Settings

Store = Annotated[str | None, typer.Option(help="Directory of the store  [AIFKG_STORE]", show_default=False)]
Host = Annotated[str | None, typer.Option(help="Address to bind to  [AIFKG_HOST]", show_default=False)]
Port = Annotated[
    int | None, typer.Option(help="Port to bind to, 0 for a free one  [AIFKG_PORT]", show_default=False)
]


class Transport(StrEnum):
    """How the agent talks to the server."""

    STDIO = "stdio"
    HTTP = "http"


def register(app: typer.Typer) -> None:
    """Give the app this command."""
    app.command("mcp")(mcp_command)


def mcp_command(
    transport: Annotated[Transport, typer.Option(help="stdio, or http at /mcp")] = Transport.STDIO,
    store: Store = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Serve the graph to agents: tools that answer with citations, and the reports as resources."""
    with one_line_errors():
        settings = settings_with(store=store, host=host, port=port)
        try:
            open_newest(settings)  # a store that cannot be read is told before the rest is loaded
            asyncio.run(_serve(settings, transport))
        except KeyboardInterrupt:
            raise typer.Exit(Exit.DONE) from None


async def _serve(settings: Settings, transport: Transport) -> None:
    from aifkg.mcp_server import make_server
    from kg.published import PublishedGraph, versions_of
    from kg.workers import Limits, QueryPool

    limits = Limits(
        timeout_s=settings.query_timeout_s,
        quick=settings.query_workers,
        slow=2 * settings.query_workers,
        line=settings.query_queue,
        memory_mib=settings.query_memory_mib,
        online=settings.remote,
    )
    pool = QueryPool(limits)
    graph = PublishedGraph(versions_of(settings), pool)
    async with pool, graph.watching():
        server = make_server(graph)
        if transport is Transport.STDIO:
            await server.run_stdio_async()
            return
        await _serve_http(server.streamable_http_app(host=settings.host), settings)


async def _serve_http(app: object, settings: Settings) -> None:
    """Serve on a socket of its own; the address goes to standard error as soon as the port is taken."""
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    listening = config.bind_socket()
    err.print(f"Serving agents on http://{settings.host}:{listening.getsockname()[1]}/mcp", markup=False)
    await uvicorn.Server(config).serve(sockets=[listening])
