"""Compression for those who ask for it; everybody else is passed on untouched."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send


class Compressing(GZipMiddleware):
    """Gzip, looked at only when the client names it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and not any(
            name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]
        ):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
