"""settings -> a running service on a socket of its own."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing, suppress

import uvicorn

from api.app import create_app
from api.lending import LendableProtocol
from kg.settings import Settings

_FIRST_HANDED = 3  # the number of the first descriptor that systemd hands over
_LINGER_S = 0.2
_WAITING = 2048  # connections that the system holds until they are accepted
# After the longest query, time to send its answer.
_SENDING_S = 5


def serve(settings: Settings, *, on_bound: Callable[[str], None] = lambda _: None) -> None:
    """Serve until the process is told to stop, by Ctrl-C or SIGTERM; requests in flight are answered first.

    `on_bound` gets the address as soon as the port is taken.

    Raises:
        SystemExit: if the address cannot be bound.
    """
    _log_to_stderr(access=settings.access_log)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=type("Connection", (LendableProtocol,), {"lenders": app.lenders}),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.query_timeout_s) + _SENDING_S,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server raises it again when it is done
    with closing(_listening(settings)) as listening, suppress(KeyboardInterrupt):
        host, port = listening.getsockname()[:2]
        host = f"[{host}]" if ":" in host else host
        on_bound(f"http://{host}:{port}")
        _Server(config).run(sockets=[listening])


def _listening(settings: Settings) -> socket.socket:
    """The socket that the system hands to this process, such as systemd does, else one of its own.

    It listens already: who is told of it may connect at once, and waits until the service answers.
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS"):
        return socket.socket(fileno=_FIRST_HANDED)
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise SystemExit(str(error)) from error
    return listening


class _Server(uvicorn.Server):
    """Lets those who have just connected ask, before it closes what nobody has asked on."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, wait a moment, answer what is in flight."""
        for server in self.servers:
            server.close()
        await asyncio.sleep(_LINGER_S)
        await super().shutdown(sockets)


def _log_to_stderr(*, access: bool) -> None:
    """Lines of JSON for requests, where asked for, and plain lines for what needs somebody's attention."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("aifkg.access").setLevel(logging.INFO if access else logging.WARNING)
