"""settings -> a running service on a socket of its own."""

from collections.abc import Callable

import uvicorn

from api.app import create_app
from kg.settings import Settings


def serve(settings: Settings, *, on_bound: Callable[[str], None] = lambda _: None) -> None:
    """Serve until the process is told to stop; `on_bound` gets the address as soon as the port is taken.

    Raises:
        SystemExit: if the address cannot be bound.
    """
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    listening = config.bind_socket()
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    on_bound(f"http://{host}:{port}")
    uvicorn.Server(config).run(sockets=[listening])
