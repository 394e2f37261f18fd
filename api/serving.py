"""settings -> a running service on a socket of its own."""

import logging
import sys
from collections.abc import Callable

import uvicorn

from api.app import create_app
from kg.settings import Settings


def serve(settings: Settings, *, on_bound: Callable[[str], None] = lambda _: None) -> None:
    """Serve until the process is told to stop; `on_bound` gets the address as soon as the port is taken.

    Raises:
        SystemExit: if the address cannot be bound.
    """
    _log_to_stderr(access=settings.access_log)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    listening = config.bind_socket()
    listening.listen()  # whoever is told the address may connect at once, and waits until the service answers
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    on_bound(f"http://{host}:{port}")
    uvicorn.Server(config).run(sockets=[listening])


def _log_to_stderr(*, access: bool) -> None:
    """Lines of JSON for requests, where asked for, and plain lines for what needs somebody's attention."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("aifkg.access").setLevel(logging.INFO if access else logging.WARNING)
