"""Headers that every response carries: what browsers may do with it, and that any page may read it."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Pages load nothing from elsewhere; swagger-ui inlines styles and images.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    # Reading is open to everybody, and no answer depends on cookies.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Location, Retry-After, Server-Timing",
}


class SecurityHeaders:
    """Adds the headers, and answers the question that browsers ask before a request from another page."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
                if scope["method"] == "OPTIONS":
                    headers.setdefault("Access-Control-Allow-Methods", headers.get("allow", "GET, HEAD"))
                    headers.setdefault("Access-Control-Allow-Headers", "Content-Type, Accept, Authorization")
                    headers.setdefault("Access-Control-Max-Age", "86400")
            await send(message)

        await self._app(scope, receive, send_with_headers)
